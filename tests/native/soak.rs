//! 60,000 calls, 50 at a time, of which one in seven meets a fault. No call is lost, no write is carried out twice, and
//! memory does not grow.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot continue has failed")]

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
/// Far more than the test needs. It only has to end.
const MOST: Duration = Duration::from_secs(600);
/// Allowed growth of memory after the first third, because the number of connections and buffers varies.
const SLACK: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::disallowed_methods, reason = "a test that hangs must fail")]
async fn no_call_is_lost_or_repeated_and_memory_stays_flat() {
    let server = TestServer::start().await;
    let soak = server.soak(20_261_124, CALLS);
    let client = client(&soak);
    let next = Arc::new(AtomicUsize::new(0));
    let callers = (0..CALLERS).map(|_| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&next))));
    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls should end");
    let tallies: Vec<Tally> = ended.into_iter().map(|caller| caller.expect("no caller should panic")).collect();

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

/// Results of one caller.
#[derive(Default)]
struct Tally {
    succeeded: usize,
    failed: usize,
    memory_after_a_third: Option<usize>,
}

/// Makes calls until all calls are made.
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

/// Makes a read. It must return its own answer, unless the server rejects two tokens in a row.
async fn read(client: &Client, id: usize) -> bool {
    match client.request(Method::Get, "/api/users").query("id", id as i64).await {
        Err(error) if error.status() == Some(401) => false,
        answer => {
            assert_eq!(answer.expect("one of twelve attempts should succeed"), json!({ "id": id }));
            true
        }
    }
}

/// Makes a write. It must be carried out once if it succeeds, and at most once if it fails.
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

/// Returns the memory in use by this process, in bytes, or `None` if the system does not report it.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes << 10)
}
