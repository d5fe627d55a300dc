//! The cell that the callers of a cache share with its renewals.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::fetcher::Fetcher;
use super::state::Cell;
use super::waiters::Waiters;
use crate::runtime::{Mutex, Runtime};
use crate::token::{AccessToken, TokenKind, events};

pub(super) struct SharedCell {
    pub fetcher: Fetcher,
    pub kind: TokenKind,
    pub lease: Duration,
    pub isolated: bool,
    scope_reported: AtomicBool,
    state: Mutex<State>,
}

pub(super) struct State {
    pub cell: Cell,
    pub waiters: Waiters,
}

impl SharedCell {
    pub(super) fn new(fetcher: Fetcher, cell: Cell, lease: Duration) -> Self {
        let (kind, isolated) = (fetcher.issuer.kind(), fetcher.runtime.isolates_requests());
        let state = Mutex::new(State { cell, waiters: Waiters::default() });
        Self { fetcher, kind, lease, isolated, scope_reported: AtomicBool::new(false), state }
    }

    /// Reports once that less was granted than requested.
    pub(super) fn report_scope(&self, token: &AccessToken) {
        if let Some(missing) = token.missing_scope()
            && !self.scope_reported.swap(true, Ordering::Relaxed)
        {
            events::missing_scope(missing);
        }
    }

    pub(super) fn is_renewable(&self) -> bool {
        self.fetcher.issuer.is_renewable()
    }

    pub(super) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.fetcher.runtime
    }

    pub(super) fn now(&self) -> Duration {
        self.runtime().monotonic()
    }

    /// Locks the state. The lock is never held across an await, or while foreign wakers or destructors run.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the cell at the end of a renewal, and wakes the waiting callers.
    pub(super) fn settle(&self, change: impl FnOnce(&mut Cell, Duration)) {
        let now = self.now();
        let woken = {
            let mut state = self.state();
            change(&mut state.cell, now);
            state.waiters.take()
        };
        woken.for_each(Waker::wake);
    }
}
