//! A call that can still be changed: [`Request`].

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::execute::Exchange;
use crate::multipart;
use crate::operation::{ListOperation, Operation};
use crate::response::{Answer, Conditional, Response};
use crate::retry::RetryPolicy;
use crate::transport::{HttpRequest, HttpResponse, RedirectPolicy};
use crate::types::{Part, QueryValue};
use crate::url::Pairs;

/// What awaiting a request runs.
pub type RequestFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// A call of one operation. Nothing is sent until it is awaited; what is wrong with it surfaces then, before anything
/// is sent.
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
    client: Client,
    call: Call,
    operation: PhantomData<fn() -> Op>,
}

impl<Op: Operation> Request<Op> {
    #[allow(dead_code, reason = "a build without any group has nobody who calls it")]
    pub(crate) fn new(client: &Client) -> Self {
        Self::from_call(client, Call::new(Op::INFO, Op::INFO.path))
    }

    pub(crate) fn from_call(client: &Client, call: Call) -> Self {
        Self { client: client.clone(), call, operation: PhantomData }
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    /// Fails the request with this error when it is awaited.
    pub(crate) fn failed(mut self, error: Error) -> Self {
        self.call.problem.get_or_insert(error);
        self
    }

    pub(crate) fn path_parameter(self, name: &str, value: &str) -> Self {
        self.change(|call| call.path_parameter(name, value))
    }

    /// Adds a member to the query, also one that the API document does not know.
    pub fn query(self, name: &str, value: impl QueryValue) -> Self {
        self.change(|call| value.append(name, &mut call.query))
    }

    /// Sends `body` as JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|call| match serde_json::to_vec(body) {
            Ok(bytes) => call.set_body("application/json", bytes),
            Err(error) => call.fail(format!("the body cannot be written as JSON: {error}")),
        })
    }

    /// Sends the members of `body`, which is an object of plain values, as a form.
    pub fn form(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|call| match Pairs::from_object(body) {
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

    /// Sets a header of this request alone.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|call| call.header(name, value))
    }

    /// How long each attempt may take; `None` for as long as it takes.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|call| call.options.timeout = Some(timeout.into()))
    }

    /// How long the call may take, with all its attempts and the waits between them; `None` for no bound.
    pub fn total_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|call| call.options.total_timeout = Some(timeout.into()))
    }

    /// The largest body of the answer in bytes.
    pub fn max_response_bytes(self, bytes: u64) -> Self {
        self.change(|call| call.options.max_response_bytes = Some(bytes))
    }

    /// What to do with redirects.
    pub fn redirects(self, policy: RedirectPolicy) -> Self {
        self.change(|call| call.options.redirects = Some(policy))
    }

    /// Whether an undocumented success status, or a success without the documented body, is an error.
    pub fn strict(self, strict: bool) -> Self {
        self.change(|call| call.options.strict = Some(strict))
    }

    /// When this request is tried again.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.change(|call| call.options.retry = Some(policy))
    }

    /// Says whether doing it twice is the same as doing it once, in place of what the table of operations says.
    pub fn idempotent(self, idempotent: bool) -> Self {
        self.change(|call| call.options.idempotent = Some(idempotent))
    }

    /// Asks for the answer only if it is no longer the version of this tag.
    pub fn if_none_match(self, etag: &str) -> ConditionalRequest<Op> {
        ConditionalRequest(self.header("if-none-match", etag))
    }

    /// The request as it would be sent, without its access token.
    ///
    /// # Errors
    /// What is wrong with the request's arguments.
    pub fn to_http(mut self) -> Result<HttpRequest> {
        self.client.prepare(&mut self.call)?;
        Ok(self.client.http_request(&self.call))
    }

    /// Makes the call and gives status and headers beside the parsed answer or the API's error.
    ///
    /// # Errors
    /// Bad input, no access token, no answer.
    pub async fn detailed(mut self) -> Result<Response<Op::Output>> {
        let exchange = self.client.execute(&mut self.call).await?;
        let result = self.read(&exchange);
        let HttpResponse { status, headers, .. } = exchange.response;
        Ok(Response { status, headers, attempts: exchange.attempts, result })
    }

    /// Makes the call and gives the answer as it came, whatever its status.
    ///
    /// # Errors
    /// Bad input, no access token, no answer.
    pub async fn raw(mut self) -> Result<HttpResponse> {
        Ok(self.client.execute(&mut self.call).await?.response)
    }

    /// The request for the page after this one.
    pub(crate) fn following(&self) -> Self {
        Self::from_call(&self.client, self.call.following_page())
    }

    #[allow(dead_code, reason = "blocking calls alone ask for it")]
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) const fn call(&self) -> &Call {
        &self.call
    }

    /// Makes of an exchange what the caller gets.
    fn read(&self, exchange: &Exchange) -> Result<Op::Output> {
        self.client.success(&self.call, exchange)?;
        let read = Op::Answer::read(&exchange.response, &self.call.answer_context());
        let at = |error: Error| error.at_operation(self.call.info.id, self.call.info.method, &self.call.path);
        read.map_err(|error| exchange.blame(at(error)))
    }

    async fn send(mut self) -> Result<Op::Output> {
        let exchange = self.client.execute(&mut self.call).await?;
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

/// A request for something newer than what the caller has; awaited it gives a [`Conditional`].
#[derive(Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ConditionalRequest<Op>(Request<Op>);

impl<Op: Operation> ConditionalRequest<Op> {
    async fn send(mut self) -> Result<Conditional<Op::Output>> {
        let Request { client, call, .. } = &mut self.0;
        let exchange = client.execute(call).await?;
        if exchange.response.status == 304 {
            return Ok(Conditional::NotModified);
        }
        let value = self.0.read(&exchange)?;
        let etag = exchange.response.headers.get("etag").map(str::to_owned);
        Ok(Conditional::Modified { value, etag })
    }
}

impl<Op: Operation> IntoFuture for ConditionalRequest<Op> {
    type Output = Result<Conditional<Op::Output>>;
    type IntoFuture = RequestFuture<Conditional<Op::Output>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Lists.
impl<Op: ListOperation> Request<Op> {
    /// Which page, from 1.
    pub fn page(self, page: u32) -> Self {
        self.change(|call| call.page(page))
    }

    /// How many items a page holds: 1 to 100, 20 if it is not said. Streams take 100.
    pub fn page_size(self, page_size: u32) -> Self {
        self.change(|call| call.page_size(page_size))
    }
}
