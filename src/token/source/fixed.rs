use async_trait::async_trait;

use super::{AccessToken, TokenContext, TokenError, TokenKind, TokenSource, require};
use crate::error::{Error, Result};

/// A token from elsewhere, such as a user access token for the account API. It is not renewed.
#[derive(Clone, Debug)]
pub struct FixedToken {
    token: AccessToken,
    kind: TokenKind,
}

impl FixedToken {
    /// Creates a source of a token of unknown kind.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { token: AccessToken::new(secret), kind: TokenKind::Unknown }
    }

    /// Creates a source of a user access token, for the account API.
    pub fn user(secret: impl Into<String>) -> Self {
        Self::new(secret).with_kind(TokenKind::User)
    }

    /// Sets whose token it is. The client rejects operations for another kind before it sends them.
    #[must_use]
    pub const fn with_kind(mut self, kind: TokenKind) -> Self {
        self.kind = kind;
        self
    }
}

#[async_trait]
impl TokenSource for FixedToken {
    async fn fetch(&self, _context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        Ok(self.token.clone())
    }

    fn check(&self) -> Result<()> {
        require("the access token", self.token.secret())?;
        if self.token.is_sendable() { Ok(()) } else { Err(Error::config(TokenError::Unusable.to_string())) }
    }

    fn kind(&self) -> TokenKind {
        self.kind
    }

    fn is_renewable(&self) -> bool {
        false
    }
}
