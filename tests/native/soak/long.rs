//! 10,000 callers for minutes. The server restarts with new signing keys, its tokens live 5 seconds, and the Redis server that
//! shares them crashes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use logto_admin::token::RedisTokenStore;
use logto_admin::{Client, RateLimit};
use logto_admin_test_server::{Soak, TestServer};
use logto_admin_test_support::RedisServer;

use crate::calls::{Ended, builder, call, memory, no_write_was_repeated_late};

/// The environment variable with the length of the test.
const MINUTES: &str = "LOGTO_SOAK_MINUTES";
const CALLERS: u64 = 10_000;
/// Clients that share their token through Redis, as if each were a process.
const CLIENTS: usize = 4;
/// Pauses of a caller between two calls: 500 calls start per second.
///
/// The server and the callers share the processors. Callers that do not wait would keep these busy, and each request
/// would be served seconds after it was sent. Its token would have expired on the way, or its timeout would be over.
/// Failures would then not be evidence about the client.
const PAUSES: std::ops::Range<Duration> = Duration::from_secs(10)..Duration::from_secs(30);
/// Bounds the burst of retries after a restart. Four times the rate of the calls, although a 429 stops all calls of its
/// client for a period. Calls that wait for the limit as long as a token is valid would be sent with an expired one.
const LIMIT: RateLimit = RateLimit::new(100, Duration::from_millis(50));
const LIFETIME: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(10);
const SERVER_LIVES: Duration = Duration::from_secs(7);
/// Shorter than the retries of a call, which then outlast each restart.
const SERVER_RESTS: Duration = Duration::from_millis(200);
const REDIS_LIVES: Duration = Duration::from_secs(9);
const REDIS_RESTS: Duration = Duration::from_secs(3);
/// Longest duration of calls in progress after the end.
const MOST: Duration = Duration::from_secs(120);
/// Allowed growth of memory from the second quarter to the last one: less than 60 bytes for each call of ten minutes. The first
/// quarter is the warm-up, in which buffers, connections and the heap reach their size. A larger burst after a later restart
/// still adds some megabytes.
const SLACK: usize = 8 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs for minutes; cargo xtask soak"]
async fn ten_thousand_callers_survive_faults_restarts_and_crashes() {
    let minutes: u64 = std::env::var(MINUTES).map_or(1, |minutes| minutes.parse().expect("a number of minutes"));
    let length = Duration::from_secs(minutes * 60);
    let server = TestServer::start().await;
    let redis = RedisServer::start();
    let soak = server.soak(20_261_127, LIFETIME);
    let clients: Vec<Client> = (0..CLIENTS).map(|_| client(&soak, &redis)).collect();
    let run = Arc::new(Run::default());
    let callers: Vec<_> = (0..CALLERS)
        .zip(clients.iter().cycle())
        .map(|(_, client)| tokio::spawn(call_on(client.clone(), Arc::clone(&soak), Arc::clone(&run))))
        .collect();
    let restarts = tokio::spawn(restart(server, Arc::clone(&soak), Arc::clone(&run)));
    let crashes = tokio::spawn(crash(redis, Arc::clone(&run)));
    let memory = watch(length, &soak, &run).await;

    let ended = tokio::time::timeout(MOST, join_all(callers)).await.expect("the calls should end");
    ended.into_iter().for_each(|caller| caller.expect("no caller should panic"));
    let (_server, restarts) = restarts.await.expect("the server should restart");
    let (_redis, crashes) = crashes.await.expect("Redis should restart");
    println!("{restarts} restarts of the server, {crashes} crashes of Redis, {} tokens", soak.tokens());
    run.check(length, &soak);
    check_memory(&memory);
}

/// Results of the callers.
#[derive(Default)]
struct Run {
    next: AtomicU64,
    started: AtomicU64,
    succeeded: AtomicU64,
    faulted: AtomicU64,
    /// Calls whose connection was closed while the server restarted.
    interrupted: AtomicU64,
    /// Calls whose connection was closed at another time.
    cut: AtomicU64,
    /// Number of times at which the server has stopped or started. Odd while it is down.
    changes: AtomicUsize,
    ended: AtomicBool,
}

impl Run {
    fn count(&self, ended: Ended, while_restarting: bool) {
        let counter = match ended {
            Ended::Succeeded => &self.succeeded,
            Ended::Faulted => &self.faulted,
            Ended::Cut if while_restarting => &self.interrupted,
            Ended::Cut => &self.cut,
        };
        counter.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns how many calls have started, and how many have ended in each of the four ways.
    fn counts(&self) -> [u64; 5] {
        let counters = [&self.started, &self.succeeded, &self.faulted, &self.interrupted, &self.cut];
        counters.map(|counter| counter.load(Ordering::SeqCst))
    }

    fn check(&self, length: Duration, soak: &Soak) {
        let [started, succeeded, faulted, interrupted, cut] = self.counts();
        println!(
            "{started} calls: {succeeded} succeeded, {faulted} met a fault, {interrupted} a restart, {cut} a closed connection"
        );
        assert_eq!(started, succeeded + faulted + interrupted + cut, "calls are lost");
        assert!(started > CALLERS * length.as_secs() / PAUSES.end.as_secs(), "the calls wait for too long");
        // The server closes some connections right after an answer, when the next request may be on its way.
        assert!(cut <= soak.closed() as u64, "{cut} writes failed without a reason");
        no_write_was_repeated_late(soak);
    }
}

fn client(soak: &Soak, redis: &RedisServer) -> Client {
    let store = RedisTokenStore::new(&redis.url()).unwrap();
    let builder = builder(soak, Duration::from_millis(50), Duration::from_secs(1));
    builder.timeout(TIMEOUT).rate_limit(LIMIT).token_store(store).build().unwrap()
}

/// Makes calls until the end.
async fn call_on(client: Client, soak: Arc<Soak>, run: Arc<Run>) {
    loop {
        let id = run.next.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(pause(id)).await;
        if run.ended.load(Ordering::SeqCst) {
            return;
        }
        let changes = run.changes.load(Ordering::SeqCst);
        run.started.fetch_add(1, Ordering::SeqCst);
        let ended = call(&client, &soak, id).await;
        let was_up = changes.is_multiple_of(2) && changes == run.changes.load(Ordering::SeqCst);
        run.count(ended, !was_up);
    }
}

/// Spreads the calls evenly.
fn pause(id: u64) -> Duration {
    let range = (PAUSES.end - PAUSES.start).as_millis() as u64;
    PAUSES.start + Duration::from_millis(id * 7919 % range)
}

/// Restarts the server again and again, with new signing keys. Returns it, and how often it was restarted.
async fn restart(mut server: TestServer, soak: Arc<Soak>, run: Arc<Run>) -> (TestServer, usize) {
    loop {
        tokio::time::sleep(SERVER_LIVES).await;
        if run.ended.load(Ordering::SeqCst) {
            return (server, run.changes.load(Ordering::SeqCst) / 2);
        }
        run.changes.fetch_add(1, Ordering::SeqCst);
        soak.revoke();
        server.restart(SERVER_RESTS).await;
        run.changes.fetch_add(1, Ordering::SeqCst);
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
        let [started, ended @ ..] = run.counts();
        let in_progress = started.saturating_sub(ended.iter().sum::<u64>());
        println!("{:?}: {started} calls started, {in_progress} in progress, {} tokens", start.elapsed(), soak.tokens());
    }
    run.ended.store(true, Ordering::SeqCst);
    samples
}

fn check_memory(samples: &[usize]) {
    println!("memory in MB, every 5 seconds: {:?}", samples.iter().map(|bytes| bytes >> 20).collect::<Vec<_>>());
    let medians: Vec<usize> = samples.chunks(samples.len().div_ceil(4).max(1)).filter_map(median).collect();
    println!("medians of the quarters in KB: {:?}", medians.iter().map(|bytes| bytes >> 10).collect::<Vec<_>>());
    if let [_, second, _, last] = *medians {
        assert!(last < second + SLACK, "memory grew from {second} to {last} bytes");
    }
}

fn median(samples: &[usize]) -> Option<usize> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
