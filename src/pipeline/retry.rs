//! Whether to retry, and how long to wait first: pure decisions.

use std::time::Duration;

use crate::error::StopReason;
use crate::transport::{TransportError, TransportErrorKind};
use crate::types::Timestamp;

/// Policy for retries.
///
/// The upper bound of the waits grows exponentially from [`base`](Self::base) to [`longest`](Self::longest). Each wait
/// is random between zero and that bound (full jitter). `Retry-After` takes precedence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum number of attempts, including the first.
    pub attempts: u32,
    /// Upper bound of the first wait.
    pub base: Duration,
    /// Upper bound of all waits.
    pub longest: Duration,
    /// Maximum time from the first attempt to the start of the last.
    pub total: Duration,
}

impl RetryPolicy {
    /// No retries.
    pub const NEVER: Self = Self { attempts: 1, base: Duration::ZERO, longest: Duration::ZERO, total: Duration::ZERO };

    /// Returns the default policy with another maximum number of attempts. 0 counts as 1.
    #[must_use]
    pub fn attempts(attempts: u32) -> Self {
        Self { attempts: attempts.max(1), ..Self::default() }
    }

    /// Sets the upper bounds of the first and of all waits.
    #[must_use]
    pub const fn waits(mut self, base: Duration, longest: Duration) -> Self {
        self.base = base;
        self.longest = longest;
        self
    }

    /// Sets the maximum time from the first attempt to the start of the last.
    #[must_use]
    pub const fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
}

impl Default for RetryPolicy {
    /// Four attempts; waits of up to 0.25, 0.5 and 1 second; 60 seconds in total.
    fn default() -> Self {
        let (base, longest) = (Duration::from_millis(250), Duration::from_secs(8));
        Self { attempts: 4, base, longest, total: Duration::from_secs(60) }
    }
}

/// How a failed attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure<'a> {
    /// The server returned an error.
    Status { status: u16, code: Option<&'a str>, retry_after: Option<Duration> },
    /// There was no answer. `never_sent`: whether the server certainly never received the request.
    Transport { never_sent: bool, retryable: bool },
}

impl From<&TransportError> for Failure<'_> {
    fn from(error: &TransportError) -> Self {
        use TransportErrorKind::{Body, Connect, Interrupted, Other, Timeout};
        let retryable = matches!(error.kind(), Connect | Timeout | Interrupted | Body | Other);
        Self::Transport { never_sent: error.never_sent(), retryable }
    }
}

/// Decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    Retry(Duration),
    Stop(StopReason),
}

/// The progress of a call when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Number of attempts so far.
    pub attempts: u32,
    /// Time since the start of the first.
    pub elapsed: Duration,
    /// Whether the operation is idempotent.
    pub idempotent: bool,
}

/// Decides what follows a failure. `random` is from 0 (inclusive) to 1 (exclusive).
pub(crate) fn decide(policy: &RetryPolicy, progress: Progress, failure: Failure<'_>, random: f64) -> Decision {
    if !is_transient(failure) {
        return Decision::Stop(StopReason::Final);
    }
    if !progress.idempotent && !was_certainly_not_processed(failure) {
        return Decision::Stop(StopReason::NotIdempotent);
    }
    if progress.attempts >= policy.attempts {
        return Decision::Stop(StopReason::Attempts);
    }
    let asked = match failure {
        Failure::Status { retry_after, .. } => retry_after,
        Failure::Transport { .. } => None,
    };
    let wait = asked.unwrap_or_else(|| backoff(policy, progress.attempts, random));
    if progress.elapsed.saturating_add(wait) > policy.total {
        Decision::Stop(StopReason::Time)
    } else {
        Decision::Retry(wait)
    }
}

/// Logto's code for too many messages to one recipient. The limit is ten in ten minutes, longer than any retry waits.
pub(crate) const MESSAGE_LIMIT: &str = "request.message_rate_limited";

fn is_transient(failure: Failure<'_>) -> bool {
    match failure {
        Failure::Status { status: 429, code, .. } => code != Some(MESSAGE_LIMIT),
        Failure::Status { status, .. } => matches!(status, 408 | 500 | 502 | 503 | 504),
        Failure::Transport { retryable, .. } => retryable,
    }
}

fn was_certainly_not_processed(failure: Failure<'_>) -> bool {
    match failure {
        Failure::Status { status, retry_after, .. } => status == 429 || (status == 503 && retry_after.is_some()),
        Failure::Transport { never_sent, .. } => never_sent,
    }
}

/// A random wait between zero and the upper bound for this attempt.
pub(crate) fn backoff(policy: &RetryPolicy, attempts: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let bound = policy.base.saturating_mul(doubled).min(policy.longest).as_millis() as u64;
    Duration::from_millis((bound as f64 * random.clamp(0.0, 1.0)) as u64)
}

/// Parses `Retry-After`: seconds or a date. Returns `None` for anything else.
pub(crate) fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim_ascii();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u32::MAX).into()));
    }
    let date = Timestamp::from(httpdate::parse_http_date(value).ok()?);
    let millis = date.as_millis().saturating_sub(now.as_millis());
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn status(status: u16) -> Failure<'static> {
        Failure::Status { status, code: None, retry_after: None }
    }

    fn after_one_attempt(failure: Failure<'_>, idempotent: bool) -> Decision {
        let progress = Progress { attempts: 1, elapsed: Duration::ZERO, idempotent };
        decide(&RetryPolicy::default(), progress, failure, 0.5)
    }

    #[test]
    fn idempotent_operations_are_retried_after_every_transient_failure() {
        let lost = Failure::Transport { never_sent: false, retryable: true };
        for failure in [status(408), status(429), status(500), status(502), status(503), status(504), lost] {
            assert_eq!(after_one_attempt(failure, true), Decision::Retry(125 * MS), "{failure:?}");
        }
    }

    #[test]
    fn other_answers_are_final() {
        let limited = Failure::Status { status: 429, code: Some("request.message_rate_limited"), retry_after: None };
        let broken = Failure::Transport { never_sent: true, retryable: false };
        for failure in [status(400), status(401), status(404), status(422), status(501), limited, broken] {
            assert_eq!(after_one_attempt(failure, true), Decision::Stop(StopReason::Final), "{failure:?}");
        }
    }

    #[test]
    fn other_operations_are_retried_only_if_they_were_certainly_not_processed() {
        let unavailable = Failure::Status { status: 503, code: None, retry_after: Some(2000 * MS) };
        let unsent = Failure::Transport { never_sent: true, retryable: true };
        assert_eq!(after_one_attempt(status(429), false), Decision::Retry(125 * MS));
        assert_eq!(after_one_attempt(unavailable, false), Decision::Retry(2000 * MS));
        assert_eq!(after_one_attempt(unsent, false), Decision::Retry(125 * MS));
        let lost = Failure::Transport { never_sent: false, retryable: true };
        for failure in [status(408), status(500), status(502), status(503), status(504), lost] {
            assert_eq!(after_one_attempt(failure, false), Decision::Stop(StopReason::NotIdempotent), "{failure:?}");
        }
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let policy = RetryPolicy::default();
        let at = |attempts, seconds| Progress { attempts, elapsed: Duration::from_secs(seconds), idempotent: true };
        assert_eq!(decide(&policy, at(4, 0), status(500), 0.5), Decision::Stop(StopReason::Attempts));
        assert_eq!(decide(&policy, at(2, 60), status(500), 0.5), Decision::Stop(StopReason::Time));
        let patient = Failure::Status { status: 503, code: None, retry_after: Some(Duration::from_secs(61)) };
        assert_eq!(decide(&policy, at(1, 0), patient, 0.5), Decision::Stop(StopReason::Time));
    }

    #[test]
    fn the_last_attempt_may_start_when_the_time_ends() {
        let progress = Progress { attempts: 1, elapsed: Duration::from_secs(50), idempotent: true };
        let wait = Duration::from_secs(10);
        let busy = Failure::Status { status: 503, code: None, retry_after: Some(wait) };
        assert_eq!(decide(&RetryPolicy::default(), progress, busy, 0.5), Decision::Retry(wait));
    }

    #[test]
    fn waits_are_random_below_a_bound_that_doubles() {
        let policy = RetryPolicy::default();
        let longest: Vec<u128> = (1..9).map(|attempt| backoff(&policy, attempt, 1.0).as_millis()).collect();
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(backoff(&policy, 3, 0.0), Duration::ZERO);
        assert_eq!(backoff(&policy, u32::MAX, 1.0).as_secs(), 8);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp::from_millis(1_795_489_404_000);
        let date = httpdate::fmt_http_date((SystemTime::from(now)) + Duration::from_secs(7));
        assert_eq!(parse_retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(parse_retry_after(&date, now), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("4294967296", now), Some(Duration::from_secs(u32::MAX.into())), "not shorter");
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(parse_retry_after(nonsense, now), None, "{nonsense}");
        }
    }
}
