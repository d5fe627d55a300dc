//! Test your own code with the emulator.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::models::{CreateUser, User};
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

// ANCHOR: code
/// The code under test. It works with an emulator as it does with a server.
async fn sign_up(logto: &Client, email: &str) -> Result<Option<User>> {
    let user = CreateUser { primary_email: Some(email.into()), ..Default::default() };
    match logto.users().create(user).await {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: code

// ANCHOR: test
#[tokio::test]
async fn an_address_signs_up_once() -> Result<()> {
    let emulator = Emulator::new();
    let logto = emulator.client()?;
    assert!(sign_up(&logto, "ada@example.com").await?.is_some());
    assert!(sign_up(&logto, "ada@example.com").await?.is_none());
    // Clients of one emulator see the same state.
    assert_eq!(emulator.client()?.users().list().await?.total, Some(1));
    Ok(())
}
// ANCHOR_END: test

// ANCHOR: seed
#[tokio::test]
async fn the_same_seed_creates_the_same_ids() -> Result<()> {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let logto = Emulator::builder().seed(7).build().client()?;
        ids.push(sign_up(&logto, "ada@example.com").await?.map(|user| user.id));
    }
    assert_eq!(ids[0], ids[1]);
    Ok(())
}
// ANCHOR_END: seed

// ANCHOR: clock
#[tokio::test]
async fn an_expired_token_is_renewed() -> Result<()> {
    let emulator = Emulator::new();
    let logto = emulator.client()?;
    let token = logto.access_token().await?;
    emulator.advance(Duration::from_secs(2 * 60 * 60));
    // The emulator answers 401. The client gets another token and repeats the request.
    assert!(sign_up(&logto, "ada@example.com").await?.is_some());
    assert_ne!(logto.access_token().await?, token);
    Ok(())
}
// ANCHOR_END: clock

// ANCHOR: faults
/// Answers the first calls with 503.
struct Busy<T> {
    inner: T,
    calls: AtomicU32,
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Busy<T> {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let is_busy = !options.token_call && self.calls.fetch_add(1, Ordering::Relaxed) < 2;
        if is_busy { Ok(HttpResponse::new(503)) } else { self.inner.send(request, options).await }
    }
}

// With `start_paused`, tokio skips the waits between the attempts.
#[tokio::test(start_paused = true)]
async fn a_busy_server_is_asked_again() -> Result<()> {
    let emulator = Emulator::new();
    let logto = Client::builder(emulator.endpoint())
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(Busy { inner: emulator.clone(), calls: AtomicU32::new(0) })
        .build()?;
    let answer = logto.users().list().detailed().await?;
    assert_eq!((answer.status, answer.attempts), (200, 3));
    Ok(())
}
// ANCHOR_END: faults

// ANCHOR: server
#[tokio::test]
async fn other_processes_use_the_emulator_over_http() -> Result<(), Box<dyn Error>> {
    let server = Emulator::new().serve().await?;
    let variables = [
        ("LOGTO_ENDPOINT", server.url()),
        ("LOGTO_APP_ID", server.emulator().app_id().to_owned()),
        ("LOGTO_APP_SECRET", server.emulator().app_secret().to_owned()),
    ];
    let output = run_with(variables).await?;
    assert_eq!(output, "signed up");
    assert_eq!(server.emulator().client()?.users().list().await?.total, Some(1));
    Ok(())
}
// ANCHOR_END: server

/// Stands for another process that reads its settings from these variables.
async fn run_with(variables: [(&str, String); 3]) -> Result<&'static str> {
    let [(_, endpoint), (_, id), (_, secret)] = variables;
    let endpoint = logto_admin::Endpoint::self_hosted(endpoint);
    let logto = Client::builder(endpoint).client_credentials(id, secret).build()?;
    Ok(if sign_up(&logto, "ada@example.com").await?.is_some() { "signed up" } else { "known" })
}
