//! What can go wrong: one [`Error`] type that tells what, where, and what to do about it.

mod display;
mod questions;

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;

use crate::hint;
use crate::retry::StopReason;
use crate::transport::{HttpResponse, Method, TransportError, TransportErrorKind, url};

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
        let code = response.body.string_member("code");
        let message = response.body.string_member("message").unwrap_or_else(|| plain_message(response));
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
        let mut error = Self::new(kind, source.message());
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

/// What to say of an error answer without a `message`.
fn plain_message(response: &HttpResponse) -> String {
    const SHOWN: usize = 200;
    let target = response.headers.get("location").filter(|_| (300..400).contains(&response.status));
    if let Some(target) = target {
        return ["the server redirects to ", &url::shown(target)].concat();
    }
    match response.body.text().trim_ascii() {
        "" => "the answer has no body".to_owned(),
        _ if hint::is_html(response) => "the answer is a web page".to_owned(),
        text => text.chars().take(SHOWN).collect(),
    }
}
