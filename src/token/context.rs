use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::execute::{Exchange, Pipeline, Plan};
use crate::retry::RetryPolicy;
use crate::transport::{HttpRequest, Method, TransportOptions};
use crate::types::QueryTarget;
use crate::url::Pairs;

use super::{AccessToken, TokenError, scope};

/// The grant by which a subject token is exchanged.
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What a [`TokenSource`](super::TokenSource) may use: the endpoint, and the client's way to the server.
#[derive(Clone, Copy)]
pub struct TokenContext<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) scope: Option<&'a str>,
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) policy: &'a TokenPolicy,
}

/// How token calls are made.
#[derive(Clone, Debug)]
pub(crate) struct TokenPolicy {
    pub retry: RetryPolicy,
    pub timeout: Option<Duration>,
    pub user_agent: Option<String>,
    pub options: TransportOptions,
}

impl TokenContext<'_> {
    /// The endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        self.endpoint
    }

    /// The scope to ask for, separated by spaces.
    #[must_use]
    pub const fn scope(&self) -> Option<&str> {
        self.scope
    }

    /// Posts a form to the token endpoint, with the client's transport, limiter, hooks and retries, and reads the token
    /// of its answer. `authorization` is the value of the `Authorization` header.
    ///
    /// # Errors
    /// The token endpoint's refusal, an answer without a token, no answer.
    pub async fn request_token(
        &self,
        form: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Result<AccessToken, TokenError> {
        let mut pairs = Pairs::default();
        form.iter().for_each(|(name, value)| pairs.pair(name, value));
        let body: bytes::Bytes = pairs.into_string().into();
        let build = || {
            let mut request = HttpRequest::new(Method::Post, self.endpoint.token_url());
            request.headers.set("accept", "application/json");
            request.headers.set("content-type", "application/x-www-form-urlencoded");
            if let Some(user_agent) = &self.policy.user_agent {
                request.headers.set("user-agent", user_agent.clone());
            }
            if let Some(authorization) = authorization {
                request.headers.set("authorization", authorization.to_owned());
            }
            request.body = body.clone().into();
            request
        };
        let plan = Plan {
            operation: "OidcToken",
            method: Method::Post,
            template: "/oidc/token",
            build: &build,
            retry: &self.policy.retry,
            // Asking for a token twice gives two tokens, of which one is forgotten.
            idempotent: true,
            timeout: self.policy.timeout,
            total_timeout: None,
            options: TransportOptions { token_call: true, prefer_text: false, ..self.policy.options },
            tokens: None,
        };
        let exchange = self.pipeline.run(&plan).await.map_err(TokenError::Unreachable)?;
        read_token(&exchange, form)
    }
}

fn read_token(exchange: &Exchange, form: &[(&str, &str)]) -> Result<AccessToken, TokenError> {
    let response = &exchange.response;
    if !response.is_success() {
        return Err(TokenError::refused(exchange));
    }
    let body = &response.body;
    let secret = body.string_member("access_token").filter(|secret| !secret.is_empty());
    let mut token = AccessToken::new(secret.ok_or_else(|| TokenError::malformed(response))?);
    if let Some(seconds) = body.whole_number_member("expires_in") {
        token = token.expires_in(Duration::from_secs(seconds));
    }
    let granted = body.string_member("scope");
    if let Some(missing) = scope::missing(value(form, "scope"), granted.as_deref(), may_be_silent(form)) {
        token = token.without_scope(missing);
    }
    Ok(match granted {
        Some(granted) => token.scope(granted),
        None => token,
    })
}

/// Whether the token that a form asks for may carry an empty scope that says nothing.
fn may_be_silent(form: &[(&str, &str)]) -> bool {
    value(form, "grant_type") == Some(TOKEN_EXCHANGE) || value(form, "organization_id").is_some()
}

fn value<'a>(form: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
}

impl std::fmt::Debug for TokenContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenContext")
            .field("endpoint", self.endpoint)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
