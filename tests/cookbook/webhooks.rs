//! Create a webhook, and receive and test its deliveries. Rotate its signing key, and find the deliveries that failed.

use std::collections::{BTreeMap, HashMap};
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use futures_util::TryStreamExt;
use hmac::{Hmac, KeyInit, Mac};
use logto_admin::models::{
    CreateHook, CreateOrganization, Hook, HookConfig, HookEvent, Log, LogResult, TestHook, UpdateHook,
};
use logto_admin::transport::{HttpRequest, HttpResponse, Method, TransportError, TransportErrorKind};
use logto_admin::webhook::{self, Change, Delivery, SIGNATURE_HEADER, WebhookError};
use logto_admin::{Client, Result, Timestamp};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;

use crate::{builder, sign_up};

// ANCHOR: hook
/// The name by which the program finds its webhook again.
const NAME: &str = "Onboarding";

/// Creates the webhook. If it exists, updates its events and its URL.
async fn ensure_hook(logto: &Client, url: &str) -> Result<Hook> {
    let events = vec![HookEvent::UserCreated];
    let Some(hook) = logto.hooks().list().await?.into_iter().find(|hook| hook.name == NAME) else {
        let hook =
            CreateHook { name: Some(NAME.into()), events: Some(events), ..CreateHook::new(HookConfig::new(url)) };
        return logto.hooks().create(hook).await;
    };
    if hook.events == events && hook.config.url == url {
        return Ok(hook);
    }
    // `config` is replaced as a whole, so keep its other members.
    let config = HookConfig { url: url.into(), ..hook.config };
    let change = UpdateHook { events: Some(events), config: Some(config), ..Default::default() };
    logto.hooks().update(&hook.id, change).await
}
// ANCHOR_END: hook

// ANCHOR: keys
/// The signing keys that the receiver accepts, newest first. Clones share them.
#[derive(Clone, Default)]
struct Keys(Arc<RwLock<Vec<String>>>);

impl Keys {
    /// Adds a new key. The old keys stay valid.
    fn add(&self, key: String) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !keys.contains(&key) {
            keys.insert(0, key);
        }
    }

    /// Drops all keys but the newest.
    fn retire_old(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).truncate(1);
    }

    fn all(&self) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
// ANCHOR_END: keys

// ANCHOR: start
/// Creates the webhook, starts the worker, and returns the state of the receiver.
async fn start(logto: &Client, url: &str, organization_id: &str) -> Result<App> {
    let hook = ensure_hook(logto, url).await?;
    let keys = Keys::default();
    keys.add(hook.signing_key);
    let (queue, deliveries) = mpsc::channel(1000);
    tokio::spawn(work(deliveries, logto.clone(), organization_id.into()));
    Ok(App { keys, handled: Arc::default(), queue })
}

fn router(app: App) -> Router {
    Router::new().route("/webhooks/logto", post(receive)).with_state(app)
}
// ANCHOR_END: start

// ANCHOR: receive
/// The state of the receiver. Clones share it.
#[derive(Clone)]
struct App {
    keys: Keys,
    /// The signatures of recent deliveries, with the times of their events.
    handled: Arc<Mutex<HashMap<String, Timestamp>>>,
    queue: mpsc::Sender<Delivery>,
}

/// Receives a delivery. Its body must be the raw body.
async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let delivery = match webhook::receive(&app.keys.all(), signature, &body) {
        Ok(delivery) => delivery,
        Err(WebhookError::SigningKey) => return StatusCode::INTERNAL_SERVER_ERROR,
        Err(WebhookError::Signature) => return StatusCode::UNAUTHORIZED,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    if delivery.is_test() {
        return StatusCode::OK;
    }
    let now = Timestamp::now();
    let Some(time) = delivery.time().filter(|time| is_recent(*time, now)) else {
        return StatusCode::BAD_REQUEST;
    };
    // Reserve a place first, so that every remembered delivery is also handled.
    let Ok(place) = app.queue.try_reserve() else { return StatusCode::SERVICE_UNAVAILABLE };
    if app.remember(signature, time, now) {
        place.send(delivery);
    }
    StatusCode::OK
}
// ANCHOR_END: receive

// ANCHOR: handled
/// Maximum age of a delivery. It has to cover the time for sending, and the difference of the clocks.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

fn is_recent(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time) <= MAX_AGE
}

impl App {
    /// Remembers a delivery by its signature. Returns whether it is new.
    fn remember(&self, signature: &str, time: Timestamp, now: Timestamp) -> bool {
        let mut handled = self.handled.lock().unwrap_or_else(PoisonError::into_inner);
        // `receive` rejects older deliveries because of their age.
        handled.retain(|_, time| is_recent(*time, now));
        // Upper-case digits are the same signature.
        handled.insert(signature.trim().to_ascii_lowercase(), time).is_none()
    }
}
// ANCHOR_END: handled

// ANCHOR: work
/// Handles the deliveries after the receiver has answered them.
async fn work(mut deliveries: mpsc::Receiver<Delivery>, logto: Client, organization_id: String) {
    while let Some(delivery) = deliveries.recv().await {
        if let Err(error) = handle(&logto, &organization_id, &delivery).await {
            eprintln!("{} failed: {error}", delivery.event);
        }
    }
}

/// Adds new users to an organization. Users who are already members are skipped.
async fn handle(logto: &Client, organization_id: &str, delivery: &Delivery) -> Result<()> {
    if let Change::UserCreated(user) = delivery.change() {
        logto.organizations().add_users(organization_id, [user.id]).await?;
    }
    Ok(())
}
// ANCHOR_END: work

// ANCHOR: test
/// Sends a sample of each event to the webhook's URL. Fails if the receiver rejects one of them.
async fn send_test(logto: &Client, hook: &Hook) -> Result<()> {
    logto.hooks().test(&hook.id, TestHook::new(hook.events.clone(), hook.config.clone())).await
}
// ANCHOR_END: test

// ANCHOR: rotate
/// Replaces the signing key. The receiver accepts the old key and the new one until `retire_old`.
async fn rotate(logto: &Client, hook_id: &str, keys: &Keys) -> Result<()> {
    match logto.hooks().rotate_signing_key(hook_id).await {
        Ok(hook) => keys.add(hook.signing_key),
        Err(error) => {
            // The server might have replaced the key although the answer was lost.
            refresh_key(logto, hook_id, keys).await?;
            return Err(error);
        }
    }
    Ok(())
}

/// Reads the current signing key, for example after another process has rotated it.
async fn refresh_key(logto: &Client, hook_id: &str, keys: &Keys) -> Result<()> {
    keys.add(logto.hooks().get(hook_id).await?.signing_key);
    Ok(())
}
// ANCHOR_END: rotate

// ANCHOR: failures
/// Returns the log entries of deliveries that failed since this time, newest first.
async fn failures(logto: &Client, hook_id: &str, since: Timestamp) -> Result<Vec<Log>> {
    let logs = logto.hooks().list_recent_logs(hook_id).start_time(since).stream();
    logs.try_filter(|log| ready(log.payload.result == LogResult::Error)).try_collect().await
}

/// Returns the delivery of a log entry.
fn logged_delivery(log: &Log) -> Option<Delivery> {
    let body = log.payload.extra.get("hookRequest")?.get("body")?;
    Delivery::deserialize(body).ok()
}
// ANCHOR_END: failures

const URL: &str = "https://app.example.com/webhooks/logto";
const KEY: &str = "signing-key";

/// A tenant with the parts of webhooks that the emulator lacks: it sends test deliveries, and has recent logs.
#[derive(Clone, Default)]
struct Tenant {
    emulator: Emulator,
    logs: Arc<Mutex<Vec<Value>>>,
    receiver: Arc<OnceLock<App>>,
    loses_new_keys: Arc<AtomicBool>,
}

impl Tenant {
    /// Returns a client of the tenant, and its transport.
    fn client(&self) -> Result<(Client, ScriptedTransport)> {
        let tenant = self.clone();
        let transport = ScriptedTransport::new(move |request, _| {
            let tenant = tenant.clone();
            async move { tenant.answer(request).await }
        });
        Ok((builder(&self.emulator, transport.clone()).build()?, transport))
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.emulator.handle(&request);
        let Some((_, rest)) = request.url.split_once("/api/hooks") else { return Ok(answer) };
        if !answer.is_success() {
            return Ok(answer);
        }
        let path = rest.split('?').next().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        Ok(match (request.method, segments.as_slice()) {
            (Method::Patch, [_, "signing-key"]) if self.loses_new_keys.load(Ordering::Relaxed) => {
                return Err(TransportError::new(TransportErrorKind::Interrupted, "the answer was lost"));
            }
            (Method::Post, [id, "test"]) => {
                let sent: Value = serde_json::from_str(&request.body.text()).unwrap();
                self.send_samples(id, &sent).await
            }
            (Method::Get, [_, "recent-logs"]) => json_answer(200, &Value::from(self.logs().clone())),
            _ => answer,
        })
    }

    /// Sends a sample of each event to the receiver.
    async fn send_samples(&self, id: &str, sent: &Value) -> HttpResponse {
        let key = self.emulator.client().unwrap().hooks().get(id).await.unwrap().signing_key;
        for event in sent["events"].as_array().unwrap() {
            let body = sample(id, event).to_string();
            let status = deliver(self.receiver.get().unwrap(), &sign(&key, &body), &body).await;
            if !status.is_success() {
                let error = json!({
                    "code": "hook.endpoint_responded_with_error",
                    "message": "Endpoint responded with error.",
                    "data": { "responseStatus": status.as_u16(), "responseBody": "" },
                });
                return json_answer(422, &error);
            }
        }
        HttpResponse::new(204)
    }

    /// Logs a delivery.
    fn log(&self, result: &str, status: u16, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap();
        let payload = json!({
            "key": "TriggerHook.User.Created",
            "result": result,
            "hookId": body["hookId"],
            "hookRequest": { "body": body },
            "response": { "statusCode": status, "body": "" },
        });
        let log = json!({ "id": "log", "key": payload["key"], "payload": payload, "createdAt": 1_795_489_404_000_i64 });
        self.logs().push(log);
    }

    fn logs(&self) -> MutexGuard<'_, Vec<Value>> {
        self.logs.lock().unwrap()
    }
}

fn json_answer(status: u16, body: &Value) -> HttpResponse {
    HttpResponse::json(status, body.to_string())
}

/// A receiver that accepts this key, and its queue.
fn app(key: &str, capacity: usize) -> (App, mpsc::Receiver<Delivery>) {
    let (queue, deliveries) = mpsc::channel(capacity);
    let app = App { keys: Keys::default(), handled: Arc::default(), queue };
    app.keys.add(key.into());
    (app, deliveries)
}

/// Signs a body as Logto does.
fn sign(key: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// Delivers a body and returns the status of the answer.
async fn deliver(app: &App, signature: &str, body: &str) -> StatusCode {
    let headers = HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap())]);
    receive(State(app.clone()), headers, body.to_owned().into()).await
}

/// Delivers an event about a user, signed with this key.
async fn deliver_user(app: &App, key: &str, user_id: &str, age: Duration) -> StatusCode {
    let body = user_created(user_id, age);
    deliver(app, &sign(key, &body), &body).await
}

/// The delivery of a new user as Logto sends it.
fn user_created(user_id: &str, age: Duration) -> String {
    let time = jiff::Timestamp::try_from(Timestamp::now() - age).unwrap();
    let body = json!({
        "hookId": "hook",
        "event": "User.Created",
        "createdAt": time.to_string(),
        "path": "/users",
        "matchedRoute": "/users",
        "method": "POST",
        "status": 200,
        "params": {},
        "data": { "id": user_id },
    });
    body.to_string()
}

/// A test delivery as Logto sends it.
fn sample(hook_id: &str, event: &Value) -> Value {
    json!({
        "hookId": hook_id,
        "event": event,
        "createdAt": "2026-11-24T03:00:00.000Z",
        "userAgent": "fake-user-agent",
        "path": "/fake-path/:id",
        "method": "POST",
        "status": 200,
        "params": { "id": "fake-id" },
        "data": { "result": "success" },
    })
}

async fn create_team(logto: &Client) -> Result<String> {
    Ok(logto.organizations().create(CreateOrganization::new("Team")).await?.id)
}

/// Returns the ids of the members.
async fn members(logto: &Client, organization_id: &str) -> Result<Vec<String>> {
    let users = logto.organizations().list_users(organization_id).await?;
    Ok(users.into_iter().map(|user| user.id).collect())
}

#[tokio::test]
async fn the_webhook_is_created_once_and_keeps_its_other_settings() -> Result<()> {
    let tenant = Tenant::default();
    let (logto, transport) = tenant.client()?;
    let hook = ensure_hook(&logto, URL).await?;
    assert_eq!((hook.name.as_str(), hook.config.url.as_str()), (NAME, URL));
    assert_eq!(hook.events, [HookEvent::UserCreated]);
    assert_eq!(ensure_hook(&logto, URL).await?.id, hook.id);

    let headers = BTreeMap::from([("authorization".to_owned(), "Bearer gateway".to_owned())]);
    let config = HookConfig { headers: Some(headers), ..hook.config };
    logto.hooks().update(&hook.id, UpdateHook { config: Some(config), ..Default::default() }).await?;
    let moved = ensure_hook(&logto, "https://new.example.com").await?;
    assert_eq!((&moved.id, moved.config.url.as_str()), (&hook.id, "https://new.example.com"));
    assert_eq!(moved.config.headers.unwrap()["authorization"], "Bearer gateway");
    let methods: Vec<Method> = transport.api_calls().iter().map(|call| call.method).collect();
    assert_eq!(methods, [Method::Get, Method::Post, Method::Get, Method::Patch, Method::Get, Method::Patch]);
    Ok(())
}

#[tokio::test]
async fn started_receivers_accept_the_key_of_the_webhook() -> Result<()> {
    let (logto, _) = Tenant::default().client()?;
    let team = create_team(&logto).await?;
    let ada = sign_up(&logto, "ada@example.com").await?.id;
    let app = start(&logto, URL, &team).await?;
    let _router = router(app.clone());
    let key = ensure_hook(&logto, URL).await?.signing_key;
    assert_eq!(deliver_user(&app, &key, &ada, Duration::ZERO).await, StatusCode::OK);
    for _ in 0..100 {
        if !members(&logto, &team).await?.is_empty() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(members(&logto, &team).await?, [ada]);
    Ok(())
}

#[tokio::test]
async fn deliveries_are_answered_before_the_work_and_handled_once() -> Result<()> {
    let logto = Emulator::new().client()?;
    let team = create_team(&logto).await?;
    let ada = sign_up(&logto, "ada@example.com").await?.id;
    let (app, deliveries) = app(KEY, 10);
    let body = user_created(&ada, Duration::ZERO);
    let signature = sign(KEY, &body);
    let upper_case = signature.to_ascii_uppercase();
    assert_ne!(signature, upper_case);
    for signature in [&signature, &signature, &upper_case] {
        assert_eq!(deliver(&app, signature, &body).await, StatusCode::OK);
    }
    assert_eq!((deliveries.len(), members(&logto, &team).await?.len()), (1, 0));

    // The worker ends after the last delivery, because nothing else can send one.
    drop(app);
    work(deliveries, logto.clone(), team.clone()).await;
    assert_eq!(members(&logto, &team).await?, [ada]);
    Ok(())
}

#[tokio::test]
async fn forged_and_old_deliveries_are_rejected() {
    let (app, deliveries) = app(KEY, 10);
    let minute = Duration::from_secs(60);
    assert_eq!(deliver_user(&app, "another key", "ada", Duration::ZERO).await, StatusCode::UNAUTHORIZED);
    assert_eq!(deliver_user(&app, KEY, "ada", minute * 6).await, StatusCode::BAD_REQUEST);
    let undated = json!({ "hookId": "hook", "event": "User.Created", "createdAt": "today" }).to_string();
    assert_eq!(deliver(&app, &sign(KEY, &undated), &undated).await, StatusCode::BAD_REQUEST);
    let without_keys = App { keys: Keys::default(), ..app.clone() };
    assert_eq!(deliver_user(&without_keys, KEY, "ada", Duration::ZERO).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(deliveries.is_empty());
    assert_eq!(deliver_user(&app, KEY, "ada", minute * 4).await, StatusCode::OK);
    assert_eq!(deliveries.len(), 1);
}

#[tokio::test]
async fn a_full_queue_does_not_lose_deliveries() {
    let (app, mut deliveries) = app(KEY, 1);
    let body = user_created("grace", Duration::ZERO);
    let signature = sign(KEY, &body);
    assert_eq!(deliver_user(&app, KEY, "ada", Duration::ZERO).await, StatusCode::OK);
    assert_eq!(deliver(&app, &signature, &body).await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(deliveries.try_recv().is_ok());
    assert_eq!(deliver(&app, &signature, &body).await, StatusCode::OK);
    assert_eq!(deliveries.try_recv().unwrap().data.unwrap()["id"], "grace");
}

#[test]
fn only_recent_deliveries_are_remembered() {
    let (app, _deliveries) = app(KEY, 1);
    let (time, second) = (Timestamp::from_millis(1_795_489_404_000), Duration::from_secs(1));
    assert!(app.remember("a", time, time));
    assert!(!app.remember("a", time, time + MAX_AGE));
    assert!(app.remember("b", time + MAX_AGE, time + MAX_AGE + second));
    assert_eq!(app.handled.lock().unwrap().keys().collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn test_deliveries_show_whether_the_receiver_has_the_key() -> Result<()> {
    let tenant = Tenant::default();
    let (logto, _) = tenant.client()?;
    let hook = ensure_hook(&logto, URL).await?;
    let (app, deliveries) = app(&hook.signing_key, 10);
    assert!(tenant.receiver.set(app).is_ok());
    send_test(&logto, &hook).await?;
    assert!(deliveries.is_empty());

    logto.hooks().rotate_signing_key(&hook.id).await?;
    let error = send_test(&logto, &hook).await.unwrap_err();
    assert_eq!(error.code(), Some("hook.endpoint_responded_with_error"));
    assert_eq!(error.data().unwrap()["responseStatus"], 401);
    Ok(())
}

#[tokio::test]
async fn both_keys_are_valid_until_the_old_one_is_retired() -> Result<()> {
    let (logto, _) = Tenant::default().client()?;
    let hook = ensure_hook(&logto, URL).await?;
    let (app, _deliveries) = app(&hook.signing_key, 10);
    rotate(&logto, &hook.id, &app.keys).await?;
    let new_key = logto.hooks().get(&hook.id).await?.signing_key;
    assert_ne!(new_key, hook.signing_key);
    for key in [&hook.signing_key, &new_key] {
        assert_eq!(deliver_user(&app, key, "ada", Duration::ZERO).await, StatusCode::OK);
    }
    app.keys.retire_old();
    assert_eq!(deliver_user(&app, &hook.signing_key, "grace", Duration::ZERO).await, StatusCode::UNAUTHORIZED);
    assert_eq!(deliver_user(&app, &new_key, "grace", Duration::ZERO).await, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_rotation_without_an_answer_keeps_the_new_key() -> Result<()> {
    let tenant = Tenant::default();
    let (logto, _) = tenant.client()?;
    let hook = ensure_hook(&logto, URL).await?;
    let keys = Keys::default();
    keys.add(hook.signing_key.clone());
    tenant.loses_new_keys.store(true, Ordering::Relaxed);
    assert!(rotate(&logto, &hook.id, &keys).await.is_err());
    let new_key = logto.hooks().get(&hook.id).await?.signing_key;
    assert_eq!(keys.all(), [new_key, hook.signing_key]);
    Ok(())
}

#[tokio::test]
async fn failed_deliveries_can_be_handled_later() -> Result<()> {
    let tenant = Tenant::default();
    let (logto, transport) = tenant.client()?;
    let hook = ensure_hook(&logto, URL).await?;
    let team = create_team(&logto).await?;
    let ada = sign_up(&logto, "ada@example.com").await?.id;
    let grace = sign_up(&logto, "grace@example.com").await?.id;
    tenant.log("Success", 200, &user_created(&grace, Duration::ZERO));
    tenant.log("Error", 503, &user_created(&ada, Duration::ZERO));

    let since = Timestamp::from_millis(1_795_489_400_000);
    let failed = failures(&logto, &hook.id, since).await?;
    assert!(transport.api_calls().last().unwrap().url.contains("start_time=1795489400000"));
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].payload.extra["response"]["statusCode"], 503);
    handle(&logto, &team, &logged_delivery(&failed[0]).unwrap()).await?;
    assert_eq!(members(&logto, &team).await?, [ada]);
    Ok(())
}
