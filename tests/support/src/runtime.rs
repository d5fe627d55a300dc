//! A runtime with a clock that only moves when a test moves it.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::Timestamp;
use logto_admin::runtime::Runtime;

use crate::executor;

/// A runtime with a fake clock. Clones share the clock.
///
/// [`advance`](Self::advance) moves the clock. In [`run`](Self::run), the clock also jumps to the next timer when all
/// futures are idle. With real I/O the runtime cannot detect that; see [`skipping`](Self::skipping).
#[derive(Clone, Default)]
pub struct FakeRuntime(Arc<Mutex<State>>);

/// Implementation of `spawn` outside of `run`.
type Spawn = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

struct State {
    elapsed: Duration,
    epoch: Timestamp,
    random: f64,
    skip_below: Duration,
    isolates: bool,
    timers: Vec<Timer>,
    next_timer: u64,
    watchers: Vec<Waker>,
    slept: Vec<Duration>,
    spawned: usize,
    tasks: Vec<BoxFuture<'static, ()>>,
    spawn: Option<Spawn>,
}

struct Timer {
    id: u64,
    at: Duration,
    waker: Option<Waker>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            elapsed: Duration::ZERO,
            epoch: Timestamp::from_millis(1_795_000_000_000),
            random: 0.5,
            skip_below: Duration::ZERO,
            isolates: false,
            timers: Vec::new(),
            next_timer: 0,
            watchers: Vec::new(),
            slept: Vec::new(),
            spawned: 0,
            tasks: Vec::new(),
            spawn: None,
        }
    }
}

impl FakeRuntime {
    /// Creates a runtime with a stopped clock. Its "random" numbers are all 0.5.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a runtime for real I/O.
    ///
    /// Sleeps shorter than `below` (retries, the limiter) end immediately and move the clock. Longer sleeps (timeouts)
    /// wait for [`advance`](Self::advance).
    #[must_use]
    pub fn skipping(below: Duration) -> Self {
        let runtime = Self::new();
        runtime.state().skip_below = below;
        runtime
    }

    /// Passes spawned tasks to another executor, such as `tokio::spawn`. Does not keep them for `run`.
    #[must_use]
    pub fn spawning(self, spawn: impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static) -> Self {
        self.state().spawn = Some(Arc::new(spawn));
        self
    }

    /// Reports that requests must not await each other, as on Cloudflare Workers.
    #[must_use]
    pub fn isolating(self) -> Self {
        self.state().isolates = true;
        self
    }

    /// Sets the number that [`Runtime::random`] returns.
    pub fn set_random(&self, random: f64) {
        self.state().random = random;
    }

    /// Sets the wall clock. The monotonic clock is not affected.
    pub fn set_now(&self, now: Timestamp) {
        let mut state = self.state();
        state.epoch = Timestamp::from_millis(now.as_millis() - millis(state.elapsed));
    }

    /// Moves the clock and ends the sleeps that are due.
    pub fn advance(&self, by: Duration) {
        let to = self.state().elapsed + by;
        self.move_to(to);
    }

    /// Runs `future` and all spawned tasks on this thread.
    ///
    /// When all of them are idle, the clock jumps to the next timer. Panics if there is no timer.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        executor::run(self, future)
    }

    /// The sleeps that have ended, in order. Timeouts that did not expire are not included.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    /// Number of pending sleeps.
    #[must_use]
    pub fn sleeping(&self) -> usize {
        self.state().timers.len()
    }

    /// Waits until at least this many sleeps are pending.
    pub async fn until_sleeping(&self, count: usize) {
        poll_fn(|context| {
            let mut state = self.state();
            if state.timers.len() >= count {
                return Poll::Ready(());
            }
            state.watchers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Number of tasks spawned so far.
    #[must_use]
    pub fn spawned(&self) -> usize {
        self.state().spawned
    }

    pub(crate) fn take_spawned(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut self.state().tasks)
    }

    pub(crate) fn put_back(&self, tasks: impl Iterator<Item = BoxFuture<'static, ()>>) {
        self.state().tasks.extend(tasks);
    }

    /// Moves the clock to the next timer. Returns whether there is one.
    pub(crate) fn jump(&self) -> bool {
        let next = {
            let state = self.state();
            // Timers in the past belong to futures that are no longer polled.
            state.timers.iter().map(|timer| timer.at).filter(|at| *at > state.elapsed).min()
        };
        next.inspect(|next| self.move_to(*next)).is_some()
    }

    fn move_to(&self, to: Duration) {
        let wakers: Vec<Waker> = {
            let mut state = self.state();
            state.elapsed = to.max(state.elapsed);
            let now = state.elapsed;
            let mut due: Vec<&mut Timer> = state.timers.iter_mut().filter(|timer| timer.at <= now).collect();
            due.sort_by_key(|timer| (timer.at, timer.id));
            due.into_iter().filter_map(|timer| timer.waker.take()).collect()
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Runtime for FakeRuntime {
    fn now(&self) -> Timestamp {
        let state = self.state();
        Timestamp::from_millis(state.epoch.as_millis() + millis(state.elapsed))
    }

    fn monotonic(&self) -> Duration {
        self.state().elapsed
    }

    async fn sleep(&self, duration: Duration) {
        if duration < self.state().skip_below {
            self.advance(duration);
            self.state().slept.push(duration);
            return yield_once().await;
        }
        let mut sleep = Sleep::begin(self, duration);
        poll_fn(|context| sleep.poll(context.waker())).await;
        self.state().slept.push(duration);
    }

    fn random(&self) -> f64 {
        self.state().random
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        let mut state = self.state();
        state.spawned += 1;
        match state.spawn.clone() {
            None => state.tasks.push(task),
            Some(spawn) => {
                drop(state);
                spawn(task);
            }
        }
    }

    fn isolates_requests(&self) -> bool {
        self.state().isolates
    }
}

/// A pending sleep. Dropping it removes its timer.
struct Sleep<'a> {
    runtime: &'a FakeRuntime,
    id: u64,
}

impl<'a> Sleep<'a> {
    fn begin(runtime: &'a FakeRuntime, duration: Duration) -> Self {
        let mut state = runtime.state();
        let (id, at) = (state.next_timer, state.elapsed.saturating_add(duration));
        state.next_timer += 1;
        state.timers.push(Timer { id, at, waker: None });
        let watchers = std::mem::take(&mut state.watchers);
        drop(state);
        watchers.into_iter().for_each(Waker::wake);
        Self { runtime, id }
    }

    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let mut state = self.runtime.state();
        let now = state.elapsed;
        match state.timers.iter_mut().find(|timer| timer.id == self.id) {
            Some(timer) if timer.at > now => {
                timer.waker = Some(waker.clone());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.runtime.state().timers.retain(|timer| timer.id != self.id);
    }
}

/// Lets other tasks run, because a loop of skipped sleeps waits for another task.
async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for FakeRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("FakeRuntime")
            .field("elapsed", &state.elapsed)
            .field("sleeping", &state.timers.len())
            .finish_non_exhaustive()
    }
}
