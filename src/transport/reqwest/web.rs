use ::reqwest::{Client, Error, Response, Url};
use async_trait::async_trait;
use futures_util::StreamExt;
use send_wrapper::SendWrapper;

use super::ReqwestTransport;
use crate::error::Result;
use crate::transport::{
    Body, Headers, HttpRequest, HttpResponse, HttpTransport, RedirectPolicy, TransportError, TransportErrorKind,
    TransportOptions,
};

impl ReqwestTransport {
    /// Creates a transport over reqwest's `fetch` backend. It always follows redirects.
    ///
    /// # Errors
    /// Never fails on the web.
    pub fn new() -> Result<Self> {
        Ok(Client::new().into())
    }
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(
        &self,
        request: HttpRequest,
        options: &TransportOptions,
    ) -> std::result::Result<HttpResponse, TransportError> {
        SendWrapper::new(exchange(&self.client, request, *options)).await
    }
}

async fn exchange(
    client: &Client,
    request: HttpRequest,
    options: TransportOptions,
) -> std::result::Result<HttpResponse, TransportError> {
    let request = ::reqwest::Request::try_from(request)?;
    let asked = request.url().clone();
    let response = client.execute(request).await.map_err(failed)?;
    if options.redirects == RedirectPolicy::None && is_elsewhere(&asked, response.url()) {
        return Err(redirected());
    }
    let status = response.status().as_u16();
    let headers = Headers::from(response.headers());
    let body = read(response, options.max_response_bytes).await?;
    Ok(HttpResponse { status, headers, body })
}

async fn read(response: Response, bound: u64) -> std::result::Result<Body, TransportError> {
    let mut pieces = response.bytes_stream();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(failed)?;
        if (whole.len() + piece.len()) as u64 > bound {
            return Err(TransportError::too_large(bound));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

fn is_elsewhere(asked: &Url, answered: &Url) -> bool {
    let mut answered = answered.clone();
    answered.set_fragment(asked.fragment());
    answered != *asked
}

fn redirected() -> TransportError {
    let message = "the response was redirected, and reqwest always follows redirects on the web: use `FetchTransport`, or allow redirects";
    TransportError::new(TransportErrorKind::Environment, message).with_never_sent(false)
}

/// `fetch` reports neither the reason nor whether the server processed the request.
fn failed(error: Error) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_builder() { TransportErrorKind::Invalid } else { TransportErrorKind::Other };
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    TransportError::new(kind, format!("fetch failed: {}", cause.unwrap_or_else(|| error.to_string())))
        .with_source(error)
}
