use std::fmt;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::scope::DEFAULT_SCOPE;
use super::{AccessToken, TokenContext, TokenError, TokenKind, TokenSource, require, require_optional};
use crate::error::Result;
use crate::types::encode;
use crate::types::headers::REDACTED;

/// Issues Management API tokens for a machine-to-machine application. The application authenticates with its id and
/// secret.
#[derive(Clone)]
pub struct ClientCredentials {
    app_id: String,
    app_secret: String,
    authentication: ClientAuthentication,
    organization: Option<String>,
    resource: Option<String>,
}

/// How the application authenticates at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// In the `Authorization` header.
    #[default]
    Basic,
    /// In the form.
    Form,
}

impl ClientCredentials {
    /// Creates credentials that are sent in the `Authorization` header.
    pub fn new(app_id: impl Into<String>, app_secret: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            app_secret: app_secret.into(),
            authentication: ClientAuthentication::Basic,
            organization: None,
            resource: None,
        }
    }

    /// Sets how the credentials are sent. Defaults to the `Authorization` header.
    #[must_use]
    pub const fn authentication(mut self, authentication: ClientAuthentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// Requests tokens of the application as a member of this organization.
    ///
    /// Without [`resource`](Self::resource), they are organization tokens. With it, they are tokens for an API resource, with
    /// the permissions that the application has there. The client's scope names the permissions to request; the default
    /// scope is not requested. Such a token is not for the Management API.
    ///
    /// ```no_run
    /// use logto_admin::token::ClientCredentials;
    /// use logto_admin::{Client, Endpoint};
    ///
    /// # async fn run() -> logto_admin::Result<()> {
    /// let application = ClientCredentials::new("app-id", "app-secret").organization("organization-id");
    /// let client = Client::builder(Endpoint::cloud("my-tenant")).token_source(application).scope("read:billing").build()?;
    /// let token = client.access_token().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn organization(mut self, organization_id: impl Into<String>) -> Self {
        self.organization = Some(organization_id.into());
        self
    }

    /// Requests tokens for this API resource. Defaults to the Management API, and to none with an
    /// [`organization`](Self::organization).
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    pub(super) fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Posts a form with these credentials.
    pub(super) async fn request(
        &self,
        context: &TokenContext<'_>,
        form: &[(&str, &str)],
    ) -> Result<AccessToken, TokenError> {
        let in_form = [("client_id", self.app_id.as_str()), ("client_secret", self.app_secret.as_str())];
        let (header, credentials) = match self.authentication {
            ClientAuthentication::Basic => (Some(self.basic()), [].as_slice()),
            ClientAuthentication::Form => (None, in_form.as_slice()),
        };
        context.request_token(&[form, credentials].concat(), header.as_deref()).await
    }

    /// RFC 6749 requires that both parts are form-encoded before they are joined.
    fn basic(&self) -> String {
        let credentials = format!("{}:{}", encode(&self.app_id), encode(&self.app_secret));
        format!("Basic {}", STANDARD.encode(credentials))
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let management = context.endpoint().resource();
        let default = if self.organization.is_some() { None } else { Some(management) };
        let mut form = vec![("grant_type", "client_credentials")];
        let optional = [
            ("resource", self.resource.as_deref().or(default)),
            ("organization_id", self.organization.as_deref()),
            ("scope", context.scope()),
        ];
        form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        self.request(context, &form).await
    }

    fn check(&self) -> Result<()> {
        require("the application id", &self.app_id)?;
        require("the application secret", &self.app_secret)?;
        require_optional("the organization id", self.organization.as_deref())?;
        require_optional("the resource", self.resource.as_deref())
    }

    /// An organization has no scope of this name.
    fn default_scope(&self) -> Option<&str> {
        if self.organization.is_some() { None } else { Some(DEFAULT_SCOPE) }
    }

    fn kind(&self) -> TokenKind {
        // The resource might be the Management API too.
        if self.organization.is_some() || self.resource.is_some() { TokenKind::Unknown } else { TokenKind::Management }
    }

    fn cache_key(&self) -> Option<String> {
        if self.organization.is_none() && self.resource.is_none() {
            return Some(self.app_id.clone());
        }
        let parts = [&self.organization, &self.resource].map(|part| encode(part.as_deref().unwrap_or_default()));
        Some(format!("{}/{}", encode(&self.app_id), parts.join("/")))
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("app_id", &self.app_id)
            .field("app_secret", &REDACTED)
            .field("authentication", &self.authentication)
            .field("organization", &self.organization)
            .field("resource", &self.resource)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application() -> ClientCredentials {
        ClientCredentials::new("a/b", "s")
    }

    #[test]
    fn tokens_of_organizations_and_resources_have_their_own_keys() {
        let key = |source: ClientCredentials| source.cache_key().unwrap();
        assert_eq!(key(application()), "a/b");
        assert_eq!(key(application().organization("o")), "a%2Fb/o/");
        assert_eq!(key(application().resource("r:1")), "a%2Fb//r%3A1");
        assert_eq!(key(application().organization("o").resource("r")), "a%2Fb/o/r");
    }

    #[test]
    fn only_tokens_without_organization_and_resource_are_known_to_be_for_the_management_api() {
        assert_eq!(application().kind(), TokenKind::Management);
        for source in [application().organization("o"), application().resource("r")] {
            assert_eq!(source.kind(), TokenKind::Unknown, "{source:?}");
        }
    }

    #[test]
    fn the_default_scope_is_that_of_the_management_api() {
        assert_eq!(application().default_scope(), Some("all"));
        assert_eq!(application().resource("r").default_scope(), Some("all"));
        assert_eq!(application().organization("o").default_scope(), None);
    }
}
