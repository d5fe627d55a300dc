//! When to try a request again, and how long to wait first: pure decisions.

use std::time::Duration;

use crate::date::parse_http_date;
use crate::types::Timestamp;

/// When requests are tried again.
///
/// Waits grow exponentially from [`base`](Self::base) to [`longest`](Self::longest), and each is drawn from
/// zero to that length (full jitter). `Retry-After` takes precedence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included.
    pub attempts: u32,
    /// The longest first wait.
    pub base: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// No attempt begins later than this after the first.
    pub total: Duration,
}

impl RetryPolicy {
    /// Never again.
    pub const NEVER: Self = Self { attempts: 1, base: Duration::ZERO, longest: Duration::ZERO, total: Duration::ZERO };

    /// The default with another number of attempts.
    #[must_use]
    pub fn attempts(attempts: u32) -> Self {
        Self { attempts: attempts.max(1), ..Self::default() }
    }

    /// The same with other waits.
    #[must_use]
    pub const fn waits(mut self, base: Duration, longest: Duration) -> Self {
        self.base = base;
        self.longest = longest;
        self
    }

    /// The same with another bound on the time that all attempts may take to begin.
    #[must_use]
    pub const fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
}

impl Default for RetryPolicy {
    /// Four attempts, waits of up to 0.25, 0.5 and 1 second, a minute in all.
    fn default() -> Self {
        let (base, longest) = (Duration::from_millis(250), Duration::from_secs(8));
        Self { attempts: 4, base, longest, total: Duration::from_secs(60) }
    }
}

/// How an attempt ended that was no success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure<'a> {
    /// The server answered.
    Status { status: u16, code: Option<&'a str>, retry_after: Option<Duration> },
    /// There was no answer; whether the server certainly never saw the request.
    Transport { never_sent: bool, retryable: bool },
}

/// Why no further attempt was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// The answer is final: trying again would not change it.
    Final,
    /// The request may have been carried out, and doing it twice is not the same as doing it once.
    NotIdempotent,
    /// It was tried as often as allowed.
    Attempts,
    /// The next attempt would have begun too late.
    Time,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    Retry(Duration),
    Stop(StopReason),
}

/// Where a call stands when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Attempts made.
    pub attempts: u32,
    /// Time since the first began.
    pub elapsed: Duration,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
}

/// Decides what follows a failure. `random` is from 0 to below 1.
pub(crate) fn decide(policy: &RetryPolicy, progress: Progress, failure: Failure<'_>, random: f64) -> Decision {
    if !is_transient(failure) {
        return Decision::Stop(StopReason::Final);
    }
    if !progress.idempotent && !cannot_have_been_carried_out(failure) {
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

/// Logto's code for too many messages to one recipient: ten in ten minutes, which no wait of ours outlasts.
pub(crate) const MESSAGE_LIMIT: &str = "request.message_rate_limited";

fn is_transient(failure: Failure<'_>) -> bool {
    match failure {
        Failure::Status { status: 429, code, .. } => code != Some(MESSAGE_LIMIT),
        Failure::Status { status, .. } => matches!(status, 408 | 500 | 502 | 503 | 504),
        Failure::Transport { retryable, .. } => retryable,
    }
}

fn cannot_have_been_carried_out(failure: Failure<'_>) -> bool {
    match failure {
        Failure::Status { status, retry_after, .. } => status == 429 || (status == 503 && retry_after.is_some()),
        Failure::Transport { never_sent, .. } => never_sent,
    }
}

/// A wait drawn from zero to the bound of this attempt.
pub(crate) fn backoff(policy: &RetryPolicy, attempts: u32, random: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let bound = policy.base.saturating_mul(doubled).min(policy.longest).as_millis() as u64;
    Duration::from_millis((bound as f64 * random.clamp(0.0, 1.0)) as u64)
}

/// Reads `Retry-After`: seconds, or a date. Nonsense is as good as none.
pub(crate) fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim_ascii().parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let millis = parse_http_date(value.trim_ascii())?.as_millis().saturating_sub(now.as_millis());
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
    fn idempotent_operations_are_tried_again_on_every_transient_failure() {
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
    fn other_operations_are_tried_again_only_if_they_cannot_have_been_carried_out() {
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
    fn waits_double_up_to_the_longest_and_are_drawn_from_zero() {
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
        for nonsense in ["", "soon", "-1", "1.5", "999999999999999999999"] {
            assert_eq!(parse_retry_after(nonsense, now), None, "{nonsense}");
        }
    }
}
