use std::fmt;
use std::time::Duration;

use ::reqwest::redirect::Policy;
use ::reqwest::{Client, ClientBuilder, Proxy};

use super::ReqwestTransport;
#[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
use super::tls::{self, Tls, TlsBackend, TlsVersion};
use crate::error::{Error, Result};

/// Settings of a [`ReqwestTransport`]; see [`ReqwestTransport::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ReqwestTransportBuilder {
    proxy: ProxyChoice,
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Duration,
    #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
    tls: Tls,
}

#[derive(Clone)]
enum ProxyChoice {
    Environment,
    None,
    Given(String),
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Logto closes connections that were idle for five seconds.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

impl ReqwestTransport {
    /// Creates a transport with the default settings.
    ///
    /// # Errors
    /// Fails if TLS cannot be set up.
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// Creates a builder for a transport with other settings.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            proxy: ProxyChoice::Environment,
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
            tls: Tls::default(),
        }
    }
}

impl ReqwestTransportBuilder {
    /// Sends all requests through this proxy. The URL starts with `http://`, `https://` or `socks5://`, followed by
    /// `user:password@` if the proxy requires it. Defaults to the environment variables `HTTP_PROXY`, `HTTPS_PROXY`,
    /// `ALL_PROXY` and `NO_PROXY`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxyChoice::Given(url.into());
        self
    }

    /// Uses no proxy, and ignores the environment variables.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// Sets the timeout for establishing a connection; `None` for no timeout. Defaults to 10 seconds.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = timeout.into();
        self
    }

    /// Sets how long an idle connection is kept. Defaults to 4 seconds, because Logto closes it after 5.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// Fails if a certificate, the identity or the proxy URL is invalid. Also fails if the TLS library does not support
    /// a setting, or if rustls has no cryptographic provider.
    pub fn build(self) -> Result<ReqwestTransport> {
        #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
        if self.tls.trusts_system() {
            return self.build_with_system_certificates();
        }
        Ok(ReqwestTransport { client: self.client()?, lacks_certificates: false })
    }

    /// Plain http must also work on a system without certificates. So must https with added certificates.
    #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
    fn build_with_system_certificates(mut self) -> Result<ReqwestTransport> {
        let problem = match self.client() {
            Ok(client) => return Ok(ReqwestTransport { client, lacks_certificates: false }),
            Err(problem) => problem,
        };
        self.tls.distrust_system();
        let lacks_certificates = !self.tls.trusts_any();
        let client = self.client().map_err(|_| problem)?;
        Ok(ReqwestTransport { client, lacks_certificates })
    }

    fn client(&self) -> Result<Client> {
        let mut builder = Client::builder().redirect(Policy::none()).referer(false);
        builder = self.proxied(builder)?.pool_idle_timeout(self.pool_idle_timeout);
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
        {
            builder = self.tls.apply(builder)?;
        }
        builder.build().map_err(|error| Error::config("cannot build the HTTP client").with_source(error))
    }

    fn proxied(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        match &self.proxy {
            ProxyChoice::Environment => Ok(builder),
            ProxyChoice::None => Ok(builder.no_proxy()),
            // Shows neither the URL, which might contain a password, nor the source, which repeats the URL.
            ProxyChoice::Given(url) => {
                let proxy = Proxy::all(url.as_str()).map_err(|_| Error::config("invalid proxy URL"))?;
                Ok(builder.proxy(proxy))
            }
        }
    }
}

/// TLS settings.
#[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
impl ReqwestTransportBuilder {
    /// Trusts the certificate authorities in this PEM bundle, and no others.
    pub fn ca_bundle(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.trust(tls::Trust::Only, pem.as_ref());
        self
    }

    /// Trusts the certificate authorities in this PEM bundle. The system's stay trusted.
    pub fn extra_ca_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.trust(tls::Trust::Also, pem.as_ref());
        self
    }

    /// Sets whether to accept **any** server certificate. Anyone on the network path can then read the application's
    /// secret and every token, so building such a transport logs a warning. Defaults to `false`.
    ///
    /// For tests only. To trust your own authority, use [`ca_bundle`](Self::ca_bundle).
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.tls.accept_invalid(accept);
        self
    }

    /// Sets the client certificate. The PEM contains the certificate, its chain and an unencrypted PKCS #8 key.
    pub fn identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.identify(pem.into());
        self
    }

    /// Sets the oldest accepted version of TLS. Defaults to 1.2.
    pub fn min_tls_version(mut self, version: TlsVersion) -> Self {
        self.tls.require(version);
        self
    }

    /// Sets the TLS library, if both features are enabled. Defaults to native-tls if its feature is enabled.
    pub fn tls_backend(mut self, backend: TlsBackend) -> Self {
        self.tls.choose(backend);
        self
    }
}

impl fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ReqwestTransportBuilder");
        let proxy = match self.proxy {
            ProxyChoice::Environment => "environment",
            ProxyChoice::None => "none",
            ProxyChoice::Given(_) => "given",
        };
        shown
            .field("proxy", &proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout);
        #[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
        shown.field("tls", &self.tls);
        shown.finish()
    }
}
