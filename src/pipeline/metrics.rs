//! Metrics of calls, through the crate `metrics`. Does nothing without the feature `metrics`.

#[cfg(feature = "metrics")]
pub(crate) use on::*;

#[cfg(not(feature = "metrics"))]
pub(crate) use off::*;

#[cfg(feature = "metrics")]
mod on {
    use ::metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

    use crate::error::{Error, Result};
    use crate::pipeline::{AttemptError, Exchange, Plan};
    use crate::runtime::Runtime;
    use crate::transport::Answer;

    /// Describes the metrics to the recorder.
    pub(crate) fn describe() {
        describe_counter!("logto_calls_total", "Calls that have ended, by operation and outcome.");
        describe_histogram!(
            "logto_call_duration_seconds",
            Unit::Seconds,
            "Time of a call with its attempts and waits."
        );
        describe_counter!("logto_attempts_total", "HTTP requests that have ended, by operation and outcome.");
        describe_histogram!("logto_attempt_duration_seconds", Unit::Seconds, "Time from a request to its response.");
        describe_histogram!(
            "logto_limiter_wait_seconds",
            Unit::Seconds,
            "Time for which attempts waited for the rate limit."
        );
        describe_counter!("logto_token_renewals_total", "Renewals of the access token, by outcome.");
        describe_counter!("logto_token_store_errors_total", "Failures of the token store.");
    }

    /// Counts a call that has ended.
    pub(crate) fn call<R>(plan: &Plan<'_>, ended: &Result<Exchange<R>>) {
        let Some(label) = &plan.label else { return };
        let (outcome, elapsed) = match ended {
            Ok(exchange) => (status(&exchange.answer), exchange.elapsed),
            Err(error) => (kind(error), error.elapsed()),
        };
        counter!("logto_calls_total", "operation" => label.operation, "outcome" => outcome).increment(1);
        histogram!("logto_call_duration_seconds", "operation" => label.operation).record(elapsed);
    }

    /// Counts and times an attempt.
    pub(crate) async fn attempt<R>(
        runtime: &dyn Runtime,
        plan: &Plan<'_>,
        attempt: impl Future<Output = Result<(Answer, R), AttemptError>>,
    ) -> Result<(Answer, R), AttemptError> {
        let Some(label) = &plan.label else { return attempt.await };
        let start = runtime.monotonic();
        let ended = attempt.await;
        let outcome = match &ended {
            Ok((answer, _)) => status(answer),
            Err(AttemptError::Transport(error)) => format!("{:?}", error.kind()),
            Err(AttemptError::Final(error)) => kind(error),
        };
        counter!("logto_attempts_total", "operation" => label.operation, "outcome" => outcome).increment(1);
        histogram!("logto_attempt_duration_seconds", "operation" => label.operation)
            .record(runtime.monotonic().saturating_sub(start));
        ended
    }

    /// Times the wait for the rate limit. `wait` returns whether it waited at all.
    pub(crate) async fn limiter_wait(runtime: &dyn Runtime, wait: impl Future<Output = bool>) -> bool {
        let start = runtime.monotonic();
        let waited = wait.await;
        if waited {
            histogram!("logto_limiter_wait_seconds").record(runtime.monotonic().saturating_sub(start));
        }
        waited
    }

    fn status(answer: &Answer) -> String {
        answer.status.to_string()
    }

    fn kind(error: &Error) -> String {
        format!("{:?}", error.kind())
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    use crate::error::Result;
    use crate::pipeline::{Exchange, Plan};
    use crate::runtime::Runtime;

    pub(crate) const fn describe() {}

    pub(crate) const fn call<R>(_: &Plan<'_>, _: &Result<Exchange<R>>) {}

    pub(crate) fn attempt<F: Future>(_: &dyn Runtime, _: &Plan<'_>, attempt: F) -> F {
        attempt
    }

    pub(crate) fn limiter_wait<F: Future>(_: &dyn Runtime, wait: F) -> F {
        wait
    }
}
