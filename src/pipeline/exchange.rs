use std::time::Duration;

use crate::error::{Error, StopReason};
use crate::transport::Answer;

/// The answer of a call, and what it took.
pub(crate) struct Exchange {
    pub answer: Answer,
    pub attempts: u32,
    pub elapsed: Duration,
    pub stopped: Option<StopReason>,
}

impl Exchange {
    /// Adds to an error what the exchange took.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.after(self.attempts, self.elapsed, self.stopped)
    }
}
