//! What a builder says about tokens.

use std::sync::Arc;
use std::time::Duration;

use crate::builder::ClientBuilder;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::execute::Pipeline;

use super::context::TokenPolicy;
use super::manager::TokenManager;
use super::renewer::Renewer;
use super::rules::Rules;
use super::shared::Shared;
use super::{ClientCredentials, FixedToken, TokenSource, TokenStore};

/// The scope of the Management API that Logto's own role for it grants.
const DEFAULT_SCOPE: &str = "all";
/// How long a renewal may take before it counts as lost. Where requests cannot wake each other a lost one is nothing
/// unusual; elsewhere it means that the runtime which ran it has stopped.
const LEASE_OF_A_REQUEST: Duration = Duration::from_secs(10);
const LEASE_OF_A_TASK: Duration = Duration::from_secs(120);

pub(crate) struct TokenSettings {
    pub(crate) source: Option<Box<dyn TokenSource>>,
    pub(crate) scope: Option<String>,
    leeway: Option<Duration>,
    lease: Option<Duration>,
    pub(crate) store: Option<Arc<dyn TokenStore>>,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self { source: None, scope: Some(DEFAULT_SCOPE.to_owned()), leeway: None, lease: None, store: None }
    }
}

impl TokenSettings {
    /// The manager of these settings; without a source there is none.
    pub(crate) fn manager(
        self,
        endpoint: &Endpoint,
        policy: TokenPolicy,
        pipeline: &Arc<Pipeline>,
    ) -> Option<TokenManager> {
        let source = self.source?;
        let isolated = pipeline.runtime.isolates_requests();
        let usual = if isolated { LEASE_OF_A_REQUEST } else { LEASE_OF_A_TASK };
        let lease = self.lease.unwrap_or(usual);
        let rules = Rules { leeway: self.leeway, lease, renewable: source.is_renewable() };
        let shared = self.store.zip(source.cache_key()).map(|(store, key)| {
            let scope = self.scope.as_deref().unwrap_or_default();
            Shared::new(store, &[endpoint.url(), &key, endpoint.resource(), scope], rules)
        });
        let pipeline = Arc::clone(pipeline);
        let renewer = Renewer { source, endpoint: endpoint.clone(), scope: self.scope, policy, pipeline, shared };
        Some(TokenManager::new(renewer, rules, isolated))
    }
}

/// Access tokens.
impl ClientBuilder {
    /// Gets access tokens with the id and secret of a machine-to-machine application.
    pub fn client_credentials(mut self, app_id: impl Into<String>, app_secret: impl Into<String>) -> Self {
        let (app_id, app_secret) = (app_id.into(), app_secret.into());
        self.require("the application's id", &app_id);
        self.require("the application's secret", &app_secret);
        self.token_source(ClientCredentials::new(app_id, app_secret))
    }

    /// Uses this access token, and never another.
    pub fn access_token(self, secret: impl Into<String>) -> Self {
        self.fixed(FixedToken::new, secret.into())
    }

    /// Uses this access token of a user, as the account API takes it, and never another.
    pub fn user_token(self, secret: impl Into<String>) -> Self {
        self.fixed(FixedToken::user, secret.into())
    }

    fn fixed(mut self, token: fn(String) -> FixedToken, secret: String) -> Self {
        self.require("the access token", &secret);
        self.token_source(token(secret))
    }

    /// Variables that are not set and files with a line too many give such texts; none is repeated in the message.
    fn require(&mut self, what: &str, text: &str) {
        if text.trim().is_empty() {
            self.fail(Error::config(format!("{what} is empty")));
        } else if text.chars().any(char::is_control) {
            self.fail(Error::config(format!("{what} has a line break or another control character")));
        }
    }

    /// Gets access tokens from another source, such as [`TokenExchange`](crate::token::TokenExchange) or
    /// [`token_fn`](crate::token::token_fn).
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.tokens.source = Some(Box::new(source));
        self
    }

    /// The scope to ask for, separated by spaces: `all` if nothing is said, `None` for no scope at all.
    pub fn scope<'a>(mut self, scope: impl Into<Option<&'a str>>) -> Self {
        self.tokens.scope = scope.into().map(str::to_owned);
        self
    }

    /// How long before its end an access token is renewed: the smaller of a minute and a tenth of its life if nothing
    /// is said, and never more than half of its life.
    pub fn token_leeway(mut self, leeway: Duration) -> Self {
        self.tokens.leeway = Some(leeway);
        self
    }

    /// How long a renewal of the access token may take before another caller begins one in its place: 10 seconds on
    /// Cloudflare Workers, where a renewal can get lost with the request that began it, and two minutes elsewhere if
    /// nothing is said.
    pub fn token_lease(mut self, lease: Duration) -> Self {
        self.tokens.lease = Some(lease);
        self
    }

    /// Shares access tokens with other processes by way of a store.
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.tokens.store = Some(Arc::new(store));
        self
    }
}
