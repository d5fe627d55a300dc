//! What can go wrong: one [`Error`] type that tells what, where, and what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::retry::StopReason;
use crate::transport::{HttpResponse, Method, TransportError, TransportErrorKind};
use crate::{hint, json};

/// The result of anything that this crate does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
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
    request_id: Option<String>,
    decode_path: Option<String>,
    body: Bytes,
    hint: Option<&'static str>,
    attempts: u32,
    elapsed: Duration,
    stopped: Option<StopReason>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client's settings: an endpoint that is no URL, a missing environment variable.
    Config,
    /// The request's arguments; nothing was sent.
    #[default]
    Input,
    /// The operation wants another authentication than the client has; nothing was sent.
    Authentication,
    /// This platform or build cannot do it.
    Unsupported,
    /// No access token could be had.
    Token,
    /// The API answered with an error.
    Api,
    /// No connection could be made.
    Connect,
    /// Time ran out.
    Timeout,
    /// The answer never came, or not whole; the request may have been carried out.
    Transport,
    /// The answer is larger than allowed.
    TooLarge,
    /// The answer does not have the shape it should have.
    Decode,
    /// A hook refused.
    Hook,
}

impl Error {
    /// An error of this kind, with a text for whoever reads it. For hooks, token sources and the like.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), ..Inner::default() }))
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The same, caused by `source`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// An error answer of the API.
    pub(crate) fn api(response: &HttpResponse) -> Self {
        let text = response.body.text();
        let code = json::string_member(&text, "code");
        let message = json::string_member(&text, "message").unwrap_or_else(|| plain_message(response, &text));
        let mut error = Self::new(ErrorKind::Api, message).with_response(response);
        error.0.hint = hint::api(response, code.as_deref());
        error.0.code = code;
        error
    }

    /// An answer that cannot be read; `path` is where in the JSON.
    pub(crate) fn decode(message: impl Into<String>, path: Option<String>, response: &HttpResponse) -> Self {
        let mut error = Self::new(ErrorKind::Decode, message).with_response(response);
        error.0.hint = hint::decode(response);
        error.0.decode_path = path.filter(|path| path != ".");
        error
    }

    pub(crate) fn transport(source: TransportError) -> Self {
        let kind = match source.kind() {
            TransportErrorKind::Connect => ErrorKind::Connect,
            TransportErrorKind::Timeout => ErrorKind::Timeout,
            TransportErrorKind::TooLarge => ErrorKind::TooLarge,
            TransportErrorKind::Environment => ErrorKind::Unsupported,
            TransportErrorKind::Invalid => ErrorKind::Input,
            _ => ErrorKind::Transport,
        };
        let mut error = Self::new(kind, source.to_string());
        error.0.hint = hint::transport(source.kind());
        error.with_source(source)
    }

    fn with_response(mut self, response: &HttpResponse) -> Self {
        self.0.status = Some(response.status);
        self.0.request_id = response.request_id().map(str::to_owned);
        self.0.body = response.body.bytes();
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

    pub(crate) fn with_hint(mut self, hint: Option<&'static str>) -> Self {
        self.0.hint = hint.or(self.0.hint);
        self
    }

    pub(crate) fn with_status(mut self, status: Option<u16>) -> Self {
        self.0.status = status;
        self
    }

    pub(crate) fn with_stop_reason(mut self, stopped: Option<StopReason>) -> Self {
        self.0.stopped = stopped;
        self
    }

    pub(crate) fn static_hint(&self) -> Option<&'static str> {
        self.0.hint
    }

    pub(crate) fn at_operation(mut self, operation: &'static str, method: Method, path: &str) -> Self {
        self.0.operation.get_or_insert(operation);
        self.0.method.get_or_insert(method);
        self.0.path.get_or_insert_with(|| path.to_owned());
        self
    }

    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration, stopped: Option<StopReason>) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self.0.stopped = stopped;
        self
    }
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operationId, such as `GetUser`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        self.0.method
    }

    /// The request's path, without host and query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Logto's code, such as `entity.not_found`, or the token endpoint's `error`, such as `invalid_client`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What the server or the client says about it, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Logto's further explanation, such as the path of the member that it refuses.
    #[must_use]
    pub fn details(&self) -> Option<String> {
        json::string_member(&String::from_utf8_lossy(&self.0.body), "details")
    }

    /// Logto's `data`: for a refused body the issues, otherwise whatever belongs to the code.
    #[must_use]
    pub fn data(&self) -> Option<serde_json::Value> {
        serde_json::from_str(json::member(&String::from_utf8_lossy(&self.0.body), "data")?).ok()
    }

    /// The answer's body as it came; empty if there was none. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// The id that Logto gave the request; its log lines carry it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Where in the answer's JSON decoding failed, such as `[3].profile.birthdate`.
    #[must_use]
    pub fn decode_path(&self) -> Option<&str> {
        self.0.decode_path.as_deref()
    }

    /// What to do about it, for the usual mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint
    }

    /// How often the request was sent; 0 if it never was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, with all its attempts and waits.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Why it was not tried again.
    #[must_use]
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.0.stopped
    }

    /// Whether what was asked for does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::Api && self.0.status == Some(404)
    }

    /// Whether something of that name, address or id exists already (409, or 422 with a code that says so).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        const SAYS_SO: [&str; 5] = ["_exists", "_in_use", "duplicate", "unique_integrity", "conflict"];
        let by_code = |code: &str| SAYS_SO.iter().any(|word| code.contains(word)) && !code.contains("not_exists");
        self.0.status == Some(409) || (self.0.status == Some(422) && self.code().is_some_and(by_code))
    }

    /// Whether the API does not accept the access token, or none could be had (401, or a failed token call).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(401) || self.0.kind == ErrorKind::Token
    }

    /// Whether the access token does not permit it (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.0.status == Some(403)
    }

    /// Whether the server refuses the request's content (400 or 422), or the client did before sending it.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.0.status, Some(400 | 422)) || self.0.kind == ErrorKind::Input
    }

    /// Whether too many requests or messages were sent (429).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(429)
    }

    /// Whether the server failed (500 and above).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.0.status.is_some_and(|status| status >= 500)
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Whether the answer could not be read.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.0.kind == ErrorKind::Decode
    }
}

/// What to say of an error answer without a `message`.
fn plain_message(response: &HttpResponse, text: &str) -> String {
    const SHOWN: usize = 200;
    let target = response.headers.get("location").filter(|_| (300..400).contains(&response.status));
    if let Some(target) = target.and_then(|target| target.split(['?', '#']).next()) {
        return format!("the server redirects to {target}");
    }
    match text.trim() {
        "" => "the answer has no body".to_owned(),
        _ if hint::is_html(response) => "the answer is a web page".to_owned(),
        text => text.chars().take(SHOWN).collect(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}")?;
        }
        if let (Some(method), Some(path)) = (inner.method, &inner.path) {
            write!(f, " ({method} {path})")?;
        }
        if inner.operation.is_some() {
            f.write_str(": ")?;
        }
        if let Some(status) = inner.status {
            write!(f, "{status} ")?;
        }
        if let Some(code) = &inner.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(path) = &inner.decode_path {
            write!(f, " at {path}")?;
        }
        self.fmt_circumstances(f)
    }
}

impl Error {
    fn fmt_circumstances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(request_id) = &inner.request_id {
            write!(f, " [request {request_id}]")?;
        }
        if inner.attempts > 1 {
            write!(f, " [{} attempts in {:?}]", inner.attempts, inner.elapsed)?;
        }
        inner.hint.map_or(Ok(()), |hint| write!(f, " (hint: {hint})"))
    }
}

impl fmt::Debug for Error {
    /// Everything but the body, which may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("method", &inner.method)
            .field("path", &inner.path)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("decode_path", &inner.decode_path)
            .field("request_id", &inner.request_id)
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .field("stopped", &inner.stopped)
            .field("hint", &inner.hint)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
