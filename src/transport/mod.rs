//! How requests reach the server: the [`HttpTransport`] trait and its implementations.

pub(crate) mod answer;
mod body;
mod closure;
mod cookies;
mod endpoint;
mod error;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod fetch;
pub(crate) mod hooks;
#[cfg(feature = "http")]
mod http_types;
mod message;
mod options;
mod platform;
#[cfg(feature = "reqwest")]
mod reqwest;
pub(crate) mod url;

use async_trait::async_trait;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
#[cfg(all(feature = "reqwest", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use self::reqwest::ReqwestTransportBuilder;
#[cfg(all(
    not(all(target_arch = "wasm32", target_os = "unknown")),
    feature = "reqwest",
    any(feature = "rustls-no-provider", feature = "native-tls")
))]
pub use self::reqwest::{TlsBackend, TlsVersion};
pub(crate) use answer::{Answer, AnswerFields, Received};
pub use body::Body;
pub use closure::{TransportFn, transport_fn};
pub(crate) use cookies::cookie_header;
pub use endpoint::Endpoint;
pub use error::{TransportError, TransportErrorKind};
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use fetch::{Credentials, FetchTransport};
pub use hooks::{AfterFn, BeforeFn, Hook, HookContext, after_fn, before_fn};
pub use message::{HttpRequest, HttpResponse};
pub use options::{RedirectPolicy, TransportOptions};
pub(crate) use platform::platform;

pub use crate::types::Method;
pub use crate::types::headers::Headers;

/// Sends HTTP requests.
///
/// A transport sends one request and returns its response, with any status. It does not retry, authenticate or time
/// out, and it returns a redirect like any other response: the client follows it. It must honour
/// [`TransportOptions::max_response_bytes`], and stop the exchange when its future is dropped. It can wrap another
/// transport.
///
/// ```
/// use async_trait::async_trait;
/// use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};
///
/// /// Counts the bytes that a client sends.
/// struct Counting<T>(T, std::sync::atomic::AtomicUsize);
///
/// #[async_trait]
/// impl<T: HttpTransport> HttpTransport for Counting<T> {
///     async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
///         self.1.fetch_add(request.body.len().unwrap_or(0), std::sync::atomic::Ordering::Relaxed);
///         self.0.send(request, options).await
///     }
/// }
/// ```
#[async_trait]
pub trait HttpTransport: Send + Sync + 'static {
    /// Sends `request` and returns the whole response.
    ///
    /// # Errors
    /// Fails with an error that states the reason, and whether the request might have reached the server.
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError>;
}

#[async_trait]
impl<T: HttpTransport + ?Sized> HttpTransport for std::sync::Arc<T> {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        (**self).send(request, options).await
    }
}

#[async_trait]
impl<T: HttpTransport + ?Sized> HttpTransport for Box<T> {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        (**self).send(request, options).await
    }
}
