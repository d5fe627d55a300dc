//! The emulator, its builder, and the server that it runs as.

mod builder;
mod control;
pub(crate) mod handle;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod server;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use logto_admin::serde_json::Value;
use logto_admin::{Client, Endpoint, Timestamp};

pub use self::builder::EmulatorBuilder;
#[cfg(all(feature = "server", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use self::server::Server;
use crate::handling;
use crate::import::{self, ImportError};
use crate::state::State;
use crate::state::messages::Message;
use crate::state::recent_requests::HandledRequest;
use crate::state::services::Service;

/// An in-memory Logto server. Clones share the same state.
///
/// ```
/// use logto_admin_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> logto_admin::Result<()> {
/// let client = Emulator::new().client()?;
/// let user = client.operation("CreateUser")?.json(&logto_admin::serde_json::json!({ "username": "ada" })).await?;
/// assert_eq!(user["username"], "ada");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Emulator(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    settings: EmulatorBuilder,
    /// The imported data, which a reset imports again.
    imported: Mutex<Vec<Value>>,
}

/// The URL of the emulator when it is called without a network.
const URL: &str = "http://emulator.localhost";

impl Emulator {
    /// Creates an emulator with the default settings.
    ///
    /// It has one application that may call the Management API (see [`app_id`](Self::app_id)).
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Creates a builder for an emulator with other settings.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Returns the id of the application that may call the Management API.
    ///
    /// Defaults to `emulator-app`.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.0.settings.application.id
    }

    /// Returns the secret of the application that may call the Management API.
    ///
    /// Defaults to `emulator-secret`.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        &self.0.settings.application.secret
    }

    /// Returns the resource of the Management API.
    ///
    /// Access tokens for the Management API are issued for this resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.0.settings.resource
    }

    /// Returns the endpoint for a client that uses the emulator as its transport.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint_at(URL)
    }

    pub(crate) fn endpoint_at(&self, url: impl Into<String>) -> Endpoint {
        Endpoint::self_hosted(url).with_resource(self.resource())
    }

    /// Creates a client that calls this emulator without a network.
    ///
    /// # Errors
    /// Fails if this build of `logto-admin` has no default runtime. In that case, build the client yourself: set a
    /// runtime, and set the emulator as its transport.
    pub fn client(&self) -> logto_admin::Result<Client> {
        let builder = Client::builder(self.endpoint()).client_credentials(self.app_id(), self.app_secret());
        builder.transport(self.clone()).build()
    }

    /// Returns whether the emulator keeps state for an operation.
    ///
    /// The operation is identified by its operationId. If the emulator keeps no state for it, the response is a sample
    /// generated from the API document, and the call has no side effects.
    ///
    /// ```
    /// use logto_admin_emulator::Emulator;
    ///
    /// assert!(Emulator::keeps("CreateUser"));
    /// ```
    #[must_use]
    pub fn keeps(operation_id: &str) -> bool {
        handling::router::keeps(operation_id)
    }

    /// Returns the messages that a server would have sent, oldest first.
    ///
    /// ```
    /// use logto_admin::serde_json::json;
    /// use logto_admin_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> logto_admin::Result<()> {
    /// let emulator = Emulator::new();
    /// let client = emulator.client()?;
    /// let config = json!({ "endpoint": "https://example.com/emails" });
    /// client.operation("CreateConnector")?.json(&json!({ "connectorId": "http-email", "config": config })).await?;
    /// client.operation("CreateVerificationCode")?.json(&json!({ "email": "ada@example.com" })).await?;
    /// let messages = emulator.messages();
    /// assert_eq!(messages[0].recipient, "ada@example.com");
    /// assert_eq!(messages[0].code().map(str::len), Some(6));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.iter().cloned().collect()
    }

    /// Configures a service that an operator configures outside of Logto's API.
    ///
    /// To configure it from the start, use [`EmulatorBuilder::service`].
    pub fn configure(&self, service: Service) {
        self.state().services.add(service);
    }

    /// Returns the emulator's current time.
    ///
    /// The default clock advances by one millisecond per request.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.state().clock.now())
    }

    /// Advances the emulator's clock.
    ///
    /// Use it to let tokens, secrets and invitations expire.
    pub fn advance(&self, duration: Duration) {
        self.state().clock.advance(duration);
    }

    /// Creates entities from a description: users, roles, applications and so on.
    ///
    /// The format is that of the seed file of `logto-admin-emulator`; see the
    /// [README](https://docs.rs/crate/logto-admin-emulator). Logto's rules apply: the emulator creates each entity as a
    /// request would.
    ///
    /// ```
    /// use logto_admin::serde_json::json;
    /// use logto_admin_emulator::Emulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::new();
    /// emulator.import(&json!({
    ///     "roles": [{ "name": "editor", "description": "Edits texts" }],
    ///     "users": [{ "username": "ada", "roles": ["editor"] }],
    /// }))?;
    /// let user = emulator.client()?.operation("ListUsers")?.await?[0].clone();
    /// assert_eq!(user["username"], "ada");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails at the first unknown member or invalid value, with its place. Entities before it stay.
    pub fn import(&self, data: &Value) -> Result<(), ImportError> {
        import::import(data, &mut self.state())?;
        self.imported().push(data.clone());
        Ok(())
    }

    /// Resets the emulator to its state after it was built. Imports all imported data again.
    ///
    /// Access tokens for the Management API stay valid.
    pub fn reset(&self) {
        let mut state = self.0.settings.state();
        for data in self.imported().iter() {
            // It succeeded before. A part might fail now if it was about entities of the discarded state.
            let _ = import::import(data, &mut state);
        }
        *self.state() = state;
    }

    /// Returns the requests that the emulator handled last, oldest first. It keeps the last 1000.
    #[must_use]
    pub fn requests(&self) -> Vec<HandledRequest> {
        self.state().requests.all()
    }

    /// Writes the state as JSON: all entities, tokens and the clock. It contains secrets in plain text.
    ///
    /// # Errors
    /// Fails if writing fails.
    pub fn save(&self, writer: impl Write) -> io::Result<()> {
        crate::state::persistence::save(&self.state(), writer)
    }

    /// Replaces the state with one that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// Fails if reading fails or the content is not a saved state. The emulator keeps its current state in this case.
    pub fn restore(&self, reader: impl Read) -> io::Result<()> {
        crate::state::persistence::restore(&mut self.state(), reader)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn imported(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.imported.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EmulatorBuilder {
    /// Builds the emulator.
    #[must_use]
    pub fn build(self) -> Emulator {
        let state = Mutex::new(self.state());
        Emulator(Arc::new(Inner { state, settings: self, imported: Mutex::default() }))
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("app_id", &self.app_id())
            .field("resource", &self.resource())
            .finish_non_exhaustive()
    }
}
