use std::fmt;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{AccessToken, TokenContext, TokenError, TokenKind, TokenSource};
use crate::transport::headers::REDACTED;
use crate::types::encode;

/// Issues Management API tokens for the ID and secret of a machine-to-machine application.
#[derive(Clone)]
pub struct ClientCredentials {
    app_id: String,
    app_secret: String,
    authentication: ClientAuthentication,
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
        Self { app_id: app_id.into(), app_secret: app_secret.into(), authentication: ClientAuthentication::Basic }
    }

    /// Sets how the credentials are sent. Defaults to the `Authorization` header.
    #[must_use]
    pub const fn authentication(mut self, authentication: ClientAuthentication) -> Self {
        self.authentication = authentication;
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
        let credentials = [&*encode(&self.app_id), ":", &*encode(&self.app_secret)].concat();
        ["Basic ", &STANDARD.encode(credentials)].concat()
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let mut form = vec![("grant_type", "client_credentials"), ("resource", context.endpoint().resource())];
        form.extend(context.scope().map(|scope| ("scope", scope)));
        self.request(context, &form).await
    }

    fn kind(&self) -> TokenKind {
        TokenKind::Management
    }

    fn cache_key(&self) -> Option<String> {
        Some(self.app_id.clone())
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("app_id", &self.app_id)
            .field("app_secret", &REDACTED)
            .field("authentication", &self.authentication)
            .finish()
    }
}
