use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::endpoint::Endpoint;
use crate::execute::Pipeline;

use super::context::TokenPolicy;
use super::shared::Shared;
use super::state::{Known, Obtained};
use super::{TokenContext, TokenError, TokenSource};

/// Gets one new token: from the store, if another process has put one there, or from the source.
pub(super) struct Renewer {
    pub source: Box<dyn TokenSource>,
    pub endpoint: Endpoint,
    pub scope: Option<String>,
    pub policy: TokenPolicy,
    pub pipeline: Arc<Pipeline>,
    pub shared: Option<Shared>,
}

impl Renewer {
    pub(super) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    pub(super) fn source(&self) -> &dyn TokenSource {
        &*self.source
    }

    pub(super) fn renew<'a>(&'a self, known: &'a Known) -> BoxFuture<'a, Result<Obtained, TokenError>> {
        let fetch = Box::pin(self.fetch());
        match &self.shared {
            Some(shared) => Box::pin(shared.renew(&self.pipeline, known, fetch)),
            None => fetch,
        }
    }

    async fn fetch(&self) -> Result<Obtained, TokenError> {
        let context = TokenContext {
            endpoint: &self.endpoint,
            scope: self.scope.as_deref(),
            pipeline: &self.pipeline,
            policy: &self.policy,
        };
        Ok(Obtained { token: self.source.fetch(&context).await?, age: Duration::ZERO })
    }
}
