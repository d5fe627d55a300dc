//! The access token that all callers share, and its renewal.

mod fetcher;
#[cfg(test)]
mod model_tests;
mod refresher;
mod renewal;
mod shared_cell;
mod state;
mod waiters;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;

pub use refresher::Refresher;
pub(crate) use refresher::keep_fresh;

use self::fetcher::Fetcher;
use self::renewal::Renewal;
use self::shared_cell::SharedCell;
use self::state::{Cell, Step, Ticket};
use super::issuer::TokenIssuer;
use super::renewal_schedule::RenewalSchedule;
use super::store::{SharedRenewal, TokenSlot};
use super::{AccessToken, TokenKind, events};
use crate::error::{Error, Result};
use crate::runtime::{Runtime, timeout};

/// Pauses of waiting callers, where one request cannot wake another.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(25);
/// Longest duration of a renewal before it counts as lost. Where requests are isolated, a lost renewal is common;
/// elsewhere it means that the runtime that ran it has stopped.
const LEASE_OF_A_REQUEST: Duration = Duration::from_secs(10);
const LEASE_OF_A_TASK: Duration = Duration::from_secs(120);

/// Shares one token among all callers. One renewal serves all of them.
///
/// A renewal is a task of its own, so that a cancelled caller does not stop it for the others. In Cloudflare Workers,
/// requests must not wait for each other. There, the caller that starts a renewal runs it, and the others poll the cell
/// on their own timers. A renewal that outlives its lease counts as lost, and the next caller starts another.
#[derive(Clone)]
pub(crate) struct TokenCache(Arc<SharedCell>);

/// The settings of a cache.
pub(crate) struct TokenCacheOptions {
    pub issuer: Box<dyn TokenIssuer>,
    pub leeway: Option<Duration>,
    pub lease: Option<Duration>,
    /// The place of the token in a store.
    pub slot: Option<Box<dyn TokenSlot>>,
    /// Longest time for which a process keeps the lock of the store.
    pub lock_ttl: Option<Duration>,
}

impl TokenCache {
    pub(crate) fn new(options: TokenCacheOptions, runtime: Arc<dyn Runtime>) -> Self {
        let TokenCacheOptions { issuer, leeway, lease, slot, lock_ttl } = options;
        let longest = if runtime.isolates_requests() { LEASE_OF_A_REQUEST } else { LEASE_OF_A_TASK };
        let lease = lease.unwrap_or(longest);
        let schedule = RenewalSchedule { leeway, lease, renewable: issuer.is_renewable() };
        let shared = slot.map(|slot| SharedRenewal::new(slot, schedule, lock_ttl));
        let fetcher = Fetcher { issuer, runtime, shared };
        Self(Arc::new(SharedCell::new(fetcher, Cell::new(schedule), lease)))
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.0.kind
    }

    /// Returns a valid token. Fast path: one lock and one clone.
    pub(crate) async fn get(&self) -> Result<AccessToken> {
        let step = self.0.state().cell.next(self.0.now(), None);
        match step {
            Step::Use(token) => Ok(token),
            step => self.obtain(step).await,
        }
    }

    /// Renews the token now, or waits for the renewal in progress.
    pub(crate) fn renew(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let step = self.0.state().cell.join(self.0.now());
        match step {
            // Runs here: a caller that waits for another task's renewal uses the old token while that is valid.
            Step::Renew(ticket) => Box::pin(self.renewal(ticket).run().map_err(Error::from)),
            step => self.obtain(step),
        }
    }

    /// Discards `token` if it is still current. Returns whether the caller may try once more.
    pub(crate) fn discard(&self, token: &AccessToken) -> bool {
        let now = self.0.now();
        self.0.state().cell.discard(token, now)
    }

    /// Returns the current token, if it is valid.
    pub(crate) fn living(&self) -> Option<AccessToken> {
        let now = self.0.now();
        self.0.state().cell.living(now).cloned()
    }

    /// Returns until when callers use the current token without asking again. Zero without a token.
    pub(crate) fn fresh_until(&self) -> Duration {
        self.0.state().cell.fresh_until()
    }

    /// Whether the current token was granted less than requested.
    pub(crate) fn lacks_scope(&self) -> bool {
        self.0.state().cell.held().is_some_and(|token| token.missing_scope().is_some())
    }

    /// Slow path. Boxed, so that calls do not reserve memory for it.
    fn obtain(&self, step: Step) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.follow(step))
    }

    /// Follows the steps of the cell until there is a token or an error.
    async fn follow(&self, mut step: Step) -> Result<AccessToken> {
        let mut inline = self.0.isolated;
        let mut pause = FIRST_PAUSE;
        let mut awaited = None;
        loop {
            let (ticket, left) = match step {
                Step::Use(token) => return Ok(token),
                Step::UseAndRenew(token, ticket) => return Ok(self.renew_ahead(token, ticket).await),
                Step::Fail(error) => return Err(Error::from(error)),
                Step::Renew(ticket) if inline => return self.renewal(ticket).run().await.map_err(Error::from),
                Step::Renew(ticket) => {
                    self.spawn(ticket);
                    // If the task is dropped, tasks are not available here: this caller runs the next renewal itself.
                    inline = true;
                    (ticket, self.0.lease)
                }
                Step::Wait(ticket, left) => (ticket, left),
            };
            let awaited = *awaited.get_or_insert(ticket);
            if self.0.isolated {
                self.0.runtime().sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            } else {
                let settled = Settled { cache: &self.0, ticket, awaited, number: None };
                timeout(&**self.0.runtime(), left, settled).await;
            }
            step = self.0.state().cell.next(self.0.now(), Some(awaited));
        }
    }

    /// Renews while the old token is valid. In the background, or within the lease where there are no background tasks.
    /// A failure does not affect the caller.
    async fn renew_ahead(&self, living: AccessToken, ticket: Ticket) -> AccessToken {
        if !self.0.isolated {
            self.spawn(ticket);
            return living;
        }
        self.renewal(ticket).within(self.0.lease).run().await.unwrap_or(living)
    }

    fn renewal(&self, ticket: Ticket) -> Renewal {
        Renewal::new(Arc::clone(&self.0), ticket)
    }

    fn spawn(&self, ticket: Ticket) {
        let renewal = self.renewal(ticket);
        // The cell holds the result.
        self.0.runtime().spawn(Box::pin(events::in_background(async move { drop(renewal.run().await) })));
    }
}

/// Waits until a renewal has ended.
struct Settled<'a> {
    cache: &'a SharedCell,
    ticket: Ticket,
    awaited: Ticket,
    number: Option<u64>,
}

impl Future for Settled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let cache = self.cache;
        let now = cache.now();
        // Checks and registers under one lock, so that no renewal ends between the two.
        let mut state = cache.state();
        if !state.cell.keeps_waiting(self.ticket, self.awaited, now) {
            return Poll::Ready(());
        }
        let replaced = state.waiters.register(&mut self.number, context.waker());
        drop((state, replaced));
        Poll::Pending
    }
}

impl Drop for Settled<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let forgotten = self.cache.state().waiters.forget(number);
            drop(forgotten);
        }
    }
}
