use std::time::Duration;

use crate::error::{Error, StopReason};
use crate::transport::Answer;

/// The answer of a call, with the number of attempts and the time that it took.
pub(crate) struct Exchange {
    pub answer: Answer,
    pub attempts: u32,
    pub elapsed: Duration,
    pub stopped: Option<StopReason>,
}

impl Exchange {
    /// Adds the attempts and the time of the exchange to an error.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.after(self.attempts, self.elapsed, self.stopped)
    }
}
