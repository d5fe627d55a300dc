//! What happens behind the callers' backs, told to `tracing` by the feature of that name; without it, to nobody.

use std::fmt::Display;

use super::TokenError;

/// The token endpoint granted less than was asked for.
pub(super) fn missing_scope(missing: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(missing, "the access token lacks a scope that was asked for; {}", crate::hint::SCOPE);
    let _ = missing;
}

/// A renewal failed while the old token lives.
pub(super) fn renewal_failed(error: &TokenError) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%error, "the access token could not be renewed; the old one still lives");
    let _ = error;
}

/// The token store failed.
pub(super) fn store_failed(error: &dyn Display) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%error, "the token store failed; this process uses a token of its own");
    let _ = error;
}
