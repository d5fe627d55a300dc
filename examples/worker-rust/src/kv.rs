//! Access tokens in a KV namespace, so that all instances of the Worker share them.

use std::time::Duration;

use logto_admin::token::{StoreError, TokenStore};
use worker::KvStore;
use worker::async_trait::async_trait;
use worker::send::SendFuture;

// ANCHOR: store
/// Keeps access tokens in a KV namespace.
///
/// KV has no locks, so instances that need a token at the same time each request one.
pub(crate) struct KvTokens(pub(crate) KvStore);

// `SendFuture` is needed because the futures of `KvStore` are not `Send`. A Worker has only one thread.
#[async_trait]
impl TokenStore for KvTokens {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(SendFuture::new(self.0.get(key).text()).await?)
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        SendFuture::new(async {
            let entry = self.0.put(key, value)?;
            let entry = match ttl {
                // The shortest time to live in KV is one minute.
                Some(ttl) => entry.expiration_ttl(ttl.as_secs().max(60)),
                None => entry,
            };
            Ok::<_, StoreError>(entry.execute().await?)
        })
        .await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        Ok(SendFuture::new(self.0.delete(key)).await?)
    }
}
// ANCHOR_END: store
