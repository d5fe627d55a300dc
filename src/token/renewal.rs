use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::error::Because;
use super::manager::TokenManager;
use super::state::{Known, Obtained, Ticket};
use super::{AccessToken, TokenError, report};

/// A renewal under way. If it is dropped before its end, its lease ends with it.
pub(super) struct Renewal {
    manager: TokenManager,
    ticket: Ticket,
    limit: Option<Duration>,
    ended: bool,
}

impl Renewal {
    pub(super) const fn new(manager: TokenManager, ticket: Ticket) -> Self {
        Self { manager, ticket, limit: None, ended: false }
    }

    /// Counts as failed after this time.
    pub(super) const fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Gets a token, puts it into the cell, and wakes those that wait.
    pub(super) fn run(self) -> BoxFuture<'static, Result<AccessToken, Arc<TokenError>>> {
        Box::pin(self.work())
    }

    async fn work(mut self) -> Result<AccessToken, Arc<TokenError>> {
        let known = self.manager.state().cell.known(self.manager.now());
        let renewed = self.fetch(&known).await;
        self.ended = true;
        match renewed {
            Ok(obtained) => {
                let token = obtained.token.clone();
                self.manager.settle(|cell, now| cell.succeeded(self.ticket, obtained, now));
                self.manager.report_scope(&token);
                Ok(token)
            }
            Err(error) => {
                if known.living.is_some() {
                    report::renewal_failed(&error);
                }
                let error = Arc::new(error);
                self.manager.settle(|cell, now| cell.failed(self.ticket, Arc::clone(&error), now));
                Err(error)
            }
        }
    }

    /// A source that panics has failed.
    async fn fetch(&self, known: &Known) -> Result<Obtained, TokenError> {
        let renewer = self.manager.renewer();
        let work = Box::pin(AssertUnwindSafe(renewer.renew(known)).catch_unwind());
        let done = match self.limit {
            Some(limit) => renewer.pipeline().within(limit, work).await,
            None => Some(work.await),
        };
        match done {
            Some(Ok(renewed)) => renewed,
            Some(Err(_)) => Err(TokenError::other(Because("the source of tokens panicked"))),
            None => Err(TokenError::other(Because("the renewal took longer than its lease"))),
        }
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        if !self.ended {
            self.manager.settle(|cell, _| cell.died(self.ticket));
        }
    }
}
