use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, abortable};

use super::TokenCache;
use crate::error::{Error, Result};

/// The pause before the next check of a token that does not expire.
const IDLE: Duration = Duration::from_secs(3600);
/// The shortest pause after a renewal.
const SHORTEST: Duration = Duration::from_secs(1);

/// Keeps a client's access token fresh in the background; see [`Client::keep_fresh`](crate::Client::keep_fresh).
/// Stops when dropped.
#[derive(Debug)]
#[must_use = "dropping a refresher stops it"]
pub struct Refresher(AbortHandle);

impl Refresher {
    /// Starts the background task. Renews at least every `interval`, if one is set.
    pub(crate) fn start(cache: &TokenCache, interval: Option<Duration>) -> Result<Self> {
        if interval.is_some_and(|interval| interval.is_zero()) {
            return Err(Error::input("the interval is zero, which would renew the access token without a pause"));
        }
        if !cache.0.is_renewable() {
            return Err(Error::unsupported(FIXED));
        }
        let runtime = cache.0.runtime().clone();
        if runtime.isolates_requests() {
            return Err(Error::unsupported(ISOLATED));
        }
        runtime.check().map_err(Error::unsupported)?;
        let (task, handle) = abortable(keep_fresh(cache.clone(), interval));
        runtime.spawn(Box::pin(task.map(drop)));
        Ok(Self(handle))
    }
}

impl Drop for Refresher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The background task. It never ends by itself.
pub(crate) async fn keep_fresh(cache: TokenCache, interval: Option<Duration>) {
    let runtime = cache.0.runtime().clone();
    loop {
        let wait = cache.0.state().cell.refresh_in(cache.0.now(), interval).unwrap_or(IDLE);
        if !wait.is_zero() {
            runtime.sleep_in_background(wait).await;
            continue;
        }
        // The cell records a failure and when to retry.
        drop(cache.renew().await);
        runtime.sleep_in_background(SHORTEST).await;
    }
}

const FIXED: &str = "the client's access token cannot be renewed, so there is nothing to keep fresh";
const ISOLATED: &str =
    "background tasks end with their request on Cloudflare Workers; calls renew the token before it expires";
