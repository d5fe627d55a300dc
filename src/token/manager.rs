use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;

use crate::error::{Error, Result};
use crate::execute::Pipeline;
use crate::runtime::Runtime;

use super::renewal::Renewal;
use super::renewer::Renewer;
use super::rules::Rules;
use super::state::{Cell, Step, Ticket};
use super::waiters::Waiters;
use super::{AccessToken, TokenKind, report};

/// The pauses of who waits where one request cannot wake another.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Shares one token among all callers, and sees to it that one renewal serves all of them.
///
/// A renewal is a task of its own, so that a caller who gives up does not stop it for the others. Where requests must
/// not wait for each other (Workers) the caller that begins it runs it, and the others look at the cell again and
/// again on timers of their own. A renewal that outlives its lease counts as lost, and the next caller begins another.
#[derive(Clone)]
pub(crate) struct TokenManager(Arc<Inner>);

struct Inner {
    renewer: Renewer,
    lease: Duration,
    isolated: bool,
    scope_reported: AtomicBool,
    state: Mutex<State>,
}

pub(super) struct State {
    pub cell: Cell,
    pub waiters: Waiters,
}

impl TokenManager {
    pub(super) fn new(renewer: Renewer, rules: Rules, isolated: bool) -> Self {
        let state = Mutex::new(State { cell: Cell::new(rules), waiters: Waiters::default() });
        Self(Arc::new(Inner { renewer, lease: rules.lease, isolated, scope_reported: AtomicBool::new(false), state }))
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.0.renewer.source().kind()
    }

    /// A token that lives. The usual way is one lock and one clone.
    pub(crate) async fn get(&self) -> Result<AccessToken> {
        let step = self.state().cell.next(self.now(), None);
        match step {
            Step::Use(token) => Ok(token),
            step => self.obtain(step).await,
        }
    }

    /// Renews the token now, or waits for the renewal that is under way.
    pub(crate) fn renew(&self) -> BoxFuture<'_, Result<AccessToken>> {
        let step = self.state().cell.join(self.now());
        match step {
            // Run here: who waits for another task's renewal goes on with the old token while that lives.
            Step::Renew(ticket) => Box::pin(self.renewal(ticket).run().map_err(Error::from)),
            step => self.obtain(step),
        }
    }

    /// Forgets this very token; says whether another one can be had.
    pub(crate) fn discard(&self, token: &AccessToken) -> bool {
        self.state().cell.discard(token)
    }

    /// Whether the current token was granted less than was asked for.
    pub(crate) fn lacks_scope(&self) -> bool {
        self.state().cell.held().is_some_and(|token| token.missing_scope().is_some())
    }

    /// Says once that less was granted than was asked for.
    pub(super) fn report_scope(&self, token: &AccessToken) {
        if let Some(missing) = token.missing_scope()
            && !self.0.scope_reported.swap(true, Ordering::Relaxed)
        {
            report::missing_scope(missing);
        }
    }

    pub(super) fn is_renewable(&self) -> bool {
        self.0.renewer.source().is_renewable()
    }

    pub(super) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.pipeline().runtime
    }

    pub(super) fn renewer(&self) -> &Renewer {
        &self.0.renewer
    }

    pub(super) fn now(&self) -> Duration {
        self.runtime().monotonic()
    }

    /// The cell. No lock is held across an await, and none while wakers or destructors of others run.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pipeline(&self) -> &Pipeline {
        self.0.renewer.pipeline()
    }

    /// The rare case, and boxed: calls need not carry room for it.
    fn obtain(&self, step: Step) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.go_on(step))
    }

    /// Does what the cell says until there is a token or an error.
    async fn go_on(&self, mut step: Step) -> Result<AccessToken> {
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
                    // If the task is dropped, tasks cannot be had here: the next renewal is this caller's own work.
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
                self.pipeline().within(left, Settled { manager: self, ticket, awaited, number: None }).await;
            }
            step = self.state().cell.next(self.now(), Some(awaited));
        }
    }

    /// Renews while the old token lives: in the background, or where that cannot be within the lease. A failure is
    /// nothing to the caller.
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
        // Whoever wants to know how it ended asks the cell.
        self.runtime().spawn(Box::pin(async move { drop(renewal.run().await) }));
    }

    /// Changes the cell at the end of a renewal, and wakes those that wait for it.
    pub(super) fn settle(&self, change: impl FnOnce(&mut Cell, Duration)) {
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
    manager: &'a TokenManager,
    ticket: Ticket,
    awaited: Ticket,
    number: Option<u64>,
}

impl Future for Settled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let manager = self.manager;
        let now = manager.now();
        // Looked at and noted down under one lock: no end of a renewal falls between the two.
        let mut state = manager.state();
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
            let forgotten = self.manager.state().waiters.forget(number);
            drop(forgotten);
        }
    }
}
