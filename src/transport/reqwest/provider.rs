//! The cryptographic provider of rustls.

use ::rustls::crypto::CryptoProvider;

use crate::error::Result;

/// Ensures that rustls has a provider. Without one, reqwest panics.
pub(super) fn ensure() -> Result<()> {
    // With this feature, reqwest falls back to aws-lc-rs.
    if cfg!(feature = "rustls") || CryptoProvider::get_default().is_some() {
        return Ok(());
    }
    install()
}

#[cfg(feature = "rustls-ring")]
fn install() -> Result<()> {
    // Fails if another thread has installed one in the meantime, which is as good.
    let _ = ::rustls::crypto::ring::default_provider().install_default();
    Ok(())
}

#[cfg(not(feature = "rustls-ring"))]
fn install() -> Result<()> {
    Err(crate::error::Error::config(
        "rustls has no cryptographic provider: enable the feature `rustls` or `rustls-ring`, or install one with `rustls::crypto::CryptoProvider::install_default`",
    ))
}
