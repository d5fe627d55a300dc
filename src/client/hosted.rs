//! A client whose attempts are carried out by a host. An example is JavaScript around the WebAssembly module.
//!
//! Not part of the public API: it changes with the bindings.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::error::{Error, ErrorKind, Result};
use crate::operation::Authentication;
pub use crate::pipeline::{Attempt, AttemptError, Begun, Pass, within};
use crate::pipeline::{Limiter, Pipeline, Plan, RateLimit, RetryPolicy};
use crate::request::{Credentials, NO_TOKENS, check_credentials, scope_hint, token_source};
use crate::runtime::Runtime;
pub use crate::token::endpoint::lifetime;
use crate::token::endpoint::read_token;
pub use crate::token::issuer::TokenIssuer;
pub use crate::token::obtained::Obtained;
pub use crate::token::store::TokenSlot;
use crate::token::{AccessToken, TokenCache, TokenCacheOptions, TokenError, TokenKind, keep_fresh};
pub use crate::transport::answer::{Answer, AnswerFields, Received};

/// The source from which a [`HostedClient`] gets its access tokens.
pub enum HostedTokens {
    /// From a function of the user.
    Function(Box<dyn TokenIssuer>),
    /// From the token endpoint. The host has the credentials, and writes the requests.
    Endpoint(HostedTokenCalls),
}

/// Calls to the token endpoint whose requests the host writes.
pub struct HostedTokenCalls {
    /// The owner of the tokens: the application or a user.
    pub kind: TokenKind,
    /// Whether another call returns another token.
    pub renewable: bool,
    /// Sends the request.
    pub attempt: Box<dyn Attempt<Response = ()>>,
}

/// Issues tokens through the pipeline of a client.
struct HostedIssuer {
    pipeline: Arc<Pipeline>,
    retry: RetryPolicy,
    scope: Option<String>,
    calls: HostedTokenCalls,
}

#[async_trait]
impl TokenIssuer for HostedIssuer {
    async fn issue(&self) -> std::result::Result<AccessToken, TokenError> {
        let call = self.pipeline.token_call(self.retry, &*self.calls.attempt);
        let answer = call.await.map_err(TokenError::Unreachable)?;
        read_token(answer, self.scope.as_deref(), self.calls.kind != TokenKind::Management)
    }

    fn kind(&self) -> TokenKind {
        self.calls.kind
    }

    fn is_renewable(&self) -> bool {
        self.calls.renewable
    }
}

/// Creates an access token from its parts.
#[must_use]
pub fn access_token(
    secret: String,
    lifetime: Option<Duration>,
    scope: Option<String>,
    missing_scope: Option<String>,
) -> AccessToken {
    AccessToken::from_parts(secret, lifetime, scope, missing_scope)
}

/// Returns the kind of the failure that an error is about. If the token call failed, this is the kind of its failure.
#[must_use]
pub fn root_kind(error: &Error) -> ErrorKind {
    error.root_kind()
}

/// A client whose requests a host sends.
#[derive(Clone)]
pub struct HostedClient(Arc<Inner>);

struct Inner {
    pipeline: Arc<Pipeline>,
    tokens: Option<TokenCache>,
    total_timeout: Option<Duration>,
}

/// The settings of a [`HostedClient`]. The host has checked them.
pub struct HostedClientOptions {
    /// Where access tokens come from.
    pub tokens: Option<HostedTokens>,
    /// The place of the token in a store.
    pub slot: Option<Box<dyn TokenSlot>>,
    /// The scope to request.
    pub scope: Option<String>,
    /// The timeout of a call.
    pub total_timeout: Option<Duration>,
    /// The retry policy of calls to the token endpoint.
    pub retry: RetryPolicy,
    /// The rate limit.
    pub limit: Option<RateLimit>,
    /// The platform.
    pub runtime: Arc<dyn Runtime>,
}

/// The properties of a call that the client needs. The request itself stays with the host.
#[derive(Debug)]
pub struct HostedCall {
    /// The authentication that the operation requires.
    pub authentication: Authentication,
    /// Whether the operation is idempotent.
    pub idempotent: bool,
    /// Whether the request has an `Authorization` header.
    pub authorization: bool,
    /// Whether the request has cookies.
    pub cookies: bool,
    /// The timeout of the call. Defaults to the client's.
    pub total_timeout: Option<Duration>,
    /// The retry policy of the call.
    pub retry: RetryPolicy,
    /// The first attempt, if the host started it without waiting for the client.
    pub begun: Option<Begun>,
}

impl HostedClient {
    /// Creates a client. Does no I/O.
    #[must_use]
    pub fn new(options: HostedClientOptions) -> Self {
        let HostedClientOptions { total_timeout, retry, runtime, .. } = options;
        let pipeline =
            Arc::new(Pipeline { runtime: Arc::clone(&runtime), limiter: Arc::new(Limiter::new(options.limit)) });
        let tokens = options.tokens.map(|tokens| {
            let issuer = match tokens {
                HostedTokens::Function(issuer) => issuer,
                HostedTokens::Endpoint(calls) => {
                    Box::new(HostedIssuer { pipeline: Arc::clone(&pipeline), retry, scope: options.scope, calls })
                }
            };
            let cache = TokenCacheOptions { issuer, leeway: None, lease: None, slot: options.slot, lock_ttl: None };
            TokenCache::new(cache, runtime)
        });
        Self(Arc::new(Inner { pipeline, tokens, total_timeout }))
    }

    /// Carries out a call. The host keeps the answer of a success.
    ///
    /// # Errors
    /// Fails like any call.
    #[must_use]
    pub fn call(self, call: HostedCall, attempt: Box<dyn Attempt<Response = ()>>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { self.run(&call, &*attempt).await })
    }

    /// Returns a valid access token; a new one if `renew` is set.
    ///
    /// # Errors
    /// Fails if there is no token.
    #[must_use]
    pub fn token(self, renew: bool) -> BoxFuture<'static, Result<AccessToken>> {
        Box::pin(async move {
            let tokens = self.tokens()?;
            if renew { tokens.renew().await } else { tokens.get().await }
        })
    }

    /// Returns until when calls may use the current token without asking for it. The time is on the monotonic clock.
    /// Zero without a token.
    #[must_use]
    pub fn fresh_until(&self) -> Duration {
        self.0.tokens.as_ref().map(TokenCache::fresh_until).unwrap_or_default()
    }

    /// Returns the task that keeps the access token fresh. The host has checked that this is possible, and stops the task
    /// by dropping it.
    #[must_use]
    pub fn keep_fresh(&self, interval: Option<Duration>) -> Option<BoxFuture<'static, ()>> {
        let tokens = self.0.tokens.clone()?;
        Some(Box::pin(keep_fresh(tokens, interval)))
    }

    fn tokens(&self) -> Result<&TokenCache> {
        self.0.tokens.as_ref().ok_or_else(|| Error::new(ErrorKind::Authentication, NO_TOKENS))
    }

    async fn run(&self, call: &HostedCall, attempt: &dyn Attempt<Response = ()>) -> Result<()> {
        let tokens = self.0.tokens.as_ref();
        let credentials = Credentials {
            token: tokens.map(TokenCache::kind),
            authorization: call.authorization,
            cookies: call.cookies,
        };
        check_credentials(call.authentication, credentials)?;
        let plan = Plan {
            label: None,
            retry: call.retry,
            idempotent: call.idempotent,
            total_timeout: call.total_timeout.or(self.0.total_timeout),
            urgent: false,
            begun: call.begun.as_ref(),
            tokens: token_source(tokens, call.authentication, call.authorization),
        };
        let exchange = self.0.pipeline.run(&plan, attempt).await?;
        let status = exchange.answer.status;
        if status < 400 {
            return Ok(());
        }
        let error = exchange.answer.api_error().with_hint(scope_hint(tokens, status));
        Err(exchange.annotate(error))
    }
}
