//! 30,000 calls, 50 at a time, of which one in seven meets a fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use logto_admin::Client;
use logto_admin_test_server::{Soak, TestServer};

use crate::calls::{Ended, builder, call, memory, no_write_was_repeated_late};

const CALLS: u64 = 30_000;
const CALLERS: usize = 50;
const LIFETIME: Duration = Duration::from_secs(3600);
const TIMEOUT: Duration = Duration::from_secs(2);
/// Far more than the test needs. It only has to end.
const MOST: Duration = Duration::from_secs(600);
/// Allowed growth of memory after the first third, because the number of connections and buffers varies.
const SLACK: usize = 16 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_or_repeated_and_memory_stays_flat() {
    let server = TestServer::start().await;
    let soak = server.soak(20_261_124, LIFETIME);
    let client = builder(&soak, Duration::from_millis(1), Duration::from_millis(2)).timeout(TIMEOUT).build().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let callers = (0..CALLERS).map(|_| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&next))));
    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls should end");
    let tallies: Vec<Tally> = ended.into_iter().map(|caller| caller.expect("no caller should panic")).collect();

    let sum = |count: fn(&Tally) -> u64| tallies.iter().map(count).sum::<u64>();
    let (faulted, cut) = (sum(|tally| tally.faulted), sum(|tally| tally.cut));
    assert_eq!(sum(|tally| tally.succeeded) + faulted + cut, CALLS);
    assert!(faulted > 0 && faulted < CALLS / 10, "{faulted} of {CALLS} failed");
    assert!(cut <= soak.closed() as u64, "{cut} writes failed without a reason");
    assert_eq!(soak.tokens(), 2, "the first token was revoked");
    no_write_was_repeated_late(&soak);
    let early = tallies.iter().filter_map(|tally| tally.memory_after_a_third).max();
    if let (Some(early), Some(late)) = (early, memory()) {
        assert!(late < early + SLACK, "memory grew from {early} to {late} bytes");
    }
}

/// Results of one caller.
#[derive(Default)]
struct Tally {
    succeeded: u64,
    faulted: u64,
    cut: u64,
    memory_after_a_third: Option<usize>,
}

/// Makes calls until all calls are made. Revokes the token after a third of them.
async fn call_on(client: Client, soak: Arc<Soak>, next: Arc<AtomicU64>) -> Tally {
    let mut tally = Tally::default();
    loop {
        let id = next.fetch_add(1, Ordering::Relaxed);
        if id >= CALLS {
            return tally;
        }
        if id == CALLS / 3 {
            tally.memory_after_a_third = memory();
            soak.revoke();
        }
        match call(&client, &soak, id).await {
            Ended::Succeeded => tally.succeeded += 1,
            Ended::Faulted => tally.faulted += 1,
            Ended::Cut => tally.cut += 1,
        }
    }
}
