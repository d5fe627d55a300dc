//! [`ClientContext`]: the parts of a client that its requests share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::operation::AllowedOperations;
use crate::pipeline::{HttpSender, Pipeline, RetryPolicy};
use crate::runtime::Background;
use crate::token::TokenCache;
use crate::transport::{Endpoint, Headers, TransportOptions};

/// The parts of a client that its requests share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ClientContext {
    pub shared: Arc<Shared>,
    pub settings: Arc<Settings>,
}

/// The parts that all modified clones of a client share.
pub(crate) struct Shared {
    pub endpoint: Endpoint,
    pub pipeline: Arc<Pipeline>,
    pub sender: Arc<HttpSender>,
    pub tokens: Option<TokenCache>,
    #[allow(dead_code, reason = "used by blocking calls only")]
    pub background: Background,
}

/// The settings that can differ between clones of a client.
#[derive(Clone)]
pub(crate) struct Settings {
    pub headers: Headers,
    pub timeout: Option<Duration>,
    pub total_timeout: Option<Duration>,
    pub retry: RetryPolicy,
    pub options: TransportOptions,
    pub ambient_cookies: bool,
    pub strict: bool,
    /// `None` for all operations.
    pub allowed: Option<AllowedOperations>,
}

impl fmt::Debug for ClientContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.shared.endpoint)
            .field("headers", &self.settings.headers)
            .field("timeout", &self.settings.timeout)
            .field("retry", &self.settings.retry)
            .field("allowed", &self.settings.allowed)
            .finish_non_exhaustive()
    }
}
