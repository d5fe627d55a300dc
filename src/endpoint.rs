//! Where a Logto lives.

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
/// // Logto Cloud behind a domain of one's own keeps the tenant's resource.
/// let branded = Endpoint::cloud("my-tenant").custom_domain("https://auth.example.com");
/// assert_eq!(branded.resource(), "https://my-tenant.logto.app/api");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    resource: String,
    cloud_tenant: Option<String>,
    allow_http: bool,
}

impl Endpoint {
    /// A tenant of Logto Cloud, by its id.
    pub fn cloud(tenant: impl Into<String>) -> Self {
        let tenant = tenant.into();
        let url = ["https://", &tenant, ".logto.app"].concat();
        Self { resource: [&url, "/api"].concat(), url, cloud_tenant: Some(tenant), allow_http: false }
    }

    /// A server of one's own, by the URL under which its sign-in page is reached. The URL of a tenant,
    /// `https://{tenant}.logto.app`, gives that tenant of Logto Cloud, whose resource is another.
    pub fn self_hosted(url: impl Into<String>) -> Self {
        let url = without_slash(url.into());
        if let Some(tenant) = tenant(&url) {
            return Self::cloud(tenant);
        }
        Self::exactly(url, "https://default.logto.app/api".to_owned())
    }

    /// What a binding has made of its own settings.
    #[doc(hidden)]
    #[must_use]
    pub const fn exactly(url: String, resource: String) -> Self {
        Self { url, resource, cloud_tenant: None, allow_http: false }
    }

    /// The same tenant of Logto Cloud, reached by a domain of one's own.
    #[must_use]
    pub fn custom_domain(mut self, url: impl Into<String>) -> Self {
        self.url = without_slash(url.into());
        self
    }

    /// Another resource than the usual one, for which access tokens are issued.
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// Allows plain http to other machines, where everyone on the way can read the secret.
    #[must_use]
    pub const fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The resource for which access tokens are issued.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Whether it is a tenant of Logto Cloud.
    #[must_use]
    pub const fn is_cloud(&self) -> bool {
        self.cloud_tenant.is_some()
    }

    /// The address of the token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        [&self.url, "/oidc/token"].concat()
    }

    /// Refuses what cannot be an endpoint, and says what to write instead.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(tenant) = &self.cloud_tenant {
            check_tenant(tenant)?;
        }
        check_url(&self.url, self.allow_http)
    }
}

fn without_slash(mut url: String) -> String {
    url.truncate(url.trim_end_matches('/').len());
    url
}

/// The tenant whose own address this is.
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
        "the tenant {tenant:?} is no id of a Logto Cloud tenant: give the first part of https://{{tenant}}.logto.app"
    )))
}

fn check_url(url: &str, allow_http: bool) -> Result<()> {
    let refuse = |why: &str| Err(Error::config(format!("the endpoint {:?} {why}", shown(url))));
    let (rest, plain) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (_, Some(rest)) => (rest, true),
        _ => return refuse("is no URL: write it as https://id.example.com"),
    };
    if rest.contains(['?', '#']) {
        return refuse("has a query or a fragment: give the server's address alone");
    }
    if rest.chars().any(|character| character.is_whitespace() || character.is_control() || character == '\\') {
        return refuse("is no URL: it has spaces, backslashes or control characters");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return refuse("has a user or a password: give credentials to the client, not in the URL");
    }
    let Some(host) = host(authority) else { return refuse("is no URL: its host or port is not valid") };
    if last_segment(rest).is_some_and(|segment| matches!(segment, "api" | "console" | "oidc")) {
        return refuse("ends in a path of the server: give the root, under which /api and /oidc are found");
    }
    if plain && !allow_http && !is_loopback(host) {
        return refuse(
            "is plain http to another machine, which shows the secret to everyone on the way: use https, or allow it with `allow_http`",
        );
    }
    Ok(())
}

fn last_segment(rest: &str) -> Option<&str> {
    rest.split_once('/').and_then(|(_, path)| path.rsplit('/').next())
}

/// The host of `host`, `host:port` or `[v6]:port`.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rfind(']') {
        Some(end) => (authority.get(..=end)?, authority.get(end + 1..)?),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let named = |host: &str| host.chars().all(|character| character.is_alphanumeric() || "-._".contains(character));
    let v6 = |host: &str| {
        host.strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok())
    };
    let port_is_valid = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (!host.is_empty() && port_is_valid && (named(host) || v6(host))).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let v4 = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    v4 || matches!(host, "localhost" | "[::1]") || host.ends_with(".localhost")
}

/// The URL as it may be shown: without what stands before an `@` or after a `?`.
fn shown(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    if url.contains('@') { "(hidden)" } else { url }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_taken() {
        for url in [
            "https://id.example.com",
            "https://id.example.com:8443/",
            "https://example.com/auth",
            "http://localhost:3001",
            "http://127.0.0.1:3001",
            "http://127.1.2.3",
            "http://[::1]:3001",
            "http://logto.localhost:3001",
            "https://müller.example",
        ] {
            assert!(Endpoint::self_hosted(url).check().is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_advice() {
        for (url, why) in [
            ("", "is no URL"),
            ("id.example.com", "is no URL"),
            ("ftp://id.example.com", "is no URL"),
            ("https://", "is no URL"),
            ("https://:3001", "is no URL"),
            ("https://id.example.com:port", "is no URL"),
            ("https://id.example.com:99999", "is no URL"),
            ("https://id example.com", "is no URL"),
            ("https://[::g]", "is no URL"),
            ("https://id.example.com?tenant=a", "has a query"),
            ("https://id.example.com/#a", "has a query"),
            ("https://ada:secret@id.example.com", "has a user"),
            ("https://id.example.com/api", "ends in a path"),
            ("https://id.example.com/console/", "ends in a path"),
            ("http://id.example.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
        ] {
            let error = Endpoint::self_hosted(url).check().expect_err(url).to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn plain_http_is_possible_on_request() {
        assert!(Endpoint::self_hosted("http://logto.internal:3001").allow_http(true).check().is_ok());
    }

    #[test]
    fn the_address_of_a_tenant_is_the_tenant() {
        assert_eq!(Endpoint::self_hosted("https://acme.logto.app/"), Endpoint::cloud("acme"));
        for url in ["https://logto.app", "https://a.b.logto.app", "https://acme.logto.app.example.com"] {
            assert!(!Endpoint::self_hosted(url).is_cloud(), "{url}");
        }
    }

    #[test]
    fn a_tenant_is_an_id_and_no_address() {
        assert!(Endpoint::cloud("my-tenant").check().is_ok());
        for tenant in ["", "https://my-tenant.logto.app", "my_tenant", "MyTenant", "a.b"] {
            assert!(Endpoint::cloud(tenant).check().is_err(), "{tenant}");
        }
    }
}
