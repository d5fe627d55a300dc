use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

/// Why a store failed. The client goes on with a token of its own.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// Where access tokens live beyond the process, so that many processes share one.
///
/// The client asks the store only when it needs a new token, never for each call. A store that fails, or that does
/// not answer within two seconds, costs a warning through `tracing` and a token of the process's own; it never fails a
/// call.
///
/// A key is made of endpoint, application, resource and scope, percent-encoded and joined by colons; never of a
/// secret. A value is a short text that **holds the token**: whoever reads the store can use it until it ends. To
/// encrypt it, wrap the store:
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
    /// What is kept under this key, if anything is.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Keeps `value` under this key, for `ttl` or without an end. Longer does no harm, where a store has a shortest time
    /// (60 seconds in Workers KV): the value says when its token ends.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError>;

    /// Keeps nothing under this key.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Takes the lock on this key for `owner`, unless another has it; says whether that worked. The lock ends by
    /// itself after `ttl`.
    ///
    /// Who has the lock asks for a token, the others wait for it to appear: for 20 seconds, and as long again while one of
    /// them, with the lock on another key, asks too. A store without locks leaves this as it is: then processes that need
    /// a token at the same time each ask for one.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let _ = (key, owner, ttl);
        Ok(true)
    }

    /// Gives the lock on this key back, if `owner` still has it.
    ///
    /// # Errors
    /// The store cannot be written.
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
