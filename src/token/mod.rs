//! Access tokens: their sources, and how all callers share one until it expires.

mod access_token;
pub(crate) mod cache;
pub(crate) mod endpoint;
mod error;
mod events;
pub(crate) mod issuer;
pub(crate) mod obtained;
mod renewal_schedule;
mod scope;
mod source;
pub(crate) mod store;

pub use access_token::AccessToken;
pub use cache::Refresher;
pub(crate) use cache::{TokenCache, TokenCacheOptions, keep_fresh};
pub use endpoint::TokenContext;
pub(crate) use endpoint::{TokenAnswer, TokenCalls, TokenRequest};
pub use error::TokenError;
pub use source::{
    ClientAuthentication, ClientCredentials, FixedToken, TokenExchange, TokenFn, TokenKind, TokenSource, token_fn,
};
#[cfg(all(feature = "redis", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use store::RedisTokenStore;
pub use store::{StoreError, TokenStore};
