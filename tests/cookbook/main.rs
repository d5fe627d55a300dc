//! The recipes of docs/src/cookbook/, and the Rust samples of docs/src/javascript/.
//!
//! The book includes the code between `ANCHOR` and `ANCHOR_END`. The tests run that code against an in-memory Logto.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

#[cfg(feature = "account")]
mod account_api;
mod axum_errors;
mod export_users;
#[cfg(feature = "account")]
mod impersonation;
mod import_users;
mod javascript;
mod least_privilege;
#[cfg(feature = "metrics")]
mod metrics;
mod migrate_passwords;
#[cfg(feature = "tracing")]
mod observability;
mod organization;
#[cfg(feature = "account")]
mod personal_access_tokens;
#[cfg(feature = "redis")]
mod redis_store;
#[cfg(feature = "webhook")]
mod sync_users;
mod testing;
#[cfg(feature = "tracing")]
mod traceparent;
mod transport;
#[cfg(all(feature = "jiff", feature = "webhook"))]
mod webhooks;

use logto_admin::models::{CreateUser, User};
use logto_admin::transport::HttpTransport;
use logto_admin::{Client, ClientBuilder, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;

/// Creates a user with an email address.
async fn sign_up(logto: &Client, email: &str) -> Result<User> {
    logto.users().create(CreateUser { primary_email: Some(email.into()), ..Default::default() }).await
}

/// Serves a router until the test ends. Returns its address.
async fn served(app: axum::Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// A transport that passes everything on to the emulator and records it.
fn recorded(emulator: &Emulator) -> ScriptedTransport {
    let emulator = emulator.clone();
    ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        async move { emulator.send(request, &options).await }
    })
}

/// A builder for a client of the emulator.
fn builder(emulator: &Emulator, transport: impl HttpTransport) -> ClientBuilder {
    Client::builder(emulator.endpoint())
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(transport)
}
