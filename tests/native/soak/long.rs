//! 10,000 callers for minutes. The server restarts, its tokens live 5 seconds, and the Redis server that shares them crashes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use logto_admin::token::RedisTokenStore;
use logto_admin::{Client, RateLimit, RetryPolicy};
use logto_admin_test_server::{Soak, TestServer};
use logto_admin_test_support::RedisServer;

use crate::calls::{builder, call, is_write, memory};

/// The environment variable with the length of the test.
const MINUTES: &str = "LOGTO_SOAK_MINUTES";
const CALLERS: usize = 10_000;
/// Clients that share their token through Redis, as if each were a process.
const CLIENTS: usize = 4;
/// All callers wait here for their turn. The server and the callers share the processors. More requests at a time would keep
/// them busy until each request is late.
const LIMIT: RateLimit = RateLimit::new(40, Duration::from_millis(50));
const LIFETIME: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(3);
const SERVER_LIVES: Duration = Duration::from_secs(7);
const SERVER_RESTS: Duration = Duration::from_millis(200);
const REDIS_LIVES: Duration = Duration::from_secs(9);
const REDIS_RESTS: Duration = Duration::from_secs(3);
/// Longest duration of calls in progress after the end.
const MOST: Duration = Duration::from_secs(120);
/// Allowed growth of memory after the first third, because the number of connections and buffers varies.
const SLACK: usize = 32 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs for minutes; cargo xtask soak"]
async fn ten_thousand_callers_survive_faults_restarts_and_crashes() {
    let minutes: u64 = std::env::var(MINUTES).map_or(1, |minutes| minutes.parse().expect("a number of minutes"));
    let server = TestServer::start().await;
    let redis = RedisServer::start();
    let soak = server.soak(20_261_127, LIFETIME);
    let clients: Vec<Client> = (0..CLIENTS).map(|_| client(&soak, &redis)).collect();
    let run = Arc::new(Run::default());
    let callers: Vec<_> = (0..CALLERS)
        .zip(clients.iter().cycle())
        .map(|(_, client)| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&run))))
        .collect();
    let restarts = tokio::spawn(restart(server, Arc::clone(&run)));
    let crashes = tokio::spawn(crash(redis, Arc::clone(&run)));
    let memory = watch(Duration::from_secs(minutes * 60), &soak, &run).await;

    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls should end");
    let mut failures: BTreeMap<String, u64> = BTreeMap::new();
    for caller in ended {
        for (kind, count) in caller.expect("no caller should panic") {
            *failures.entry(kind).or_default() += count;
        }
    }
    let failed: u64 = failures.values().sum();
    let (made, succeeded) = (run.made.load(Ordering::SeqCst), run.succeeded.load(Ordering::SeqCst));
    let (_server, restarts) = restarts.await.expect("the server should restart");
    let (_redis, crashes) = crashes.await.expect("Redis should restart");
    println!("{made} calls, {succeeded} succeeded, {failed} failed: {failures:?}");
    println!("{restarts} restarts of the server, {crashes} crashes of Redis, {} tokens", soak.tokens());
    println!("memory in MB, every 5 seconds: {:?}", memory.iter().map(|bytes| bytes >> 20).collect::<Vec<_>>());
    assert_eq!(made, succeeded + failed, "calls are lost");
    assert!(failed < made / 10, "{failed} of {made} failed");
    // A request can arrive after its call has failed.
    let late = soak.left();
    println!("{} requests arrived after their call had failed", late.len());
    assert!(late.iter().all(|(id, count)| !is_write(*id) || *count == 1), "{late:?}");
    assert!(late.len() as u64 <= failed, "{late:?}");
    let early = memory.get(..=memory.len() / 3).and_then(|early| early.iter().max().copied());
    if let (Some(early), Some(late)) = (early, memory.last()) {
        assert!(*late < early + SLACK, "memory grew from {early} to {late} bytes");
    }
}

/// Results of the callers.
#[derive(Default)]
struct Run {
    next: AtomicU64,
    made: AtomicU64,
    succeeded: AtomicU64,
    waiting: AtomicUsize,
    ended: AtomicBool,
}

fn client(soak: &Soak, redis: &RedisServer) -> Client {
    let retry = RetryPolicy::attempts(12).waits(Duration::from_millis(5), Duration::from_millis(250));
    let store = RedisTokenStore::new(&redis.url()).unwrap();
    builder(soak).retry(retry).timeout(TIMEOUT).rate_limit(LIMIT).token_store(store).build().unwrap()
}

/// Makes calls until the end. Returns how many failed, by kind.
async fn call_on(client: Client, soak: Arc<Soak>, run: Arc<Run>) -> BTreeMap<String, u64> {
    let mut failures = BTreeMap::new();
    while !run.ended.load(Ordering::SeqCst) {
        let id = run.next.fetch_add(1, Ordering::SeqCst);
        run.waiting.fetch_add(1, Ordering::SeqCst);
        let done = call(&client, &soak, id).await;
        run.waiting.fetch_sub(1, Ordering::SeqCst);
        run.made.fetch_add(1, Ordering::SeqCst);
        match done {
            Ok(()) => drop(run.succeeded.fetch_add(1, Ordering::SeqCst)),
            Err(error) => {
                let status = error.status().map(|status| format!(" {status}")).unwrap_or_default();
                *failures.entry(format!("{:?}{status}", error.kind())).or_default() += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    failures
}

/// Restarts the server again and again. Returns it, and how often it was restarted.
async fn restart(mut server: TestServer, run: Arc<Run>) -> (TestServer, usize) {
    let mut count = 0;
    loop {
        tokio::time::sleep(SERVER_LIVES).await;
        if run.ended.load(Ordering::SeqCst) {
            return (server, count);
        }
        server.restart(SERVER_RESTS).await;
        count += 1;
    }
}

/// Kills Redis again and again. Returns the server, and how often it was killed.
async fn crash(mut redis: RedisServer, run: Arc<Run>) -> (RedisServer, usize) {
    let mut count = 0;
    loop {
        tokio::time::sleep(REDIS_LIVES).await;
        if run.ended.load(Ordering::SeqCst) {
            return (redis, count);
        }
        redis.kill();
        tokio::time::sleep(REDIS_RESTS).await;
        tokio::task::block_in_place(|| redis.restart());
        count += 1;
    }
}

/// Waits until the end. Returns the memory in use, every five seconds.
async fn watch(length: Duration, soak: &Soak, run: &Run) -> Vec<usize> {
    let (start, mut samples) = (Instant::now(), Vec::new());
    while start.elapsed() < length {
        tokio::time::sleep(Duration::from_secs(5)).await;
        samples.extend(memory());
        let (made, waiting) = (run.made.load(Ordering::SeqCst), run.waiting.load(Ordering::SeqCst));
        println!("{:?}: {made} calls made, {waiting} in progress, {} tokens", start.elapsed(), soak.tokens());
    }
    run.ended.store(true, Ordering::SeqCst);
    samples
}
