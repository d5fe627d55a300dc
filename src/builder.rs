//! Builds a [`Client`].

use std::sync::Arc;
use std::time::Duration;

use crate::blocking::Background;
use crate::call::check_header;
use crate::client::{Client, Settings, Shared, cookie_header};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Pipeline;
use crate::limiter::{Limiter, RateLimit};
use crate::retry::RetryPolicy;
use crate::runtime::{self, Runtime};
use crate::token::{TokenPolicy, TokenSettings};
use crate::transport::{self, Headers, Hook, HttpTransport, RedirectPolicy, TransportOptions};

/// Settings of a client that is not there yet; see [`Client::builder`].
///
/// Building starts nothing and sends nothing.
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    endpoint: Endpoint,
    pub(crate) tokens: TokenSettings,
    transport: Option<Arc<dyn HttpTransport>>,
    runtime: Option<Arc<dyn Runtime>>,
    hooks: Vec<Arc<dyn Hook>>,
    pub(crate) limit: Option<RateLimit>,
    trace_bodies: bool,
    pub(crate) settings: Settings,
    problem: Option<Error>,
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("logto-admin/", env!("CARGO_PKG_VERSION"));

impl ClientBuilder {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let limit = endpoint.is_cloud().then_some(RateLimit::LOGTO_CLOUD);
        let headers = [("accept", "application/json"), ("user-agent", USER_AGENT)].into_iter().collect();
        Self {
            endpoint,
            tokens: TokenSettings::default(),
            transport: None,
            runtime: None,
            hooks: Vec::new(),
            limit,
            trace_bodies: false,
            settings: Settings::new(headers),
            problem: None,
        }
    }

    /// Sends requests by other means than the platform's usual ones.
    pub fn transport(mut self, transport: impl HttpTransport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Takes time and randomness from elsewhere than the platform; for tests.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Adds a hook after those there are.
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }

    /// The client's own rate limit: Logto Cloud's for its tenants and none for other servers if nothing is said.
    pub fn rate_limit(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// When requests are tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// How long each attempt may take: 30 seconds if nothing is said.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// How long a call may take, with all its attempts and waits: no bound if nothing is said.
    pub fn total_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.total_timeout = timeout.into();
        self
    }

    /// Sets a header of every request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match check_header(name, value) {
            Ok(()) => self.settings.headers.set(name.to_owned(), value.to_owned()),
            Err(message) => self.fail(Error::config(message)),
        }
        self
    }

    /// The name by which the client introduces itself; browsers put their own in its place.
    pub fn user_agent(self, name: &str) -> Self {
        self.header("user-agent", name)
    }

    /// The language of messages, as in `Accept-Language`; codes do not change with it.
    pub fn language(self, tags: &str) -> Self {
        self.header("accept-language", tags)
    }

    /// Sends these cookies with every request.
    pub fn cookies<'a>(mut self, cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        match cookie_header(cookies) {
            Ok(header) => self.settings.headers.set("cookie", header),
            Err(error) => self.fail(error.with_kind(ErrorKind::Config)),
        }
        self
    }

    /// Says that the transport adds the cookies of a sign-in by itself, as a browser does.
    pub fn ambient_cookies(mut self, ambient: bool) -> Self {
        self.settings.ambient_cookies = ambient;
        self
    }

    /// The largest body of an answer in bytes: 64 MiB if nothing is said.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.settings.options.max_response_bytes = bytes;
        self
    }

    /// What to do with redirects: they are the answer if nothing is said.
    pub fn redirects(mut self, policy: RedirectPolicy) -> Self {
        self.settings.options.redirects = policy;
        self
    }

    /// Makes an undocumented success status, or a success without the documented body, an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.strict = strict;
        self
    }

    /// Writes the bodies of requests and answers, though never those of the token call, to `tracing` at the level
    /// `TRACE`. They hold personal data and passwords.
    #[cfg(feature = "tracing")]
    pub fn trace_bodies(mut self, trace: bool) -> Self {
        self.trace_bodies = trace;
        self
    }

    pub(crate) fn fail(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }

    /// The client.
    ///
    /// It may be one without a source of access tokens: sign-ins, operations that are open to everyone and
    /// [`request`](Client::request) need none. Calls that do are then refused before anything is sent.
    ///
    /// # Errors
    /// An endpoint that is none, an empty id, secret or token, a header or cookie that is none, or a platform for which a transport or a runtime has
    /// to be given.
    pub fn build(mut self) -> Result<Client> {
        self.check()?;
        let transport = self.transport.take().map_or_else(transport::platform, Ok)?;
        let runtime = self.runtime.take().or_else(runtime::platform).ok_or_else(|| Error::config(NO_RUNTIME))?;
        Ok(self.assemble(transport, runtime))
    }

    /// Refuses settings that cannot be.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.problem.take().map_or(Ok(()), Err)?;
        self.endpoint.check()
    }

    pub(crate) fn assemble(self, transport: Arc<dyn HttpTransport>, runtime: Arc<dyn Runtime>) -> Client {
        let Settings { retry, timeout, options, .. } = self.settings;
        let user_agent = self.settings.headers.get("user-agent").map(str::to_owned);
        let policy = TokenPolicy { retry, timeout, user_agent, options };
        let limiter = self.limit.map(Limiter::new);
        let pipeline = Pipeline { transport, runtime, limiter, hooks: self.hooks, trace_bodies: self.trace_bodies };
        let pipeline = Arc::new(pipeline);
        let tokens = self.tokens.manager(&self.endpoint, policy, &pipeline);
        let shared = Shared { endpoint: self.endpoint, pipeline, tokens, background: Background::default() };
        Client::assemble(shared, self.settings)
    }
}

const NO_RUNTIME: &str =
    "this build has no runtime of its own: switch the feature `tokio` on, or give one with `runtime`";

impl Settings {
    fn new(headers: Headers) -> Self {
        Self {
            headers,
            timeout: Some(DEFAULT_TIMEOUT),
            total_timeout: None,
            retry: RetryPolicy::default(),
            options: TransportOptions::default(),
            ambient_cookies: false,
            strict: false,
        }
    }
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &self.endpoint)
            .field("scope", &self.tokens.scope)
            .field("headers", &self.settings.headers)
            .finish_non_exhaustive()
    }
}
