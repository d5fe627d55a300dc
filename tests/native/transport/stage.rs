//! The stage of a test: a server with a script, and a client of that server.

use std::sync::Arc;
use std::time::Duration;

use logto_admin::transport::ReqwestTransport;
use logto_admin::{Client, ClientBuilder, Endpoint};
use logto_admin_test_server::{Answer, Script, Session, TestServer};
use logto_admin_test_support::FakeRuntime;

pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) runtime: FakeRuntime,
    pub(crate) session: Arc<Session>,
    pub(crate) _server: TestServer,
}

impl Stage {
    /// A client whose API calls are answered with `answers` in order.
    pub(crate) async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::playing(Script::api(answers)).await
    }

    pub(crate) async fn playing(script: Script) -> Self {
        Self::set_up(script, |builder| builder).await
    }

    pub(crate) async fn set_up(script: Script, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let server = TestServer::start().await;
        let session = server.session(script);
        let runtime = runtime();
        let client = settings(builder(session.url(), &runtime)).build().unwrap();
        Self { client, runtime, session, _server: server }
    }
}

/// A runtime that skips delays. Timeouts (30 seconds each) only expire when the test advances the clock.
pub(crate) fn runtime() -> FakeRuntime {
    FakeRuntime::skipping(Duration::from_secs(10)).spawning(|task| drop(tokio::spawn(task)))
}

pub(crate) fn builder(url: &str, runtime: &FakeRuntime) -> ClientBuilder {
    Client::builder(Endpoint::self_hosted(url))
        .client_credentials("app-id", "app-secret")
        .transport(direct())
        .runtime(runtime.clone())
}

/// The default transport, without the machine's proxies.
pub(crate) fn direct() -> ReqwestTransport {
    ReqwestTransport::builder().no_proxy().build().unwrap()
}
