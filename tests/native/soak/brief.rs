//! 60,000 calls, 50 at a time, of which one in seven meets a fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use logto_admin::{Client, RetryPolicy};
use logto_admin_test_server::{Soak, TestServer};

use crate::calls::{builder, call, is_write, memory};

const CALLS: u64 = 60_000;
const CALLERS: usize = 50;
const LIFETIME: Duration = Duration::from_secs(3600);
/// Far more than the test needs. It only has to end.
const MOST: Duration = Duration::from_secs(600);
/// Allowed growth of memory after the first third, because the number of connections and buffers varies.
const SLACK: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_or_repeated_and_memory_stays_flat() {
    let server = TestServer::start().await;
    let soak = server.soak(20_261_124, LIFETIME);
    let retry = RetryPolicy::attempts(12).waits(Duration::from_millis(1), Duration::from_millis(2));
    let client = builder(&soak).retry(retry).build().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let callers = (0..CALLERS).map(|_| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&next))));
    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls should end");
    let tallies: Vec<Tally> = ended.into_iter().map(|caller| caller.expect("no caller should panic")).collect();

    assert_eq!(tallies.iter().map(|tally| tally.succeeded + tally.failed).sum::<u64>(), CALLS);
    let failed = tallies.iter().map(|tally| tally.failed).sum::<u64>();
    assert!(failed > 0 && failed < CALLS / 10, "{failed} of {CALLS} failed");
    assert!(soak.tokens() > 1 && soak.tokens() < 1000, "{} tokens", soak.tokens());
    let early = tallies.iter().filter_map(|tally| tally.memory_after_a_third).max();
    if let (Some(early), Some(late)) = (early, memory()) {
        assert!(late < early + SLACK, "memory grew from {early} to {late} bytes");
    }
}

/// Results of one caller.
#[derive(Default)]
struct Tally {
    succeeded: u64,
    failed: u64,
    memory_after_a_third: Option<usize>,
}

/// Makes calls until all calls are made. A read only fails if the server rejects two tokens in a row.
async fn call_on(client: Client, soak: Arc<Soak>, next: Arc<AtomicU64>) -> Tally {
    let mut tally = Tally::default();
    loop {
        let id = next.fetch_add(1, Ordering::Relaxed);
        if id >= CALLS {
            return tally;
        }
        if id == CALLS / 3 {
            tally.memory_after_a_third = memory();
        }
        match call(&client, &soak, id).await {
            Ok(()) => tally.succeeded += 1,
            Err(error) => {
                assert!(is_write(id) || error.status() == Some(401), "one of twelve attempts should succeed: {error}");
                tally.failed += 1;
            }
        }
    }
}
