use async_trait::async_trait;

use super::Pass;
use crate::error::Error;
use crate::token::AccessToken;
use crate::transport::{Answer, TransportError};

/// Carries out one attempt of a call. The pipeline decides whether and when there is an attempt.
///
/// There are two implementations: over an [`HttpTransport`](crate::transport::HttpTransport), and by the JavaScript host
/// of the WebAssembly module.
#[async_trait]
pub trait Attempt: Send + Sync {
    /// Sends the request with this access token. `number` counts the attempts of the call from 1, and `pass` is the place
    /// of its first request in the rate limit.
    ///
    /// # Errors
    /// Fails if there is no answer.
    async fn send(&self, number: u32, token: Option<&AccessToken>, pass: &mut Pass) -> Result<Answer, AttemptError>;
}

/// Reason why an attempt has no answer.
#[derive(Debug)]
pub enum AttemptError {
    /// The transport failed.
    Transport(TransportError),
    /// A hook failed the call. It is not retried.
    Final(Error),
}

impl From<TransportError> for AttemptError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<AttemptError> for Error {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Transport(error) => error.into(),
            AttemptError::Final(error) => error,
        }
    }
}
