//! TLS settings.

use std::fmt;

use ::reqwest::tls::Version;
use ::reqwest::{Certificate, ClientBuilder, Identity};

#[cfg(feature = "rustls-no-provider")]
use super::provider;
use crate::error::{Error, Result};
use crate::types::headers::REDACTED;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3. native-tls cannot require it as the minimum.
    Tls13,
}

/// A TLS library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsBackend {
    /// rustls (feature `rustls`, `rustls-ring` or `rustls-no-provider`).
    #[cfg(feature = "rustls-no-provider")]
    Rustls,
    /// The TLS library of the system (feature `native-tls`). It is OpenSSL, Secure Transport or SChannel.
    #[cfg(feature = "native-tls")]
    NativeTls,
}

impl Default for TlsBackend {
    fn default() -> Self {
        #[cfg(feature = "native-tls")]
        return Self::NativeTls;
        #[cfg(not(feature = "native-tls"))]
        return Self::Rustls;
    }
}

/// The trusted certificate authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those of the system, and added ones.
    #[default]
    Also,
    /// Only added ones.
    Only,
}

#[derive(Clone, Default)]
pub(super) struct Tls {
    backend: TlsBackend,
    trust: Trust,
    bundles: Vec<Vec<u8>>,
    accept_invalid: bool,
    identity: Option<Vec<u8>>,
    min_version: Option<TlsVersion>,
}

impl Tls {
    pub(super) fn trust(&mut self, trust: Trust, pem: &[u8]) {
        if trust == Trust::Only {
            self.trust = Trust::Only;
        }
        self.bundles.push(pem.to_vec());
    }

    pub(super) const fn accept_invalid(&mut self, accept: bool) {
        self.accept_invalid = accept;
    }

    pub(super) fn identify(&mut self, pem: Vec<u8>) {
        self.identity = Some(pem);
    }

    pub(super) const fn require(&mut self, version: TlsVersion) {
        self.min_version = Some(version);
    }

    pub(super) const fn choose(&mut self, backend: TlsBackend) {
        self.backend = backend;
    }

    /// Whether the system's certificates are used.
    pub(super) fn trusts_system(&self) -> bool {
        self.trust == Trust::Also && !self.accept_invalid
    }

    pub(super) const fn distrust_system(&mut self) {
        self.trust = Trust::Only;
    }

    pub(super) const fn trusts_any(&self) -> bool {
        !self.bundles.is_empty()
    }

    pub(super) fn apply(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        let mut builder = match self.backend {
            #[cfg(feature = "rustls-no-provider")]
            TlsBackend::Rustls => {
                provider::ensure()?;
                builder.tls_backend_rustls()
            }
            #[cfg(feature = "native-tls")]
            TlsBackend::NativeTls => builder.tls_backend_native(),
        };
        let certificates = self.certificates()?;
        builder = match self.trust {
            Trust::Only => builder.tls_certs_only(certificates),
            Trust::Also if certificates.is_empty() => builder,
            Trust::Also => builder.tls_certs_merge(certificates),
        };
        if let Some(pem) = &self.identity {
            builder = builder.identity(self.identity(pem)?);
        }
        if let Some(version) = self.min_version {
            builder = builder.tls_version_min(version.into());
        }
        if self.accept_invalid {
            warn_of_danger();
        }
        Ok(builder.tls_danger_accept_invalid_certs(self.accept_invalid))
    }

    fn certificates(&self) -> Result<Vec<Certificate>> {
        let mut all = Vec::new();
        for pem in &self.bundles {
            let bundle = Certificate::from_pem_bundle(pem);
            let bundle = bundle.map_err(|error| Error::config("invalid CA bundle: not PEM").with_source(error))?;
            if bundle.is_empty() {
                return Err(Error::config(
                    "the CA bundle contains no certificate: it must be PEM with BEGIN CERTIFICATE",
                ));
            }
            all.extend(bundle);
        }
        Ok(all)
    }

    fn identity(&self, pem: &[u8]) -> Result<Identity> {
        let identity = match self.backend {
            #[cfg(feature = "rustls-no-provider")]
            TlsBackend::Rustls => Identity::from_pem(pem),
            #[cfg(feature = "native-tls")]
            TlsBackend::NativeTls => {
                let key = private_key(pem).ok_or_else(|| Error::config(NO_IDENTITY))?;
                Identity::from_pkcs8_pem(pem, key)
            }
        };
        identity.map_err(|error| Error::config(NO_IDENTITY).with_source(error))
    }
}

/// Warns through `tracing` or, without a subscriber, on standard error. The warning is thus not overlooked.
fn warn_of_danger() {
    const DANGER: &str = "server certificates are not verified: anyone on the network path can read secrets and tokens";
    #[cfg(feature = "tracing")]
    if tracing::dispatcher::has_been_set() {
        return tracing::warn!("{DANGER}");
    }
    eprintln!("logto-admin: {DANGER}");
}

const NO_IDENTITY: &str =
    "invalid client identity: it must be PEM with a certificate, its chain and an unencrypted PKCS #8 key";

/// Returns the private key, which native-tls expects separately.
#[cfg(feature = "native-tls")]
fn private_key(pem: &[u8]) -> Option<&[u8]> {
    let text = std::str::from_utf8(pem).ok()?;
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let start = text.find(begin)?;
    let length = text.get(start..)?.find(end)? + end.len();
    pem.get(start..start + length)
}

impl From<TlsVersion> for Version {
    fn from(version: TlsVersion) -> Self {
        match version {
            TlsVersion::Tls12 => Self::TLS_1_2,
            TlsVersion::Tls13 => Self::TLS_1_3,
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("backend", &self.backend)
            .field("trust", &self.trust)
            .field("bundles", &self.bundles.len())
            .field("danger_accept_invalid_certs", &self.accept_invalid)
            .field("identity", &self.identity.as_ref().map(|_| REDACTED))
            .field("min_version", &self.min_version)
            .finish()
    }
}
