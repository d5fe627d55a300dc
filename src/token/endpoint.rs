//! The protocol of the token endpoint.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::{AccessToken, TokenError, scope};
use crate::error::{Result, StopReason};
use crate::transport::{Answer, Endpoint};
use crate::types::{Pairs, QueryTarget};

/// The grant that exchanges a subject token.
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The longest credible lifetime: ten years.
const MAX_LIFETIME: f64 = 10.0 * 365.0 * 86_400.0;
/// The assumed lifetime of a token whose lifetime is not credible.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(60);

/// The context of a [`TokenSource`](super::TokenSource). It has the endpoint and the scope, and calls the token
/// endpoint.
#[derive(Clone, Copy)]
pub struct TokenContext<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) scope: Option<&'a str>,
    pub(super) calls: &'a dyn TokenCalls,
}

/// Carries out calls to the token endpoint. They use the client's transport, limiter, hooks and retries.
#[async_trait]
pub(crate) trait TokenCalls: Send + Sync + 'static {
    async fn send(&self, request: TokenRequest) -> Result<TokenAnswer>;
}

/// A request to the token endpoint.
pub(crate) struct TokenRequest {
    /// The URL of the token endpoint.
    pub url: String,
    /// The value of the `Authorization` header.
    pub authorization: Option<String>,
    /// The encoded form.
    pub form: String,
}

/// An answer of the token endpoint, with any status.
pub(crate) struct TokenAnswer {
    pub answer: Answer,
    /// Reason why the call was not retried.
    pub stopped: Option<StopReason>,
}

impl TokenContext<'_> {
    /// Returns the endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        self.endpoint
    }

    /// Returns the scope to request, separated by spaces.
    #[must_use]
    pub const fn scope(&self) -> Option<&str> {
        self.scope
    }

    /// Posts a form to the token endpoint and returns the token.
    ///
    /// The client's transport, limiter, hooks and retries apply. `authorization` is the value of the `Authorization`
    /// header.
    ///
    /// # Errors
    /// Fails if the token endpoint rejects the request, cannot be reached, or returns no token.
    pub async fn request_token(
        &self,
        form: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Result<AccessToken, TokenError> {
        let mut pairs = Pairs::default();
        form.iter().for_each(|(name, value)| pairs.pair(name, value));
        let request = TokenRequest {
            url: self.endpoint.token_url(),
            authorization: authorization.map(str::to_owned),
            form: pairs.into_string(),
        };
        let answer = self.calls.send(request).await.map_err(TokenError::Unreachable)?;
        read_token(answer, value(form, "scope"), may_be_silent(form))
    }
}

/// Reads the answer to a request for this scope. `may_be_silent`: whether an empty scope in the answer might not mean that
/// no scope was granted.
pub(crate) fn read_token(
    TokenAnswer { answer, stopped }: TokenAnswer,
    asked: Option<&str>,
    may_be_silent: bool,
) -> Result<AccessToken, TokenError> {
    if !answer.is_success() {
        return Err(TokenError::refused(answer, stopped));
    }
    let Some(secret) = answer.fields.access_token.filter(|secret| !secret.is_empty()) else {
        return Err(TokenError::malformed(answer.status, answer.is_html));
    };
    let granted = answer.fields.scope;
    let missing = scope::missing(asked, granted.as_deref(), may_be_silent);
    Ok(AccessToken::from_parts(secret, answer.fields.expires_in.map(lifetime), granted, missing))
}

/// Replaces a lifetime that is not credible with a short one. The mistake then neither lasts nor causes a token call
/// per request.
#[must_use]
pub fn lifetime(seconds: f64) -> Duration {
    if (1.0..=MAX_LIFETIME).contains(&seconds) { Duration::from_secs(seconds as u64) } else { DEFAULT_LIFETIME }
}

/// Whether an empty scope in the answer might not mean that no scope was granted.
fn may_be_silent(form: &[(&str, &str)]) -> bool {
    value(form, "grant_type") == Some(TOKEN_EXCHANGE) || value(form, "organization_id").is_some()
}

fn value<'a>(form: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
}

impl fmt::Debug for TokenContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenContext")
            .field("endpoint", self.endpoint)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_YEARS: f64 = 315_360_000.0;

    #[test]
    fn lifetimes_that_are_not_credible_are_short() {
        for (seconds, expected) in [
            (3600.0, 3600),
            (59.9, 59),
            (1.0, 1),
            (0.9, 60),
            (0.0, 60),
            (-1.0, 60),
            (TEN_YEARS, TEN_YEARS as u64),
            (TEN_YEARS + 1.0, 60),
            (1e18, 60),
            (f64::NAN, 60),
            (f64::INFINITY, 60),
        ] {
            assert_eq!(lifetime(seconds).as_secs(), expected, "{seconds}");
        }
    }

    struct NoCalls;

    #[async_trait]
    impl TokenCalls for NoCalls {
        async fn send(&self, _: TokenRequest) -> Result<TokenAnswer> {
            Err(crate::error::Error::unsupported("nothing is sent"))
        }
    }

    #[test]
    fn debug_output_shows_where_a_token_comes_from_and_its_scope() {
        let endpoint = Endpoint::self_hosted("https://id.example.com");
        let shown = format!("{:?}", TokenContext { endpoint: &endpoint, scope: Some("read"), calls: &NoCalls });
        assert!(shown.contains("https://id.example.com") && shown.contains("Some(\"read\")"), "{shown}");
    }
}
