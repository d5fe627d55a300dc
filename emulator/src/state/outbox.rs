//! Webhooks and other requests to applications that are not delivered yet.

use logto_admin::transport::HttpRequest;

use crate::record::Members;

/// Deliveries that wait to be sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox {
    /// Whether the emulator has a transport for deliveries. Without it, events trigger nothing.
    pub enabled: bool,
    pub waiting: Vec<Delivery>,
    /// Requests that notify applications of ended sessions.
    pub sign_outs: Vec<HttpRequest>,
    /// Number of messages that the listener does not know yet.
    pub messages: usize,
    /// Test deliveries, whose results decide about the response to the current request.
    pub tests: Vec<Delivery>,
}

/// A signed request to a hook.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub hook: String,
    pub event: String,
    pub body: Members,
    pub request: HttpRequest,
    /// Maximum number of retries.
    pub retries: u64,
}
