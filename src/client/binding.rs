//! A client whose attempts are carried out by a host, such as JavaScript around the WebAssembly module.
//!
//! Not part of the public API: it changes with the bindings.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::error::{Error, ErrorKind, Result, hint};
use crate::operation::Authentication;
pub use crate::pipeline::{Attempt, AttemptError, Begun, Pass, TokenAttempts};
use crate::pipeline::{Limiter, Pipeline, Plan, RateLimit, RetryPolicy, TokenCaller, timed_out};
use crate::request::{Credentials, NO_TOKENS, check_credentials};
use crate::runtime::{Runtime, timeout};
pub use crate::token::endpoint::{TokenRequest, lifetime};
pub use crate::token::obtained::Obtained;
pub use crate::token::store::TokenSlot;
use crate::token::{
    AccessToken, Refresher, TokenCache, TokenCacheOptions, TokenContext, TokenError, TokenKind, TokenSource,
};
use crate::transport::Endpoint;
pub use crate::transport::answer::{Answer, AnswerFields};

/// Runs an attempt with its timeout. The host might have begun it before: it has `spent` that much of the limit.
///
/// # Errors
/// Fails like the attempt, and if it takes longer than `limit`.
pub async fn within(
    runtime: &dyn Runtime,
    limit: Option<Duration>,
    spent: Duration,
    attempt: impl Future<Output = Result<Answer, AttemptError>> + Send,
) -> Result<Answer, AttemptError> {
    match limit {
        Some(limit) => {
            let left = limit.saturating_sub(spent);
            timeout(runtime, left, attempt).await.unwrap_or_else(|| Err(timed_out("the attempt", limit).into()))
        }
        None => attempt.await,
    }
}

/// Token source whose requests the host writes, because the host has the credentials.
#[derive(Debug)]
pub struct HostedSource {
    /// The owner of the tokens: the application or a user.
    pub kind: TokenKind,
    /// Whether it can issue another token.
    pub renewable: bool,
}

#[async_trait]
impl TokenSource for HostedSource {
    async fn fetch(&self, context: &TokenContext<'_>) -> std::result::Result<AccessToken, TokenError> {
        context.exchange(TokenRequest::default(), context.scope(), self.kind != TokenKind::Management).await
    }

    fn kind(&self) -> TokenKind {
        self.kind
    }

    fn is_renewable(&self) -> bool {
        self.renewable
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

/// Returns the kind of the failure that an error is about: of the token call, if that has failed.
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
    /// The source of access tokens.
    pub source: Option<Box<dyn TokenSource>>,
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
    /// Creates the attempts of token calls.
    pub token_attempts: Arc<dyn TokenAttempts>,
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
        let calls = TokenCaller { pipeline: Arc::clone(&pipeline), attempts: options.token_attempts, retry };
        // The host has the endpoint: it writes the requests.
        let endpoint = Endpoint::checked(String::new(), String::new());
        let tokens = options.source.map(|source| {
            let cache = TokenCacheOptions {
                source,
                scope: options.scope,
                leeway: None,
                lease: None,
                slot: options.slot,
                lock_ttl: None,
            };
            TokenCache::new(cache, endpoint, Arc::new(calls), runtime)
        });
        Self(Arc::new(Inner { pipeline, tokens, total_timeout }))
    }

    /// Carries out a call. The host keeps the answer of a success.
    ///
    /// # Errors
    /// Fails like any call.
    #[must_use]
    pub fn call(self, call: HostedCall, attempt: Box<dyn Attempt>) -> BoxFuture<'static, Result<()>> {
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

    /// Returns until when calls may use the current token without asking for it, on the monotonic clock. Zero without a
    /// token.
    #[must_use]
    pub fn fresh_until(&self) -> Duration {
        self.0.tokens.as_ref().map(TokenCache::fresh_until).unwrap_or_default()
    }

    /// Keeps the access token fresh in the background. The host has checked that this is possible.
    #[must_use]
    pub fn keep_fresh(&self, interval: Option<Duration>) -> Option<Refresher> {
        self.0.tokens.as_ref().map(|tokens| Refresher::run(tokens, interval))
    }

    fn tokens(&self) -> Result<&TokenCache> {
        self.0.tokens.as_ref().ok_or_else(|| Error::new(ErrorKind::Authentication, NO_TOKENS))
    }

    async fn run(&self, call: &HostedCall, attempt: &dyn Attempt) -> Result<()> {
        let tokens = self.0.tokens.as_ref();
        let credentials = Credentials {
            token: tokens.map(TokenCache::kind),
            authorization: call.authorization,
            cookies: call.cookies,
        };
        check_credentials(call.authentication, credentials)?;
        let needs_token = call.authentication.uses_token() && !call.authorization;
        let plan = Plan {
            label: None,
            retry: call.retry,
            idempotent: call.idempotent,
            total_timeout: call.total_timeout.or(self.0.total_timeout),
            urgent: false,
            begun: call.begun.as_ref(),
            tokens: tokens.filter(|_| needs_token),
        };
        let exchange = self.0.pipeline.run(&plan, attempt).await?;
        let status = exchange.answer.status;
        if status < 400 {
            return Ok(());
        }
        let lacks_scope = status == 403 && tokens.is_some_and(TokenCache::lacks_scope);
        let error = exchange.answer.api_error().with_hint(lacks_scope.then_some(hint::SCOPE));
        Err(exchange.annotate(error))
    }
}
