use std::future::Future;

use async_trait::async_trait;

use super::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};

/// A transport from a closure; see [`transport_fn`].
#[derive(Clone, Copy, Debug)]
pub struct TransportFn<F>(F);

/// Creates a transport from an async closure. Use it for tests, or for other ways to send requests.
///
/// ```
/// use logto_admin::transport::{HttpResponse, transport_fn};
///
/// let offline = transport_fn(|request, _options| async move {
///     assert!(request.url.starts_with("https://"));
///     Ok(HttpResponse::json(200, "[]"))
/// });
/// # let _ = offline;
/// ```
pub fn transport_fn<F, R>(send: F) -> TransportFn<F>
where
    F: Fn(HttpRequest, TransportOptions) -> R + Send + Sync + 'static,
    R: Future<Output = Result<HttpResponse, TransportError>> + Send + 'static,
{
    TransportFn(send)
}

#[async_trait]
impl<F, R> HttpTransport for TransportFn<F>
where
    F: Fn(HttpRequest, TransportOptions) -> R + Send + Sync + 'static,
    R: Future<Output = Result<HttpResponse, TransportError>> + Send + 'static,
{
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        (self.0)(request, *options).await
    }
}
