//! An axum server that looks up users. All handlers share one client, and errors of Logto become HTTP statuses.
//!
//! Run it and open the URL that it prints.

#![allow(clippy::print_stdout, reason = "it prints its URL")]

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use logto_admin::models::{CreateUser, User};
use logto_admin::{Client, Error};
use logto_admin_emulator::Emulator;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logto = Emulator::new().client()?; // for a real server: Client::from_env()?
    let ada = logto.users().create(CreateUser { username: Some("ada".into()), ..Default::default() }).await?;

    let app = Router::new().route("/users/{id}", get(user)).with_state(logto);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/users/{}", listener.local_addr()?, ada.id);
    axum::serve(listener, app).await?;
    Ok(())
}

/// Cloning the client is cheap: clones share the token, the limits and the connections.
async fn user(State(logto): State<Client>, Path(id): Path<String>) -> Result<Json<User>, (StatusCode, String)> {
    logto.users().get(&id).await.map(Json).map_err(answer)
}

fn answer(error: Error) -> (StatusCode, String) {
    match () {
        () if error.is_not_found() => (StatusCode::NOT_FOUND, "no such user".to_owned()),
        () if error.is_timeout() => (StatusCode::GATEWAY_TIMEOUT, "Logto took too long".to_owned()),
        // Log the error itself: it contains the operation, the code and the request id, but no secrets.
        () => (StatusCode::BAD_GATEWAY, format!("request {:?} failed", error.request_id())),
    }
}
