//! The transport over `fetch`.

mod abort;
mod browser;
mod credentials;
mod failure;
mod js;
mod request;
mod response;

use std::fmt;

use async_trait::async_trait;
use js_sys::Function;
use send_wrapper::SendWrapper;

use self::browser::in_browser;
pub use self::credentials::Credentials;
use self::request::Ask;
use super::{Headers, HttpRequest, HttpResponse, HttpTransport, RedirectPolicy, TransportError, TransportOptions};

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

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fetch = if self.function.is_some() { "custom" } else { "global" };
        f.debug_struct("FetchTransport").field("fetch", &fetch).field("credentials", &self.credentials).finish()
    }
}
