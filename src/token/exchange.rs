use std::fmt;

use async_trait::async_trait;

use crate::transport::headers::REDACTED;

use super::{AccessToken, ClientCredentials, TokenContext, TokenError, TokenKind, TokenSource};

/// A user's token in exchange for a subject token (`POST /api/subject-tokens`): an application acts as that user.
///
/// A subject token can be exchanged once and lives for ten minutes; when the user's token has expired, a client needs
/// another one.
#[derive(Clone)]
pub struct TokenExchange {
    application: ClientCredentials,
    subject_token: String,
    resource: Option<String>,
}

impl TokenExchange {
    /// Exchanges the subject token for a token of the account API.
    pub fn new(application: ClientCredentials, subject_token: impl Into<String>) -> Self {
        Self { application, subject_token: subject_token.into(), resource: None }
    }

    /// Exchanges it for a token of this resource instead.
    #[must_use]
    pub fn for_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }
}

#[async_trait]
impl TokenSource for TokenExchange {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", self.subject_token.as_str()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        form.extend(self.resource.as_deref().map(|resource| ("resource", resource)));
        form.extend(context.scope().map(|scope| ("scope", scope)));
        self.application.request(context, &form).await
    }

    fn kind(&self) -> TokenKind {
        TokenKind::User
    }

    fn is_renewable(&self) -> bool {
        false
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenExchange")
            .field("application", &self.application)
            .field("subject_token", &REDACTED)
            .field("resource", &self.resource)
            .finish()
    }
}
