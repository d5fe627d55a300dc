//! The address of a Logto server.

use std::fmt;
use std::net::IpAddr;

use super::url::{Url, is_ambiguous, shown};
use crate::error::{Error, Result};

/// A Logto server or tenant: its address, and the resource of its Management API.
///
/// ```
/// use logto_admin::Endpoint;
///
/// let cloud = Endpoint::cloud("my-tenant");
/// assert_eq!(cloud.url(), "https://my-tenant.logto.app");
/// assert_eq!(cloud.resource(), "https://my-tenant.logto.app/api");
///
/// let own = Endpoint::self_hosted("https://id.example.com/");
/// assert_eq!(own.url(), "https://id.example.com");
/// assert_eq!(own.resource(), "https://default.logto.app/api");
///
/// // A custom domain of Logto Cloud keeps the tenant's resource.
/// let branded = Endpoint::cloud("my-tenant").custom_domain("https://auth.example.com");
/// assert_eq!(branded.resource(), "https://my-tenant.logto.app/api");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    resource: String,
    cloud_tenant: Option<String>,
    allow_http: bool,
}

impl Endpoint {
    /// Creates the endpoint of a Logto Cloud tenant.
    pub fn cloud(tenant: impl Into<String>) -> Self {
        let tenant = tenant.into();
        let url = format!("https://{tenant}.logto.app");
        Self { resource: format!("{url}/api"), url, cloud_tenant: Some(tenant), allow_http: false }
    }

    /// Creates the endpoint of a self-hosted server from its root URL. The URL of a Logto Cloud tenant,
    /// `https://{tenant}.logto.app`, creates the endpoint of that tenant, which has another resource.
    pub fn self_hosted(url: impl Into<String>) -> Self {
        let url = normalised(url.into());
        if let Some(tenant) = tenant(&url) {
            return Self::cloud(tenant);
        }
        Self::checked(url, "https://default.logto.app/api".to_owned())
    }

    /// Creates an endpoint from parts that are checked and normalised.
    pub(crate) const fn checked(url: String, resource: String) -> Self {
        Self { url, resource, cloud_tenant: None, allow_http: false }
    }

    /// Sets the custom domain of a Logto Cloud tenant.
    #[must_use]
    pub fn custom_domain(mut self, url: impl Into<String>) -> Self {
        self.url = normalised(url.into());
        self
    }

    /// Sets the resource that access tokens are issued for.
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// Sets whether plain http to other machines is allowed. Plain http sends the secret unencrypted. Defaults to
    /// `false`.
    #[must_use]
    pub const fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Returns the URL without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the resource that access tokens are issued for.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Whether the endpoint is a Logto Cloud tenant.
    #[must_use]
    pub const fn is_cloud(&self) -> bool {
        self.cloud_tenant.is_some()
    }

    /// Returns the URL of the token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/oidc/token", self.url)
    }

    /// Rejects an invalid endpoint. The error explains how to fix it.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(tenant) = &self.cloud_tenant {
            check_tenant(tenant)?;
        }
        if self.resource.trim().is_empty() || self.resource.chars().any(char::is_control) {
            return Err(Error::config("the resource is empty or contains a control character"));
        }
        check_url(&self.url, self.allow_http)
    }
}

/// Returns the URL with scheme and host in lower case. It has no default port and no trailing slash. Text that is not a
/// URL stays as it is, and is rejected when a client is built.
fn normalised(text: String) -> String {
    Url::parse(&text).map_or(text, |url| url.as_str().trim_end_matches('/').to_owned())
}

/// Returns the tenant of a Logto Cloud URL.
fn tenant(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.strip_suffix(".logto.app").filter(|tenant| is_tenant(tenant))
}

fn is_tenant(id: &str) -> bool {
    let label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !id.is_empty() && id.len() <= 63 && id.bytes().all(label)
}

fn check_tenant(tenant: &str) -> Result<()> {
    if is_tenant(tenant) {
        return Ok(());
    }
    Err(Error::config(format!(
        "invalid tenant id {:?}: pass the first part of https://{{tenant}}.logto.app",
        shown(tenant)
    )))
}

fn check_url(text: &str, allow_http: bool) -> Result<()> {
    let refuse = |why: &str| Err(Error::config(format!("invalid endpoint {:?}: {why}", shown(text))));
    if is_ambiguous(text) {
        return refuse("contains whitespace, a backslash or a control character");
    }
    match text.split_once("://") {
        None => return refuse("missing scheme, write it as https://id.example.com"),
        Some((scheme, _)) if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) => {
            return refuse("unsupported scheme, write it as https://id.example.com");
        }
        Some(_) => {}
    }
    let Some(url) = Url::parse(text) else { return refuse("invalid host or port") };
    if url.has_credentials() {
        return refuse("contains a user name or a password, pass credentials to the client instead");
    }
    if url.has_query_or_fragment() {
        return refuse("contains a query or a fragment, pass only the address of the server");
    }
    if url.host().ends_with('.') {
        return refuse("the host ends with a dot");
    }
    if url.host().ends_with(".logto.app") && url.path() != "/" {
        return refuse("contains a path, pass only the address of the tenant");
    }
    let mut steps = url.path().trim_end_matches('/').split('/');
    if matches!(steps.clone().next_back(), Some("api" | "console")) || steps.any(|step| step == "oidc") {
        return refuse("ends in a path of the server, pass the root under which /api and /oidc are found");
    }
    if !url.is_https() && !allow_http && !is_loopback(url.host()) {
        return refuse(
            "plain http sends the secret unencrypted, use https or allow http with `allow_http` (`LOGTO_ALLOW_HTTP=1`)",
        );
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = address.is_ok_and(|address| address.to_canonical().is_loopback());
    loopback || host == "localhost" || host.ends_with(".localhost")
}

impl fmt::Debug for Endpoint {
    /// Hides user name and password, which are rejected only when a client is built.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &shown(&self.url))
            .field("resource", &shown(&self.resource))
            .field("cloud_tenant", &self.cloud_tenant.as_deref().map(shown))
            .field("allow_http", &self.allow_http)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_accepted_and_normalised() {
        for (text, url) in [
            ("https://id.example.com", "https://id.example.com"),
            ("HTTPS://ID.example.com", "https://id.example.com"),
            ("https://id.example.com:443/", "https://id.example.com"),
            ("https://id.example.com:8443/", "https://id.example.com:8443"),
            ("https://example.com/auth", "https://example.com/auth"),
            ("https://example.com/apis/", "https://example.com/apis"),
            ("http://localhost:3001", "http://localhost:3001"),
            ("http://LOCALHOST:3001", "http://localhost:3001"),
            ("http://127.0.0.1:3001", "http://127.0.0.1:3001"),
            ("http://127.1.2.3", "http://127.1.2.3"),
            ("http://[::1]:3001", "http://[::1]:3001"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
            ("http://logto.localhost:3001", "http://logto.localhost:3001"),
            ("https://müller.example", "https://xn--mller-kva.example"),
        ] {
            let endpoint = Endpoint::self_hosted(text);
            endpoint.check().expect(text);
            assert_eq!(endpoint.url(), url, "{text}");
        }
    }

    #[test]
    fn invalid_addresses_are_rejected_with_advice() {
        for (url, why) in [
            ("", "missing scheme"),
            ("id.example.com", "missing scheme"),
            ("localhost:3001", "missing scheme"),
            ("ftp://id.example.com", "unsupported scheme"),
            ("https://", "invalid host or port"),
            ("https://:3001", "invalid host or port"),
            ("https://id.example.com:port", "invalid host or port"),
            ("https://id.example.com:99999", "invalid host or port"),
            ("https://id example.com", "contains whitespace"),
            ("https://id.example.com\n", "contains whitespace"),
            ("https:\\\\id.example.com", "a backslash"),
            ("https://[::g]", "invalid host or port"),
            ("https://id.example.com?tenant=a", "contains a query"),
            ("https://id.example.com/#a", "contains a query or a fragment"),
            ("https://ada:secret@id.example.com", "contains a user name"),
            ("https://id.example.com/api", "ends in a path"),
            ("https://id.example.com/console/", "ends in a path"),
            ("http://id.example.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
            ("http://[2001:db8::1]", "plain http"),
        ] {
            let error = Endpoint::self_hosted(url).check().expect_err(url).to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn debug_output_hides_user_name_and_password() {
        for url in ["https://ada:s3cret@id.example.com", "HTTPS://ada:s3cret@id.example.com/x?s3cret", "ada:s3cret@id"]
        {
            for endpoint in [Endpoint::self_hosted(url), Endpoint::cloud("t").custom_domain(url)] {
                let shown = format!("{endpoint:?}{}", endpoint.check().expect_err(url));
                assert!(!shown.contains("s3cret") && !shown.contains("ada"), "{shown}");
            }
        }
    }

    #[test]
    fn plain_http_can_be_allowed() {
        assert!(Endpoint::self_hosted("http://logto.internal:3001").allow_http(true).check().is_ok());
    }

    #[test]
    fn the_url_of_a_cloud_tenant_is_recognised() {
        for url in ["https://acme.logto.app/", "https://ACME.logto.app", "HTTPS://acme.logto.app:443"] {
            assert_eq!(Endpoint::self_hosted(url), Endpoint::cloud("acme"), "{url}");
        }
        for url in ["https://logto.app", "https://a.b.logto.app", "https://acme.logto.app.example.com"] {
            assert!(!Endpoint::self_hosted(url).is_cloud(), "{url}");
        }
    }

    #[test]
    fn invalid_tenant_ids_are_rejected() {
        assert!(Endpoint::cloud("my-tenant").check().is_ok());
        for tenant in ["", "https://my-tenant.logto.app", "my_tenant", "MyTenant", "a.b"] {
            assert!(Endpoint::cloud(tenant).check().is_err(), "{tenant}");
        }
    }
}
