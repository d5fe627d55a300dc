//! Retries and timeouts. Requests that are safe to repeat are repeated, within the time limits that you set.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::models::CreateUser;
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};
use logto_admin::{Client, RetryPolicy};
use logto_admin_emulator::Emulator;

/// Fails a given number of times, then passes requests on.
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
        .timeout(Duration::from_secs(5)) // per attempt
        .total_timeout(Duration::from_secs(20)) // per call, with its waits
        .build()?;
    client.access_token().await?;
    let fail = |times| server.failures.store(times, Ordering::Relaxed);

    fail(2);
    let answer = client.users().list().detailed().await?;
    println!("list: {} attempts", answer.attempts);

    // A creation is not repeated, because the server might have processed it.
    fail(2);
    let named = |name: &str| CreateUser { username: Some(name.into()), ..Default::default() };
    if let Err(error) = client.users().create(named("ada")).await {
        println!("creation: {} attempt, then {:?}", error.attempts(), error.stop_reason());
    }
    // Unless you mark it as idempotent: here, the unique username prevents a second user.
    let user = client.users().create(named("ada")).idempotent(true).await?;
    println!("creation marked as idempotent: {}", user.id);

    // You can override all of this for a single call.
    fail(1);
    let hasty = client.users().list().retry(RetryPolicy::NEVER).timeout(Duration::from_millis(500)).await;
    println!("without retries: {:?}", hasty.err().and_then(|error| error.status()));
    Ok(())
}
