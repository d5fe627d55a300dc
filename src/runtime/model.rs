//! Models of concurrency: runs the threads of a test in many random orders.
//!
//! Threads change at each acquisition of a lock and at each await. The locks of this crate are never held across either, so
//! these are all the orders that differ.

use std::cell::Cell;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::Runtime;
use crate::types::Timestamp;

/// Number of orders that a model tries.
const ORDERS: usize = 2_000;

thread_local! {
    static IN_MODEL: Cell<bool> = const { Cell::new(false) };
}

/// Runs a model in many random orders. Fails if it panics in one of them, or if all its threads wait.
pub(crate) fn check(model: impl Fn() + Send + Sync + 'static) {
    IN_MODEL.set(true);
    shuttle::check_random(model, ORDERS);
    IN_MODEL.set(false);
}

/// Lets another thread run, in a model.
///
/// `yield_now` would wake the current thread. A future that acquires a lock in its `poll` would then be polled again
/// without a wake-up. No model would notice that one is missing.
pub(crate) fn point() {
    if IN_MODEL.get() {
        shuttle::thread::sleep(Duration::ZERO);
    }
}

/// Runs `work` on some threads, and waits for all of them.
pub(crate) fn on_threads(count: usize, work: impl Fn(usize) + Send + Sync + 'static) {
    let work = Arc::new(work);
    let start = |number| {
        let work = Arc::clone(&work);
        shuttle::thread::spawn(move || work(number))
    };
    let threads: Vec<_> = (0..count).map(start).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A runtime in a model. It moves its clock from the end of one sleep to the next.
#[derive(Clone, Default)]
pub(crate) struct ModelRuntime {
    clock: Arc<Mutex<Clock>>,
    drops_tasks: bool,
}

#[derive(Default)]
struct Clock {
    now: Duration,
    sleeps: Vec<(Duration, Waker)>,
}

impl ModelRuntime {
    /// A runtime that cannot run tasks in the background.
    pub(crate) fn dropping_tasks() -> Self {
        Self { drops_tasks: true, ..Self::default() }
    }

    /// Moves the clock to the end of the next sleep, if there is one.
    pub(crate) fn advance(&self) {
        let next = self.clock().sleeps.iter().map(|(end, _)| *end).min();
        if let Some(next) = next {
            self.advance_to(next);
        }
    }

    pub(crate) fn advance_to(&self, time: Duration) {
        let mut clock = self.clock();
        clock.now = clock.now.max(time);
        let now = clock.now;
        let ended: Vec<_> = clock.sleeps.extract_if(.., |(end, _)| *end <= now).collect();
        drop(clock);
        ended.into_iter().for_each(|(_, waker)| waker.wake());
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Runtime for ModelRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.monotonic().as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        self.clock().now
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.monotonic() + duration;
        poll_fn(|context| {
            let mut clock = self.clock();
            if clock.now >= end {
                return Poll::Ready(());
            }
            clock.sleeps.push((end, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        if !self.drops_tasks {
            drop(shuttle::future::spawn(task));
        }
    }
}

#[cfg(test)]
mod tests {
    use shuttle::future::block_on;

    use super::*;
    use crate::runtime;

    #[test]
    #[should_panic(expected = "deadlock")]
    fn a_missing_wake_up_fails_a_model() {
        check(|| {
            let lock = runtime::Mutex::new(());
            block_on(poll_fn(|_| lock.lock().map_or(Poll::Ready(()), |_| Poll::Pending)));
        });
    }
}
