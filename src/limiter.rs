//! The client's own rate limit: a bucket of tokens, each of which comes back some time after it was taken.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many requests are allowed in how much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests.
    pub requests: u32,
    /// In any span of this length.
    pub per: Duration,
}

impl RateLimit {
    /// What Logto Cloud allows a tenant: 200 requests in 10 seconds.
    pub const LOGTO_CLOUD: Self = Self { requests: 200, per: Duration::from_secs(10) };

    /// So many requests in any span of this length; at least one.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }
}

/// Hands out the moments at which requests may start. It only counts: whoever reserves waits by himself,
/// so that no call depends on another to wake it.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    /// When each token was taken, or will be; the oldest first. Never more than the bucket holds.
    taken: Mutex<VecDeque<Duration>>,
}

impl Limiter {
    pub(crate) const fn new(limit: RateLimit) -> Self {
        Self { limit, taken: Mutex::new(VecDeque::new()) }
    }

    /// Takes a token, and says how long after `now` it may be used.
    pub(crate) fn reserve(&self, now: Duration) -> Duration {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = taken.len() >= self.limit.requests as usize;
        let back = if full { taken.pop_front().map(|oldest| oldest + self.limit.per) } else { None };
        let slot = back.map_or(now, |back| back.max(now));
        taken.push_back(slot);
        slot - now
    }

    /// Takes every token that is left: the server says that the limit is reached.
    pub(crate) fn drain(&self, now: Duration) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in taken.iter_mut() {
            *slot = now.max(*slot);
        }
        let missing = (self.limit.requests as usize).saturating_sub(taken.len());
        taken.extend(std::iter::repeat_n(now, missing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_up_to_the_limit_does_not_wait_and_the_next_waits_for_the_first_token() {
        let limiter = Limiter::new(RateLimit::new(2, 10 * SECOND));
        let waits = [0, 4, 5, 5, 5].map(|at| limiter.reserve(at * SECOND).as_secs());
        assert_eq!(waits, [0, 0, 5, 9, 15]);
    }

    #[test]
    fn no_span_ever_sees_more_than_the_limit() {
        let limiter = Limiter::new(RateLimit::new(3, 10 * SECOND));
        let starts: Vec<Duration> = (0..50).map(|at| at * SECOND / 2 + limiter.reserve(at * SECOND / 2)).collect();
        assert!(starts.windows(4).all(|window| window[3] - window[0] >= 10 * SECOND), "{starts:?}");
    }

    #[test]
    fn a_drained_bucket_gives_its_tokens_back_after_the_span() {
        let limiter = Limiter::new(RateLimit::new(2, 10 * SECOND));
        limiter.reserve(SECOND);
        limiter.drain(3 * SECOND);
        assert_eq!([3, 3, 13].map(|at| limiter.reserve(at * SECOND).as_secs()), [10, 10, 10]);
    }
}
