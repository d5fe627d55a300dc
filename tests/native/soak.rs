//! 60,000 calls, 50 at a time, while one in seven goes wrong: none is lost, none is carried out twice that must not be,
//! and memory stays as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin::{Client, Endpoint, ErrorKind, RetryPolicy};
use logto_admin_test_server::{Soak, TestServer};
use serde_json::json;

const CALLS: usize = 60_000;
const CALLERS: usize = 50;
/// Far more than it takes: what counts is that it ends.
const MOST: Duration = Duration::from_secs(600);
/// By how much memory may differ after the first third: connections and buffers come and go.
const SLACK: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::disallowed_methods, reason = "a test that hangs has to fail")]
async fn no_call_is_lost_or_carried_out_twice_and_memory_stays_flat() {
    let server = TestServer::start().await;
    let soak = server.soak(20_261_124, CALLS);
    let client = client(&soak);
    let next = Arc::new(AtomicUsize::new(0));
    let callers = (0..CALLERS).map(|_| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&next))));
    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls end");
    let tallies: Vec<Tally> = ended.into_iter().map(|caller| caller.expect("no caller panics")).collect();

    assert_eq!(tallies.iter().map(|tally| tally.succeeded + tally.failed).sum::<usize>(), CALLS);
    let failed = tallies.iter().map(|tally| tally.failed).sum::<usize>();
    assert!(failed > 0 && failed < CALLS / 10, "{failed} of {CALLS} failed");
    assert!(soak.tokens() > 1 && soak.tokens() < 1000, "{} tokens", soak.tokens());
    let early = tallies.iter().filter_map(|tally| tally.memory_after_a_third).max();
    if let (Some(early), Some(late)) = (early, memory()) {
        assert!(late < early + SLACK, "memory grew from {early} to {late} bytes");
    }
}

fn client(soak: &Soak) -> Client {
    Client::builder(Endpoint::self_hosted(soak.url()))
        .client_credentials("app-id", "app-secret")
        .transport(ReqwestTransport::builder().no_proxy().build().unwrap())
        .retry(RetryPolicy::attempts(12).waits(Duration::from_millis(1), Duration::from_millis(2)))
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap()
}

/// What one caller saw.
#[derive(Default)]
struct Tally {
    succeeded: usize,
    failed: usize,
    memory_after_a_third: Option<usize>,
}

/// Makes one call after the other until all are made.
async fn call_on(client: Client, soak: Arc<Soak>, next: Arc<AtomicUsize>) -> Tally {
    let mut tally = Tally::default();
    loop {
        let id = next.fetch_add(1, Ordering::Relaxed);
        if id >= CALLS {
            return tally;
        }
        if id == CALLS / 3 {
            tally.memory_after_a_third = memory();
        }
        let succeeded = if id.is_multiple_of(2) { read(&client, id).await } else { write(&client, &soak, id).await };
        *(if succeeded { &mut tally.succeeded } else { &mut tally.failed }) += 1;
    }
}

/// A read succeeds in the end, with its own answer, unless the server refuses two tokens in a row.
async fn read(client: &Client, id: usize) -> bool {
    match client.request(Method::Get, "/api/users").query("id", id as i64).await {
        Err(error) if error.status() == Some(401) => false,
        answer => {
            assert_eq!(answer.expect("one of twelve attempts succeeds"), json!({ "id": id }));
            true
        }
    }
}

/// A write is carried out once if it succeeds, and once or never if it fails.
async fn write(client: &Client, soak: &Soak, id: usize) -> bool {
    let written = client.request(Method::Post, "/api/roles").query("id", id as i64).json(&json!({})).await;
    let carried_out = soak.carried_out(id);
    let succeeded = written.is_ok();
    match written {
        Ok(answer) => {
            assert_eq!(answer, json!({ "id": id }));
            assert_eq!(carried_out, 1, "call {id}");
        }
        Err(error) => {
            let expected = matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Api);
            assert!(expected && carried_out <= 1, "call {id}, carried out {carried_out} times: {error}");
        }
    }
    succeeded
}

/// The memory that this process has in use, in bytes; `None` where that cannot be told.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes << 10)
}
