//! Access tokens: where they come from, and how one is shared by all callers until it expires.

mod access_token;
mod client_credentials;
mod context;
mod error;
mod exchange;
mod fixed;
mod func;
mod manager;
#[cfg(feature = "redis")]
mod redis_store;
mod refresher;
mod renewal;
mod renewer;
mod report;
mod rules;
mod scope;
mod settings;
mod shared;
mod state;
mod store;
mod stored;
mod waiters;

use async_trait::async_trait;

pub use access_token::AccessToken;
pub use client_credentials::{ClientAuthentication, ClientCredentials};
pub use context::TokenContext;
pub(crate) use context::TokenPolicy;
pub use error::TokenError;
pub use exchange::TokenExchange;
pub use fixed::FixedToken;
pub use func::{TokenFn, token_fn};
pub(crate) use manager::TokenManager;
#[cfg(feature = "redis")]
pub use redis_store::RedisTokenStore;
pub use refresher::Refresher;
pub(crate) use settings::TokenSettings;
pub use store::{StoreError, TokenStore};

/// Gets access tokens. The client asks for one when it has none that lives, never for each call.
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
    /// Gets a new token.
    ///
    /// # Errors
    /// Why there is none.
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError>;

    /// Whose tokens they are. Operations for another kind of caller are refused before they are sent.
    fn kind(&self) -> TokenKind {
        TokenKind::Unknown
    }

    /// Whether asking again gives another token; if not, a refused token is not asked for again.
    fn is_renewable(&self) -> bool {
        true
    }

    /// What tells its tokens from those of other sources at the same endpoint, such as the application's id; nothing
    /// secret. Tokens of a source without one stay out of a [`TokenStore`].
    fn cache_key(&self) -> Option<String> {
        None
    }
}

/// Whose an access token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// An application's, for the Management API.
    Management,
    /// A user's, for his own account.
    User,
    /// Not known before it is tried.
    Unknown,
}
