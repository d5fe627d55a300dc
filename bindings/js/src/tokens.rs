//! The user's function for access tokens, and the user's token store.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::token::{AccessToken, StoreError, TokenContext, TokenError, TokenSource, TokenStore};

use crate::host;
use crate::operations::Operation;

/// The user's function for access tokens.
pub(crate) struct HostTokens {
    pub client: u32,
}

#[async_trait]
impl TokenSource for HostTokens {
    async fn fetch(&self, _context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        let outcome = Operation::start(|operation| host::fetch_token(operation, self.client)).await;
        let (text, seconds) = outcome.value().map_err(|message| TokenError::other(HostError(message)))?;
        let token = AccessToken::new(text);
        Ok(if seconds > 0.0 { token.expires_in(Duration::from_secs(seconds as u64)) } else { token })
    }
}

/// The user's token store.
pub(crate) struct HostStore {
    pub client: u32,
}

/// Returns the value of a store operation.
async fn value(operation: Operation) -> Result<String, StoreError> {
    match operation.await.value() {
        Ok((text, _)) => Ok(text),
        Err(message) => Err(Box::new(HostError(message))),
    }
}

#[async_trait]
impl TokenStore for HostStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let text = value(Operation::start(|operation| host::store_get(operation, self.client, key))).await?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    async fn set(&self, key: &str, text: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        let seconds = ttl.map_or(0.0, |ttl| ttl.as_secs() as f64);
        let set = |operation| host::store_set(operation, self.client, key, text, seconds);
        value(Operation::start(set)).await.map(drop)
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        value(Operation::start(|operation| host::store_remove(operation, self.client, key))).await.map(drop)
    }
}

/// What a function of the user threw, as text.
#[derive(Debug)]
struct HostError(String);

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HostError {}
