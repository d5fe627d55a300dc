//! The user's function for access tokens, and the user's token store.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::hosted::{Obtained, TokenIssuer, TokenSlot};
use logto_admin::token::{AccessToken, StoreError, TokenError, TokenKind};

use crate::host::{self, Job};

/// The user's function for access tokens.
pub(crate) struct HostTokens {
    pub client: u32,
}

#[async_trait]
impl TokenIssuer for HostTokens {
    async fn issue(&self) -> Result<AccessToken, TokenError> {
        let outcome = Job::start(|job| host::fetch_token(job, self.client)).await;
        match outcome.token() {
            Ok(Some(obtained)) => Ok(obtained.token),
            Ok(None) => Err(TokenError::Unusable),
            Err(message) => Err(TokenError::other(HostError(message))),
        }
    }

    fn kind(&self) -> TokenKind {
        TokenKind::Unknown
    }

    fn is_renewable(&self) -> bool {
        true
    }
}

/// The place of the client's token in the user's token store. The host has the key, and writes the text.
pub(crate) struct HostSlot {
    pub client: u32,
}

impl TokenSlot for HostSlot {
    fn get(&self) -> BoxFuture<'_, Result<Option<Obtained>, StoreError>> {
        let job = Job::start(|job| host::store_get(job, self.client));
        Box::pin(async { job.await.token().map_err(failed) })
    }

    fn set<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<bool, StoreError>> {
        let seconds = token.lifetime().map_or(-1.0, |lifetime| lifetime.as_secs() as f64);
        let (scope, missing) = (token.granted_scope().unwrap_or_default(), token.missing_scope().unwrap_or_default());
        done(|job| host::store_set(job, self.client, token.secret(), seconds, scope, missing))
    }

    fn remove(&self) -> BoxFuture<'_, Result<bool, StoreError>> {
        done(|job| host::store_remove(job, self.client))
    }

    fn try_lock<'a>(&'a self, second: bool, owner: &'a str, ttl: Duration) -> BoxFuture<'a, Result<bool, StoreError>> {
        let seconds = ttl.as_secs() as f64;
        done(|job| host::store_lock(job, self.client, second, owner, seconds))
    }

    fn unlock<'a>(&'a self, second: bool, owner: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        done(|job| host::store_unlock(job, self.client, second, owner))
    }
}

/// Starts a function of the store. All of them share one future.
fn done(start: impl FnOnce(u32) -> bool) -> BoxFuture<'static, Result<bool, StoreError>> {
    finished(Job::start(start))
}

fn finished(job: Job) -> BoxFuture<'static, Result<bool, StoreError>> {
    Box::pin(async { job.await.done().map_err(failed) })
}

fn failed(message: String) -> StoreError {
    Box::new(HostError(message))
}

/// An exception of a function of the user, as text.
#[derive(Debug)]
struct HostError(String);

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HostError {}
