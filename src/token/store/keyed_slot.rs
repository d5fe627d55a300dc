use std::sync::Arc;
use std::time::Duration;

use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;

use super::{StoreError, TokenStore, record};
use crate::runtime::Runtime;
use crate::token::AccessToken;
use crate::token::obtained::Obtained;
use crate::types::encode;

/// The place of one token in a store. What changes the store returns whether it did.
pub trait TokenSlot: Send + Sync + 'static {
    /// Returns the token, if it is valid.
    fn get(&self) -> BoxFuture<'_, Result<Option<Obtained>, StoreError>>;

    /// Stores a token that was issued now.
    fn set<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Removes the token.
    fn remove(&self) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Acquires a lock, unless another owner has it. A token has two, because the first might never be released.
    fn try_lock<'a>(&'a self, second: bool, owner: &'a str, ttl: Duration) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Releases a lock, if `owner` still has it.
    fn unlock<'a>(&'a self, second: bool, owner: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;
}

/// A slot under a key of a [`TokenStore`].
pub(crate) struct KeyedSlot {
    store: Arc<dyn TokenStore>,
    runtime: Arc<dyn Runtime>,
    key: String,
    second_lock: String,
}

impl KeyedSlot {
    /// Creates the key from `parts`, which distinguish the token from other tokens.
    pub(crate) fn new(store: Arc<dyn TokenStore>, runtime: Arc<dyn Runtime>, parts: &[&str]) -> Self {
        let mut key = "logto-admin:token".to_owned();
        for part in parts {
            key.push(':');
            key.push_str(&encode(part));
        }
        Self { store, runtime, second_lock: format!("{key}:2"), key }
    }

    fn lock(&self, second: bool) -> &str {
        if second { &self.second_lock } else { &self.key }
    }
}

impl TokenSlot for KeyedSlot {
    fn get(&self) -> BoxFuture<'_, Result<Option<Obtained>, StoreError>> {
        let text = (*self.store).get(&self.key);
        Box::pin(async move { Ok(text.await?.and_then(|text| record::read(&text, self.runtime.now()))) })
    }

    fn set<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let record = record::write(token, self.runtime.now());
            (*self.store).set(&self.key, &record, token.lifetime()).await?;
            Ok(true)
        })
    }

    fn remove(&self) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin((*self.store).remove(&self.key).map_ok(|()| true))
    }

    fn try_lock<'a>(&'a self, second: bool, owner: &'a str, ttl: Duration) -> BoxFuture<'a, Result<bool, StoreError>> {
        (*self.store).try_lock(self.lock(second), owner, ttl)
    }

    fn unlock<'a>(&'a self, second: bool, owner: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin((*self.store).unlock(self.lock(second), owner).map_ok(|()| true))
    }
}
