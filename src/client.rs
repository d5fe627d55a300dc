//! The client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::blocking::Background;
use crate::builder::ClientBuilder;
use crate::call::{Call, check_header};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Exchange, Pipeline, Plan};
use crate::hint;
use crate::operation::{AnswerKind, Authentication, OperationInfo};
use crate::retry::RetryPolicy;
use crate::token::{AccessToken, TokenKind, TokenManager};
use crate::transport::{Headers, HttpRequest, HttpResponse, TransportOptions};

/// The client: cheap to clone, and shared by as many callers as there are. Clones share the access token, the rate
/// limit and the connections.
///
/// ```no_run
/// use logto_admin::{Client, Endpoint};
///
/// # async fn run() -> logto_admin::Result<()> {
/// let client = Client::builder(Endpoint::cloud("my-tenant")).client_credentials("app-id", "app-secret").build()?;
/// let users = client.users().list().search("%ada%").page_size(50).await?;
/// println!("{} of {:?}", users.len(), users.total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    shared: Arc<Shared>,
    settings: Settings,
}

/// What all clones share.
pub(crate) struct Shared {
    pub endpoint: Endpoint,
    pub pipeline: Arc<Pipeline>,
    pub tokens: Option<TokenManager>,
    /// For calls that block.
    #[allow(dead_code, reason = "nothing blocks without the feature")]
    pub background: Background,
}

/// What a changed clone has of its own.
#[derive(Clone)]
pub(crate) struct Settings {
    pub headers: Headers,
    pub timeout: Option<Duration>,
    pub total_timeout: Option<Duration>,
    pub retry: RetryPolicy,
    pub options: TransportOptions,
    pub ambient_cookies: bool,
    pub strict: bool,
}

impl Client {
    /// Begins a client for this endpoint.
    pub fn builder(endpoint: Endpoint) -> ClientBuilder {
        ClientBuilder::new(endpoint)
    }

    pub(crate) fn assemble(shared: Shared, settings: Settings) -> Self {
        Self(Arc::new(Inner { shared: Arc::new(shared), settings }))
    }

    #[allow(dead_code, reason = "nothing blocks without the feature")]
    pub(crate) fn background(&self) -> &Background {
        &self.0.shared.background
    }

    /// Where it sends its requests.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.shared.endpoint
    }

    /// The current access token; a new one if there is none that lives.
    ///
    /// # Errors
    /// The client has no credentials, or the token endpoint gives no token.
    pub async fn access_token(&self) -> Result<AccessToken> {
        self.tokens()?.get().await
    }

    pub(crate) fn tokens(&self) -> Result<&TokenManager> {
        self.0.shared.tokens.as_ref().ok_or_else(|| Error::new(ErrorKind::Authentication, NO_TOKENS))
    }

    /// The same client with further default headers. The first is left alone.
    ///
    /// # Errors
    /// A name or value that no header can have.
    pub fn with_headers<'a>(&self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut changed = self.0.settings.headers.clone();
        for (name, value) in headers {
            check_header(name, value).map_err(Error::input)?;
            changed.set(name.to_owned(), value.to_owned());
        }
        Ok(self.with_settings(|settings| settings.headers = changed))
    }

    /// The same client with these cookies, such as those of a sign-in in progress.
    ///
    /// # Errors
    /// A name or value that no cookie can have.
    pub fn with_cookies<'a>(&self, cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let header = cookie_header(cookies)?;
        Ok(self.with_settings(|settings| settings.headers.set("cookie", header)))
    }

    /// The same client with another time for each attempt.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with_settings(|settings| settings.timeout = Some(timeout))
    }

    fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut inner = (*self.0).clone();
        change(&mut inner.settings);
        Self(Arc::new(inner))
    }
}

/// The path that calls take.
impl Client {
    /// Refuses a call that cannot be made, before anything is sent.
    pub(crate) fn prepare(&self, call: &mut Call) -> Result<()> {
        let checked = call.check().and_then(|()| self.check_authentication(call));
        checked.map_err(|error| error.at_operation(call.info.id, call.info.method, &call.path))
    }

    /// Makes the call and gives the answer, whatever its status.
    pub(crate) async fn execute(&self, call: &mut Call) -> Result<Exchange> {
        self.prepare(call)?;
        let call = &*call;
        let settings = &self.0.settings;
        let plan = Plan {
            operation: call.info.id,
            method: call.info.method,
            template: if call.info.path.is_empty() { &call.path } else { call.info.path },
            build: &|| self.http_request(call),
            retry: call.options.retry.as_ref().unwrap_or(&settings.retry),
            idempotent: call.options.idempotent.unwrap_or(call.info.idempotent),
            timeout: call.options.timeout.unwrap_or(settings.timeout),
            total_timeout: call.options.total_timeout.unwrap_or(settings.total_timeout),
            options: call.options.transport(settings.options),
            tokens: self.tokens_for(call),
        };
        let done = self.0.shared.pipeline.run(&plan).await;
        done.map_err(|error| error.at_operation(call.info.id, call.info.method, &call.path))
    }

    /// Tells a success from an error answer.
    pub(crate) fn success(&self, call: &Call, exchange: &Exchange) -> Result<()> {
        let response = &exchange.response;
        let redirect = (300..400).contains(&response.status) && call.info.answer == AnswerKind::Redirect;
        let error = if !(response.is_success() || redirect || call.info.success.contains(&response.status)) {
            Error::api(response).with_hint(self.scope_hint(response.status))
        } else if is_stray_page(call.info, response) {
            Error::decode("the answer is a web page", None, response)
        } else if call.options.strict.unwrap_or(self.0.settings.strict)
            && let Some(problem) = undocumented(call.info, response)
        {
            Error::decode(problem, None, response)
        } else {
            return Ok(());
        };
        Err(exchange.blame(error.at_operation(call.info.id, call.info.method, &call.path)))
    }

    /// The request of a call, without its access token.
    pub(crate) fn http_request(&self, call: &Call) -> HttpRequest {
        let url = call.url(self.0.shared.endpoint.url());
        let mut headers = self.0.settings.headers.clone();
        headers.merge(&call.headers);
        HttpRequest { method: call.info.method, url, headers, body: call.body.clone() }
    }

    fn tokens_for(&self, call: &Call) -> Option<&TokenManager> {
        use Authentication::{Any, Management, User};
        let wanted = matches!(call.authentication(), Management | User | Any);
        self.0.shared.tokens.as_ref().filter(|_| wanted && !call.headers.contains("authorization"))
    }

    /// Refuses an operation whose authentication the client does not have.
    fn check_authentication(&self, call: &Call) -> Result<()> {
        let kind = self.0.shared.tokens.as_ref().map(TokenManager::kind);
        let problem = match (call.authentication(), kind) {
            _ if call.headers.contains("authorization") => None,
            (Authentication::Management | Authentication::User, None) => Some(NO_TOKENS),
            (Authentication::Management, Some(TokenKind::User)) => Some(WANTS_MANAGEMENT),
            (Authentication::User, Some(TokenKind::Management)) => Some(WANTS_USER),
            (Authentication::Session, _) if !self.has_cookies(call) => Some(WANTS_COOKIES),
            _ => None,
        };
        problem.map_or(Ok(()), |problem| Err(Error::new(ErrorKind::Authentication, problem)))
    }

    fn has_cookies(&self, call: &Call) -> bool {
        let settings = &self.0.settings;
        settings.ambient_cookies || settings.headers.contains("cookie") || call.headers.contains("cookie")
    }

    /// A token without the scope that was asked for explains a later refusal.
    fn scope_hint(&self, status: u16) -> Option<&'static str> {
        let lacks = self.0.shared.tokens.as_ref().is_some_and(TokenManager::lacks_scope);
        (status == 403 && lacks).then_some(hint::SCOPE)
    }
}

/// A page where none is documented: the request has reached something other than the API, and done nothing.
fn is_stray_page(info: &OperationInfo, response: &HttpResponse) -> bool {
    let is_possible = matches!(info.answer, AnswerKind::Html | AnswerKind::Redirect);
    !is_possible && hint::is_html(response) && !response.body.is_empty()
}

/// What strict mode refuses in a success: a status or a lack of body that is not documented.
#[inline(never)] // The npm package leaves it out.
fn undocumented(info: &OperationInfo, response: &HttpResponse) -> Option<String> {
    let expects_body = matches!(info.answer, AnswerKind::Json | AnswerKind::Text | AnswerKind::Xml | AnswerKind::Html);
    if !info.success.is_empty() && !info.success.contains(&response.status) {
        let status = u64::from(response.status).to_string();
        return Some(["the status ", &status, " is not documented for this operation (strict mode)"].concat());
    }
    (expects_body && response.body.is_empty()).then(|| "the documented body is missing (strict mode)".to_owned())
}

const NO_TOKENS: &str =
    "the client has no source of access tokens: give it client credentials or another one when it is built";
const WANTS_MANAGEMENT: &str = "this operation wants an access token for the Management API, and the client has a user's: build one with client credentials";
const WANTS_USER: &str = "this operation is the user's own and wants his access token, and the client has an application's: build one with the user's token, or exchange a subject token";
const WANTS_COOKIES: &str = "this operation belongs to a sign-in in progress and wants its cookies: give them with `with_cookies`, or say `ambient_cookies` in a browser that has them";

/// The value of the `Cookie` header.
pub(crate) fn cookie_header<'a>(cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<String> {
    let mut pairs = Vec::new();
    for (name, value) in cookies {
        let forbidden = |byte: u8| byte <= b' ' || byte == b';' || byte == 0x7F;
        if name.is_empty() || name.contains('=') || name.bytes().chain(value.bytes()).any(forbidden) {
            return Err(Error::input(format!("the cookie {name:?} has a name or a value that cookies cannot have")));
        }
        pairs.push(format!("{name}={value}"));
    }
    Ok(pairs.join("; "))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .field("headers", &self.0.settings.headers)
            .field("timeout", &self.0.settings.timeout)
            .field("retry", &self.0.settings.retry)
            .finish_non_exhaustive()
    }
}
