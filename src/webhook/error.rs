use std::fmt;

use crate::types::{Printable, without_text};

/// Reason why a webhook is rejected.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookError {
    /// The signing key is missing or blank. This is a configuration error of the receiver: with a known key anyone
    /// could forge deliveries, so nothing is compared.
    SigningKey,
    /// The signature does not match the body and the signing key.
    Signature,
    /// The signature matches, but the body is not a webhook delivery.
    Body(serde_json::Error),
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SigningKey => f.write_str(
                "missing or blank signing key (hint: check the variable or secret that holds the webhook's signing key)",
            ),
            Self::Signature => f.write_str(
                "the signature does not match (hint: check the webhook's signing key, and pass the raw body, not a re-encoded one)",
            ),
            Self::Body(error) => write!(f, "invalid webhook body: {}", Printable(&error.to_string())),
        }
    }
}

impl WebhookError {
    /// Creates the error for a body. It does not contain the text that the parser quotes, which might be a secret.
    pub(super) fn body(error: &serde_json::Error) -> Self {
        Self::Body(serde::de::Error::custom(without_text(error)))
    }
}

impl std::error::Error for WebhookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::SigningKey | Self::Signature => None,
            Self::Body(error) => Some(error),
        }
    }
}
