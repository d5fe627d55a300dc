use std::sync::{Mutex, PoisonError};

use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::execute::Pipeline;

use super::context::TokenPolicy;
use super::{AccessToken, TokenContext, TokenKind, TokenSource};

/// Shares one token among all callers until it expires.
pub(crate) struct TokenManager {
    source: Box<dyn TokenSource>,
    endpoint: Endpoint,
    scope: Option<String>,
    policy: TokenPolicy,
    current: Mutex<Option<AccessToken>>,
}

impl TokenManager {
    pub(crate) fn new(
        source: Box<dyn TokenSource>,
        endpoint: Endpoint,
        scope: Option<String>,
        policy: TokenPolicy,
    ) -> Self {
        Self { source, endpoint, scope, policy, current: Mutex::new(None) }
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.source.kind()
    }

    /// A token that lives.
    pub(crate) async fn get(&self, pipeline: &Pipeline) -> Result<AccessToken> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(token) = current {
            return Ok(token);
        }
        let context =
            TokenContext { endpoint: &self.endpoint, scope: self.scope.as_deref(), pipeline, policy: &self.policy };
        let token = self.source.fetch(&context).await.map_err(|error| Error::from(&error))?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }

    /// Forgets this very token; says whether another one can be had.
    pub(crate) fn discard(&self, token: &AccessToken) -> bool {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref() == Some(token) {
            *current = None;
        }
        self.source.is_renewable()
    }

    /// Whether the current token was granted less than was asked for.
    pub(crate) fn lacks_scope(&self) -> bool {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        self.scope.is_some() && current.as_ref().is_some_and(|token| token.granted_scope().is_none())
    }
}
