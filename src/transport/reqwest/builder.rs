use std::fmt;
use std::time::Duration;

use ::reqwest::redirect::Policy;
use ::reqwest::{Client, ClientBuilder, Proxy};

use super::ReqwestTransport;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use super::tls::{self, Tls, TlsBackend, TlsVersion};
use crate::error::{Error, Result};

/// Settings of a [`ReqwestTransport`]; see [`ReqwestTransport::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ReqwestTransportBuilder {
    proxy: ProxyChoice,
    connect_timeout: Option<Duration>,
    pool_idle_timeout: Duration,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
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
    /// A transport with the usual settings.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// Begins a transport with settings of its own.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            proxy: ProxyChoice::Environment,
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: POOL_IDLE_TIMEOUT,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            tls: Tls::default(),
        }
    }
}

impl ReqwestTransportBuilder {
    /// Sends everything through this proxy (`http://`, `https://`, `socks5://`, with `user:password@` if it asks for
    /// them). If nothing is said the environment decides: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxyChoice::Given(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// How long making a connection may take: 10 seconds if nothing is said.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = timeout.into();
        self
    }

    /// How long an unused connection is kept: 4 seconds if nothing is said, as Logto closes it after 5.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// Certificates, an identity or a proxy that are none, or settings that the TLS library does not have.
    pub fn build(self) -> Result<ReqwestTransport> {
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        if self.tls.trusts_system() {
            return self.build_with_system_certificates();
        }
        Ok(ReqwestTransport { client: self.client()?, lacks_certificates: false })
    }

    /// A system without certificates must not stand in the way of plain http and of certificates given.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
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
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        {
            builder = self.tls.apply(builder)?;
        }
        builder.build().map_err(|error| Error::config("the HTTP client cannot be built").with_source(error))
    }

    fn proxied(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        match &self.proxy {
            ProxyChoice::Environment => Ok(builder),
            ProxyChoice::None => Ok(builder.no_proxy()),
            // Neither the URL nor the source, which repeats it, is shown: it may have a password.
            ProxyChoice::Given(url) => {
                let proxy = Proxy::all(url.as_str()).map_err(|_| Error::config("the proxy's URL is none"))?;
                Ok(builder.proxy(proxy))
            }
        }
    }
}

/// TLS.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
impl ReqwestTransportBuilder {
    /// Trusts the authorities of this PEM bundle, and no others.
    pub fn ca_bundle(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.trust(tls::Trust::Only, pem.as_ref());
        self
    }

    /// Trusts the authorities of this PEM bundle beside the system's.
    pub fn extra_ca_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.trust(tls::Trust::Also, pem.as_ref());
        self
    }

    /// Accepts **any** certificate, whoever shows it: whoever is on the way can then read the application's secret and
    /// every token. Building warns of it. For tests only; [`ca_bundle`](Self::ca_bundle) is the way to trust an authority of one's own.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.tls.accept_invalid(accept);
        self
    }

    /// Shows the server this certificate and key: PEM, the certificate with its chain and an unencrypted PKCS #8 key.
    pub fn identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.identify(pem.into());
        self
    }

    /// Refuses older versions of TLS; 1.2 is the oldest if nothing is said.
    pub fn min_tls_version(mut self, version: TlsVersion) -> Self {
        self.tls.require(version);
        self
    }

    /// Which library does TLS, where features give a choice: native-tls if its feature is on and nothing is said.
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
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        shown.field("tls", &self.tls);
        shown.finish()
    }
}
