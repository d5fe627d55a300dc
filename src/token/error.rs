use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, ErrorKind, StopReason, hint};
use crate::transport::Answer;
use crate::types::Printable;

/// Reason why the client could not get an access token.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// The token endpoint rejected the request.
    Refused {
        /// The HTTP status.
        status: u16,
        /// OAuth's `error`, such as `invalid_client`.
        error: Option<String>,
        /// OAuth's `error_description`.
        description: Option<String>,
        /// How to fix it.
        hint: Option<&'static str>,
        /// Time that the server asked to wait.
        retry_after: Option<Duration>,
        /// Reason why the call was not retried.
        stopped: Option<StopReason>,
    },
    /// The answer of the token endpoint contains no token.
    Malformed {
        /// The HTTP status.
        status: u16,
        /// How to fix it.
        hint: Option<&'static str>,
    },
    /// The token is empty or contains characters that a header cannot carry.
    Unusable,
    /// The token endpoint could not be reached.
    Unreachable(Error),
    /// The client could not get a subject token to exchange.
    SubjectToken(Error),
    /// A custom source failed.
    Other(Box<dyn StdError + Send + Sync>),
}

impl TokenError {
    /// Returns the time that the server asked to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Unreachable(error) | Self::SubjectToken(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Creates an error of a custom source.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Other(source.into())
    }

    /// Creates the error for this answer of the token endpoint.
    pub(super) fn refused(answer: Answer, stopped: Option<StopReason>) -> Self {
        let (error, description) = (answer.fields.error, answer.fields.error_description);
        let hint = hint::token(answer.status, error.as_deref(), description.as_deref(), answer.is_html);
        Self::Refused { status: answer.status, error, description, hint, retry_after: answer.retry_after, stopped }
    }

    /// Creates the error for a success without a token.
    pub(super) fn malformed(status: u16, is_html: bool) -> Self {
        Self::Malformed { status, hint: hint::decode(is_html) }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Printable(&self.message()).fmt(f)
    }
}

impl TokenError {
    /// Concatenates the text. `format!` would add 1.2 KB, gzipped, to the module of the npm package.
    fn message(&self) -> String {
        const RETURNED: &str = "the token endpoint returned ";
        match self {
            Self::Refused { status, error, description, .. } => {
                let mut message = [RETURNED, &u64::from(*status).to_string()].concat();
                for (separator, part) in [(" ", error), (": ", description)] {
                    message.extend(part.iter().flat_map(|part| [separator, part]));
                }
                message
            }
            Self::Malformed { status, .. } => {
                [RETURNED, &u64::from(*status).to_string(), " without an access token"].concat()
            }
            Self::Unusable => {
                "the access token is empty or contains characters that a header cannot carry: pass it without `Bearer`"
                    .to_owned()
            }
            Self::Unreachable(error) => ["cannot reach the token endpoint: ", error.message()].concat(),
            Self::SubjectToken(error) => ["cannot get a subject token: ", error.message()].concat(),
            Self::Other(error) => ["cannot get an access token: ", &error.to_string()].concat(),
        }
    }
}

/// A reason that is only text.
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
    /// The error that callers see. All callers that waited for a failed renewal share its cause.
    fn from(cause: Arc<TokenError>) -> Self {
        let error = Self::new(ErrorKind::Token, cause.message());
        let error = match &*cause {
            TokenError::Refused { status, error: code, hint, retry_after, stopped, .. } => error
                .with_code(code.clone())
                .with_status(Some(*status))
                .with_hint(*hint)
                .with_retry_after(*retry_after)
                .with_stop_reason(*stopped),
            TokenError::Malformed { status, hint } => {
                error.with_status(Some(*status)).with_hint(*hint).with_stop_reason(Some(StopReason::Final))
            }
            TokenError::Unreachable(nested) | TokenError::SubjectToken(nested) => error.caused_by(nested),
            // A call of this or another client, made by the source.
            TokenError::Other(source) => match source.downcast_ref::<Self>() {
                Some(nested) => error.caused_by(nested),
                None => error,
            },
            TokenError::Unusable => error,
        };
        error.with_source(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(7);

    fn busy() -> Error {
        Error::new(ErrorKind::Api, "busy").with_retry_after(Some(WAIT))
    }

    fn refused() -> TokenError {
        TokenError::Refused {
            status: 429,
            error: Some("slow_down".to_owned()),
            description: Some("too many".to_owned()),
            hint: None,
            retry_after: Some(WAIT),
            stopped: None,
        }
    }

    #[test]
    fn the_next_try_waits_as_long_as_any_server_asked() {
        for error in [refused(), TokenError::Unreachable(busy()), TokenError::SubjectToken(busy())] {
            assert_eq!(error.retry_after(), Some(WAIT), "{error}");
        }
        assert_eq!(TokenError::Unusable.retry_after(), None);
    }

    #[test]
    fn messages_name_the_step_that_failed_and_its_reason() {
        for (error, message) in [
            (refused(), "the token endpoint returned 429 slow_down: too many"),
            (TokenError::malformed(200, false), "the token endpoint returned 200 without an access token"),
            (TokenError::Unreachable(busy()), "cannot reach the token endpoint: busy"),
            (TokenError::SubjectToken(busy()), "cannot get a subject token: busy"),
            (TokenError::other("the vault is\nsealed"), r"cannot get an access token: the vault is\u{a}sealed"),
            (TokenError::other(Because("it panicked")), "cannot get an access token: it panicked"),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn errors_of_other_calls_and_of_sources_are_the_cause() {
        let cause = |error: &TokenError| error.source().map(ToString::to_string);
        for error in [TokenError::Unreachable(busy()), TokenError::SubjectToken(busy())] {
            assert!(cause(&error).is_some_and(|cause| cause.contains("busy")), "{error}");
        }
        assert_eq!(cause(&TokenError::other("sealed")).as_deref(), Some("sealed"));
        assert_eq!([cause(&refused()), cause(&TokenError::Unusable)], [None, None]);
    }
}
