//! A server of your own that looks users up: one client for all handlers, errors of Logto as statuses of yours.
//!
//! Run it, and open the address that it prints.

#![allow(clippy::print_stdout, reason = "it tells where it listens")]

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
    let logto = Emulator::new().client()?; // Client::from_env()? on a server of yours
    let ada = logto.users().create(CreateUser { username: Some("ada".into()), ..Default::default() }).await?;

    let app = Router::new().route("/users/{id}", get(user)).with_state(logto);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/users/{}", listener.local_addr()?, ada.id);
    axum::serve(listener, app).await?;
    Ok(())
}

/// A clone of the client is cheap, and shares token, limits and connections with all others.
async fn user(State(logto): State<Client>, Path(id): Path<String>) -> Result<Json<User>, (StatusCode, String)> {
    logto.users().get(&id).await.map(Json).map_err(answer)
}

fn answer(error: Error) -> (StatusCode, String) {
    match () {
        () if error.is_not_found() => (StatusCode::NOT_FOUND, "no such user".to_owned()),
        () if error.is_timeout() => (StatusCode::GATEWAY_TIMEOUT, "Logto takes too long".to_owned()),
        // Log the error itself: it names operation, code and request id, and no secrets.
        () => (StatusCode::BAD_GATEWAY, format!("request {:?} failed", error.request_id())),
    }
}
