use logto_admin::Timestamp;

use crate::clock::Clock;
use crate::emulator::Emulator;
use crate::seed::{Credentials, plant};
use crate::state::State;

/// Settings of an [`Emulator`] that is not there yet.
#[must_use = "a builder does nothing until `build` is called"]
pub struct EmulatorBuilder {
    seed: u64,
    clock: Clock,
    resource: String,
    application: Credentials,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        let application = Credentials { id: "emulator-app".to_owned(), secret: "emulator-secret".to_owned() };
        let resource = "https://default.logto.app/api".to_owned();
        Self { seed: 0, clock: Clock::own(), resource, application }
    }

    /// Decides ids, secrets and tokens: the same requests in the same order get the same ones for the same seed.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Takes the time from elsewhere: the emulator's own clock starts at 2025-01-01 and goes on by a millisecond a
    /// request.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::of(now);
        self
    }

    /// The resource of the Management API: a self-hosted server's if nothing is said.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// The id and secret of the application that may call the Management API.
    pub fn application(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.application = Credentials { id: id.into(), secret: secret.into() };
        self
    }

    /// The emulator.
    #[must_use]
    pub fn build(self) -> Emulator {
        let mut state = State::new(self.seed, self.clock);
        plant(&mut state, &self.resource, &self.application);
        Emulator::assemble(state, self.resource, self.application)
    }
}

impl std::fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("seed", &self.seed)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
