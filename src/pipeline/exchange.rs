use std::time::Duration;

use super::tracing::{self, CallSpan};
use crate::error::{Error, StopReason};
use crate::transport::Answer;

/// The answer of a call, with the number of attempts and the time that it took.
pub(crate) struct Exchange<R> {
    pub answer: Answer,
    pub response: R,
    pub attempts: u32,
    pub elapsed: Duration,
    pub stopped: Option<StopReason>,
    /// The span of the call, in which the loop ended.
    pub(super) span: CallSpan,
}

impl<R> Exchange<R> {
    /// Adds the attempts and the time of the exchange to an error about its answer. Records it on the span.
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
