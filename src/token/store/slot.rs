use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{StoreError, TokenStore, record};
use crate::token::AccessToken;
use crate::token::cache::Obtained;
use crate::types::{Timestamp, encode};

/// The place of one token in a store.
#[async_trait]
pub trait TokenSlot: Send + Sync + 'static {
    /// Returns the token, if it is valid.
    async fn get(&self, now: Timestamp) -> Result<Option<Obtained>, StoreError>;

    /// Stores a token that was issued now.
    async fn set(&self, token: &AccessToken, now: Timestamp) -> Result<(), StoreError>;

    /// Removes the token.
    async fn remove(&self) -> Result<(), StoreError>;

    /// Acquires a lock, unless another owner has it. A token has two, because the first may never be released.
    async fn try_lock(&self, second: bool, owner: &str, ttl: Duration) -> Result<bool, StoreError>;

    /// Releases a lock, if `owner` still has it.
    async fn unlock(&self, second: bool, owner: &str) -> Result<(), StoreError>;
}

/// A slot under a key of a [`TokenStore`].
pub(crate) struct KeyedSlot {
    store: Arc<dyn TokenStore>,
    key: String,
    second_lock: String,
}

impl KeyedSlot {
    /// Creates the key from `parts`, which distinguish the token from other tokens.
    pub(crate) fn new(store: Arc<dyn TokenStore>, parts: &[&str]) -> Self {
        let mut key = "logto-admin:token".to_owned();
        for part in parts {
            key.push(':');
            key.push_str(&encode(part));
        }
        Self { store, second_lock: format!("{key}:2"), key }
    }

    fn lock(&self, second: bool) -> &str {
        if second { &self.second_lock } else { &self.key }
    }
}

#[async_trait]
impl TokenSlot for KeyedSlot {
    async fn get(&self, now: Timestamp) -> Result<Option<Obtained>, StoreError> {
        let text = (*self.store).get(&self.key).await?;
        Ok(text.and_then(|text| record::read(&text, now)))
    }

    async fn set(&self, token: &AccessToken, now: Timestamp) -> Result<(), StoreError> {
        (*self.store).set(&self.key, &record::write(token, now), token.lifetime()).await
    }

    async fn remove(&self) -> Result<(), StoreError> {
        (*self.store).remove(&self.key).await
    }

    async fn try_lock(&self, second: bool, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        (*self.store).try_lock(self.lock(second), owner, ttl).await
    }

    async fn unlock(&self, second: bool, owner: &str) -> Result<(), StoreError> {
        (*self.store).unlock(self.lock(second), owner).await
    }
}
