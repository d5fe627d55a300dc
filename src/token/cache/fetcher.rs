use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::runtime::Runtime;
use crate::token::obtained::{Known, Obtained};
use crate::token::store::SharedToken;
use crate::token::{TokenCalls, TokenContext, TokenError, TokenSource};
use crate::transport::Endpoint;

/// Gets one new token: from the store, if another process has put one there, or from the source.
pub(super) struct Fetcher {
    pub source: Box<dyn TokenSource>,
    pub endpoint: Endpoint,
    pub scope: Option<String>,
    pub calls: Arc<dyn TokenCalls>,
    pub runtime: Arc<dyn Runtime>,
    pub shared: Option<SharedToken>,
}

impl Fetcher {
    pub(super) fn source(&self) -> &dyn TokenSource {
        &*self.source
    }

    pub(super) fn fetch<'a>(&'a self, known: &'a Known) -> BoxFuture<'a, Result<Obtained, TokenError>> {
        let fetch = Box::pin(self.fetch_from_source());
        match &self.shared {
            Some(shared) => Box::pin(shared.renew(&*self.runtime, known, fetch)),
            None => fetch,
        }
    }

    async fn fetch_from_source(&self) -> Result<Obtained, TokenError> {
        let context = TokenContext { endpoint: &self.endpoint, scope: self.scope.as_deref(), calls: &*self.calls };
        let token = self.source.fetch(&context).await?;
        if token.is_sendable() {
            Ok(Obtained { token, age: Duration::ZERO, stored: false })
        } else {
            Err(TokenError::Unusable)
        }
    }
}
