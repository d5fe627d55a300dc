use std::sync::Arc;

use logto_admin::Timestamp;
use logto_admin::operation::Release;
use logto_admin::transport::HttpTransport;

use crate::state::State;
use crate::state::clock::Clock;
use crate::state::messages::Message;
use crate::state::seed::{Credentials, plant};
use crate::state::services::{Service, Services};

/// Is called with each message.
type MessageListener = Arc<dyn Fn(&Message) + Send + Sync>;

/// Builder for an [`Emulator`](crate::Emulator).
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct EmulatorBuilder {
    seed: u64,
    clock: Clock,
    release: Release,
    pub(crate) resource: String,
    pub(crate) application: Credentials,
    services: Services,
    pub(crate) webhooks: Option<Arc<dyn HttpTransport>>,
    pub(super) message_listener: Option<MessageListener>,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        let application = Credentials { id: "emulator-app".to_owned(), secret: "emulator-secret".to_owned() };
        let resource = "https://default.logto.app/api".to_owned();
        Self {
            seed: 0,
            clock: Clock::own(),
            release: Release::new(42),
            resource,
            application,
            services: Services::default(),
            webhooks: None,
            message_listener: None,
        }
    }

    /// Sets the seed for ids, secrets and tokens. Defaults to 0.
    ///
    /// With the same seed, the same requests in the same order produce the same values.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the clock.
    ///
    /// The default clock starts at 2025-01-01 and advances by one millisecond per request.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::of(now);
        self
    }

    /// Sets the release of Logto whose routes the emulator has. Defaults to 1.42.
    ///
    /// Operations that this release lacks are unknown routes. All others work as in 1.42.
    pub const fn release(mut self, release: Release) -> Self {
        self.release = release;
        self
    }

    /// Sets the resource of the Management API.
    ///
    /// Defaults to the resource of a self-hosted server, `https://default.logto.app/api`.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// Sets the id and secret of the application that may call the Management API.
    ///
    /// Defaults to `emulator-app` and `emulator-secret`.
    pub fn application(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.application = Credentials { id: id.into(), secret: secret.into() };
        self
    }

    /// Configures a service that an operator configures outside of Logto's API. Defaults to none.
    pub fn service(mut self, service: Service) -> Self {
        self.services.add(service);
        self
    }

    /// Sets the transport that delivers webhooks. Without one, the emulator delivers none.
    ///
    /// If the emulator is the transport of a client, it delivers the events of a call before the call returns. Tests
    /// therefore need not wait. The HTTP server delivers them after its response, as Logto does. A delivery that fails
    /// is repeated without a pause, as often as the webhook configures.
    ///
    /// ```
    /// use logto_admin::models::{CreateHook, CreateUser, HookConfig, HookEvent};
    /// use logto_admin::transport::{HttpRequest, HttpResponse, TransportError, transport_fn};
    /// use logto_admin_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> logto_admin::Result<()> {
    /// let receiver = transport_fn(|delivery: HttpRequest, _options| async move {
    ///     assert!(delivery.body.text().contains("User.Created"));
    ///     Ok::<_, TransportError>(HttpResponse::new(200))
    /// });
    /// let client = Emulator::builder().webhooks(receiver).build().client()?;
    /// let events = Some(vec![HookEvent::UserCreated]);
    /// client.hooks().create(CreateHook { events, ..CreateHook::new(HookConfig::new("https://example.com")) }).await?;
    /// client.users().create(CreateUser::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn webhooks(mut self, transport: impl HttpTransport) -> Self {
        self.webhooks = Some(Arc::new(transport));
        self
    }

    /// Sets a function that gets each message that a server would have sent.
    ///
    /// It is called before the response to the request.
    ///
    /// ```
    /// use logto_admin_emulator::{Emulator, Message};
    ///
    /// let print = |message: &Message| println!("to {}: {:?}", message.recipient, message.content());
    /// let emulator = Emulator::builder().message_listener(print).build();
    /// ```
    pub fn message_listener(mut self, listener: impl Fn(&Message) + Send + Sync + 'static) -> Self {
        self.message_listener = Some(Arc::new(listener));
        self
    }

    /// Returns the state of a new emulator.
    pub(crate) fn state(&self) -> State {
        let mut state = State::new(self.seed, self.clock.clone(), self.release);
        state.services = self.services.clone();
        plant(&mut state, &self.resource, &self.application);
        state.outbox.enabled = self.webhooks.is_some();
        state
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
