use std::error::Error;
use std::fmt;

use crate::types::Printable;

/// Why a request got no answer.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    never_sent: bool,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection could be made: refused, unresolved, TLS.
    Connect,
    /// The time given for the request ran out.
    Timeout,
    /// The connection broke before the whole answer was there.
    Interrupted,
    /// The answer's body could not be read or decompressed.
    Body,
    /// The answer's body is larger than allowed.
    TooLarge,
    /// A redirect that could not be followed, or too many of them.
    Redirect,
    /// The transport needs something that is missing, such as a tokio runtime or certificates.
    Environment,
    /// The request itself cannot be sent: its URL or a header is none.
    Invalid,
    /// Anything else; on the web also every failure of `fetch`, which says no more.
    Other,
}

impl TransportError {
    /// An error of this kind. What failed to connect, is invalid or lacks something in its environment counts as never
    /// sent, all else as possibly carried out.
    #[must_use]
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        use TransportErrorKind::{Connect, Environment, Invalid};
        let never_sent = matches!(kind, Connect | Environment | Invalid);
        Self { kind, never_sent, message: message.into(), source: None }
    }

    /// The answer's body is larger than this many bytes.
    #[cfg(any(feature = "reqwest", all(target_arch = "wasm32", target_os = "unknown")))]
    pub(crate) fn too_large(bound: u64) -> Self {
        let message = format!("the answer is larger than the {bound} bytes that are allowed");
        Self::new(TransportErrorKind::TooLarge, message)
    }

    /// The same, caused by `source`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same, with the transport's word on whether the request was certainly never sent.
    #[must_use]
    pub fn with_never_sent(mut self, never_sent: bool) -> Self {
        self.never_sent = never_sent;
        self
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the server certainly never saw the request, so that sending it again cannot do its work twice.
    #[must_use]
    pub const fn never_sent(&self) -> bool {
        self.never_sent
    }
}

impl TransportError {
    /// What it says of itself.
    pub(crate) fn message(&self) -> &str {
        &self.message
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
