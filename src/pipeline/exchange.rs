use std::time::Duration;

use super::tracing::{self, CallSpan};
use crate::error::{Error, StopReason};
use crate::transport::Answer;

/// The answer of a call, with the number of attempts and the time that it took.
pub(crate) struct Exchange {
    pub answer: Answer,
    pub attempts: u32,
    pub elapsed: Duration,
    pub stopped: Option<StopReason>,
    span: CallSpan,
}

impl Exchange {
    /// Creates the exchange at the end of a call, in its span.
    pub(crate) fn new(answer: Answer, attempts: u32, elapsed: Duration, stopped: Option<StopReason>) -> Self {
        Self { answer, attempts, elapsed, stopped, span: tracing::current() }
    }

    /// Adds the attempts and the time of the exchange to an error about its answer, and records it on the span.
    pub(crate) fn fail(&self, error: Error) -> Error {
        let error = self.annotate(error);
        tracing::failed(&self.span, &error);
        error
    }

    /// Adds the attempts and the time of the exchange to an error.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.after(self.attempts, self.elapsed, self.stopped)
    }
}
