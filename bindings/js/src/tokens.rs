//! The user's function for access tokens, and the user's token store.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::Timestamp;
use logto_admin::binding::{Obtained, TokenSlot};
use logto_admin::token::{AccessToken, StoreError, TokenContext, TokenError, TokenSource};

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
        match outcome.token() {
            Ok(Some(obtained)) => Ok(obtained.token),
            Ok(None) => Err(TokenError::Unusable),
            Err(message) => Err(TokenError::other(HostError(message))),
        }
    }
}

/// The place of the client's token in the user's token store. The host has the key, and writes the text.
pub(crate) struct HostSlot {
    pub client: u32,
}

#[async_trait]
impl TokenSlot for HostSlot {
    async fn get(&self, _now: Timestamp) -> Result<Option<Obtained>, StoreError> {
        let outcome = Operation::start(|operation| host::store_get(operation, self.client)).await;
        outcome.token().map_err(failed)
    }

    async fn set(&self, token: &AccessToken, _now: Timestamp) -> Result<(), StoreError> {
        let seconds = token.lifetime().map_or(-1.0, |lifetime| lifetime.as_secs() as f64);
        let (scope, missing) = (token.granted_scope().unwrap_or_default(), token.missing_scope().unwrap_or_default());
        done(Operation::start(|operation| {
            host::store_set(operation, self.client, token.secret(), seconds, scope, missing)
        }))
        .await
        .map(drop)
    }

    async fn remove(&self) -> Result<(), StoreError> {
        done(Operation::start(|operation| host::store_remove(operation, self.client))).await.map(drop)
    }

    async fn try_lock(&self, second: bool, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let seconds = ttl.as_secs() as f64;
        done(Operation::start(|operation| host::store_lock(operation, self.client, second, owner, seconds))).await
    }

    async fn unlock(&self, second: bool, owner: &str) -> Result<(), StoreError> {
        done(Operation::start(|operation| host::store_unlock(operation, self.client, second, owner))).await.map(drop)
    }
}

async fn done(operation: Operation) -> Result<bool, StoreError> {
    operation.await.done().map_err(failed)
}

fn failed(message: String) -> StoreError {
    Box::new(HostError(message))
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
