use async_trait::async_trait;

use super::{AccessToken, TokenContext, TokenError, TokenKind, TokenSource};

/// A token that someone else got, such as a user's own for the account API. It is not renewed.
#[derive(Clone, Debug)]
pub struct FixedToken {
    token: AccessToken,
    kind: TokenKind,
}

impl FixedToken {
    /// A token of which nothing is known.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { token: AccessToken::new(secret), kind: TokenKind::Unknown }
    }

    /// A user's own token, as the account API takes it.
    pub fn user(secret: impl Into<String>) -> Self {
        Self::new(secret).with_kind(TokenKind::User)
    }

    /// Says whose token it is, so that operations for another kind of caller are refused before they are sent.
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

    fn kind(&self) -> TokenKind {
        self.kind
    }

    fn is_renewable(&self) -> bool {
        false
    }
}
