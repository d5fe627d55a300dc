//! The access token that all callers share, and its renewal.

mod fetcher;
#[cfg(test)]
mod model_tests;
mod refresher;
mod renewal;
mod state;
mod waiters;

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;

pub use refresher::Refresher;
pub(crate) use refresher::keep_fresh;

use self::fetcher::Fetcher;
use self::renewal::Renewal;
use self::state::{Cell, Step, Ticket};
use self::waiters::Waiters;
use super::issuer::TokenIssuer;
use super::schedule::Schedule;
use super::store::{SharedRenewal, TokenSlot};
use super::{AccessToken, TokenKind, events};
use crate::error::{Error, Result};
use crate::runtime::{Mutex, Runtime, timeout};

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
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    fetcher: Fetcher,
    kind: TokenKind,
    lease: Duration,
    isolated: bool,
    scope_reported: AtomicBool,
    state: Mutex<State>,
}

struct State {
    cell: Cell,
    waiters: Waiters,
}

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
        let isolated = runtime.isolates_requests();
        let lease = lease.unwrap_or(if isolated { LEASE_OF_A_REQUEST } else { LEASE_OF_A_TASK });
        let kind = issuer.kind();
        let schedule = Schedule { leeway, lease, renewable: issuer.is_renewable() };
        let shared = slot.map(|slot| SharedRenewal::new(slot, schedule, lock_ttl));
        let fetcher = Fetcher { issuer, runtime, shared };
        let state = Mutex::new(State { cell: Cell::new(schedule), waiters: Waiters::default() });
        Self(Arc::new(Inner { fetcher, kind, lease, isolated, scope_reported: AtomicBool::new(false), state }))
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.0.kind
    }

    /// Returns a valid token. Fast path: one lock and one clone.
    pub(crate) async fn get(&self) -> Result<AccessToken> {
        let step = self.state().cell.next(self.now(), None);
        match step {
            Step::Use(token) => Ok(token),
            step => self.obtain(step).await,
        }
    }

    /// Renews the token now, or waits for the renewal in progress.
    pub(crate) fn renew(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let step = self.state().cell.join(self.now());
        match step {
            // Runs here: a caller that waits for another task's renewal uses the old token while that is valid.
            Step::Renew(ticket) => Box::pin(self.renewal(ticket).run().map_err(Error::from)),
            step => self.obtain(step),
        }
    }

    /// Discards `token` if it is still current. Returns whether the caller may try once more.
    pub(crate) fn discard(&self, token: &AccessToken) -> bool {
        let now = self.now();
        self.state().cell.discard(token, now)
    }

    /// Returns the current token, if it is valid.
    pub(crate) fn living(&self) -> Option<AccessToken> {
        let now = self.now();
        self.state().cell.living(now).cloned()
    }

    /// Returns until when callers use the current token without asking again. Zero without a token.
    pub(crate) fn fresh_until(&self) -> Duration {
        self.state().cell.fresh_until()
    }

    /// Whether the current token was granted less than requested.
    pub(crate) fn lacks_scope(&self) -> bool {
        self.state().cell.held().is_some_and(|token| token.missing_scope().is_some())
    }

    /// Reports once that less was granted than requested.
    fn report_scope(&self, token: &AccessToken) {
        if let Some(missing) = token.missing_scope()
            && !self.0.scope_reported.swap(true, Ordering::Relaxed)
        {
            events::missing_scope(missing);
        }
    }

    fn is_renewable(&self) -> bool {
        self.0.fetcher.issuer.is_renewable()
    }

    fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.0.fetcher.runtime
    }

    fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }

    fn now(&self) -> Duration {
        self.runtime().monotonic()
    }

    /// Locks the state. The lock is never held across an await, or while foreign wakers or destructors run.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
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
                self.runtime().sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            } else {
                let settled = Settled { cache: self, ticket, awaited, number: None };
                timeout(&**self.runtime(), left, settled).await;
            }
            step = self.state().cell.next(self.now(), Some(awaited));
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
        Renewal::new(self.clone(), ticket)
    }

    fn spawn(&self, ticket: Ticket) {
        let renewal = self.renewal(ticket);
        // The cell holds the result.
        self.runtime().spawn(Box::pin(events::in_background(async move { drop(renewal.run().await) })));
    }

    /// Changes the cell at the end of a renewal, and wakes the waiting callers.
    fn settle(&self, change: impl FnOnce(&mut Cell, Duration)) {
        let now = self.now();
        let woken = {
            let mut state = self.state();
            change(&mut state.cell, now);
            state.waiters.take()
        };
        woken.for_each(std::task::Waker::wake);
    }
}

/// Waits until a renewal has ended.
struct Settled<'a> {
    cache: &'a TokenCache,
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
