//! The transport over `fetch`.

mod abort;
mod failure;
mod js;
mod request;
mod response;

use std::fmt;
use std::sync::OnceLock;

use async_trait::async_trait;
use js_sys::Function;
use send_wrapper::SendWrapper;

use super::{Headers, HttpRequest, HttpResponse, HttpTransport, RedirectPolicy, TransportError, TransportOptions};
use crate::runtime::user_agent;

/// HTTP over `fetch`: the global one, or a function with its signature. Runs in browsers and their workers, Node.js,
/// Deno, Bun and edge workers. The default transport on wasm.
///
/// Dropping the future of a request aborts it. After any failure, the server might have processed the request: `fetch`
/// does not report whether it did.
///
/// Browsers hide redirects, so a redirect cannot be the response there ([`ErrorKind::Unsupported`](crate::ErrorKind)).
/// They follow redirects by their own rules. The transport therefore lets them follow redirects only if the request has
/// no body and no secret header except `Authorization`. It never does for a token call. Browsers also drop the headers
/// `Cookie` and `User-Agent`.
///
/// ```no_run
/// # #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
/// # fn run() -> logto_admin::Result<()> {
/// use logto_admin::transport::{Credentials, FetchTransport};
/// use logto_admin::{Client, Endpoint};
///
/// // In a page of Logto's own origin, with the cookies of a sign-in in progress.
/// let client = Client::builder(Endpoint::self_hosted("https://id.example.com"))
///     .transport(FetchTransport::new().credentials(Credentials::Include))
///     .ambient_cookies(true)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct FetchTransport {
    /// The function to call. Defaults to the global `fetch`. JavaScript values belong to the thread that created them.
    function: Option<SendWrapper<Function>>,
    credentials: Option<Credentials>,
}

/// The requests to which a browser adds cookies and other credentials. Has no effect outside of browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// No requests.
    Omit,
    /// Requests to the origin of the page.
    SameOrigin,
    /// All requests.
    Include,
}

impl Credentials {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
        }
    }
}

/// How to send one request.
#[derive(Clone, Copy)]
struct Ask {
    options: TransportOptions,
    credentials: Option<Credentials>,
    /// Whether `fetch` itself follows redirects, as in browsers, which hide them.
    follow: bool,
}

impl FetchTransport {
    /// Creates a transport over the global `fetch`, which it looks up for each request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a transport over a function that is called as `fetch(url, init)`. The function returns a `Response` or a
    /// promise of one.
    #[must_use]
    pub fn from_function(fetch: Function) -> Self {
        Self { function: Some(SendWrapper::new(fetch)), credentials: None }
    }

    /// Sets the requests to which a browser adds cookies and other credentials. Defaults to requests to the origin of
    /// the page, like `fetch`.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }
}

#[async_trait]
impl HttpTransport for FetchTransport {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let follow = options.redirects != RedirectPolicy::None && in_browser() && may_go_anywhere(&request, options);
        let ask = Ask { options: *options, credentials: self.credentials, follow };
        // All JavaScript values stay within this future, which makes it `Send`.
        SendWrapper::new(request::send(self.function.as_deref(), request, ask)).await
    }
}

/// Whether a browser might follow redirects. It sends everything except `Authorization` to another origin.
fn may_go_anywhere(request: &HttpRequest, options: &TransportOptions) -> bool {
    // Browsers ignore the `Cookie` header.
    let stays = |name: &str| Headers::is_secret(name) && !matches!(name, "authorization" | "cookie");
    !options.token_call && request.body.is_empty() && !request.headers.iter().any(|(name, _)| stays(name))
}

/// Whether this is a browser or a worker in a browser.
fn in_browser() -> bool {
    static IN_BROWSER: OnceLock<bool> = OnceLock::new();
    *IN_BROWSER.get_or_init(|| user_agent().is_some_and(|name| name.starts_with("Mozilla/")))
}

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fetch = if self.function.is_some() { "custom" } else { "global" };
        f.debug_struct("FetchTransport").field("fetch", &fetch).field("credentials", &self.credentials).finish()
    }
}
