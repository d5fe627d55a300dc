use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::runtime::Runtime;
use crate::token::TokenError;
use crate::token::issuer::TokenIssuer;
use crate::token::obtained::{Known, Obtained};
use crate::token::store::SharedRenewal;

/// Gets one new token. From the store, if another process has put one there, or from the issuer.
pub(super) struct Fetcher {
    pub issuer: Box<dyn TokenIssuer>,
    pub runtime: Arc<dyn Runtime>,
    pub shared: Option<SharedRenewal>,
}

impl Fetcher {
    pub(super) fn fetch<'a>(&'a self, known: &'a Known) -> BoxFuture<'a, Result<Obtained, TokenError>> {
        let fetch = Box::pin(self.fetch_from_issuer());
        match &self.shared {
            Some(shared) => Box::pin(shared.renew(&*self.runtime, known, fetch)),
            None => fetch,
        }
    }

    async fn fetch_from_issuer(&self) -> Result<Obtained, TokenError> {
        let token = self.issuer.issue().await?;
        if token.is_sendable() {
            Ok(Obtained { token, age: Duration::ZERO, stored: false })
        } else {
            Err(TokenError::Unusable)
        }
    }
}
