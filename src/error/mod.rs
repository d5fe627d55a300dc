//! The [`Error`] type: what failed, where, and what to do about it.

mod accessors;
mod display;
pub(crate) mod hint;

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;

use crate::types::Method;
use crate::types::headers::Headers;

/// The result of calls of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed call, or a client that cannot be built.
///
/// ```
/// # use logto_admin::Error;
/// fn explain(error: &Error) {
///     eprintln!("{error}");                       // operation, status, code, message, attempts, hint
///     if error.is_not_found() {
///         eprintln!("request {:?} found nothing: {:?}", error.request_id(), error.code());
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

#[derive(Default)]
struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<&'static str>,
    method: Option<Method>,
    path: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    response: Option<Box<Response>>,
    retry_after: Option<Duration>,
    decode_path: Option<String>,
    hint: Option<&'static str>,
    attempts: u32,
    elapsed: Duration,
    stopped: Option<StopReason>,
    /// The kind of the failure that kept the client from getting an access token.
    token_failure: Option<ErrorKind>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The response that led to an error.
struct Response {
    headers: Headers,
    body: Bytes,
}

static NO_RESPONSE: Response = Response { headers: Headers::new(), body: Bytes::new() };

/// The kind of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Invalid settings of the client, such as an endpoint or an environment variable.
    Config,
    /// Invalid arguments of the request. Nothing was sent.
    #[default]
    Input,
    /// The operation requires another kind of authentication than the client has. Nothing was sent.
    Authentication,
    /// This platform or build does not support the call.
    Unsupported,
    /// The client could not get an access token.
    Token,
    /// The API returned an error.
    Api,
    /// The connection could not be established.
    Connect,
    /// The call timed out.
    Timeout,
    /// The response is missing or incomplete. The server might have processed the request.
    Transport,
    /// The response is larger than allowed.
    TooLarge,
    /// The response does not have the expected form.
    Decode,
    /// A hook failed the call.
    Hook,
    /// The client is [restricted](crate::Client::restricted_to) to other operations. Nothing was sent.
    NotAllowed,
}

/// Reason why a call was not retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// The response is final: a retry would not change it.
    Final,
    /// The server might have processed the request, and it is not idempotent.
    NotIdempotent,
    /// The maximum number of attempts was reached.
    Attempts,
    /// The next attempt would have started too late.
    Time,
}

impl Error {
    /// Creates an error of this kind. For hooks, token sources and the like.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::with_message(kind, message.into())
    }

    fn with_message(kind: ErrorKind, message: String) -> Self {
        Self(Box::new(Inner { kind, message, ..Inner::default() }))
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the response that led to the error.
    pub(crate) fn with_response(mut self, status: u16, headers: &Headers, body: Bytes) -> Self {
        self.0.status = Some(status);
        self.0.response = Some(Box::new(Response { headers: headers.clone(), body }));
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// Copies the circumstances of the error that kept the client from getting a token.
    pub(crate) fn caused_by(mut self, nested: &Self) -> Self {
        let inner = &mut *self.0;
        inner.code = nested.0.code.clone();
        inner.status = nested.0.status;
        inner.hint = nested.0.hint;
        inner.retry_after = nested.0.retry_after;
        inner.stopped = nested.0.stopped;
        inner.token_failure = Some(nested.0.token_failure.unwrap_or(nested.0.kind));
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    /// Sets the hint. `None` keeps the current one.
    pub(crate) fn with_hint(mut self, hint: Option<&'static str>) -> Self {
        self.0.hint = hint.or(self.0.hint);
        self
    }

    pub(crate) fn with_status(mut self, status: Option<u16>) -> Self {
        self.0.status = status;
        self
    }

    /// Sets where in the JSON decoding failed. `.` is the whole document.
    pub(crate) fn with_decode_path(mut self, path: Option<String>) -> Self {
        self.0.decode_path = path.filter(|path| path != ".");
        self
    }

    pub(crate) fn with_stop_reason(mut self, stopped: Option<StopReason>) -> Self {
        self.0.stopped = stopped;
        self
    }

    /// Adds the number of attempts, the time, and why there was no further attempt.
    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration, stopped: Option<StopReason>) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self.0.stopped = stopped;
        self
    }

    /// Adds the operation that failed, unless the error has that of a nested call.
    pub(crate) fn at_operation(mut self, operation: &'static str, method: Method, path: &str) -> Self {
        self.0.operation.get_or_insert(operation);
        self.0.method.get_or_insert(method);
        self.0.path.get_or_insert_with(|| path.to_owned());
        self
    }
}
