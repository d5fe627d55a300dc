//! Stores that share one access token among processes.

mod keyed_slot;
mod record;
#[cfg(all(feature = "redis", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod redis;
mod shared_renewal;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub(crate) use self::keyed_slot::KeyedSlot;
pub use self::keyed_slot::TokenSlot;
#[cfg(all(feature = "redis", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use self::redis::RedisTokenStore;
pub(super) use self::shared_renewal::SharedRenewal;

/// Error of a store. The client continues with its own token.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// Keeps access tokens outside of the process, so that many processes share one.
///
/// The client asks the store only when it needs a new token, not for each call. If a store fails, or does not answer
/// within two seconds, the process uses its own token, with a warning through `tracing`. A store never fails a call.
///
/// A key consists of endpoint, application, resource and scope, percent-encoded and joined by colons; it contains no
/// secret. A value is a short text that **contains the token**: everyone with access to the store can use it until it
/// expires. To encrypt it, wrap the store:
///
/// ```
/// use std::time::Duration;
///
/// use async_trait::async_trait;
/// use logto_admin::token::{StoreError, TokenStore};
///
/// /// Your cipher: authenticated encryption, with the key as associated data.
/// trait Cipher: Send + Sync + 'static {
///     fn seal(&self, key: &str, text: &str) -> String;
///     fn open(&self, key: &str, sealed: &str) -> Result<String, StoreError>;
/// }
///
/// /// Keeps sealed tokens in another store.
/// struct Sealed<S, C>(S, C);
///
/// #[async_trait]
/// impl<S: TokenStore, C: Cipher> TokenStore for Sealed<S, C> {
///     async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
///         self.0.get(key).await?.map(|sealed| self.1.open(key, &sealed)).transpose()
///     }
///
///     async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
///         self.0.set(key, &self.1.seal(key, value), ttl).await
///     }
///
///     async fn remove(&self, key: &str) -> Result<(), StoreError> {
///         self.0.remove(key).await
///     }
///
///     async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
///         self.0.try_lock(key, owner, ttl).await
///     }
///
///     async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
///         self.0.unlock(key, owner).await
///     }
/// }
/// ```
#[async_trait]
pub trait TokenStore: Send + Sync + 'static {
    /// Returns the value of this key, if there is one.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Stores `value` under this key. The entry expires after `ttl`, or never without one.
    ///
    /// A store with a minimum lifetime (60 seconds in Workers KV) might keep it longer: the value contains the expiry of
    /// its token.
    ///
    /// # Errors
    /// Fails if the store cannot be written.
    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError>;

    /// Removes this key.
    ///
    /// # Errors
    /// Fails if the store cannot be written.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Acquires the lock on this key for `owner`, unless it is held. Returns whether it was acquired. The lock expires
    /// after `ttl`.
    ///
    /// The process with the lock requests a token, and the others wait for that token. After 20 seconds, one of them
    /// also requests a token, with the lock on another key, and the others wait for 20 more seconds. A store without
    /// locks keeps the default: processes that need a token at the same time then each request one.
    ///
    /// # Errors
    /// Fails if the store cannot be written.
    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let _ = (key, owner, ttl);
        Ok(true)
    }

    /// Releases the lock on this key, if `owner` still has it.
    ///
    /// # Errors
    /// Fails if the store cannot be written.
    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        let _ = (key, owner);
        Ok(())
    }
}

#[async_trait]
impl<S: TokenStore + ?Sized> TokenStore for Arc<S> {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        (**self).get(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        (**self).set(key, value, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        (**self).remove(key).await
    }

    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        (**self).try_lock(key, owner, ttl).await
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        (**self).unlock(key, owner).await
    }
}
