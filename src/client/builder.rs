//! Builds a [`Client`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{HttpSender, Limiter, Pipeline, RateLimit, RetryPolicy, TokenCaller, metrics};
use crate::request::{ClientContext, Settings, Shared, check_timeouts};
use crate::runtime::{self, Background, Runtime};
use crate::token::issuer::SourceIssuer;
use crate::token::store::{KeyedSlot, TokenSlot};
use crate::token::{ClientCredentials, FixedToken, TokenCache, TokenCacheOptions, TokenSource, TokenStore};
use crate::transport::{self, Endpoint, Hook, HttpTransport, RedirectPolicy, TransportOptions, cookie_header};
use crate::types::defaults;
use crate::types::headers::check_header;

/// The settings of a client; see [`Client::builder`]. Building a client does no I/O.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    endpoint: Endpoint,
    tokens: TokenSettings,
    transport: Option<Arc<dyn HttpTransport>>,
    runtime: Option<Arc<dyn Runtime>>,
    hooks: Vec<Arc<dyn Hook>>,
    limit: Option<RateLimit>,
    trace_bodies: bool,
    settings: Settings,
    /// The first invalid setting. Reported by [`build`](Self::build).
    problem: Option<Error>,
}

#[derive(Default)]
struct TokenSettings {
    source: Option<Box<dyn TokenSource>>,
    /// `None` for the default of the source.
    scope: Option<Option<String>>,
    leeway: Option<Duration>,
    lease: Option<Duration>,
    store: Option<Arc<dyn TokenStore>>,
    lock_ttl: Option<Duration>,
}

const USER_AGENT: &str = concat!("logto-admin/", env!("CARGO_PKG_VERSION"));
const NO_RUNTIME: &str = "this build has no default runtime: enable the feature `tokio`, or set one with `runtime`";

impl Client {
    /// Creates a builder for a client of this endpoint.
    pub fn builder(endpoint: Endpoint) -> ClientBuilder {
        ClientBuilder::new(endpoint)
    }
}

impl ClientBuilder {
    fn new(endpoint: Endpoint) -> Self {
        let limit = endpoint.is_cloud().then_some(RateLimit::LOGTO_CLOUD);
        Self {
            endpoint,
            tokens: TokenSettings::default(),
            transport: None,
            runtime: None,
            hooks: Vec::new(),
            limit,
            trace_bodies: false,
            settings: Settings::default(),
            problem: None,
        }
    }

    /// Sets the transport. Defaults to reqwest natively, and to `fetch` on the web.
    pub fn transport(mut self, transport: impl HttpTransport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the runtime: time, sleep, randomness and background tasks. Defaults to tokio natively, and to timers on the
    /// web.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Adds a hook. Hooks run in the order in which they are added. Default: none.
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// Sets the rate limit of the client. Defaults to 200 requests per 10 seconds for Logto Cloud tenants, and to none
    /// for other servers.
    pub fn rate_limit(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// Sets when requests are retried. Defaults to [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// Sets the timeout of each attempt; `None` for no timeout. Defaults to 30 seconds.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// Sets the timeout of a call with all its attempts and waits. Default: none.
    pub fn total_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.total_timeout = timeout.into();
        self
    }

    /// Sets a header of all requests.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match check_header(name, value) {
            Ok(()) => self.settings.headers.set(name.to_owned(), value.to_owned()),
            Err(message) => self.fail(Error::config(message)),
        }
        self
    }

    /// Sets the `User-Agent`. Defaults to `logto-admin/` and the version. Browsers replace it with their own.
    pub fn user_agent(self, name: &str) -> Self {
        self.header("user-agent", name)
    }

    /// Sets the language of messages, as in `Accept-Language`. Codes do not depend on it. Defaults to the server's.
    pub fn language(self, tags: &str) -> Self {
        self.header("accept-language", tags)
    }

    /// Sends these cookies with all requests.
    pub fn cookies<'a>(mut self, cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        match cookie_header(cookies) {
            Ok(header) => self.settings.headers.set("cookie", header),
            Err(error) => self.fail(error.with_kind(ErrorKind::Config)),
        }
        self
    }

    /// Sets whether the transport adds the cookies of a sign-in, as a browser does. Defaults to `false`.
    pub fn ambient_cookies(mut self, ambient: bool) -> Self {
        self.settings.ambient_cookies = ambient;
        self
    }

    /// Sets the maximum size of a response body in bytes. Defaults to 64 MiB.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.settings.options.max_response_bytes = bytes;
        self
    }

    /// Sets how to handle redirects. Defaults to [`RedirectPolicy::None`]: the redirect is the response.
    pub fn redirects(mut self, policy: RedirectPolicy) -> Self {
        self.settings.options.redirects = policy;
        self
    }

    /// Sets whether undocumented successes are errors. A success is undocumented if its status is undocumented or it
    /// lacks the documented body. Defaults to `false`.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// Sets whether bodies of requests and responses are traced at level `TRACE`. Bodies of token calls are never
    /// traced. Bodies contain personal data and passwords. Defaults to `false`.
    #[cfg(feature = "tracing")]
    pub fn trace_bodies(mut self, trace: bool) -> Self {
        self.trace_bodies = trace;
        self
    }

    /// Builds the client.
    ///
    /// A client without a source of access tokens can still sign users in, call public operations and use
    /// [`request`](Client::request). It rejects other calls before anything is sent.
    ///
    /// # Errors
    /// Fails if a setting is invalid (endpoint, credentials, header, cookie, timeout, rate limit). Also fails if the
    /// platform has no default transport or runtime and none is set.
    pub fn build(mut self) -> Result<Client> {
        self.problem.take().map_or(Ok(()), Err)?;
        self.endpoint.check()?;
        check_timeouts(self.settings.timeout, self.settings.total_timeout).map_err(Error::config)?;
        for (name, time) in [("token_lease", self.tokens.lease), ("token_lock", self.tokens.lock_ttl)] {
            if time == Some(Duration::ZERO) {
                return Err(Error::config(format!("`{name}` is zero")));
            }
        }
        if self.limit.is_some_and(|limit| limit.requests == 0 || limit.per.is_zero()) {
            return Err(Error::config(
                "the rate limit allows no requests: its number and its period must be above zero",
            ));
        }
        let transport = self.transport.take().map_or_else(transport::platform, Ok)?;
        let runtime = self.runtime.take().or_else(runtime::platform).ok_or_else(|| Error::config(NO_RUNTIME))?;
        Ok(self.assemble(transport, runtime))
    }

    fn assemble(self, transport: Arc<dyn HttpTransport>, runtime: Arc<dyn Runtime>) -> Client {
        let Self { endpoint, tokens, hooks, limit, trace_bodies, settings, .. } = self;
        metrics::describe();
        let limiter = Arc::new(Limiter::new(limit));
        let pipeline = Arc::new(Pipeline { runtime: Arc::clone(&runtime), limiter: Arc::clone(&limiter) });
        let sender = Arc::new(HttpSender { transport, runtime: Arc::clone(&runtime), limiter, hooks, trace_bodies });
        let calls = Arc::new(TokenCaller {
            pipeline: Arc::clone(&pipeline),
            retry: settings.retry,
            sender: Arc::clone(&sender),
            user_agent: settings.headers.get("user-agent").map(str::to_owned),
            timeout: settings.timeout,
            options: settings.options,
        });
        let tokens = tokens.options(&endpoint, calls, &runtime).map(|options| TokenCache::new(options, runtime));
        let shared = Shared { endpoint, pipeline, sender, tokens, background: Background::default() };
        Client { context: ClientContext { shared: Arc::new(shared), settings: Arc::new(settings) } }
    }

    /// Records an invalid setting, unless there is one already.
    fn fail(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }
}

impl TokenSettings {
    /// Returns the options of the token cache. `None` without a source.
    fn options(
        self,
        endpoint: &Endpoint,
        calls: Arc<TokenCaller>,
        runtime: &Arc<dyn Runtime>,
    ) -> Option<TokenCacheOptions> {
        let Self { source, scope, leeway, lease, store, lock_ttl } = self;
        let source = source?;
        let scope = scope.unwrap_or_else(|| source.default_scope().map(str::to_owned));
        let slot = store.zip(source.cache_key()).map(|(store, key)| -> Box<dyn TokenSlot> {
            let scope = scope.as_deref().unwrap_or_default();
            Box::new(KeyedSlot::new(store, Arc::clone(runtime), &[endpoint.url(), &key, endpoint.resource(), scope]))
        });
        let issuer = Box::new(SourceIssuer { source, endpoint: endpoint.clone(), scope, calls });
        Some(TokenCacheOptions { issuer, leeway, lease, slot, lock_ttl })
    }
}

impl Default for Settings {
    fn default() -> Self {
        let headers = [("accept", "application/json"), ("user-agent", USER_AGENT)];
        Self {
            headers: headers.into_iter().collect(),
            timeout: Some(defaults::TIMEOUT),
            total_timeout: None,
            retry: RetryPolicy::default(),
            options: TransportOptions::default(),
            ambient_cookies: false,
            strict: false,
            allowed: None,
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("scope", &self.tokens.scope)
            .field("headers", &self.settings.headers)
            .finish_non_exhaustive()
    }
}

/// Access tokens.
impl ClientBuilder {
    /// Sets the id and the secret of a machine-to-machine application. The client exchanges them for access tokens.
    pub fn client_credentials(self, app_id: impl Into<String>, app_secret: impl Into<String>) -> Self {
        self.token_source(ClientCredentials::new(app_id, app_secret))
    }

    /// Sets a fixed access token. It is not renewed.
    pub fn access_token(self, secret: impl Into<String>) -> Self {
        self.token_source(FixedToken::new(secret))
    }

    /// Sets a fixed user access token, for the account API. It is not renewed.
    pub fn user_token(self, secret: impl Into<String>) -> Self {
        self.token_source(FixedToken::user(secret))
    }

    /// Sets another source of access tokens, such as [`TokenExchange`](crate::token::TokenExchange) or
    /// [`token_fn`](crate::token::token_fn).
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        if let Err(problem) = source.check() {
            self.fail(problem);
        }
        self.tokens.source = Some(Box::new(source));
        self
    }

    /// Sets the scope to request, separated by spaces; `None` for no scope. Defaults to that of the token
    /// source: `all` for the Management API, none for an organization.
    pub fn scope<'a>(mut self, scope: impl Into<Option<&'a str>>) -> Self {
        self.tokens.scope = Some(scope.into().map(str::to_owned));
        self
    }

    /// Sets how long before its expiry the access token is renewed. At most half of its lifetime. Defaults to a tenth
    /// of its lifetime, at most one minute.
    pub fn token_leeway(mut self, leeway: Duration) -> Self {
        self.tokens.leeway = Some(leeway);
        self
    }

    /// Sets how long a renewal of the access token can take. After that time, another caller starts one instead.
    /// Defaults to 10 seconds on Cloudflare Workers, where a renewal is lost with the request that started it, and to
    /// two minutes elsewhere.
    pub fn token_lease(mut self, lease: Duration) -> Self {
        self.tokens.lease = Some(lease);
        self
    }

    /// Shares access tokens with other processes through a store. Default: none.
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.tokens.store = Some(Arc::new(store));
        self
    }

    /// Sets how long a process keeps the lock of the token store at most. Defaults to 15 seconds.
    ///
    /// A process that ends without releasing the lock delays the token calls of the others for this long. A token call
    /// that takes longer is not interrupted: another process then makes one too. If the token endpoint answers 429, the
    /// lock is kept, and no process calls it for this long.
    pub fn token_lock(mut self, ttl: Duration) -> Self {
        self.tokens.lock_ttl = Some(ttl);
        self
    }
}
