use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{HttpSender, Pipeline, RetryPolicy};
use crate::operation::AllowedOperations;
use crate::runtime::Background;
use crate::token::TokenCache;
use crate::transport::{Endpoint, Headers, TransportOptions};

/// The parts of a client that its requests share to reach the server.
#[derive(Clone)]
pub(crate) struct Channel(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    shared: Arc<Shared>,
    settings: Settings,
}

/// The parts that all modified clones of a client share.
pub(crate) struct Shared {
    pub endpoint: Endpoint,
    pub pipeline: Arc<Pipeline>,
    pub sender: Arc<HttpSender>,
    pub tokens: Option<TokenCache>,
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
    pub allowed: AllowedOperations,
}

/// Rejects timeouts within which nothing can happen.
pub(crate) fn check_timeouts(attempt: Option<Duration>, total: Option<Duration>) -> Result<(), &'static str> {
    match (attempt, total) {
        (Some(Duration::ZERO), _) => Err("`timeout` is zero: pass `None` for no timeout"),
        (_, Some(Duration::ZERO)) => Err("`total_timeout` is zero: pass `None` for no timeout"),
        _ => Ok(()),
    }
}

impl Channel {
    pub(crate) fn new(shared: Shared, settings: Settings) -> Self {
        Self(Arc::new(Inner { shared: Arc::new(shared), settings }))
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.0.shared.endpoint
    }

    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.0.shared.pipeline
    }

    pub(crate) fn sender(&self) -> &HttpSender {
        &self.0.shared.sender
    }

    pub(crate) fn tokens(&self) -> Option<&TokenCache> {
        self.0.shared.tokens.as_ref()
    }

    #[allow(dead_code, reason = "used by blocking calls only")]
    pub(crate) fn background(&self) -> &Background {
        &self.0.shared.background
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Returns a channel with modified settings. This channel does not change.
    pub(crate) fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut inner = (*self.0).clone();
        change(&mut inner.settings);
        Self(Arc::new(inner))
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .field("headers", &settings.headers)
            .field("timeout", &settings.timeout)
            .field("retry", &settings.retry)
            .field("allowed", &settings.allowed)
            .finish_non_exhaustive()
    }
}
