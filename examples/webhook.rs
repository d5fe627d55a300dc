//! Receiving webhooks: the signature first, then what they carry. Needs the feature `webhook`.
//!
//! ```console
//! $ cargo run --example webhook --features webhook
//! ```

#![allow(clippy::print_stdout, reason = "it tells what comes in")]

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use logto_admin::models::User;
use logto_admin::webhook::{self, Event, SIGNATURE_HEADER, WebhookError};
use tokio::net::TcpListener;

/// Logto shows it beside the webhook; keep it with the other secrets.
const SIGNING_KEY: &str = "the signing key of the webhook";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Router::new().route("/logto", post(receive));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("give this address to the webhook: http://{}/logto", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

/// The body has to be the raw one: decoded and encoded again it has another signature.
async fn receive(headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let delivery = match webhook::receive(SIGNING_KEY, signature, &body) {
        Ok(delivery) => delivery,
        Err(WebhookError::Signature) => return StatusCode::UNAUTHORIZED,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    match delivery.event {
        Event::UserCreated => match delivery.data_as::<User>() {
            Ok(user) => println!("new: {:?}", user.and_then(|user| user.username)),
            Err(error) => println!("{error}"),
        },
        other => println!("{other} of {:?}", delivery.user_id),
    }
    StatusCode::OK
}
