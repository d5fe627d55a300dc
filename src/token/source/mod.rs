//! Sources of access tokens.

mod client_credentials;
mod closure;
mod exchange;
mod fixed;

use async_trait::async_trait;

pub use client_credentials::{ClientAuthentication, ClientCredentials};
pub use closure::{TokenFn, token_fn};
pub use exchange::TokenExchange;
pub use fixed::FixedToken;

use super::scope::DEFAULT_SCOPE;
use super::{AccessToken, TokenContext, TokenError};
use crate::error::{Error, Result};

/// Issues access tokens. The client asks for a token only if it has no valid one, not for each call.
///
/// ```
/// use async_trait::async_trait;
/// use logto_admin::token::{AccessToken, TokenContext, TokenError, TokenSource};
///
/// /// Tokens from a vault.
/// struct Vault;
///
/// #[async_trait]
/// impl TokenSource for Vault {
///     async fn fetch(&self, _context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
///         let token = std::env::var("TOKEN").map_err(TokenError::other)?;
///         Ok(AccessToken::new(token).expires_in(std::time::Duration::from_secs(600)))
///     }
/// }
/// ```
#[async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Returns a new token.
    ///
    /// # Errors
    /// Fails if no token can be issued. The error contains the reason.
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError>;

    /// Checks the settings of the source when a client is built.
    ///
    /// # Errors
    /// Fails if the source cannot issue a token, for example because a secret is empty.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Returns the scope to request if the client sets none. Defaults to `all`, the scope of the Management API. A source
    /// that delegates to another one returns that of the other.
    fn default_scope(&self) -> Option<&str> {
        Some(DEFAULT_SCOPE)
    }

    /// Returns whose tokens the source issues. The client rejects operations for another kind before it sends them. Read
    /// once, when the client is built.
    fn kind(&self) -> TokenKind {
        TokenKind::Unknown
    }

    /// Whether another call of [`fetch`](Self::fetch) returns another token. If not, the client keeps a rejected token.
    fn is_renewable(&self) -> bool {
        true
    }

    /// Returns what sets the tokens of this source apart from others of the endpoint. An example is the application id.
    /// Must not be secret. Tokens of sources without a cache key are not kept in a [`TokenStore`](super::TokenStore).
    fn cache_key(&self) -> Option<String> {
        None
    }
}

/// Rejects texts that come from unset variables or files with a line break. The message does not repeat them.
fn require(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::config(format!("{what} is empty")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::config(format!("{what} contains a line break or another control character")));
    }
    Ok(())
}

fn require_optional(what: &str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| require(what, text))
}

/// Owner of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// An application's token for the Management API.
    Management,
    /// A user's token for the user's own account.
    User,
    /// Unknown until it is used.
    Unknown,
}
