use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::error::{Error as CallError, ErrorKind, hint};
use crate::types::Printable;

/// Reason why a request got no response.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    never_sent: bool,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of a transport error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be established: DNS, TCP or TLS failed.
    Connect,
    /// The request timed out.
    Timeout,
    /// The connection was closed before the whole response arrived.
    Interrupted,
    /// The response body could not be read or decompressed.
    Body,
    /// The response body is larger than allowed.
    TooLarge,
    /// A redirect could not be followed, or there were too many.
    Redirect,
    /// The environment lacks something that the transport needs. Examples are a tokio runtime and certificates.
    Environment,
    /// The request is invalid: its URL or a header.
    Invalid,
    /// Any other failure. On the web, every failure of `fetch`, which reports no details.
    Other,
}

impl TransportError {
    /// Creates an error of this kind. `Connect`, `Invalid` and `Environment` mean that the request was never sent.
    /// After errors of any other kind, the server might have processed it.
    #[must_use]
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        use TransportErrorKind::{Connect, Environment, Invalid};
        let never_sent = matches!(kind, Connect | Environment | Invalid);
        Self { kind, never_sent, message: message.into(), source: None }
    }

    /// Creates the error for a response body of more than `bound` bytes.
    #[cfg(any(feature = "reqwest", all(target_arch = "wasm32", target_os = "unknown")))]
    pub(crate) fn too_large(bound: u64) -> Self {
        let message = format!("the response is larger than the allowed {bound} bytes");
        Self::new(TransportErrorKind::TooLarge, message)
    }

    /// Creates the error for work that took longer than `limit`.
    pub(crate) fn timed_out(what: &str, limit: Duration) -> Self {
        // `format!` would add 1.2 KB, gzipped, to the module of the npm package.
        let millis = (limit.as_millis() as u64).to_string();
        Self::new(TransportErrorKind::Timeout, [what, " took longer than ", &millis, " ms"].concat())
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets whether the request was certainly never sent.
    #[must_use]
    pub fn with_never_sent(mut self, never_sent: bool) -> Self {
        self.never_sent = never_sent;
        self
    }

    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the server certainly never received the request. A retry then cannot run it twice.
    #[must_use]
    pub const fn never_sent(&self) -> bool {
        self.never_sent
    }
}

impl From<TransportError> for CallError {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::Connect => ErrorKind::Connect,
            TransportErrorKind::Timeout => ErrorKind::Timeout,
            TransportErrorKind::TooLarge => ErrorKind::TooLarge,
            TransportErrorKind::Environment => ErrorKind::Unsupported,
            TransportErrorKind::Invalid => ErrorKind::Input,
            _ => ErrorKind::Transport,
        };
        let hint = match error.kind {
            TransportErrorKind::Connect => Some(hint::CONNECT),
            TransportErrorKind::Other => Some(hint::WEB),
            _ => None,
        };
        Self::new(kind, error.message.clone()).with_hint(hint).with_source(error)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(&self.message).fmt(f)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
