use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::shared_cell::SharedCell;
use super::state::Ticket;
use crate::runtime::{caught, timeout};
use crate::token::error::Because;
use crate::token::obtained::{Known, Obtained};
use crate::token::{AccessToken, TokenError, events};

/// A renewal in progress. Dropping it before its end releases its lease.
pub(super) struct Renewal {
    cache: Arc<SharedCell>,
    ticket: Ticket,
    limit: Option<Duration>,
    ended: bool,
}

impl Renewal {
    pub(super) const fn new(cache: Arc<SharedCell>, ticket: Ticket) -> Self {
        Self { cache, ticket, limit: None, ended: false }
    }

    /// Fails after this time.
    pub(super) const fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Gets a token, stores it in the cell, and wakes the waiting callers.
    pub(super) fn run(self) -> BoxFuture<'static, Result<AccessToken, Arc<TokenError>>> {
        Box::pin(self.work())
    }

    async fn work(mut self) -> Result<AccessToken, Arc<TokenError>> {
        let known = self.cache.state().cell.known(self.cache.now());
        let renewed = self.fetch(&known).await;
        self.ended = true;
        events::renewed(&renewed);
        match renewed {
            Ok(obtained) => {
                let token = obtained.token.clone();
                self.cache.settle(|cell, now| cell.succeeded(self.ticket, obtained, now));
                self.cache.report_scope(&token);
                Ok(token)
            }
            Err(error) => {
                if known.living.is_some() {
                    events::renewal_failed(&error);
                }
                let error = Arc::new(error);
                self.cache.settle(|cell, now| cell.failed(self.ticket, Arc::clone(&error), now));
                Err(error)
            }
        }
    }

    /// Treats a panic of the source as a failure.
    async fn fetch(&self, known: &Known) -> Result<Obtained, TokenError> {
        let work = Box::pin(caught(self.cache.fetcher.fetch(known)));
        let done = match self.limit {
            Some(limit) => timeout(&**self.cache.runtime(), limit, work).await,
            None => Some(work.await),
        };
        match done {
            Some(Some(renewed)) => renewed,
            Some(None) => Err(TokenError::other(Because("the token source panicked"))),
            None => Err(TokenError::other(Because("the renewal took longer than its lease"))),
        }
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        if !self.ended {
            self.cache.settle(|cell, _| cell.died(self.ticket));
        }
    }
}
