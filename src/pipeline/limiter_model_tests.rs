//! The limiter in all orders of its requests, as far as random orders find them.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use shuttle::future::block_on;

use super::*;
use crate::runtime::model::{self, ModelRuntime};

const LIMIT: RateLimit = RateLimit::new(2, Duration::from_secs(10));
const REQUESTS: usize = 5;

/// Runs requests on threads, while another thread moves the clock. Each request passes the limiter and notes when it reaches
/// the server. Returns these times.
fn run(
    request: impl Fn(usize, &Arc<Limiter>, &ModelRuntime) -> Option<Duration> + Send + Sync + 'static,
) -> Vec<Duration> {
    let (limiter, runtime) = (Arc::new(Limiter::new(Some(LIMIT))), ModelRuntime::default());
    let (left, arrivals) = (Arc::new(AtomicUsize::new(REQUESTS)), Arc::new(std::sync::Mutex::new(Vec::new())));
    let noted = Arc::clone(&arrivals);
    model::on_threads(REQUESTS + 1, move |number| {
        if number < REQUESTS {
            let arrival = request(number, &limiter, &runtime);
            noted.lock().unwrap().extend(arrival);
            left.fetch_sub(1, Ordering::SeqCst);
        }
        while number == REQUESTS && left.load(Ordering::SeqCst) > 0 {
            runtime.advance();
            shuttle::thread::yield_now();
        }
    });
    let mut arrivals = arrivals.lock().unwrap().clone();
    arrivals.sort();
    arrivals
}

/// Sends a request. It reaches the server within a period of its start, and is answered then or later.
fn send(limiter: &Arc<Limiter>, runtime: &ModelRuntime) -> Duration {
    let mut pass = limiter.enter(false);
    let start = loop {
        let now = runtime.monotonic();
        match pass.advance(now) {
            Some(wait) => block_on(runtime.sleep(wait)),
            None => break now,
        }
    };
    shuttle::thread::yield_now();
    let arrival = runtime.monotonic().min(start + LIMIT.per);
    shuttle::thread::yield_now();
    pass.answered(runtime.monotonic());
    arrival
}

#[track_caller]
fn keeps_the_limit(arrivals: &[Duration]) {
    let most = LIMIT.requests as usize;
    let pairs = arrivals.iter().zip(arrivals.iter().skip(most));
    for (first, next) in pairs {
        assert!(*next - *first >= LIMIT.per, "{arrivals:?}");
    }
}

#[test]
fn the_server_never_counts_more_than_the_limit_and_every_request_starts() {
    model::check(|| {
        let arrivals = run(|_, limiter, runtime| Some(send(limiter, runtime)));
        assert_eq!(arrivals.len(), REQUESTS);
        keeps_the_limit(&arrivals);
    });
}

#[test]
fn requests_that_are_given_up_do_not_hold_up_the_others() {
    model::check(|| {
        let arrivals = run(|number, limiter, runtime| {
            if number.is_multiple_of(2) {
                return Some(send(limiter, runtime));
            }
            // It starts at once, or is given up while it waits.
            let mut pass = limiter.enter(false);
            let _ = pass.wait(runtime).now_or_never();
            shuttle::thread::yield_now();
            None
        });
        assert_eq!(arrivals.len(), REQUESTS.div_ceil(2));
        keeps_the_limit(&arrivals);
    });
}
