//! 10,000 concurrent callers without a token, and with one that just expired.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::runtime::{Runtime, TokioRuntime};
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, ReqwestTransport, TransportError, TransportOptions,
};
use logto_admin::{Client, Endpoint, Timestamp};
use logto_admin_benches::data;
use logto_admin_benches::report::{Report, Table};
use logto_admin_benches::server::Server;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use logto_admin_benches::clock::Stopwatch;

const CALLERS: usize = 10_000;
/// Fewer connections than callers, because a process can only open a limited number of files.
const CONNECTIONS: usize = 64;

/// A transport that limits the number of concurrent requests.
struct Narrow(ReqwestTransport, Arc<Semaphore>);

#[async_trait]
impl HttpTransport for Narrow {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let _permit = self.1.acquire().await;
        self.0.send(request, options).await
    }
}

/// A clock that can be advanced, so that tokens expire.
#[derive(Clone)]
struct Ahead(TokioRuntime, Arc<AtomicU64>);

#[async_trait]
impl Runtime for Ahead {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic() + Duration::from_secs(self.1.load(Ordering::Relaxed))
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn random(&self) -> f64 {
        self.0.random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
}

pub(crate) fn measure() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(both())
}

async fn both() -> Result<()> {
    let server = Server::find()?;
    let url = server.url();
    let transport = Narrow(ReqwestTransport::new()?, Arc::new(Semaphore::new(CONNECTIONS)));
    let builder = Client::builder(Endpoint::self_hosted(url)).client_credentials("bench", "secret");
    // The last of 10,000 callers might wait longer than the default timeout of an attempt.
    let clock = Ahead(TokioRuntime::new(), Arc::default());
    let client = builder.transport(transport).runtime(clock.clone()).timeout(None).build()?;
    let mut report = Report::default();
    let title = "10,000 concurrent callers over 64 connections";
    let mut table = Table::new(title, &["token", "token calls", "ms until the last response"]);
    for state in ["missing", "expired"] {
        let before = token_calls(url).await?;
        let start = Stopwatch::start();
        call_at_once(&client).await?;
        let (calls, seconds) = (token_calls(url).await? - before, start.seconds());
        table.row([state.to_owned(), calls.to_string(), format!("{:.0}", seconds * 1e3)]);
        report.countable(format!("token calls of 10,000 callers, token {state}"), calls as f64, 1.0);
        clock.1.fetch_add(2 * 3600, Ordering::Relaxed);
    }
    report.table(table);
    report.print()
}

async fn call_at_once(client: &Client) -> Result<()> {
    let mut tasks = JoinSet::new();
    for number in 0..CALLERS {
        tasks.spawn(client.users().get(data::id(number)).into_future());
    }
    while let Some(done) = tasks.join_next().await {
        ensure!(!done??.id.is_empty(), "every caller should receive a user");
    }
    Ok(())
}

async fn token_calls(url: &str) -> Result<u64> {
    Ok(reqwest::get(format!("{url}/bench/token-calls")).await?.text().await?.parse()?)
}
