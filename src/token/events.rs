//! Background events, reported through the features `tracing` and `metrics`.

use std::fmt::Display;

use super::TokenError;
use super::obtained::Obtained;

/// A renewal has ended. Its token might come from the store.
pub(super) fn renewed(renewed: &Result<Obtained, TokenError>) {
    #[cfg(feature = "metrics")]
    {
        let outcome = match renewed {
            Ok(obtained) if obtained.stored => "shared",
            Ok(_) => "issued",
            Err(_) => "failed",
        };
        metrics::counter!("logto_token_renewals_total", "outcome" => outcome).increment(1);
    }
    let _ = renewed;
}

/// The token endpoint granted less than requested.
pub(super) fn missing_scope(missing: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(missing, "the access token lacks a requested scope; {}", crate::error::hint::SCOPE);
    let _ = missing;
}

/// A renewal failed while the old token is still valid.
pub(super) fn renewal_failed(error: &TokenError) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%error, "cannot renew the access token; the old one is still valid");
    let _ = error;
}

/// The span of a renewal in the background. It is linked to the call that started it, which does not wait for it.
#[cfg(feature = "tracing")]
pub(super) fn in_background<F: Future>(renewal: F) -> impl Future<Output = F::Output> {
    use tracing::Instrument;

    let span = tracing::info_span!(parent: None, "logto.token_renewal", otel.kind = "internal");
    span.follows_from(tracing::Span::current());
    renewal.instrument(span)
}

/// Nothing observes the renewal.
#[cfg(not(feature = "tracing"))]
pub(super) const fn in_background<F: Future>(renewal: F) -> F {
    renewal
}

/// The token store failed.
pub(super) fn store_failed(error: &dyn Display) {
    #[cfg(feature = "tracing")]
    tracing::warn!(error = %crate::types::Printable(&error.to_string()), "the token store failed; this process uses its own token");
    #[cfg(feature = "metrics")]
    metrics::counter!("logto_token_store_errors_total").increment(1);
    let _ = error;
}
