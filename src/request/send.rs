//! From a request to its answer: checks, the pipeline, decoding.

use std::time::Duration;

use super::{ClientContext, Parts, Request};
use crate::error::{Error, ErrorKind, Result, hint};
use crate::operation::{AnswerKind, Authentication, Operation, OperationInfo, release};
use crate::pipeline::{Exchange, HttpAttempt, Label, OutgoingRequest, Plan};
use crate::response::{self, Answer as _, Expected};
use crate::token::{TokenCache, TokenKind};
use crate::transport::{HttpRequest, HttpResponse};

impl<Op: Operation> Request<Op> {
    /// Sends the request and returns the answer with any status.
    pub(super) async fn exchange(&mut self) -> Result<Exchange<HttpResponse>> {
        self.check()?;
        let exchange = self.run().await;
        self.locate(exchange)
    }

    /// Rejects the request if it cannot be sent.
    pub(super) fn check(&mut self) -> Result<()> {
        let checked = check(&self.context, &mut self.parts);
        self.locate(checked)
    }

    /// Decodes a success, and returns any other answer as an error.
    pub(super) fn read(&self, exchange: &Exchange<HttpResponse>) -> Result<Op::Output> {
        let Exchange { answer, response, .. } = exchange;
        let strict = self.parts.options.strict.unwrap_or(self.context.settings.strict);
        let result = match response::check(answer, response, expected(self.parts.info, strict)) {
            Ok(()) => Op::Answer::read(response, &self.parts.answer_context()),
            Err(error) => {
                let hint = release_hint(self.parts.info, response);
                Err(error.with_hint(hint.or_else(|| scope_hint(self.context.shared.tokens.as_ref(), answer.status))))
            }
        };
        self.locate(result.map_err(|error| exchange.fail(error)))
    }

    async fn run(&self) -> Result<Exchange<HttpResponse>> {
        let (parts, context) = (&self.parts, &self.context);
        let (options, settings) = (&parts.options, &context.settings);
        let (timeout, total_timeout) = timeouts(context, parts);
        let template = if parts.info.path.is_empty() { &parts.path } else { parts.info.path };
        let plan = Plan {
            label: Some(Label { operation: parts.info.id, method: parts.info.method, template }),
            retry: options.retry.unwrap_or(settings.retry),
            idempotent: options.idempotent.unwrap_or(parts.info.idempotent),
            total_timeout,
            urgent: false,
            begun: None,
            tokens: token_source(
                context.shared.tokens.as_ref(),
                parts.info.authentication,
                has_header(context, parts, "authorization"),
            ),
        };
        let attempt = HttpAttempt {
            sender: &context.shared.sender,
            request: Outgoing { parts, context },
            operation: parts.info.id,
            timeout,
            options: options.transport(settings.options),
        };
        context.shared.pipeline.run(&plan, &attempt).await
    }

    /// Adds the operation to an error. Every error of a request passes through here.
    fn locate<T>(&self, result: Result<T>) -> Result<T> {
        let info = self.parts.info;
        result.map_err(|error| error.at_operation(info.id, info.method, &self.parts.path))
    }
}

/// Rejects a request that cannot be sent.
fn check(context: &ClientContext, parts: &mut Parts) -> Result<()> {
    if let Some(allowed) = &context.settings.allowed {
        allowed.check(parts.info)?;
    }
    parts.check()?;
    check_authentication(context, parts)?;
    let (attempt, total) = timeouts(context, parts);
    check_timeouts(attempt, total).map_err(Error::input)
}

/// Returns the timeouts of each attempt and of the call.
fn timeouts(context: &ClientContext, parts: &Parts) -> (Option<Duration>, Option<Duration>) {
    let (options, settings) = (&parts.options, &context.settings);
    (options.timeout.unwrap_or(settings.timeout), options.total_timeout.unwrap_or(settings.total_timeout))
}

/// Rejects timeouts within which nothing can happen.
pub(crate) fn check_timeouts(attempt: Option<Duration>, total: Option<Duration>) -> Result<(), &'static str> {
    match (attempt, total) {
        (Some(Duration::ZERO), _) => Err("`timeout` is zero: pass `None` for no timeout"),
        (_, Some(Duration::ZERO)) => Err("`total_timeout` is zero: pass `None` for no timeout"),
        _ => Ok(()),
    }
}

/// The parts of a request at the endpoint of a context.
struct Outgoing<'a> {
    parts: &'a Parts,
    context: &'a ClientContext,
}

impl OutgoingRequest for Outgoing<'_> {
    fn to_http(&self) -> HttpRequest {
        self.parts.to_http(self.context)
    }
}

/// Returns which answers the operation can have.
const fn expected(info: &OperationInfo, strict: bool) -> Expected {
    use AnswerKind::{Html, Json, Redirect, Text, Xml};
    Expected {
        success: info.success,
        redirect: matches!(info.answer, Redirect),
        page: matches!(info.answer, Html | Redirect),
        body: matches!(info.answer, Json | Text | Xml | Html),
        strict,
    }
}

/// Returns the source of the access token, if the call needs one. A call with an `Authorization` header does not.
pub(crate) fn token_source(
    tokens: Option<&TokenCache>,
    required: Authentication,
    authorization: bool,
) -> Option<&TokenCache> {
    tokens.filter(|_| required.uses_token() && !authorization)
}

fn check_authentication(context: &ClientContext, parts: &Parts) -> Result<()> {
    let credentials = Credentials {
        token: context.shared.tokens.as_ref().map(TokenCache::kind),
        authorization: has_header(context, parts, "authorization"),
        cookies: context.settings.ambient_cookies || has_header(context, parts, "cookie"),
    };
    check_credentials(parts.info.authentication, credentials)
}

/// Whether a header of the call or else of the client has a value.
fn has_header(context: &ClientContext, parts: &Parts, name: &str) -> bool {
    let value = parts.headers.get(name).or_else(|| context.settings.headers.get(name));
    value.is_some_and(|value| !value.is_empty())
}

/// Returns the hint for a 403, if the token lacks the requested scope.
pub(crate) fn scope_hint(tokens: Option<&TokenCache>, status: u16) -> Option<&'static str> {
    (status == 403 && tokens.is_some_and(TokenCache::lacks_scope)).then_some(hint::SCOPE)
}

/// Some releases lack the operation, which explains an unknown route.
fn release_hint(info: &OperationInfo, response: &HttpResponse) -> Option<&'static str> {
    let is_json = response.headers.get("content-type").is_some_and(|kind| kind.contains("json"));
    let is_unknown_route = response.is_html() || response.status == 405 || (response.status == 404 && !is_json);
    is_unknown_route.then(|| release::hint(info.since, info.until)).flatten()
}

/// The credentials of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credentials {
    /// The kind of the client's access tokens, if it has a source of tokens.
    pub token: Option<TokenKind>,
    /// Whether the call has an `Authorization` header.
    pub authorization: bool,
    /// Whether the call has cookies.
    pub cookies: bool,
}

pub(crate) const NO_TOKENS: &str = "the client has no source of access tokens: set the id and the secret of an application, or another source of tokens";
const REQUIRES_MANAGEMENT: &str = "this operation requires an access token for the Management API, but the client is configured with a user access token";
const REQUIRES_USER: &str =
    "this operation requires a user access token, but the client is configured with application credentials";
const REQUIRES_COOKIES: &str = "this operation requires the cookies of a sign-in in progress: set them with `with_cookies`, or set `ambient_cookies` in a browser that has them";

/// Rejects a call whose credentials do not match the operation.
pub(crate) fn check_credentials(required: Authentication, credentials: Credentials) -> Result<()> {
    let problem = match (required, credentials.token) {
        _ if credentials.authorization => None,
        (Authentication::Management | Authentication::User, None) => Some(NO_TOKENS),
        (Authentication::Management, Some(TokenKind::User)) => Some(REQUIRES_MANAGEMENT),
        (Authentication::User, Some(TokenKind::Management)) => Some(REQUIRES_USER),
        (Authentication::Session, _) if !credentials.cookies => Some(REQUIRES_COOKIES),
        _ => None,
    };
    problem.map_or(Ok(()), |problem| Err(Error::new(ErrorKind::Authentication, problem)))
}
