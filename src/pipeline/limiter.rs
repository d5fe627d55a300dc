//! The rate limiter of the client. Its places become free a period after their request was answered.

use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use crate::runtime::{Mutex, Runtime};
use crate::types::defaults::CLOUD_LIMIT;

/// A rate limit: requests per period.
///
/// The server never counts more than `requests` requests in any period of length `per`, if each of them reaches it
/// within `per`. The limit covers the requests of one client and its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Maximum number of requests in a period.
    pub requests: u32,
    /// Length of the period.
    pub per: Duration,
}

impl RateLimit {
    /// The limit of a Logto Cloud tenant: 200 requests in 10 seconds.
    pub const LOGTO_CLOUD: Self = Self { requests: CLOUD_LIMIT.0, per: CLOUD_LIMIT.1 };

    /// Creates a limit of `requests` in any period of length `per`. 0 requests count as 1.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }
}

/// The longest time for which the server can stop all calls of a client. The period of its limit can be longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Decides when requests may start. It only counts: each call waits on its own timer, so that no call depends on another
/// to wake it.
///
/// A request occupies a place until a period has passed since its answer, because it has reached the server before. The
/// place of a request without an answer becomes free two periods after its start, because the request may reach the
/// server for a period.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: Option<RateLimit>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// End of the time in which no request may start. The server has reported that the limit is reached.
    closed_until: Duration,
    places: Places,
}

#[derive(Debug, Default)]
struct Places {
    /// Number of places that have been used. The others are free.
    known: u32,
    /// From when on each free place can be used again, the earliest first.
    free: VecDeque<Duration>,
    /// The requests that occupy a place, in the order in which they got it. `None` once a request has returned it.
    used: VecDeque<Option<Use>>,
    /// The number of the first of them.
    first: u64,
    /// Number of requests that wait without a place.
    waiting: u32,
}

#[derive(Clone, Copy, Debug)]
struct Use {
    /// Start of the request or, before that, its earliest start.
    start: Duration,
    started: bool,
}

/// A request's way through the limiter. Dropping it before the request starts lets another request start instead.
#[derive(Debug)]
pub struct Pass {
    limiter: Arc<Limiter>,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Has not asked for a place.
    New { urgent: bool },
    /// Waits without a place, until its turn.
    Waiting { turn: Duration },
    /// Has a place, and may start at this time.
    Placed { at: Duration, number: u64 },
    /// Was started, and is not answered.
    Started { number: u64 },
    /// Occupies no place.
    Ended,
}

impl Limiter {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        let limit = limit.map(|limit| RateLimit::new(limit.requests, limit.per));
        Self { limit, state: Mutex::default() }
    }

    /// Starts the way of a request through the limiter. An urgent request does not queue behind other requests.
    pub(crate) fn enter(self: &Arc<Self>, urgent: bool) -> Pass {
        Pass { limiter: Arc::clone(self), step: Step::New { urgent } }
    }

    /// Lets no request start for this long. The server has reported that the limit is reached. Without a time, for the
    /// period of the limit. Returns for how long no request starts.
    pub(crate) fn pause(&self, time: Option<Duration>, now: Duration) -> Duration {
        let period = self.limit.map_or(Duration::ZERO, |limit| limit.per);
        let time = time.map_or(period, |time| time.min(LONGEST_PAUSE.max(period)));
        let mut state = self.state();
        state.closed_until = state.closed_until.max(now.saturating_add(time));
        state.closed_until.saturating_sub(now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Waits until the request may start. Returns whether it has waited.
    pub(crate) async fn wait(&mut self, runtime: &dyn Runtime) -> bool {
        let mut waited = false;
        while let Some(wait) = self.advance(runtime.monotonic()) {
            runtime.sleep(wait).await;
            waited = true;
        }
        waited
    }

    /// Returns how long the request has to wait before it is advanced again. `None` if it may start: it then occupies a
    /// place.
    pub(crate) fn advance(&mut self, now: Duration) -> Option<Duration> {
        let mut state = self.limiter.state();
        if let Some(limit) = self.limiter.limit
            && let Some(wait) = state.places.advance(&mut self.step, limit, now)
        {
            return Some(wait);
        }
        if state.closed_until > now {
            return Some(state.closed_until - now);
        }
        state.places.start(&mut self.step, now);
        None
    }

    /// Notes that the server has answered the request.
    pub(crate) fn answered(&mut self, now: Duration) {
        if let Some(limit) = self.limiter.limit {
            self.end(now.saturating_add(limit.per));
        }
    }

    /// Notes that the request never reached the server.
    pub(crate) fn never_sent(&mut self, now: Duration) {
        self.end(now);
    }

    /// Returns the place, which is free from this time on.
    fn end(&mut self, free: Duration) {
        let ended = std::mem::replace(&mut self.step, Step::Ended);
        if let Step::Placed { number, .. } | Step::Started { number } = ended {
            self.limiter.state().places.give_back(number, free);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        match self.step {
            Step::Waiting { .. } => self.limiter.state().places.waiting -= 1,
            Step::Placed { at, .. } => self.end(at),
            // The request might still reach the server.
            Step::Started { .. } | Step::New { .. } | Step::Ended => {}
        }
    }
}

impl Places {
    /// Finds a place for a request. Returns how long it has to wait before it is advanced again.
    fn advance(&mut self, step: &mut Step, limit: RateLimit, now: Duration) -> Option<Duration> {
        self.reclaim(limit.per, now);
        match *step {
            Step::Placed { number, .. } if self.find(number).is_some() => {}
            Step::Started { .. } | Step::Ended => return None,
            Step::New { urgent } => {
                let turn = if urgent { Duration::ZERO } else { self.turn(limit, self.waiting) };
                self.enqueue(step, turn, limit, now);
            }
            // A place that was not used for a period was reclaimed.
            Step::Placed { .. } => self.enqueue(step, Duration::ZERO, limit, now),
            Step::Waiting { .. } => self.queue(step, limit, now),
        }
        match *step {
            // Looks again after a period at the latest, because requests ahead might have been given up.
            Step::Waiting { turn } => Some(turn.saturating_sub(now).min(limit.per)),
            Step::Placed { at, .. } => at.checked_sub(now).filter(|wait| !wait.is_zero()),
            _ => None,
        }
    }

    fn enqueue(&mut self, step: &mut Step, turn: Duration, limit: RateLimit, now: Duration) {
        *step = Step::Waiting { turn };
        self.waiting += 1;
        self.queue(step, limit, now);
    }

    /// Acquires a place for a waiting request if it is its turn or a place is free now.
    fn queue(&mut self, step: &mut Step, limit: RateLimit, now: Duration) {
        let Step::Waiting { turn } = *step else { return };
        let turn = turn.min(self.turn(limit, self.waiting - 1));
        let next = self.next_free(limit);
        if turn > now && next > now {
            *step = Step::Waiting { turn };
        } else if let Some(free) = self.take(limit) {
            self.waiting -= 1;
            let at = free.max(now);
            *step = Step::Placed { at, number: self.first + self.used.len() as u64 };
            self.used.push_back(Some(Use { start: at, started: false }));
        } else {
            *step = Step::Waiting { turn: next };
        }
    }

    /// Returns when the turn of a request comes, with this many requests ahead of it.
    fn turn(&self, limit: RateLimit, ahead: u32) -> Duration {
        self.next_free(limit).saturating_add(limit.per.saturating_mul(ahead / limit.requests))
    }

    /// Returns the earliest time at which a place can be free.
    fn next_free(&self, limit: RateLimit) -> Duration {
        if self.known < limit.requests {
            return Duration::ZERO;
        }
        let used = self.used.front().copied().flatten().map(|first| first.start.saturating_add(limit.per));
        match (self.free.front(), used) {
            (Some(free), Some(used)) => used.min(*free),
            (free, used) => free.copied().or(used).unwrap_or_default(),
        }
    }

    fn take(&mut self, limit: RateLimit) -> Option<Duration> {
        if self.known < limit.requests {
            self.known += 1;
            return Some(Duration::ZERO);
        }
        self.free.pop_front()
    }

    /// Notes the actual start of a request.
    fn start(&mut self, step: &mut Step, now: Duration) {
        if let Step::Placed { number, .. } = *step {
            if let Some(of_request) = self.find(number) {
                *of_request = Some(Use { start: now, started: true });
            }
            *step = Step::Started { number };
        }
    }

    /// Frees the places of requests that nobody has answered, or started, for a period.
    fn reclaim(&mut self, per: Duration, now: Duration) {
        while let Some(Some(Use { start, started })) = self.used.front().copied()
            && start.saturating_add(per) <= now
        {
            let free = if started { start.saturating_add(per).saturating_add(per) } else { start };
            self.give_back(self.first, free);
        }
    }

    fn find(&mut self, number: u64) -> Option<&mut Option<Use>> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.used.get_mut(at).filter(|of_request| of_request.is_some())
    }

    fn give_back(&mut self, number: u64, free: Duration) {
        let Some(of_request) = self.find(number) else { return };
        *of_request = None;
        while let Some(None) = self.used.front() {
            self.used.pop_front();
            self.first += 1;
        }
        self.free.push_back(free);
        // Places are returned almost in order.
        let mut at = self.free.len() - 1;
        while at > 0 && self.free.get(at - 1) > self.free.get(at) {
            self.free.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "limiter_model_tests.rs"]
mod model_tests;
