//! What bindings to other languages need: requests whose operation is described when they are made, by a table that
//! the binding has on its own side.
//!
//! Not part of what the crate promises: it changes with the bindings.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::builder::ClientBuilder;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::limiter::RateLimit;
use crate::operation::Authentication;
use crate::retry::RetryPolicy;
use crate::runtime::Runtime;
use crate::token::{AccessToken, TokenSource, TokenStore};
use crate::transport::{HttpTransport, Method};
use crate::untyped;

/// What the client has to know of a request; the request itself stays with the binding.
#[derive(Debug)]
pub struct GenericRequest {
    /// Who may call.
    pub authentication: Authentication,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
    /// Whether it has an `Authorization` header of its own.
    pub has_authorization: bool,
    /// Whether it has cookies of its own.
    pub has_cookies: bool,
    /// How long each attempt may take, if not as long as the client says.
    pub timeout: Option<Duration>,
    /// How long the call may take, if not as long as the client says.
    pub total_timeout: Option<Duration>,
    /// When it is tried again, if not when the client says.
    pub retry: Option<RetryPolicy>,
}

/// What a client is made of; see [`ClientBuilder`] for the meaning of each.
pub struct Configuration {
    /// Where Logto is.
    pub endpoint: Endpoint,
    /// Where tokens come from.
    pub source: Option<Box<dyn TokenSource>>,
    /// Where they are shared.
    pub store: Option<Arc<dyn TokenStore>>,
    /// What they are to permit.
    pub scope: Option<String>,
    /// How long each attempt may take.
    pub timeout: Option<Duration>,
    /// How long a call may take.
    pub total_timeout: Option<Duration>,
    /// When calls are tried again.
    pub retry: RetryPolicy,
    /// The client's own limit.
    pub limit: Option<RateLimit>,
    /// Whether cookies are added to requests on their way.
    pub ambient_cookies: bool,
}

/// What a binding waits for: the access token, if it has asked for that. Boxed here, as what another crate polls is
/// compiled once more there.
pub type Work = BoxFuture<'static, Result<Option<AccessToken>>>;

impl Client {
    /// Makes the request; the answer of a success stays with the transport.
    ///
    /// # Errors
    /// Bad input, no access token, no answer, the API's error.
    #[doc(hidden)]
    #[must_use]
    pub fn generic(self, request: GenericRequest) -> Work {
        Box::pin(async move { self.make(request).await.map(|()| None) })
    }

    /// The current access token; a new one, whatever the one that there is, if that is asked for.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    #[doc(hidden)]
    #[must_use]
    pub fn token(self, renewed: bool) -> Work {
        Box::pin(async move {
            let tokens = self.tokens()?;
            let token = if renewed { tokens.renew().await } else { tokens.get().await };
            token.map(Some)
        })
    }

    async fn make(&self, request: GenericRequest) -> Result<()> {
        let mut call = Call::new(untyped::info(Method::Get), "");
        // The binding puts its own headers in place of these.
        for (name, has) in [("authorization", request.has_authorization), ("cookie", request.has_cookies)] {
            if has {
                call.headers.set(name, "");
            }
        }
        call.options.authentication = Some(request.authentication);
        call.options.idempotent = Some(request.idempotent);
        call.options.timeout = request.timeout.map(Some);
        call.options.total_timeout = request.total_timeout.map(Some);
        call.options.retry = request.retry;
        let exchange = self.execute(&mut call).await?;
        self.success(&call, &exchange)
    }
}

impl Client {
    /// A client on this platform, without a trace of the usual one in the binary. Whether the settings can be is for
    /// the binding to say, which has their names.
    #[doc(hidden)]
    pub fn configured(with: Configuration, transport: Arc<dyn HttpTransport>, runtime: Arc<dyn Runtime>) -> Self {
        let mut builder = ClientBuilder::new(with.endpoint);
        builder.tokens.source = with.source;
        builder.tokens.store = with.store;
        builder.tokens.scope = with.scope;
        builder.settings.timeout = with.timeout;
        builder.settings.total_timeout = with.total_timeout;
        builder.settings.retry = with.retry;
        builder.settings.ambient_cookies = with.ambient_cookies;
        builder.limit = with.limit;
        builder.assemble(transport, runtime)
    }
}
