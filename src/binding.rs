//! What bindings to other languages need: requests whose operation is described when they are made, by a table that
//! the binding has on its own side.
//!
//! Not part of what the crate promises: it changes with the bindings.

use std::sync::Arc;
use std::time::Duration;

use crate::builder::ClientBuilder;
use crate::call::Call;
use crate::client::Client;
use crate::error::Result;
use crate::operation::Authentication;
use crate::retry::RetryPolicy;
use crate::runtime::Runtime;
use crate::token::AccessToken;
use crate::transport::{Headers, HttpResponse, HttpTransport, Method};
use crate::untyped;
use crate::url::Pairs;

/// A request, and what the binding's table says of its operation.
#[derive(Debug)]
pub struct GenericRequest<'a> {
    /// What to do.
    pub method: Method,
    /// The path, encoded already.
    pub path: &'a str,
    /// The query without its question mark, encoded already.
    pub query: &'a str,
    /// Headers, checked already: that of the body, which stays with the binding, too.
    pub headers: Headers,
    /// Who may call.
    pub authentication: Authentication,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
    /// How long each attempt may take, if not as long as the client says.
    pub timeout: Option<Duration>,
    /// How long the call may take, if not as long as the client says.
    pub total_timeout: Option<Duration>,
    /// When it is tried again, if not when the client says.
    pub retry: Option<RetryPolicy>,
}

impl Client {
    /// Makes the request and gives a success as it came, with a body that stays where the transport left it.
    ///
    /// # Errors
    /// Bad input, no access token, no answer, the API's error.
    #[doc(hidden)]
    pub async fn generic(&self, request: GenericRequest<'_>) -> Result<HttpResponse> {
        let mut call = Call::new(untyped::info(request.method), request.path);
        call.query = Pairs::encoded(request.query);
        call.headers = request.headers;
        call.options.authentication = Some(request.authentication);
        call.options.idempotent = Some(request.idempotent);
        call.options.timeout = request.timeout.map(Some);
        call.options.total_timeout = request.total_timeout.map(Some);
        call.options.retry = request.retry;
        call.options.prefer_text = true;
        let exchange = self.execute(&mut call).await?;
        self.success(&call, &exchange)?;
        Ok(exchange.response)
    }
}

impl Client {
    /// A new access token, whatever the one that there is.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    #[doc(hidden)]
    pub async fn renewed_access_token(&self) -> Result<AccessToken> {
        self.tokens()?.renew().await
    }
}

impl ClientBuilder {
    /// Builds the client on this platform, without a trace of the usual one in the binary. Whether the settings can
    /// be is for the binding to say, which has their names.
    #[doc(hidden)]
    pub fn build_on(self, transport: Arc<dyn HttpTransport>, runtime: Arc<dyn Runtime>) -> Client {
        self.assemble(transport, runtime)
    }
}
