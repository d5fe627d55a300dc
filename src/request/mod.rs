//! A call before it is sent: [`Request`], and its parts.

mod client_context;
mod conditional;
mod form;
mod list;
mod multipart;
mod search;
mod send;
mod untyped;

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

pub(crate) use client_context::{ClientContext, Settings, Shared};
pub use conditional::ConditionalRequest;
pub use search::{Joint, MatchMode, SearchMember, UserSearchMember};
pub(crate) use send::{Credentials, NO_TOKENS, check_credentials, check_timeouts, scope_hint, token_source};
pub use untyped::Untyped;

use crate::error::{Error, Result};
use crate::operation::{Operation, OperationInfo, Paging};
use crate::pipeline::RetryPolicy;
use crate::response::{AnswerContext, Paged, Response};
use crate::transport::{Body, Headers, HttpRequest, HttpResponse, RedirectPolicy, TransportOptions};
use crate::types::headers::check_header;
use crate::types::{Pairs, Part, QueryValue, encode};

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
    context: ClientContext,
    parts: Parts,
    operation: PhantomData<fn() -> Op>,
}

impl<Op: Operation> Request<Op> {
    #[allow(dead_code, reason = "not used in a build without any group")]
    pub(crate) fn new(context: &ClientContext) -> Self {
        Self::from_parts(context, Parts::new(Op::INFO, Op::INFO.path))
    }

    pub(crate) fn from_parts(context: &ClientContext, parts: Parts) -> Self {
        Self { context: context.clone(), parts, operation: PhantomData }
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(&mut self.parts);
        self
    }

    #[allow(dead_code, reason = "used by blocking calls only")]
    pub(crate) const fn context(&self) -> &ClientContext {
        &self.context
    }

    pub(crate) fn path_parameter(self, name: &str, value: &str) -> Self {
        self.change(|parts| parts.path_parameter(name, value))
    }

    /// Adds a query parameter. The API document need not list it.
    pub fn query(self, name: &str, value: impl QueryValue) -> Self {
        self.change(|parts| value.append(name, &mut parts.query))
    }

    /// Sends `body` as JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|parts| match serde_json::to_vec(body) {
            Ok(bytes) => parts.set_body("application/json", bytes),
            Err(error) => parts.fail(format!("cannot encode the body as JSON: {error}")),
        })
    }

    /// Sends the members of `body` as a form. `body` is an object of strings, numbers and booleans.
    pub fn form(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.change(|parts| match form::encode(body) {
            Ok(pairs) => parts.set_body("application/x-www-form-urlencoded", pairs.into_string().into_bytes()),
            Err(message) => parts.fail(message),
        })
    }

    /// Sends `parts` as `multipart/form-data`.
    pub fn multipart(self, parts: &[Part]) -> Self {
        let encoded = multipart::encode(parts);
        self.change(|parts| parts.set_body(encoded.content_type, encoded.body))
    }

    /// Sets a header of this request.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|parts| parts.header(name, value))
    }

    /// Sends the id of a verification record. The record proves that the user has just confirmed who they are. Some
    /// operations of the account API require it; the operations of `verifications` create it.
    pub fn verification_record(self, id: &str) -> Self {
        self.header("logto-verification-id", id)
    }

    /// Sets the timeout of each attempt; `None` for no timeout. Defaults to the client's.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|parts| parts.options.timeout = Some(timeout.into()))
    }

    /// Sets the timeout of the call with all its attempts and waits. `None` for no timeout. Defaults to the client's.
    pub fn total_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.change(|parts| parts.options.total_timeout = Some(timeout.into()))
    }

    /// Sets the maximum size of the response body in bytes. Defaults to the client's.
    pub fn max_response_bytes(self, bytes: u64) -> Self {
        self.change(|parts| parts.options.max_response_bytes = Some(bytes))
    }

    /// Sets how to handle redirects. Defaults to the client's policy.
    pub fn redirects(self, policy: RedirectPolicy) -> Self {
        self.change(|parts| parts.options.redirects = Some(policy))
    }

    /// Sets whether undocumented successes are errors. A success is undocumented if its status is undocumented or it
    /// lacks the documented body. Defaults to the client's setting.
    pub fn strict(self, strict: bool) -> Self {
        self.change(|parts| parts.options.strict = Some(strict))
    }

    /// Sets when the request is retried. Defaults to the client's policy.
    ///
    /// A creation is retried after 429, and after 503 with `Retry-After`. If a gateway sends these after the server has
    /// created the entity, the retry creates another one. [`RetryPolicy::NEVER`] rules that out.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.change(|parts| parts.options.retry = Some(policy))
    }

    /// Sets whether the operation is idempotent. Defaults to
    /// [`OperationInfo::idempotent`](crate::operation::OperationInfo).
    pub fn idempotent(self, idempotent: bool) -> Self {
        self.change(|parts| parts.options.idempotent = Some(idempotent))
    }

    /// Returns the HTTP request as it would be sent, without the access token.
    ///
    /// # Errors
    /// Fails if an argument is invalid.
    pub fn to_http(mut self) -> Result<HttpRequest> {
        self.check()?;
        Ok(self.parts.to_http(&self.context))
    }

    /// Sends the request and returns the status, the headers, and the decoded value. Returns the error of the API in
    /// place of the value if the API rejects the request.
    ///
    /// # Errors
    /// Fails if an argument is invalid, or if there is no access token or no response.
    pub async fn detailed(mut self) -> Result<Response<Op::Output>> {
        let exchange = self.exchange().await?;
        let result = self.read(&exchange);
        let HttpResponse { status, headers, .. } = exchange.response;
        Ok(Response { status, headers, attempts: exchange.attempts, result })
    }

    /// Sends the request and returns the undecoded response with any status.
    ///
    /// # Errors
    /// Fails if an argument is invalid, or if there is no access token or no response.
    pub async fn raw(mut self) -> Result<HttpResponse> {
        Ok(self.exchange().await?.response)
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

/// The parts of a request: inert data, the same for every operation.
pub(crate) struct Parts {
    pub info: &'static OperationInfo,
    pub path: String,
    pub query: Pairs,
    pub headers: Headers,
    pub body: Body,
    pub paged: Paged,
    pub options: Options,
    /// The first invalid argument. Reported when the request is awaited.
    pub problem: Option<Error>,
}

/// Settings that override those of the client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// `Some(None)` disables the timeout.
    pub timeout: Option<Option<Duration>>,
    pub total_timeout: Option<Option<Duration>>,
    pub retry: Option<RetryPolicy>,
    pub idempotent: Option<bool>,
    pub max_response_bytes: Option<u64>,
    pub redirects: Option<RedirectPolicy>,
    pub strict: Option<bool>,
    pub prefetch: Option<usize>,
}

impl Options {
    /// Returns the transport options, which default to those of the client.
    pub(crate) fn transport(&self, defaults: TransportOptions) -> TransportOptions {
        TransportOptions {
            max_response_bytes: self.max_response_bytes.unwrap_or(defaults.max_response_bytes),
            redirects: self.redirects.unwrap_or(defaults.redirects),
            ..defaults
        }
    }
}

/// The largest page size that Logto accepts.
pub(crate) const MAX_PAGE_SIZE: u32 = 100;
/// The length of `?page=1234567890&page_size=100`.
const PAGE_QUERY_LENGTH: usize = 32;

impl Parts {
    pub(crate) fn new(info: &'static OperationInfo, path: &str) -> Self {
        Self {
            info,
            path: path.to_owned(),
            query: Pairs::default(),
            headers: Headers::new(),
            body: Body::empty(),
            paged: Paged::default(),
            options: Options::default(),
            problem: None,
        }
    }

    /// Records an invalid argument, unless there is one already.
    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| Error::input(message));
    }

    /// Replaces `{name}` in the path by a value, which stays one segment.
    pub(crate) fn path_parameter(&mut self, name: &str, value: &str) {
        let Some(placeholder) = placeholder(&self.path, name) else {
            return self.fail(format!("the path {} has no unset parameter `{name}`", self.info.path));
        };
        match value {
            "" => self.fail(format!("`{name}` is empty, so the request would reach another route")),
            // URL parsers resolve these segments, however they are encoded.
            "." | ".." => self.fail(format!("`{name}` is `{value}`, which URLs cannot carry as a segment")),
            value => self.path.replace_range(placeholder, &encode(value)),
        }
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match check_header(name, value) {
            Ok(()) => self.headers.set(name.to_owned(), value.to_owned()),
            Err(message) => self.fail(message),
        }
    }

    pub(crate) fn set_body(&mut self, content_type: impl Into<Cow<'static, str>>, bytes: Vec<u8>) {
        self.headers.set("content-type", content_type);
        self.body = bytes.into();
    }

    pub(crate) fn page(&mut self, page: u32) {
        if page == 0 {
            return self.fail("`page` is 0, but pages start at 1");
        }
        self.paged.page = Some(page);
    }

    pub(crate) fn page_size(&mut self, page_size: u32) {
        if !(1..=MAX_PAGE_SIZE).contains(&page_size) {
            return self.fail(format!("`page_size` is {page_size}, but must be from 1 to {MAX_PAGE_SIZE}"));
        }
        self.paged.page_size = Some(page_size);
    }

    /// Returns the parts of the request for a page. Moves an invalid argument to it.
    pub(crate) fn at_page(&mut self, page: u32) -> Self {
        Self {
            info: self.info,
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            paged: Paged { page: Some(page), ..self.paged },
            options: self.options,
            problem: self.problem.take(),
        }
    }

    /// Returns the request at the client's endpoint, with the client's headers. It has no access token.
    pub(crate) fn to_http(&self, context: &ClientContext) -> HttpRequest {
        let mut headers = context.settings.headers.clone();
        headers.merge(&self.headers);
        let url = self.url(context.shared.endpoint.url());
        HttpRequest { method: self.info.method, url, headers, body: self.body.clone() }
    }

    fn url(&self, endpoint: &str) -> String {
        let query = self.query.as_str();
        let mut url = String::with_capacity(endpoint.len() + self.path.len() + query.len() + PAGE_QUERY_LENGTH);
        url.push_str(endpoint);
        url.push_str(&self.path);
        let mut separator = '?';
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
            separator = '&';
        }
        for (name, value) in [("page=", self.paged.page), ("page_size=", self.paged.page_size)] {
            if let Some(value) = value {
                url.push(separator);
                url.push_str(name);
                url.push_str(&value.to_string());
                separator = '&';
            }
        }
        url
    }

    /// Returns what decoding the answer requires.
    pub(crate) fn answer_context(&self) -> AnswerContext {
        let requested = self.paged.page.or(self.paged.page_size).is_some();
        let paged = match self.info.paging {
            Paging::Always => self.paged.or_default(),
            Paging::OnRequest if requested => self.paged.or_default(),
            _ => Paged::default(),
        };
        AnswerContext { paged, items_at: self.info.items_at }
    }

    /// Rejects invalid and missing arguments.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some((missing, _)) = self.path.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
            let message = format!("missing path parameter `{missing}`");
            self.fail(message);
        }
        let is_set = |name| self.query.contains(name);
        let missing = self.info.query_parameters.iter().find(|parameter| parameter.required && !is_set(parameter.name));
        if let Some(missing) = missing {
            self.fail(format!("missing query parameter `{}`", missing.name));
        }
        self.problem.take().map_or(Ok(()), Err)
    }
}

/// Returns the range of `{name}` in a path.
fn placeholder(path: &str, name: &str) -> Option<Range<usize>> {
    path.match_indices('{').find_map(|(start, _)| {
        let after = path.get(start + 1..)?.strip_prefix(name)?.strip_prefix('}')?;
        Some(start..path.len() - after.len())
    })
}

impl fmt::Debug for Parts {
    /// Hides query and body, which might contain personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("operation", &self.info.id)
            .field("method", &self.info.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("options", &self.options)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
