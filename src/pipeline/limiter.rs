//! The rate limiter of the client: a bucket whose places become free a fixed time after they were taken.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A rate limit: requests per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Maximum number of requests in a period.
    pub requests: u32,
    /// Length of the period.
    pub per: Duration,
}

impl RateLimit {
    /// The limit of a Logto Cloud tenant: 200 requests in 10 seconds.
    pub const LOGTO_CLOUD: Self = Self { requests: 200, per: Duration::from_secs(10) };

    /// Creates a limit of `requests` in any period of length `per`; at least one request.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }
}

/// Reserves the times at which requests may start. It only counts: each call waits on its own timer, so that no call
/// depends on another to wake it.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    /// When each place was or will be taken, the oldest first. At most as many as the limit.
    taken: VecDeque<Duration>,
    /// Reserved times of calls that were cancelled.
    returned: Vec<Duration>,
}

/// A reserved time at which one request may start. If it is dropped before it is taken, another request may use it:
/// cancelled calls must not delay later ones.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    limiter: &'a Limiter,
    at: Option<Duration>,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { limit, places: Mutex::default() }
    }

    /// Reserves the next time at which a request may start.
    pub(crate) fn reserve(&self, now: Duration) -> Place<'_> {
        Place { limiter: self, at: Some(self.places().next(now, self.limit)) }
    }

    /// Uses up all remaining places, because the server reports that the limit is reached.
    pub(crate) fn drain(&self, now: Duration) {
        let mut places = self.places();
        for slot in &mut places.taken {
            *slot = now.max(*slot);
        }
        let missing = (self.limit.requests as usize).saturating_sub(places.taken.len());
        places.taken.extend(std::iter::repeat_n(now, missing));
        places.returned.retain(|at| *at >= now + self.limit.per);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn next(&mut self, now: Duration, limit: RateLimit) -> Duration {
        // Times in the past count as used: the place after them would otherwise start too early.
        self.returned.retain(|at| *at > now);
        if let Some((index, at)) = self.returned.iter().copied().enumerate().min_by_key(|(_, at)| *at) {
            self.returned.swap_remove(index);
            return at;
        }
        let full = self.taken.len() >= limit.requests as usize;
        let back = if full { self.taken.pop_front().map(|oldest| oldest + limit.per) } else { None };
        let slot = back.map_or(now, |back| back.max(now));
        self.taken.push_back(slot);
        slot
    }
}

impl Place<'_> {
    /// Returns how long after `now` the request may start.
    pub(crate) fn after(&self, now: Duration) -> Duration {
        self.at.unwrap_or(now).saturating_sub(now)
    }

    /// Marks the place as used: the request starts.
    pub(crate) fn take(mut self) {
        self.at = None;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(at) = self.at {
            self.limiter.places().returned.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns how long a request at this time waits.
    fn wait(limiter: &Limiter, at: Duration) -> Duration {
        let place = limiter.reserve(at);
        let wait = place.after(at);
        place.take();
        wait
    }

    #[test]
    fn requests_above_the_limit_wait_for_the_oldest_place() {
        let limiter = Limiter::new(RateLimit::new(2, 10 * SECOND));
        let waits = [0, 4, 5, 5, 5].map(|at| wait(&limiter, at * SECOND).as_secs());
        assert_eq!(waits, [0, 0, 5, 9, 15]);
    }

    #[test]
    fn no_period_exceeds_the_limit() {
        let limiter = Limiter::new(RateLimit::new(3, 10 * SECOND));
        let starts: Vec<Duration> = (0..50).map(|at| at * SECOND / 2 + wait(&limiter, at * SECOND / 2)).collect();
        assert!(starts.windows(4).all(|window| window[3] - window[0] >= 10 * SECOND), "{starts:?}");
    }

    #[test]
    fn a_drained_bucket_is_free_after_the_period() {
        let limiter = Limiter::new(RateLimit::new(2, 10 * SECOND));
        wait(&limiter, SECOND);
        limiter.drain(3 * SECOND);
        assert_eq!([3, 3, 13].map(|at| wait(&limiter, at * SECOND).as_secs()), [10, 10, 10]);
    }

    #[test]
    fn a_returned_place_is_reused_unless_its_time_has_passed() {
        let limiter = Limiter::new(RateLimit::new(1, 10 * SECOND));
        wait(&limiter, SECOND);
        let given_up: Vec<_> = (0..3).map(|_| limiter.reserve(SECOND)).collect();
        assert_eq!(given_up.iter().map(|place| place.after(SECOND).as_secs()).collect::<Vec<_>>(), [10, 20, 30]);
        drop(given_up);
        assert_eq!([3, 12, 12].map(|at| wait(&limiter, at * SECOND).as_secs()), [8, 9, 19]);
    }

    #[test]
    fn returned_places_do_not_refill_a_drained_bucket() {
        let limiter = Limiter::new(RateLimit::new(1, 10 * SECOND));
        wait(&limiter, Duration::ZERO);
        drop(limiter.reserve(SECOND));
        limiter.drain(5 * SECOND);
        assert!(wait(&limiter, 5 * SECOND) >= 10 * SECOND);
    }
}
