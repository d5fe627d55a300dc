use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind, TransportOptions,
};
use logto_admin::{Client, Endpoint, Timestamp};

use crate::builder::EmulatorBuilder;
use crate::handling;
use crate::messages::Message;
use crate::seed::Credentials;
use crate::state::State;

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
    resource: String,
    application: Credentials,
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

    pub(crate) fn assemble(state: State, resource: String, application: Credentials) -> Self {
        Self(Arc::new(Inner { state: Mutex::new(state), resource, application }))
    }

    /// Returns the id of the application that may call the Management API.
    ///
    /// Defaults to `emulator-app`.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.0.application.id
    }

    /// Returns the secret of the application that may call the Management API.
    ///
    /// Defaults to `emulator-secret`.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        &self.0.application.secret
    }

    /// Returns the resource of the Management API.
    ///
    /// Access tokens for the Management API are issued for this resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.0.resource
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

    /// Handles a request and returns the response.
    #[must_use]
    pub fn handle(&self, request: &HttpRequest) -> HttpResponse {
        handling::handle(request, &mut self.state())
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
        crate::router::keeps(operation_id)
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
        self.state().messages.clone()
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
    /// Use it to let tokens and secrets expire and invitations age.
    pub fn advance(&self, duration: Duration) {
        self.state().clock.advance(duration);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
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

#[async_trait]
impl HttpTransport for Emulator {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let response = self.handle(&request);
        if response.body.len().is_some_and(|length| length as u64 > options.max_response_bytes) {
            let message = format!("the response is larger than {} bytes", options.max_response_bytes);
            return Err(TransportError::new(TransportErrorKind::TooLarge, message));
        }
        Ok(response)
    }
}
