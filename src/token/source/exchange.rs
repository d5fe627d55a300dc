use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::{
    AccessToken, ClientCredentials, TokenContext, TokenError, TokenKind, TokenSource, require, require_optional,
};
use crate::error::{Error, ErrorKind, Result};
use crate::token::endpoint::TOKEN_EXCHANGE;
use crate::types::encode;

/// Exchanges a subject token or a personal access token for a user's access token.
///
/// The application then acts as that user. Requests no scope unless [`scope`](Self::scope) sets one. The client's own
/// scope is the Management API's, which has no meaning for a user's token.
///
/// ```no_run
/// use logto_admin::token::{ClientCredentials, TokenExchange};
/// use logto_admin::{Client, Endpoint};
///
/// # fn build() -> logto_admin::Result<Client> {
/// let endpoint = Endpoint::cloud("my-tenant");
/// let admin = Client::builder(endpoint.clone()).client_credentials("m2m-id", "m2m-secret").build()?;
/// let application = ClientCredentials::new("app-id", "app-secret");
/// let as_ada = TokenExchange::impersonating(admin, "8yrtxfqcf2ut", application);
/// Client::builder(endpoint).token_source(as_ada).build()
/// # }
/// ```
#[derive(Clone)]
pub struct TokenExchange {
    application: ClientCredentials,
    subject: Subject,
    resource: Option<String>,
    organization: Option<String>,
    scope: Option<String>,
}

type SubjectFn = dyn Fn() -> BoxFuture<'static, Result<String, TokenError>> + Send + Sync;

/// The token to exchange.
#[derive(Clone)]
enum Subject {
    /// A subject token. It can be exchanged once.
    Once { token: Arc<str>, used: Arc<AtomicBool> },
    /// A new subject token for each exchange; of this user, if that is known.
    Each { create: Arc<SubjectFn>, user_id: Option<Arc<str>> },
    /// A personal access token. It can be exchanged any number of times.
    Personal(Arc<str>),
}

impl TokenExchange {
    /// Exchanges this subject token, created by `POST /api/subject-tokens`. It can be exchanged once and is valid for ten
    /// minutes, so the user's token cannot be renewed.
    pub fn new(application: ClientCredentials, subject_token: impl Into<String>) -> Self {
        let token: String = subject_token.into();
        Self::of(application, Subject::Once { token: token.into(), used: Arc::default() })
    }

    /// Exchanges a subject token that the closure returns, a new one for each renewal.
    pub fn with_subject_tokens<F, R>(application: ClientCredentials, subject_token: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, TokenError>> + Send + 'static,
    {
        let create = Arc::new(move || -> BoxFuture<'static, _> { Box::pin(subject_token()) });
        Self::of(application, Subject::Each { create, user_id: None })
    }

    /// Exchanges a personal access token of a user. It can be exchanged any number of times, so the user's token is
    /// renewed.
    pub fn personal_access_token(application: ClientCredentials, token: impl Into<String>) -> Self {
        let token: String = token.into();
        Self::of(application, Subject::Personal(token.into()))
    }

    /// Names the user whose subject tokens are exchanged. A store can then keep the user's tokens apart from others.
    pub(crate) fn of_user(mut self, id: &str) -> Self {
        if let Subject::Each { user_id, .. } = &mut self.subject {
            *user_id = Some(id.into());
        }
        self
    }

    const fn of(application: ClientCredentials, subject: Subject) -> Self {
        Self { application, subject, resource: None, organization: None, scope: None }
    }

    /// Requests a token for this API resource instead of the account API.
    #[must_use]
    pub fn for_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Requests a token of the user as a member of this organization.
    #[must_use]
    pub fn for_organization(mut self, organization_id: impl Into<String>) -> Self {
        self.organization = Some(organization_id.into());
        self
    }

    /// Sets the scope to request, separated by spaces. Default: none.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

impl Subject {
    async fn token(&self) -> Result<String, TokenError> {
        match self {
            Self::Once { used, .. } if used.load(Ordering::Relaxed) => Err(TokenError::SubjectToken(used_up())),
            Self::Once { token, .. } | Self::Personal(token) => Ok(token.as_ref().to_owned()),
            Self::Each { create, .. } => create().await,
        }
    }

    const fn token_type(&self) -> &'static str {
        match self {
            Self::Once { .. } | Self::Each { .. } => "urn:ietf:params:oauth:token-type:access_token",
            Self::Personal(_) => "urn:logto:token-type:personal_access_token",
        }
    }

    /// Marks the token as exchanged.
    fn spend(&self) {
        if let Self::Once { used, .. } = self {
            used.store(true, Ordering::Relaxed);
        }
    }
}

fn used_up() -> Error {
    Error::new(
        ErrorKind::Token,
        "the subject token was already exchanged, which is possible once: create the TokenExchange with a closure that returns new ones, or with a user to impersonate",
    )
}

#[async_trait]
impl TokenSource for TokenExchange {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let subject_token = self.subject.token().await?;
        let mut form = vec![
            ("grant_type", TOKEN_EXCHANGE),
            ("subject_token", subject_token.as_str()),
            ("subject_token_type", self.subject.token_type()),
        ];
        let optional = [("resource", &self.resource), ("organization_id", &self.organization), ("scope", &self.scope)];
        form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        let token = self.application.request(context, &form).await?;
        self.subject.spend();
        Ok(token)
    }

    fn check(&self) -> Result<()> {
        self.application.check()?;
        require_optional("the organization id", self.organization.as_deref())?;
        require_optional("the resource", self.resource.as_deref())?;
        match &self.subject {
            Subject::Once { token, .. } => require("the subject token", token),
            Subject::Each { user_id, .. } => require_optional("the user id", user_id.as_deref()),
            Subject::Personal(token) => require("the personal access token", token),
        }
    }

    fn kind(&self) -> TokenKind {
        // A token for the resource of the Management API would be valid there.
        if self.resource.is_some() { TokenKind::Unknown } else { TokenKind::User }
    }

    fn is_renewable(&self) -> bool {
        !matches!(self.subject, Subject::Once { .. })
    }

    fn cache_key(&self) -> Option<String> {
        let Subject::Each { user_id: Some(id), .. } = &self.subject else { return None };
        let parts = [&self.resource, &self.organization, &self.scope];
        let parts = parts.map(|part| encode(part.as_deref().unwrap_or_default())).join("/");
        Some(format!("{}/{}/{parts}", encode(self.application.app_id()), encode(id)))
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenExchange")
            .field("application", &self.application)
            .field("resource", &self.resource)
            .field("organization", &self.organization)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application() -> ClientCredentials {
        ClientCredentials::new("app", "s")
    }

    fn of(user: &str) -> TokenExchange {
        TokenExchange::with_subject_tokens(application(), || async { Ok(String::new()) }).of_user(user)
    }

    #[test]
    fn tokens_of_a_known_user_have_a_key_for_all_that_distinguishes_them() {
        assert_eq!(of("u/1").cache_key().as_deref(), Some("app/u%2F1///"));
        let exchange = of("u").for_resource("r").for_organization("o").scope("s t");
        assert_eq!(exchange.cache_key().as_deref(), Some("app/u/r/o/s%20t"));
    }

    #[test]
    fn tokens_of_an_unknown_user_have_no_key() {
        let each = TokenExchange::with_subject_tokens(application(), || async { Ok(String::new()) });
        let personal = TokenExchange::personal_access_token(application(), "pat_1");
        for exchange in [each, personal, TokenExchange::new(application(), "sub_1").of_user("u")] {
            assert_eq!(exchange.cache_key(), None, "{exchange:?}");
        }
    }

    #[test]
    fn all_but_a_single_subject_token_can_be_exchanged_again() {
        assert!(of("u").is_renewable());
        assert!(TokenExchange::personal_access_token(application(), "pat_1").is_renewable());
        assert!(!TokenExchange::new(application(), "sub_1").is_renewable());
    }

    #[test]
    fn a_token_for_a_resource_is_not_known_to_be_for_the_account_of_the_user() {
        assert_eq!([of("u").kind(), of("u").for_resource("r").kind()], [TokenKind::User, TokenKind::Unknown]);
    }
}
