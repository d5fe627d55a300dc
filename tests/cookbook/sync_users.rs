//! Keep a copy of the users up to date with webhooks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use futures_util::TryStreamExt;
use hmac::{Hmac, KeyInit, Mac};
use logto_admin::models::{CreateHook, Hook, HookConfig, HookEvent, UpdateUser, User};
use logto_admin::webhook::{self, Change, Delivery, SIGNATURE_HEADER, WebhookError};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::sign_up;

// ANCHOR: register
/// Creates the webhook. Its `signing_key` verifies the deliveries.
async fn register(logto: &Client, url: &str) -> Result<Hook> {
    let hook = CreateHook {
        name: Some("Copy of the users".into()),
        events: Some(vec![
            HookEvent::UserCreated,
            HookEvent::UserDataUpdated,
            HookEvent::UserSuspensionStatusUpdated,
            HookEvent::UserDeleted,
        ]),
        ..CreateHook::new(HookConfig::new(url))
    };
    logto.hooks().create(hook).await
}
// ANCHOR_END: register

// ANCHOR: copy
/// The state of the application. The copy of the users could be a table in a database.
#[derive(Clone)]
struct App {
    logto: Client,
    signing_key: String,
    users: Arc<Mutex<BTreeMap<String, User>>>,
}

impl App {
    /// Copies the current state of one user.
    async fn refresh(&self, id: &str) -> Result<()> {
        match self.logto.users().get(id).await {
            Ok(user) => self.store(user),
            Err(error) if error.is_not_found() => {
                self.copy().remove(id);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Handlers run at the same time, so an older state can arrive after a newer one.
    fn store(&self, user: User) {
        let mut copy = self.copy();
        if copy.get(&user.id).is_none_or(|known| known.updated_at <= user.updated_at) {
            copy.insert(user.id.clone(), user);
        }
    }

    /// Copies all users. Run this at the start, and from time to time in case deliveries were lost.
    async fn refresh_all(&self) -> Result<()> {
        let users = self.logto.users().list().stream().map_ok(|user| (user.id.clone(), user));
        let users: BTreeMap<String, User> = users.try_collect().await?;
        *self.copy() = users;
        Ok(())
    }

    fn copy(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
// ANCHOR_END: copy

// ANCHOR: receive
/// Receives a delivery. Its body must be the raw body.
async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let delivery = match webhook::receive(&app.signing_key, signature, &body) {
        Ok(delivery) => delivery,
        Err(WebhookError::SigningKey) => return StatusCode::INTERNAL_SERVER_ERROR,
        Err(WebhookError::Signature) => return StatusCode::UNAUTHORIZED,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    let Some(user_id) = changed_user(&delivery) else { return StatusCode::OK };
    match app.refresh(user_id).await {
        Ok(()) => StatusCode::OK,
        // Logto might send the delivery again.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Returns the id of the user that changed.
fn changed_user(delivery: &Delivery) -> Option<&str> {
    match delivery.change() {
        Change::UserCreated(user)
        | Change::UserUpdated(user)
        | Change::UserSuspensionUpdated(user)
        | Change::UserDeleted(user) => Some(user.id),
        Change::UserCustomDataUpdated { user_id, .. } | Change::UserProfileUpdated { user_id, .. } => Some(user_id),
        _ => None,
    }
}

fn router(app: App) -> Router {
    Router::new().route("/webhooks/logto", post(receive)).with_state(app)
}
// ANCHOR_END: receive

const SIGNING_KEY: &str = "signing-key";

fn app(emulator: &Emulator) -> Result<App> {
    Ok(App { logto: emulator.client()?, signing_key: SIGNING_KEY.into(), users: Arc::default() })
}

/// Delivers an event about a user and returns the status of the answer.
async fn deliver(app: &App, event: &str, user_id: &str, key: &str) -> StatusCode {
    let body = body(event, user_id).to_string();
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(&body);
    let signature = hex::encode(mac.finalize().into_bytes());
    let headers = HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())]);
    receive(State(app.clone()), headers, body.into()).await
}

/// The delivery of an event as Logto sends it, with an entity that is out of date.
fn body(event: &str, user_id: &str) -> Value {
    let mut body = json!({
        "hookId": "hook",
        "event": event,
        "createdAt": "2026-11-24T03:00:00.000Z",
        "data": { "id": user_id, "name": "out of date" },
    });
    let request = match event {
        "User.Created" => json!({ "method": "POST", "path": "/users", "matchedRoute": "/users", "params": {} }),
        _ => json!({
            "method": "PATCH",
            "path": format!("/users/{user_id}"),
            "matchedRoute": "/users/:userId",
            "params": { "userId": user_id },
        }),
    };
    body.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn the_copy_follows_the_deliveries_in_any_order() -> Result<()> {
    let emulator = Emulator::new();
    let app = app(&emulator)?;
    let _router = router(app.clone());
    let ada = sign_up(&app.logto, "ada@example.com").await?.id;
    let change = UpdateUser { name: "Ada".into(), ..Default::default() };
    app.logto.users().update(&ada, change).await?;

    for event in ["User.Data.Updated", "User.Created", "User.Data.Updated"] {
        assert_eq!(deliver(&app, event, &ada, SIGNING_KEY).await, StatusCode::OK);
        assert_eq!(app.copy()[&ada].name.as_deref(), Some("Ada"), "{event}");
    }
    app.logto.users().delete(&ada).await?;
    assert_eq!(deliver(&app, "User.Deleted", &ada, SIGNING_KEY).await, StatusCode::OK);
    assert!(app.copy().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_older_state_does_not_replace_a_newer_one() -> Result<()> {
    let app = app(&Emulator::new())?;
    let older = sign_up(&app.logto, "ada@example.com").await?;
    let change = UpdateUser { name: "Ada".into(), ..Default::default() };
    let newer = app.logto.users().update(&older.id, change).await?;
    app.store(newer.clone());
    app.store(older);
    assert_eq!(app.copy()[&newer.id], newer);
    Ok(())
}

#[tokio::test]
async fn forged_deliveries_change_nothing() -> Result<()> {
    let app = app(&Emulator::new())?;
    let ada = sign_up(&app.logto, "ada@example.com").await?.id;
    assert_eq!(deliver(&app, "User.Created", &ada, "another key").await, StatusCode::UNAUTHORIZED);
    assert!(app.copy().is_empty());
    Ok(())
}

#[tokio::test]
async fn lost_deliveries_are_made_up_for() -> Result<()> {
    let app = app(&Emulator::new())?;
    let ada = sign_up(&app.logto, "ada@example.com").await?.id;
    app.refresh_all().await?;
    app.logto.users().delete(&ada).await?;
    let grace = sign_up(&app.logto, "grace@example.com").await?.id;
    app.refresh_all().await?;
    assert_eq!(app.copy().keys().collect::<Vec<_>>(), [&grace]);
    Ok(())
}

#[tokio::test]
async fn the_webhook_sends_the_events_of_users() -> Result<()> {
    let logto = Emulator::new().client()?;
    let hook = register(&logto, "https://app.example.com/webhooks/logto").await?;
    assert_eq!(hook.config.url, "https://app.example.com/webhooks/logto");
    assert!(hook.events.contains(&HookEvent::UserDeleted) && !hook.signing_key.is_empty());
    Ok(())
}
