//! Processes that share a store.

use std::sync::Arc;

use futures_util::future::join_all;
use logto_admin::token::AccessToken;
use logto_admin::transport::HttpResponse;
use logto_admin::{ClientBuilder, Result};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::memory::Memory;
use crate::stage::{SECOND, Stage, endpoint};

/// Processes that share a store and a token endpoint.
pub(crate) struct Deployment {
    pub(crate) runtime: FakeRuntime,
    pub(crate) transport: ScriptedTransport,
    pub(crate) store: Memory,
}

impl Deployment {
    pub(crate) fn new(token: impl Fn(usize) -> HttpResponse + Send + Sync + 'static) -> Self {
        let runtime = FakeRuntime::new();
        let transport = endpoint(&runtime, SECOND, token);
        Self { store: Memory::new(&runtime), transport, runtime }
    }

    /// Adds a process.
    pub(crate) fn process(&self) -> Stage {
        self.process_with(|builder| builder)
    }

    /// Adds a process with custom settings.
    pub(crate) fn process_with(&self, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
        let number = f64::from(u32::try_from(Arc::strong_count(&self.store.0)).unwrap());
        self.runtime.set_random(1.0 / number);
        Stage::set_up(&self.runtime, self.transport.clone(), |builder| {
            settings(builder.token_store(self.store.clone()))
        })
    }

    pub(crate) fn token_calls(&self) -> usize {
        self.transport.token_calls().len()
    }

    /// Adds this many processes.
    pub(crate) fn processes(&self, count: usize) -> Vec<Stage> {
        (0..count).map(|_| self.process()).collect()
    }

    /// Requests a token in each of these processes concurrently.
    pub(crate) fn tokens(&self, processes: &[Stage]) -> Vec<Result<AccessToken>> {
        self.runtime.run(join_all(processes.iter().map(|process| process.client.access_token())))
    }
}
