//! The transport over the `reqwest` crate.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod builder;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod failure;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod native;
#[cfg(all(not(all(target_arch = "wasm32", target_os = "unknown")), feature = "rustls-no-provider"))]
mod provider;
#[cfg(all(
    not(all(target_arch = "wasm32", target_os = "unknown")),
    any(feature = "rustls-no-provider", feature = "native-tls")
))]
mod tls;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod web;

use std::fmt;

use ::reqwest::Client;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub use self::builder::ReqwestTransportBuilder;
#[cfg(all(
    not(all(target_arch = "wasm32", target_os = "unknown")),
    any(feature = "rustls-no-provider", feature = "native-tls")
))]
pub use self::tls::{TlsBackend, TlsVersion};

/// Sends requests with the `reqwest` crate.
///
/// Natively, it uses reqwest's connection pool, TLS and proxies, and is the default transport. In JavaScript runtimes,
/// it uses reqwest's `fetch` backend.
///
/// To change the settings, build a transport, or create one from an existing `reqwest::Client`:
///
/// ```no_run
/// use logto_admin::transport::ReqwestTransport;
/// use logto_admin::{Client, Endpoint};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = ReqwestTransport::builder()
///     .ca_bundle(std::fs::read("/etc/ssl/company-ca.pem")?)
///     .proxy("http://proxy.internal:3128")
///     .build()?;
/// let client = Client::builder(Endpoint::self_hosted("https://id.internal"))
///     .client_credentials("app-id", "app-secret")
///     .transport(transport.clone())
///     .build()?;
/// let inner: &reqwest::Client = transport.client();
/// # let _ = (client, inner);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
    /// Whether there are no CA certificates to verify servers with. Only https is impossible then.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    lacks_certificates: bool,
}

impl ReqwestTransport {
    /// Returns the inner `reqwest::Client`.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

impl From<Client> for ReqwestTransport {
    /// Wraps a client, which keeps its settings. If it follows redirects or decompresses, it still does so. Its timeout
    /// applies in addition to this crate's.
    fn from(client: Client) -> Self {
        Self {
            client,
            #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
            lacks_certificates: false,
        }
    }
}

impl fmt::Debug for ReqwestTransport {
    /// Hides the inner client, whose headers and proxies might contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}
