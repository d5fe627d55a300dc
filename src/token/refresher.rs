use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, abortable};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};

use super::manager::TokenManager;

/// Looks again at a token without an end after this time.
const IDLE: Duration = Duration::from_secs(3600);
/// The pause after each renewal, however soon the next one is due.
const SHORTEST: Duration = Duration::from_secs(1);

/// Keeps a client's access token fresh in the background; see [`Client::keep_fresh`](crate::Client::keep_fresh).
/// Dropping it stops that.
#[derive(Debug)]
#[must_use = "dropping a refresher stops it"]
pub struct Refresher(AbortHandle);

impl Client {
    /// Keeps the access token fresh in the background, so that no call ever waits for one: renews it ahead of its end
    /// whether there are calls or not. It stops when the handle is dropped.
    ///
    /// Failures are tried again, after a second at first and a minute at most. The task does not keep a Node process
    /// alive.
    ///
    /// ```no_run
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let refresher = client.keep_fresh()?;
    /// // ... calls
    /// drop(refresher);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The client has no token that could be renewed, or there are no background tasks here (no tokio runtime, or
    /// Cloudflare Workers).
    pub fn keep_fresh(&self) -> Result<Refresher> {
        Refresher::start(self, None)
    }

    /// The same, but renews the token whenever it is as old as `interval` too.
    ///
    /// # Errors
    /// Those of [`keep_fresh`](Self::keep_fresh), and an interval of zero.
    pub fn keep_fresh_every(&self, interval: Duration) -> Result<Refresher> {
        if interval.is_zero() {
            return Err(Error::input("an interval of zero would renew the access token without a pause"));
        }
        Refresher::start(self, Some(interval))
    }
}

impl Refresher {
    fn start(client: &Client, interval: Option<Duration>) -> Result<Self> {
        let manager = client.tokens()?.clone();
        if !manager.is_renewable() {
            return Err(Error::new(ErrorKind::Unsupported, FIXED));
        }
        let runtime = manager.runtime().clone();
        if runtime.isolates_requests() {
            return Err(Error::new(ErrorKind::Unsupported, ISOLATED));
        }
        runtime.check().map_err(|why| Error::new(ErrorKind::Unsupported, why))?;
        let (task, handle) = abortable(keep_fresh(manager, interval));
        runtime.spawn(Box::pin(task.map(drop)));
        Ok(Self(handle))
    }
}

impl Drop for Refresher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn keep_fresh(manager: TokenManager, interval: Option<Duration>) {
    let runtime = manager.runtime().clone();
    loop {
        let wait = manager.state().cell.refresh_in(manager.now(), interval).unwrap_or(IDLE);
        if !wait.is_zero() {
            runtime.sleep_in_background(wait).await;
            continue;
        }
        // A failure is in the cell, which says when to try again.
        drop(manager.renew().await);
        runtime.sleep_in_background(SHORTEST).await;
    }
}

const FIXED: &str = "the client's access token cannot be renewed, so there is nothing to keep fresh";
const ISOLATED: &str = "background tasks end with the request that began them here (Cloudflare Workers): the token is renewed ahead of its end by the requests themselves";
