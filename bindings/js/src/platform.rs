//! The host as the client's transport, runtime and source of tokens.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::Timestamp;
use logto_admin::runtime::Runtime;
use logto_admin::token::{AccessToken, StoreError, TokenContext, TokenError, TokenSource, TokenStore};
use logto_admin::transport::{
    Body, Headers, HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind, TransportOptions,
};

use crate::operations::{Operation, Outcome};
use crate::{host, tasks};

/// One client's way to the server: the host's `fetch`, or the user's.
pub(crate) struct HostTransport {
    pub client: u32,
}

#[async_trait]
impl HttpTransport for HostTransport {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let operation = Operation::start(|operation| {
            let url = if options.token_call { &*request.url } else { "" };
            let body = request.body.bytes();
            let headers = header_lines(&request.headers);
            host::send(operation, self.client, tasks::current_call(), url, &headers, &body)
        });
        let outcome = operation.await;
        if outcome.number < 100.0 { Err(error(outcome)) } else { Ok(response(outcome)) }
    }
}

/// A line each: a list would cross the border value by value.
fn header_lines(headers: &Headers) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter() {
        for part in [name, ": ", value, "\n"] {
            text.push_str(part);
        }
    }
    text
}

fn response(outcome: Outcome) -> HttpResponse {
    let mut response = HttpResponse::new(outcome.number as u16);
    response.headers.set("content-type", outcome.text);
    if outcome.retry_after >= 0.0 {
        response.headers.set("retry-after", u64::from(outcome.retry_after as u32).to_string());
    }
    response.body = Body::members(outcome.body);
    response
}

/// The host says by a small number what went wrong, and in the text how.
fn error(outcome: Outcome) -> TransportError {
    let kind = match outcome.number as i32 {
        1 => TransportErrorKind::TooLarge,
        2 => TransportErrorKind::Environment,
        3 => TransportErrorKind::Body,
        _ => TransportErrorKind::Other,
    };
    TransportError::new(kind, outcome.text)
}

/// The host's clocks, timers and randomness.
pub(crate) struct HostRuntime {
    pub isolates_requests: bool,
}

#[async_trait]
impl Runtime for HostRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(host::now() as i64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(host::monotonic() as u64)
    }

    async fn sleep(&self, duration: Duration) {
        wait(duration, false).await;
    }

    async fn sleep_in_background(&self, duration: Duration) {
        wait(duration, true).await;
    }

    fn random(&self) -> f64 {
        host::random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tasks::spawn(0, task);
    }

    fn isolates_requests(&self) -> bool {
        self.isolates_requests
    }
}

/// Rounded up, so that a sleep never ends early.
fn wait(duration: Duration, background: bool) -> Operation {
    let milliseconds = u64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u64::MAX) as f64;
    Operation::start(|operation| host::sleep(operation, milliseconds, background))
}

/// The user's function that gets tokens.
pub(crate) struct HostTokens {
    pub client: u32,
}

#[async_trait]
impl TokenSource for HostTokens {
    async fn fetch(&self, _context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let call = tasks::current_call();
        let outcome = Operation::start(|operation| host::token(operation, self.client, call)).await;
        if outcome.number < 0.0 {
            return Err(TokenError::other(HostError(outcome.text)));
        }
        let token = AccessToken::new(outcome.text);
        let lifetime = Duration::from_secs(outcome.number as u64);
        Ok(if lifetime.is_zero() { token } else { token.expires_in(lifetime) })
    }
}

/// The user's store of tokens.
pub(crate) struct HostStore {
    pub client: u32,
}

impl HostStore {
    /// Reads (`kind` 0), writes (1) or removes (2).
    async fn ask(&self, kind: u32, key: &str, value: &str, ttl: Option<Duration>) -> Result<Outcome, StoreError> {
        let seconds = ttl.map_or(0.0, |ttl| ttl.as_secs() as f64);
        let operation = Operation::start(|operation| host::store(operation, self.client, kind, key, value, seconds));
        let outcome = operation.await;
        if outcome.number < 0.0 { Err(Box::new(HostError(outcome.text))) } else { Ok(outcome) }
    }
}

#[async_trait]
impl TokenStore for HostStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let outcome = self.ask(0, key, "", None).await?;
        Ok(Some(outcome.text).filter(|text| !text.is_empty()))
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        self.ask(1, key, value, ttl).await.map(drop)
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.ask(2, key, "", None).await.map(drop)
    }
}

/// What the user's function threw, as text.
struct HostError(String);

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HostError {
    /// Other than what is displayed: the build drops debug output, and functions of one body are one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostError")
    }
}

impl std::error::Error for HostError {}
