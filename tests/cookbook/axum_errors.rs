//! Turn errors into answers of an axum server.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use logto_admin::models::{CreateUser, User};
use logto_admin::{Client, Error, ErrorKind};
use logto_admin_emulator::Emulator;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::builder;

// ANCHOR: error
/// The error of a handler.
struct ApiError(Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        // Log `error` here: it contains the operation, the code and a hint, but no secrets.
        let body = json!({ "code": error.code(), "requestId": error.request_id() });
        (status(&error), Json(body)).into_response()
    }
}

/// Returns the status for the caller. 4xx means that the caller can do something about it.
fn status(error: &Error) -> StatusCode {
    match () {
        // The credentials or the role of this server are wrong, so it is not the caller's fault.
        () if error.kind() == ErrorKind::Token || error.is_unauthorized() || error.is_forbidden() => {
            StatusCode::BAD_GATEWAY
        }
        () if error.is_not_found() => StatusCode::NOT_FOUND,
        // Before `is_invalid_input`, because Logto also answers 422 to conflicts.
        () if error.is_conflict() => StatusCode::CONFLICT,
        () if error.is_invalid_input() => StatusCode::UNPROCESSABLE_ENTITY,
        () if error.is_rate_limited() => StatusCode::SERVICE_UNAVAILABLE,
        () if error.is_timeout() => StatusCode::GATEWAY_TIMEOUT,
        () => StatusCode::BAD_GATEWAY,
    }
}
// ANCHOR_END: error

// ANCHOR: handlers
async fn user(State(logto): State<Client>, Path(id): Path<String>) -> Result<Json<User>, ApiError> {
    Ok(Json(logto.users().get(&id).await?))
}

#[derive(Deserialize)]
struct SignUp {
    username: String,
}

async fn sign_up(State(logto): State<Client>, Json(form): Json<SignUp>) -> Result<Json<User>, ApiError> {
    let user = CreateUser { username: Some(form.username), ..Default::default() };
    Ok(Json(logto.users().create(user).await?))
}

fn router(logto: Client) -> Router {
    Router::new().route("/users/{id}", get(user)).route("/users", post(sign_up)).with_state(logto)
}
// ANCHOR_END: handlers

async fn lookup(logto: &Client, id: &str) -> Response {
    user(State(logto.clone()), Path(id.to_owned())).await.into_response()
}

async fn signed_up(logto: &Client, username: &str) -> Response {
    let form = SignUp { username: username.to_owned() };
    sign_up(State(logto.clone()), Json(form)).await.into_response()
}

async fn body(response: Response) -> Value {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn callers_get_the_status_of_their_mistake() {
    let logto = Emulator::new().client().unwrap();
    let _router = router(logto.clone());
    assert_eq!(signed_up(&logto, "ada").await.status(), StatusCode::OK);
    assert_eq!(signed_up(&logto, "ada").await.status(), StatusCode::CONFLICT);
    assert_eq!(signed_up(&logto, "1 2 3").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(lookup(&logto, "nobody").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn answers_name_the_code_and_the_request() {
    let logto = Emulator::new().client().unwrap();
    let body = body(lookup(&logto, "nobody").await).await;
    assert_eq!(body["code"], "entity.not_found");
    assert!(body["requestId"].is_string(), "{body}");
}

#[tokio::test]
async fn wrong_settings_of_the_server_are_not_the_fault_of_callers() {
    let emulator = Emulator::new();
    let wrong_secret = builder(&emulator, emulator.clone()).client_credentials(emulator.app_id(), "wrong");
    let elsewhere = emulator.endpoint().with_resource("https://my-tenant.logto.app/api");
    let wrong_resource = Client::builder(elsewhere)
        .client_credentials(emulator.app_id(), emulator.app_secret())
        .transport(emulator.clone());
    for builder in [wrong_secret, wrong_resource] {
        let logto = builder.build().unwrap();
        assert_eq!(lookup(&logto, "nobody").await.status(), StatusCode::BAD_GATEWAY);
    }
}
