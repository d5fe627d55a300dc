//! The transport over JavaScript's `fetch`.

mod abort;
mod answer;
mod exchange;
mod failure;
mod js;
mod shim;

use std::fmt;
use std::sync::OnceLock;

use async_trait::async_trait;
use js_sys::Function;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

use super::redirect::Redirects;
use super::{Headers, HttpRequest, HttpResponse, HttpTransport, RedirectPolicy, TransportError, TransportOptions};
use crate::runtime::user_agent;

/// HTTP by `fetch`: the global one, or a function that is called like it. Runs in browsers and their workers, Node,
/// Deno, Bun and edge workers; a client on wasm has one if it is given no other transport.
///
/// Dropping the future of a request aborts it. Every failure counts as possibly carried out: `fetch` does not say.
/// Browsers hide redirects, so that they cannot be an answer there ([`ErrorKind::Unsupported`](crate::ErrorKind)), and
/// where they are to be followed do it by their own rules: only requests without a body and without secrets beside
/// `Authorization`, and never the token call, are left to them. They also leave out the headers `Cookie` and `User-Agent`.
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
    means: Means,
    credentials: Option<Credentials>,
}

/// What is called. JavaScript's values belong to the thread that made them.
#[derive(Clone, Default)]
enum Means {
    #[default]
    Global,
    Function(SendWrapper<Function>),
    Shim(SendWrapper<js::Shim>),
}

/// Whether a browser adds cookies and the like of its own; elsewhere there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin.
    SameOrigin,
    /// To every origin.
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

/// How one request is to be made.
#[derive(Clone, Copy)]
struct Ask {
    options: TransportOptions,
    credentials: Option<Credentials>,
    /// Whether `fetch` is to follow redirects by itself: where it would hide them.
    follow: bool,
}

impl FetchTransport {
    /// The global `fetch`, as it is when a request is sent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A function that is called as `fetch(url, init)`, and gives a `Response` or a promise of one.
    #[must_use]
    pub fn from_function(fetch: Function) -> Self {
        Self { means: Means::Function(SendWrapper::new(fetch)), credentials: None }
    }

    /// A JavaScript function that makes the whole exchange, which saves the way to and fro between wasm and JavaScript.
    ///
    /// It is called as `shim(url, method, headers, body, text, maxBytes, follow)`:
    ///
    /// - `headers`: JSON, a list of pairs: `[["accept","application/json"]]`;
    /// - `body`: a string, a `Uint8Array`, whatever the request was given, or `undefined`;
    /// - `text`: whether the answer's body is wanted as a string; otherwise as a `Uint8Array`;
    /// - `maxBytes`: the largest body of the answer that is allowed;
    /// - `follow`: whether to follow redirects as `fetch` does (`"follow"`); otherwise they are the answer (`"manual"`).
    ///
    /// It gives a promise of `[status, headers, body]`, where `headers` has a line `name,value` for each header
    /// (`Array.from(response.headers).join("\n")`) and `body` may be `null`. If the promise has a method `abort`, it is
    /// called when nobody waits for the answer any longer. It is rejected with an `Error`, whose `name` may be
    /// `TooLargeError` (the body is larger than `maxBytes`), `OpaqueRedirectError` (there is a redirect that the
    /// browser hides) or `TimeoutError`.
    #[must_use]
    pub fn from_shim(shim: Function) -> Self {
        Self { means: Means::Shim(SendWrapper::new(shim.unchecked_into())), credentials: None }
    }

    /// Whether a browser adds cookies and the like of its own: as `fetch` does if nothing is said, which is to the
    /// page's own origin. A shim sees to that by itself.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    async fn follow(&self, request: HttpRequest, options: TransportOptions) -> Result<HttpResponse, TransportError> {
        let follow = options.redirects != RedirectPolicy::None && in_browser() && may_go_anywhere(&request, &options);
        let ask = Ask { options, credentials: self.credentials, follow };
        let mut redirects = Redirects::new(&options);
        let mut request = request;
        loop {
            redirects.remember(&request);
            let exchanged = self.exchange(request, ask).await;
            let response = exchanged.map_err(|error| redirects.blame(error))?;
            match redirects.after(&response)? {
                Some(next) => request = next,
                None => return Ok(response),
            }
        }
    }

    async fn exchange(&self, request: HttpRequest, ask: Ask) -> Result<HttpResponse, TransportError> {
        match &self.means {
            Means::Global => exchange::exchange(None, request, ask).await,
            Means::Function(fetch) => exchange::exchange(Some(&**fetch), request, ask).await,
            Means::Shim(shim) => shim::exchange(shim, request, ask).await,
        }
    }
}

#[async_trait]
impl HttpTransport for FetchTransport {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        // The one place where JavaScript's values meet `Send`: they never leave this future.
        SendWrapper::new(self.follow(request, *options)).await
    }
}

/// Whether a browser may follow redirects by itself, which takes to another origin everything but `Authorization`.
fn may_go_anywhere(request: &HttpRequest, options: &TransportOptions) -> bool {
    // Browsers send no `Cookie` that they are given.
    let stays = |name: &str| Headers::is_secret(name) && !matches!(name, "authorization" | "cookie");
    !options.token_call && request.body.is_empty() && !request.headers.iter().any(|(name, _)| stays(name))
}

/// Whether this is a browser, a worker of one included.
fn in_browser() -> bool {
    static IN_BROWSER: OnceLock<bool> = OnceLock::new();
    *IN_BROWSER.get_or_init(|| user_agent().is_some_and(|name| name.starts_with("Mozilla/")))
}

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let means = match self.means {
            Means::Global => "global",
            Means::Function(_) => "function",
            Means::Shim(_) => "shim",
        };
        f.debug_struct("FetchTransport").field("fetch", &means).field("credentials", &self.credentials).finish()
    }
}
