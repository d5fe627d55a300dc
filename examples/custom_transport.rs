//! Custom transports: one that wraps another, and one that is a closure.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions, transport_fn,
};
use logto_admin::{Client, Endpoint};
use logto_admin_emulator::Emulator;

/// Counts the requests that pass through it.
struct Counting<T> {
    inner: T,
    requests: Arc<AtomicUsize>,
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Counting<T> {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let kind = if options.token_call { "token" } else { "call" };
        println!("{kind:>6} {} {}", request.method, request.redacted_url());
        self.inner.send(request, options).await
    }
}

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    // The emulator is a transport, and so is ReqwestTransport::new()?.
    let emulator = Emulator::new();
    let requests = Arc::new(AtomicUsize::new(0));
    let client = Client::builder(emulator.endpoint())
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(Counting { inner: emulator, requests: requests.clone() })
        .build()?;
    client.users().list().await?;
    client.roles().list().await?;
    println!("{} requests, one of them for the token", requests.load(Ordering::Relaxed));

    // A closure can answer from anywhere: a test, a queue, another HTTP library.
    let canned = transport_fn(|request, _options| async move {
        let token = request.url.ends_with("/oidc/token");
        Ok(HttpResponse::json(200, if token { r#"{"access_token":"t","scope":"all"}"# } else { "[]" }))
    });
    let client = Client::builder(Endpoint::self_hosted("https://id.example.com"))
        .client_credentials("app-id", "app-secret")
        .transport(canned)
        .build()?;
    println!("{} users from a closure", client.users().list().await?.len());
    Ok(())
}
