//! `GET /users/{id}` greets a user of Logto by name. `POST /webhooks` receives webhooks from Logto.

mod kv;

use std::sync::OnceLock;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use logto_admin::transport::FetchTransport;
use logto_admin::webhook::{self, SIGNATURE_HEADER, WebhookError};
use logto_admin::{Client, Endpoint};
use tower_service::Service;
use worker::{Context, Env, HttpRequest, event};

use crate::kv::KvTokens;

// ANCHOR: client
/// One client per instance: all requests share its token. Creating it starts nothing.
static CLIENT: OnceLock<Client> = OnceLock::new();

fn client(env: &Env) -> worker::Result<Client> {
    if let Some(client) = CLIENT.get() {
        return Ok(client.clone());
    }
    let variable = |name: &str| env.var(name).map(|value| value.to_string());
    let builder = Client::builder(Endpoint::self_hosted(variable("LOGTO_ENDPOINT")?))
        .client_credentials(variable("LOGTO_APP_ID")?, env.secret("LOGTO_APP_SECRET")?.to_string())
        .transport(FetchTransport::new());
    // Without the namespace, each instance gets its own token.
    let builder = match env.kv("TOKENS") {
        Ok(tokens) => builder.token_store(KvTokens(tokens)),
        Err(_) => builder,
    };
    let client = builder.build().map_err(|error| worker::Error::RustError(error.to_string()))?;
    Ok(CLIENT.get_or_init(|| client).clone())
}
// ANCHOR_END: client

// ANCHOR: greet
/// Greets a user. The future is `Send`, as axum requires, in a Worker too.
async fn greet(State(client): State<Client>, Path(id): Path<String>) -> Result<String, (StatusCode, String)> {
    match client.users().get(&id).await {
        Ok(user) => Ok(format!("Hello, {}!\n", user.name.or(user.username).unwrap_or(user.id))),
        Err(error) if error.is_not_found() => Err((StatusCode::NOT_FOUND, "User not found.\n".to_owned())),
        Err(error) => Err((StatusCode::BAD_GATEWAY, format!("{error}\n"))),
    }
}
// ANCHOR_END: greet

/// Receives a webhook. Verifies the raw body: a body that was decoded and encoded again has a different signature.
async fn receive(State(signing_key): State<SigningKey>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match webhook::receive(&signing_key.0, signature, &body) {
        Ok(delivery) => (StatusCode::OK, format!("{}\n", delivery.event)),
        Err(error @ WebhookError::SigningKey) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        Err(error) => (StatusCode::UNAUTHORIZED, format!("{error}\n")),
    }
}

/// The Logto console shows the key with the webhook.
#[derive(Clone)]
struct SigningKey(String);

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _context: Context) -> worker::Result<Response<Body>> {
    let signing_key = SigningKey(env.secret("LOGTO_SIGNING_KEY")?.to_string());
    let webhooks = Router::new().route("/webhooks", post(receive)).with_state(signing_key);
    let mut router = Router::new().route("/users/{id}", get(greet)).with_state(client(&env)?).merge(webhooks);
    Ok(router.call(request).await?)
}
