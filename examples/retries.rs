//! Retries and timeouts: what is safe to repeat is repeated, within the time that you give.

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::models::CreateUser;
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};
use logto_admin::{Client, RetryPolicy};
use logto_admin_emulator::Emulator;

/// Fails as often as it is told to, then lets requests through.
#[derive(Clone)]
struct Flaky {
    server: Emulator,
    failures: Arc<AtomicUsize>,
}

#[async_trait]
impl HttpTransport for Flaky {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let fails = |left: usize| left.checked_sub(1);
        let failing = self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fails).is_ok();
        if failing && !options.token_call {
            return Ok(HttpResponse::new(503));
        }
        self.server.send(request, options).await
    }
}

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let server = Flaky { server: Emulator::new(), failures: Arc::default() };
    let client = Client::builder(server.server.endpoint())
        .client_credentials("emulator-app", "emulator-secret")
        .transport(server.clone())
        .retry(RetryPolicy::attempts(4).waits(Duration::from_millis(10), Duration::from_millis(50)))
        .timeout(Duration::from_secs(5)) // each attempt
        .total_timeout(Duration::from_secs(20)) // the call, with its waits
        .build()?;
    client.access_token().await?;
    let fail = |times| server.failures.store(times, Ordering::Relaxed);

    fail(2);
    let answer = client.users().list().detailed().await?;
    println!("a list, after {} attempts", answer.attempts);

    // A creation might have been carried out: it is not repeated.
    fail(2);
    let named = |name: &str| CreateUser { username: Some(name.into()), ..Default::default() };
    if let Err(error) = client.users().create(named("ada")).await {
        println!("a creation, after {} attempt: {:?}", error.attempts(), error.stop_reason());
    }
    // Unless you know that it may be: here the username keeps a second one out.
    let user = client.users().create(named("ada")).idempotent(true).await?;
    println!("the same, on my own responsibility: {}", user.id);

    // All of it can be said for one call.
    fail(1);
    let hasty = client.users().list().retry(RetryPolicy::NEVER).timeout(Duration::from_millis(500)).await;
    println!("never again: {:?}", hasty.err().and_then(|error| error.status()));
    Ok(())
}
