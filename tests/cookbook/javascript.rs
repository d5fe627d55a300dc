//! The Rust half of the examples in docs/src/javascript/. The TypeScript half is bindings/js/test/types/book.ts.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use logto_admin::models::{CreateUser, UpdateUser, User};
use logto_admin::token::Refresher;
use logto_admin::transport::{Method, before_fn};
use logto_admin::types::Upload;
use logto_admin::{Client, ClientBuilder, Endpoint, Error, ErrorKind, Page, Patch, RateLimit, Result, RetryPolicy};
use logto_admin_emulator::{Emulator, Service};
use serde_json::Value;

use crate::{builder, recorded, served};

// ANCHOR: client
fn client() -> Result<Client> {
    Client::builder(Endpoint::cloud("my-tenant")).client_credentials("app-id", "app-secret").build()
}
// ANCHOR_END: client

// ANCHOR: configured
fn configured(builder: ClientBuilder) -> Result<Client> {
    builder
        .timeout(Duration::from_secs(10))
        .retry(RetryPolicy::attempts(6))
        .rate_limit(RateLimit::new(100, Duration::from_secs(10)))
        .header("x-team", "identity")
        .hook(before_fn(|request, context| {
            request.headers.set("x-operation", context.operation);
            Ok(())
        }))
        .build()
}
// ANCHOR_END: configured

// ANCHOR: calls
async fn calls(logto: &Client) -> Result<User> {
    let new = CreateUser { username: Some("ada".into()), name: Some("Ada".into()), ..Default::default() };
    let user = logto.users().create(new).await?;
    // `Patch::Null` clears a member. `Patch::Absent`, the default, leaves it alone.
    logto.users().update(&user.id, UpdateUser { name: Patch::Null, ..Default::default() }).await
}
// ANCHOR_END: calls

// ANCHOR: call_options
async fn hasty(logto: &Client, id: &str) -> Result<User> {
    logto.users().get(id).include_sso_identities(true).timeout(Duration::from_secs(5)).retry(RetryPolicy::NEVER).await
}
// ANCHOR_END: call_options

// ANCHOR: response
async fn etag(logto: &Client, id: &str) -> Result<Option<String>> {
    let answer = logto.users().get(id).detailed().await?;
    Ok(answer.etag().map(str::to_owned))
}
// ANCHOR_END: response

// ANCHOR: untyped
async fn untyped(logto: &Client, id: &str) -> Result<(Value, Value)> {
    let user = logto.operation("GetUser")?.path("userId", id).await?;
    let users = logto.request(Method::Get, "/api/users").query("page_size", 5_u32).await?;
    Ok((user, users))
}
// ANCHOR_END: untyped

// ANCHOR: restricted
async fn read_only(logto: &Client, id: &str) -> Result<User> {
    let reader = logto.restricted_to(["ListUsers", "GetUser"])?;
    reader.users().get(id).await
}
// ANCHOR_END: restricted

// ANCHOR: upload
async fn upload(logto: &Client, png: Vec<u8>) -> Result<String> {
    let logo = logto.user_assets().upload(Upload::new("logo.png", "image/png", png)).await?;
    Ok(logo.url)
}
// ANCHOR_END: upload

// ANCHOR: page
async fn second_page(logto: &Client) -> Result<Page<User>> {
    logto.users().list().page(2).page_size(50).await
}
// ANCHOR_END: page

// ANCHOR: items
async fn usernames(logto: &Client) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut users = logto.users().list().search("%ada%").stream();
    while let Some(user) = users.try_next().await? {
        names.extend(user.username);
    }
    Ok(names)
}
// ANCHOR_END: items

// ANCHOR: pages
async fn sizes(logto: &Client) -> Result<Vec<usize>> {
    let mut sizes = Vec::new();
    let mut pages = logto.users().list().page_size(20).pages();
    while let Some(page) = pages.try_next().await? {
        sizes.push(page.len());
    }
    Ok(sizes)
}
// ANCHOR_END: pages

// ANCHOR: errors
async fn find(logto: &Client, id: &str) -> Result<Option<User>> {
    match logto.users().get(id).await {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: errors

// ANCHOR: describe
fn describe(error: &Error) -> String {
    let (operation, status) = (error.operation().unwrap_or_default(), error.status().unwrap_or_default());
    let (code, request) = (error.code().unwrap_or_default(), error.request_id().unwrap_or_default());
    format!("{operation}: {status} {code} (request {request}, {} attempts)", error.attempts())
}
// ANCHOR_END: describe

// ANCHOR: router
async fn found(State(logto): State<Client>) -> Result<Json<Vec<String>>, StatusCode> {
    let page = logto.users().list().page_size(3).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(Json(page.map(|user| user.id).items))
}

/// Clones of the client share one access token.
fn router(logto: Client) -> Router {
    Router::new().route("/users", get(found)).with_state(logto)
}
// ANCHOR_END: router

// ANCHOR: user_token
fn of_user(endpoint: Endpoint, access_token: &str) -> Result<Client> {
    Client::builder(endpoint).user_token(access_token).build()
}
// ANCHOR_END: user_token

// ANCHOR: keep_fresh
async fn fresh(logto: &Client) -> Result<(String, Refresher)> {
    let refresher = logto.keep_fresh()?; // stops when it is dropped
    let token = logto.access_token().await?;
    Ok((token.secret().to_owned(), refresher))
}
// ANCHOR_END: keep_fresh

async fn tenant(users: usize) -> Result<Client> {
    let logto = Emulator::new().client()?;
    for number in 0..users {
        let user = CreateUser { username: Some(format!("ada_{number}")), ..Default::default() };
        logto.users().create(user).await?;
    }
    Ok(logto)
}

#[test]
fn clients_are_built_without_io() {
    assert_eq!(client().unwrap().endpoint().url(), "https://my-tenant.logto.app");
    assert!(of_user(Endpoint::cloud("my-tenant"), "token").is_ok());
}

#[tokio::test]
async fn settings_apply_to_every_request() -> Result<()> {
    let emulator = Emulator::new();
    let transport = recorded(&emulator);
    configured(builder(&emulator, transport.clone()))?.users().list().await?;
    let headers = &transport.api_calls()[0].headers;
    assert_eq!((headers.get("x-team"), headers.get("x-operation")), (Some("identity"), Some("ListUsers")));
    Ok(())
}

#[tokio::test]
async fn typed_and_untyped_calls_return_the_same_user() -> Result<()> {
    let logto = tenant(0).await?;
    let ada = calls(&logto).await?;
    assert_eq!((ada.username.as_deref(), ada.name.as_deref()), (Some("ada"), None));
    assert_eq!(hasty(&logto, &ada.id).await?.id, ada.id);
    assert!(etag(&logto, &ada.id).await?.is_some());
    let (user, users) = untyped(&logto, &ada.id).await?;
    assert_eq!((&user["id"], users.as_array().map(Vec::len)), (&Value::from(ada.id), Some(1)));
    Ok(())
}

#[tokio::test]
async fn lists_are_read_as_pages_and_as_items() -> Result<()> {
    let logto = tenant(70).await?;
    let page = second_page(&logto).await?;
    assert_eq!((page.len(), page.total, page.has_next()), (20, Some(70), false));
    assert_eq!(usernames(&logto).await?.len(), 70);
    assert_eq!(sizes(&logto).await?, [20, 20, 20, 10]);
    Ok(())
}

#[tokio::test]
async fn unknown_users_are_not_an_error() -> Result<()> {
    let logto = tenant(0).await?;
    assert!(find(&logto, "nobody").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn restricted_clients_call_the_named_operations() -> Result<()> {
    let logto = tenant(0).await?;
    let ada = calls(&logto).await?;
    assert_eq!(read_only(&logto, &ada.id).await?.id, ada.id);
    let delete = logto.restricted_to(["GetUser"])?.users().delete(&ada.id).await;
    assert_eq!(delete.unwrap_err().kind(), ErrorKind::NotAllowed);
    Ok(())
}

#[tokio::test]
async fn uploads_return_the_url_of_the_file() -> Result<()> {
    let logto = Emulator::builder().service(Service::Storage).build().client()?;
    let url = upload(&logto, b"png".to_vec()).await?;
    assert!(url.ends_with("/logo.png"), "{url}");
    Ok(())
}

#[tokio::test]
async fn errors_have_the_operation_the_code_and_the_request() -> Result<()> {
    let error = tenant(0).await?.users().get("nobody").await.unwrap_err();
    let request = error.request_id().unwrap();
    assert_eq!(describe(&error), format!("GetUser: 404 entity.not_found (request {request}, 1 attempts)"));
    Ok(())
}

#[tokio::test]
async fn servers_answer_with_three_users() -> Result<()> {
    let address = served(router(tenant(4).await?)).await;
    let caller = Client::builder(Endpoint::self_hosted(format!("http://{address}"))).access_token("none").build()?;
    let answer = caller.request(Method::Get, "/users").await?;
    assert_eq!(answer.as_array().map(Vec::len), Some(3), "{answer}");
    Ok(())
}

#[tokio::test]
async fn the_refresher_and_calls_share_a_token() -> Result<()> {
    let emulator = Emulator::new();
    let transport = recorded(&emulator);
    let logto = builder(&emulator, transport.clone()).build()?;
    let (token, refresher) = fresh(&logto).await?;
    logto.users().list().await?;
    let sent = transport.api_calls()[0].headers.get("authorization").map(str::to_owned);
    assert_eq!(sent, Some(format!("Bearer {token}")));
    drop(refresher);
    Ok(())
}
