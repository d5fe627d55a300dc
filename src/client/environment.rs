//! Clients from environment variables.

use super::{Client, ClientBuilder};
use crate::error::{Error, Result};
use crate::transport::Endpoint;

impl Client {
    /// Creates a client from environment variables. [`ClientBuilder::from_env`] allows further settings.
    ///
    /// | variable | meaning |
    /// | --- | --- |
    /// | `LOGTO_ENDPOINT` | URL of the server |
    /// | `LOGTO_TENANT` | id of a Logto Cloud tenant; with both, `LOGTO_ENDPOINT` is the tenant's custom domain |
    /// | `LOGTO_APP_ID`, `LOGTO_APP_SECRET` | machine-to-machine application |
    /// | `LOGTO_RESOURCE` | resource of the Management API; defaults to that of the endpoint |
    /// | `LOGTO_SCOPE` | scope to request; default: `all` for the Management API, none with an organization or a token exchange |
    /// | `LOGTO_ALLOW_HTTP` | `1`, `true` or `yes` allows plain http to other machines |
    ///
    /// # Errors
    /// Fails with all missing variables in one error, or if the endpoint is invalid.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }
}

impl ClientBuilder {
    /// Creates a builder from the environment variables that [`Client::from_env`] lists.
    ///
    /// # Errors
    /// Fails with all missing variables in one error.
    pub fn from_env() -> Result<Self> {
        from_variables(|name| std::env::var(name).ok())
    }
}

pub(crate) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<ClientBuilder> {
    let get = |name| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let endpoint = match (get("LOGTO_TENANT"), get("LOGTO_ENDPOINT")) {
        (Some(tenant), Some(url)) => Some(Endpoint::cloud(tenant).custom_domain(url)),
        (Some(tenant), None) => Some(Endpoint::cloud(tenant)),
        (None, url) => url.map(Endpoint::self_hosted),
    };
    let (id, secret) = (get("LOGTO_APP_ID"), get("LOGTO_APP_SECRET"));
    let (Some(endpoint), Some(id), Some(secret)) = (&endpoint, &id, &secret) else {
        let named = [
            (endpoint.is_none(), "LOGTO_ENDPOINT or LOGTO_TENANT"),
            (id.is_none(), "LOGTO_APP_ID"),
            (secret.is_none(), "LOGTO_APP_SECRET"),
        ];
        let missing: Vec<&str> = named.iter().filter(|(missing, _)| *missing).map(|(_, name)| *name).collect();
        return Err(Error::config(format!("missing environment variables: {}", missing.join(", "))));
    };
    let mut endpoint = endpoint.clone().allow_http(get("LOGTO_ALLOW_HTTP").is_some_and(|value| is_true(&value)));
    if let Some(resource) = get("LOGTO_RESOURCE") {
        endpoint = endpoint.with_resource(resource);
    }
    let builder = Client::builder(endpoint).client_credentials(id, secret);
    Ok(match get("LOGTO_SCOPE") {
        Some(scope) => builder.scope(scope.as_str()),
        None => builder,
    })
}

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(variables: &[(&str, &str)]) -> Result<ClientBuilder> {
        from_variables(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn all_missing_variables_are_listed_in_one_error() {
        let error = build(&[("LOGTO_APP_SECRET", "  ")]).expect_err("nothing is set").to_string();
        assert!(error.contains("LOGTO_ENDPOINT or LOGTO_TENANT, LOGTO_APP_ID, LOGTO_APP_SECRET"), "{error}");
    }

    #[test]
    fn a_tenant_and_an_endpoint_make_a_custom_domain() {
        let app = [("LOGTO_APP_ID", "id"), ("LOGTO_APP_SECRET", "s3cret")];
        let both = [("LOGTO_TENANT", "acme"), ("LOGTO_ENDPOINT", "https://auth.acme.example/")];
        let shown = format!("{:?}", build(&[app, both].concat()).expect("all is set"));
        assert!(
            shown.contains("https://auth.acme.example\"") && shown.contains("https://acme.logto.app/api"),
            "{shown}"
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn the_scope_is_that_of_the_variable() {
        let required = [("LOGTO_TENANT", "acme"), ("LOGTO_APP_ID", "id"), ("LOGTO_APP_SECRET", "s3cret")];
        let scope = [("LOGTO_SCOPE", "read:billing")];
        let shown = format!("{:?}", build(&[&required[..], &scope].concat()).expect("all is set"));
        assert!(shown.contains("scope: Some(Some(\"read:billing\"))"), "{shown}");
        let shown = format!("{:?}", build(&required).expect("all is set"));
        assert!(shown.contains("scope: None"), "{shown}");
    }
}
