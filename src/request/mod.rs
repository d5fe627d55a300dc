//! A call before it is sent: [`Request`].

mod call;
mod list;
mod multipart;
mod search;
mod send;
mod untyped;

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

pub(crate) use call::Call;
pub use search::{Joint, MatchMode, SearchMember, UserSearchMember};
pub(crate) use send::{Credentials, NO_TOKENS, check_credentials};
pub use untyped::Untyped;

use crate::error::Result;
use crate::operation::Operation;
use crate::pipeline::{Channel, RetryPolicy};
use crate::response::{Conditional, Response};
use crate::transport::{HttpRequest, HttpResponse, RedirectPolicy};
use crate::types::{Pairs, Part, QueryTarget, QueryValue};

/// The future of a [`Request`].
pub type RequestFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// A call of one operation.
///
/// A request is sent when it is awaited. Invalid arguments are reported then too, before anything is sent.
///
/// ```no_run
/// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
/// use std::time::Duration;
///
/// let user = client.users().get("8yrtxfqcf2ut").timeout(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct Request<Op> {
    channel: Channel,
    call: Call,
    operation: PhantomData<fn() -> Op>,
}

impl<Op: Operation> Request<Op> {
    #[allow(dead_code, reason = "not used in a build without any group")]
    pub(crate) fn new(channel: &Channel) -> Self {
        Self::from_call(channel, Call::new(Op::INFO, Op::INFO.path))
    }

    pub(crate) fn from_call(channel: &Channel, call: Call) -> Self {
        Self { channel: channel.clone(), call, operation: PhantomData }
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    #[allow(dead_code, reason = "used by blocking calls only")]
    pub(crate) const fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(crate) fn path_parameter(self, name: &str, value: &str) -> Self {
        self.change(|call| call.path_parameter(name, value))
    }

    /// Adds a query parameter, including parameters that the API document does not list.
    pub fn query(self, name: &str, value: impl QueryValue) -> Self {
        self.change(|call| value.append(name, &mut call.query))
    }

    /// Sends `body` as JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|call| match serde_json::to_vec(body) {
            Ok(bytes) => call.set_body("application/json", bytes),
            Err(error) => call.fail(format!("cannot encode the body as JSON: {error}")),
        })
    }

    /// Sends the members of `body` as a form. `body` is an object of strings, numbers and booleans.
    pub fn form(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|call| match form(body) {
            Ok(pairs) => call.set_body("application/x-www-form-urlencoded", pairs.into_string().into_bytes()),
            Err(message) => call.fail(message),
        })
    }

    /// Sends `parts` as `multipart/form-data`.
    pub fn multipart(self, parts: &[Part]) -> Self {
        self.change(|call| {
            let encoded = multipart::encode(parts);
            call.set_body(encoded.content_type, encoded.body);
        })
    }

    /// Sets a header of this request.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|call| call.header(name, value))
    }

    /// Sends the id of a verification record, which proves that the user has just confirmed who they are. Some operations
    /// of the account API require it; the operations of `verifications` create it.
    pub fn verification_record(self, id: &str) -> Self {
        self.header("logto-verification-id", id)
    }

    /// Sets the timeout of each attempt; `None` for no timeout. Defaults to the client's.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|call| call.options.timeout = Some(timeout.into()))
    }

    /// Sets the timeout of the call with all its attempts and waits; `None` for no timeout. Defaults to the client's.
    pub fn total_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|call| call.options.total_timeout = Some(timeout.into()))
    }

    /// Sets the maximum size of the response body in bytes. Defaults to the client's.
    pub fn max_response_bytes(self, bytes: u64) -> Self {
        self.change(|call| call.options.max_response_bytes = Some(bytes))
    }

    /// Sets how to handle redirects. Defaults to the client's policy.
    pub fn redirects(self, policy: RedirectPolicy) -> Self {
        self.change(|call| call.options.redirects = Some(policy))
    }

    /// Sets whether an undocumented success status, or a success without the documented body, is an error. Defaults to
    /// the client's setting.
    pub fn strict(self, strict: bool) -> Self {
        self.change(|call| call.options.strict = Some(strict))
    }

    /// Sets when the request is retried. Defaults to the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.change(|call| call.options.retry = Some(policy))
    }

    /// Sets whether the operation is idempotent. Defaults to
    /// [`OperationInfo::idempotent`](crate::operation::OperationInfo).
    pub fn idempotent(self, idempotent: bool) -> Self {
        self.change(|call| call.options.idempotent = Some(idempotent))
    }

    /// Requests the value only if its entity tag differs from `etag`.
    pub fn if_none_match(self, etag: &str) -> ConditionalRequest<Op> {
        ConditionalRequest(self.header("if-none-match", etag))
    }

    /// Returns the HTTP request as it would be sent, without the access token.
    ///
    /// # Errors
    /// Fails if an argument is invalid.
    pub fn to_http(mut self) -> Result<HttpRequest> {
        self.check()?;
        Ok(self.call.to_http(self.channel.endpoint().url(), &self.channel.settings().headers))
    }

    /// Sends the request and returns the status and the headers together with the decoded value or the error of the
    /// API.
    ///
    /// # Errors
    /// Fails if an argument is invalid, or if there is no access token or no response.
    pub async fn detailed(mut self) -> Result<Response<Op::Output>> {
        let exchange = self.exchange().await?;
        let result = self.read(&exchange);
        let HttpResponse { status, headers, .. } = exchange.answer.response;
        Ok(Response { status, headers, attempts: exchange.attempts, result })
    }

    /// Sends the request and returns the undecoded response with any status.
    ///
    /// # Errors
    /// Fails if an argument is invalid, or if there is no access token or no response.
    pub async fn raw(mut self) -> Result<HttpResponse> {
        Ok(self.exchange().await?.answer.response)
    }

    async fn send(mut self) -> Result<Op::Output> {
        let exchange = self.exchange().await?;
        self.read(&exchange)
    }
}

impl<Op: Operation> IntoFuture for Request<Op> {
    type Output = Result<Op::Output>;
    type IntoFuture = RequestFuture<Op::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A request for a value that has changed. Returns a [`Conditional`] when awaited.
#[derive(Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ConditionalRequest<Op>(Request<Op>);

impl<Op: Operation> ConditionalRequest<Op> {
    async fn send(mut self) -> Result<Conditional<Op::Output>> {
        let exchange = self.0.exchange().await?;
        let response = &exchange.answer.response;
        if response.status == 304 {
            return Ok(Conditional::NotModified);
        }
        let etag = response.headers.get("etag").map(str::to_owned);
        Ok(Conditional::Modified { value: self.0.read(&exchange)?, etag })
    }
}

impl<Op: Operation> IntoFuture for ConditionalRequest<Op> {
    type Output = Result<Conditional<Op::Output>>;
    type IntoFuture = RequestFuture<Conditional<Op::Output>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Encodes the members of an object, in order. Their values must be strings, numbers, booleans or null.
fn form(body: &(impl Serialize + ?Sized)) -> Result<Pairs, String> {
    let mut pairs = Pairs::default();
    let Ok(Value::Object(members)) = serde_json::to_value(body) else {
        return Err("a form requires an object".to_owned());
    };
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::String(value) => pairs.pair(&name, &value),
            Value::Bool(_) | Value::Number(_) => pairs.pair(&name, &value.to_string()),
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("`{name}` is a list or an object, which a form cannot contain"));
            }
        }
    }
    Ok(pairs)
}
