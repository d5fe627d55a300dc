//! Where the cache gets new tokens: from a source, or from a JavaScript host.

use std::sync::Arc;

use async_trait::async_trait;

use super::{AccessToken, TokenCalls, TokenContext, TokenError, TokenKind, TokenSource};
use crate::transport::Endpoint;

/// Issues the tokens of a cache.
#[async_trait]
pub trait TokenIssuer: Send + Sync + 'static {
    /// Returns a new token.
    ///
    /// # Errors
    /// Fails if no token can be issued. The error contains the reason.
    async fn issue(&self) -> Result<AccessToken, TokenError>;

    /// Returns whose tokens it issues.
    fn kind(&self) -> TokenKind;

    /// Whether it can issue another token.
    fn is_renewable(&self) -> bool;
}

/// A source, with the context of its calls.
pub(crate) struct SourceIssuer {
    pub source: Box<dyn TokenSource>,
    pub endpoint: Endpoint,
    pub scope: Option<String>,
    pub calls: Arc<dyn TokenCalls>,
}

#[async_trait]
impl TokenIssuer for SourceIssuer {
    async fn issue(&self) -> Result<AccessToken, TokenError> {
        let context = TokenContext { endpoint: &self.endpoint, scope: self.scope.as_deref(), calls: &*self.calls };
        self.source.fetch(&context).await
    }

    fn kind(&self) -> TokenKind {
        self.source.kind()
    }

    fn is_renewable(&self) -> bool {
        self.source.is_renewable()
    }
}
