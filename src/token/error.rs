use std::error::Error as StdError;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::execute::Exchange;
use crate::hint;
use crate::retry::StopReason;
use crate::transport::HttpResponse;
use crate::types::Printable;

/// Why no access token could be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// OAuth's `error`, such as `invalid_client`.
        error: Option<String>,
        /// OAuth's `error_description`.
        description: Option<String>,
        /// What to do about it.
        hint: Option<&'static str>,
        /// Why it was not asked again.
        stopped: Option<StopReason>,
    },
    /// The token endpoint's answer holds no token.
    Malformed {
        /// The HTTP status.
        status: u16,
        /// What to do about it.
        hint: Option<&'static str>,
    },
    /// The token endpoint could not be reached.
    Unreachable(Error),
    /// The subject token for an exchange could not be had.
    SubjectToken(Error),
    /// A source of one's own failed.
    Other(Box<dyn StdError + Send + Sync>),
}

impl TokenError {
    /// For a source of one's own.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Other(source.into())
    }

    /// Of an error answer of the token endpoint.
    pub(crate) fn refused(exchange: &Exchange) -> Self {
        let response = &exchange.response;
        let error = response.body.string_member("error");
        let description = response.body.string_member("error_description");
        let hint = hint::token(response.status, error.as_deref(), response);
        Self::Refused { status: response.status, error, description, hint, stopped: exchange.stopped }
    }

    /// Of a success without a token.
    pub(crate) fn malformed(response: &HttpResponse) -> Self {
        Self::Malformed { status: response.status, hint: hint::decode(response) }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Printable(&self.message()).fmt(f)
    }
}

impl TokenError {
    /// Put together without `format!`, whose machinery would cost 3 KB of wasm.
    fn message(&self) -> String {
        const ANSWERS: &str = "the token endpoint answers ";
        match self {
            Self::Refused { status, error, description, .. } => {
                let mut message = [ANSWERS, &u64::from(*status).to_string()].concat();
                for (mark, part) in [(" ", error), (": ", description)] {
                    if let Some(part) = part {
                        message.push_str(mark);
                        message.push_str(part);
                    }
                }
                message
            }
            Self::Malformed { status, .. } => {
                [ANSWERS, &u64::from(*status).to_string(), " without an access token"].concat()
            }
            Self::Unreachable(error) => ["the token endpoint cannot be reached: ", error.message()].concat(),
            Self::SubjectToken(error) => ["no subject token: ", error.message()].concat(),
            Self::Other(error) => ["no access token: ", &error.to_string()].concat(),
        }
    }
}

/// A reason that is a text and nothing else.
#[derive(Debug)]
pub(super) struct Because(pub &'static str);

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Because {}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unreachable(error) | Self::SubjectToken(error) => Some(error),
            Self::Other(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<Arc<TokenError>> for Error {
    /// The error that callers see; a failed renewal gives the same cause to all that waited for it.
    fn from(cause: Arc<TokenError>) -> Self {
        let (code, status, hint, stopped) = match &*cause {
            TokenError::Refused { status, error, hint, stopped, .. } => (error.clone(), Some(*status), *hint, *stopped),
            TokenError::Malformed { status, hint } => (None, Some(*status), *hint, None),
            TokenError::Unreachable(error) | TokenError::SubjectToken(error) => {
                (error.code().map(str::to_owned), error.status(), error.static_hint(), error.stop_reason())
            }
            TokenError::Other(_) => (None, None, None, None),
        };
        let error = Self::new(ErrorKind::Token, cause.message());
        error.with_code(code).with_status(status).with_hint(hint).with_stop_reason(stopped).with_source(cause)
    }
}
