//! Receiving webhooks: verify the signature, then parse the delivery. Requires the feature `webhook`.
//!
//! ```console
//! $ cargo run --example webhook --features webhook
//! ```

#![allow(clippy::print_stdout, reason = "it prints the deliveries")]

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use logto_admin::webhook::{self, Change, SIGNATURE_HEADER, WebhookError};
use tokio::net::TcpListener;

/// The Logto console shows the key with the webhook. Keep it with your other secrets.
const SIGNING_KEY: &str = "the signing key of the webhook";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Router::new().route("/logto", post(receive));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("set the URL of the webhook to http://{}/logto", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

/// Pass the raw body: a body that was decoded and encoded again has another signature.
async fn receive(headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let delivery = match webhook::receive(SIGNING_KEY, signature, &body) {
        Ok(delivery) => delivery,
        Err(WebhookError::Signature) => return StatusCode::UNAUTHORIZED,
        Err(WebhookError::SigningKey) => return StatusCode::INTERNAL_SERVER_ERROR,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    match delivery.change() {
        Change::UserCreated(user) => println!("new user: {}", user.id),
        Change::UserCustomDataUpdated { user_id, .. } => println!("new custom data: {user_id}"),
        Change::UserDeleted(user) => println!("deleted user: {}", user.id),
        Change::Interaction(interaction) => println!("{}: {}", delivery.event, interaction.user_id),
        Change::Test => println!("test delivery"),
        _ => println!("ignored: {}", delivery.event),
    }
    StatusCode::OK
}
