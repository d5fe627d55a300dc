//! The transport over the `reqwest` crate.

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod builder;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod failure;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod native;
#[cfg(all(not(all(target_arch = "wasm32", target_os = "unknown")), any(feature = "rustls", feature = "native-tls")))]
mod tls;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod web;

use std::fmt;

use ::reqwest::Client;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub use self::builder::ReqwestTransportBuilder;
#[cfg(all(
    not(all(target_arch = "wasm32", target_os = "unknown")),
    any(feature = "rustls", feature = "native-tls")
))]
pub use self::tls::{TlsBackend, TlsVersion};

/// HTTP by the `reqwest` crate: on the machine with its connection pool, TLS and proxies, in JavaScript runtimes by its
/// own `fetch` backend.
///
/// A client that is built without a transport has one on the machine. Build one for settings of its own, or make one
/// of a `reqwest::Client` that is there already:
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
    /// Whether the system has no certificates to check servers by: https is then impossible, and nothing else.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    lacks_certificates: bool,
}

impl ReqwestTransport {
    /// The `reqwest::Client` inside.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

impl From<Client> for ReqwestTransport {
    /// A client with settings of its own. If it follows redirects or decompresses by itself it goes on doing so, and a
    /// timeout of its own counts beside this crate's.
    fn from(client: Client) -> Self {
        Self {
            client,
            #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
            lacks_certificates: false,
        }
    }
}

impl fmt::Debug for ReqwestTransport {
    /// Nothing of the client inside, which may have headers and proxies with passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}
