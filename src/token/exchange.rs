use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::transport::Method;
use crate::url::encode;

use super::{AccessToken, ClientCredentials, TokenContext, TokenError, TokenKind, TokenSource};

/// A user's token in exchange for a subject token: an application acts as that user.
///
/// It asks for no scope unless [`scope`](Self::scope) says one; the client's own, which is the Management API's, means
/// nothing to a user's token.
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

/// Where subject tokens come from. Each is good for one exchange.
#[derive(Clone)]
enum Subject {
    /// From whoever made the exchange.
    Once { token: Arc<str>, used: Arc<AtomicBool> },
    /// From a closure, a new one for each exchange.
    Each(Arc<SubjectFn>),
    /// From the Management API.
    User { admin: Client, id: Arc<str> },
}

impl TokenExchange {
    /// Exchanges this subject token (`POST /api/subject-tokens`). It can be exchanged once and lives for ten minutes, so
    /// the user's token cannot be renewed.
    pub fn new(application: ClientCredentials, subject_token: impl Into<String>) -> Self {
        let token: String = subject_token.into();
        Self::of(application, Subject::Once { token: token.into(), used: Arc::default() })
    }

    /// Exchanges a subject token that the closure gets, a new one for each renewal.
    pub fn with_subject_tokens<F, R>(application: ClientCredentials, subject_token: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, TokenError>> + Send + 'static,
    {
        Self::of(application, Subject::Each(Arc::new(move || Box::pin(subject_token()))))
    }

    /// Acts as the user with this id: `admin`, a client of the Management API, makes a subject token for each renewal.
    pub fn impersonating(admin: Client, user_id: impl Into<String>, application: ClientCredentials) -> Self {
        let id: String = user_id.into();
        Self::of(application, Subject::User { admin, id: id.into() })
    }

    const fn of(application: ClientCredentials, subject: Subject) -> Self {
        Self { application, subject, resource: None, organization: None, scope: None }
    }

    /// For a token of this resource in place of one for the account API.
    #[must_use]
    pub fn for_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// For a token of the user as a member of this organization.
    #[must_use]
    pub fn for_organization(mut self, organization_id: impl Into<String>) -> Self {
        self.organization = Some(organization_id.into());
        self
    }

    /// The scope to ask for, separated by spaces.
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
            Self::Once { token, .. } => Ok(token.as_ref().to_owned()),
            Self::Each(subject_token) => subject_token().await,
            Self::User { admin, id } => {
                let request = admin.request(Method::Post, "/api/subject-tokens").json(&json!({ "userId": &**id }));
                let answer = request.await.map_err(TokenError::SubjectToken)?;
                let token = answer.get("subjectToken").and_then(Value::as_str);
                token.map(str::to_owned).ok_or_else(|| TokenError::SubjectToken(no_subject_token()))
            }
        }
    }

    /// Notes that the token was exchanged.
    fn spend(&self) {
        if let Self::Once { used, .. } = self {
            used.store(true, Ordering::Relaxed);
        }
    }
}

fn used_up() -> Error {
    Error::new(
        ErrorKind::Token,
        "the subject token was exchanged already and is good for one exchange: make the TokenExchange with a closure that gets new ones, or for a user to impersonate",
    )
}

fn no_subject_token() -> Error {
    Error::new(ErrorKind::Decode, "the Management API's answer holds no `subjectToken`")
}

#[async_trait]
impl TokenSource for TokenExchange {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let subject_token = self.subject.token().await?;
        let mut form = vec![
            ("grant_type", super::context::TOKEN_EXCHANGE),
            ("subject_token", subject_token.as_str()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        let optional = [("resource", &self.resource), ("organization_id", &self.organization), ("scope", &self.scope)];
        form.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        let token = self.application.request(context, &form).await?;
        self.subject.spend();
        Ok(token)
    }

    fn kind(&self) -> TokenKind {
        // Exchanged for the Management API's resource it would be good for that.
        if self.resource.is_some() { TokenKind::Unknown } else { TokenKind::User }
    }

    fn is_renewable(&self) -> bool {
        !matches!(self.subject, Subject::Once { .. })
    }

    fn cache_key(&self) -> Option<String> {
        let Subject::User { id, .. } = &self.subject else { return None };
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
