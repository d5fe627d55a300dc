use std::error::Error as StdError;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::execute::Exchange;
use crate::hint;
use crate::json;
use crate::retry::StopReason;
use crate::transport::HttpResponse;

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
        let text = response.body.text();
        let error = json::string_member(&text, "error");
        let description = json::string_member(&text, "error_description");
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
        match self {
            Self::Refused { status, error, description, .. } => {
                write!(f, "the token endpoint answers {status}")?;
                error.iter().try_for_each(|error| write!(f, " {error}"))?;
                description.iter().try_for_each(|description| write!(f, ": {description}"))
            }
            Self::Malformed { status, .. } => write!(f, "the token endpoint answers {status} without an access token"),
            Self::Unreachable(error) => write!(f, "the token endpoint cannot be reached: {}", error.message()),
            Self::SubjectToken(error) => write!(f, "no subject token: {}", error.message()),
            Self::Other(error) => write!(f, "no access token: {error}"),
        }
    }
}

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
        let error = Self::new(ErrorKind::Token, cause.to_string());
        error.with_code(code).with_status(status).with_hint(hint).with_stop_reason(stopped).with_source(cause)
    }
}
