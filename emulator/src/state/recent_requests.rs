//! The requests that the emulator handled last.

use std::collections::VecDeque;

use logto_admin::Timestamp;
use logto_admin::transport::Method;

/// Number of requests that are kept.
const KEPT: usize = 1000;

/// A request that the emulator handled, without its secrets.
///
/// It has neither query nor headers nor body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandledRequest {
    /// Time on the emulator's clock.
    pub time: Timestamp,
    /// Method of the request.
    pub method: Method,
    /// Path as received, without the query.
    pub path: String,
    /// Status of the response.
    pub status: u16,
    /// The operationId. `None` if the route is unknown or not in the API document.
    pub operation: Option<&'static str>,
}

/// The last requests, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests(VecDeque<HandledRequest>);

impl Requests {
    pub(crate) fn add(&mut self, request: HandledRequest) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<HandledRequest> {
        self.0.iter().cloned().collect()
    }
}
