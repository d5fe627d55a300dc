//! Allow each program only a few operations.

use axum::Router;
use logto_admin::models::CreateUser;
use logto_admin::{Client, Endpoint, Error, Result};
use logto_admin_emulator::Emulator;

use crate::{served, sign_up};

#[allow(dead_code, reason = "the example has a `main`")]
#[path = "../../examples/proxy.rs"]
mod proxy;

// ANCHOR: restricted
/// A function that can look up users, and nothing else.
async fn find_by_email(directory: &Client, email: &str) -> Result<Option<String>> {
    let users = directory.users().list().search(email).await?;
    Ok(users.items.into_iter().next().map(|user| user.id))
}

async fn user_id(logto: &Client, email: &str) -> Result<Option<String>> {
    let directory = logto.restricted_to(["ListUsers"])?;
    find_by_email(&directory, email).await
}
// ANCHOR_END: restricted

/// The proxy, as an endpoint.
async fn started(proxy: Router) -> Endpoint {
    Endpoint::self_hosted(format!("http://{}", served(proxy).await))
}

/// A caller of the proxy. Its key replaces an access token.
fn caller(proxy: &Endpoint, key: &str) -> Client {
    Client::builder(proxy.clone()).access_token(key).build().unwrap()
}

fn seen(error: &Error) -> (Option<u16>, Option<&str>) {
    (error.status(), error.code())
}

#[tokio::test]
async fn code_gets_the_operations_that_it_needs() -> Result<()> {
    let logto = Emulator::new().client()?;
    let ada = sign_up(&logto, "ada@example.com").await?;
    assert_eq!(user_id(&logto, "ada@example.com").await?, Some(ada.id.clone()));
    let error = logto.restricted_to(["ListUsers"])?.users().delete(&ada.id).await.unwrap_err();
    assert!(error.is_forbidden() && error.attempts() == 0, "{error}");
    assert_eq!(logto.users().get(&ada.id).await?.id, ada.id);
    Ok(())
}

#[tokio::test]
async fn a_caller_of_the_proxy_gets_its_operations_only() -> Result<()> {
    let logto = Emulator::new().client()?;
    let ada = sign_up(&logto, "ada@example.com").await?;
    let writer = ["CreateUser", "UpdateUser", "ListUsers"];
    let app = proxy::router(&logto, [("reader", &["GetUser", "ListUsers"] as &[_]), ("writer", &writer)])?;
    let proxy = started(app).await;

    let reader = caller(&proxy, "reader");
    assert_eq!(reader.users().get(&ada.id).await?.primary_email.as_deref(), Some("ada@example.com"));
    let found = reader.users().list().search("%ada%").page_size(1).await?;
    assert_eq!((found.items.len(), found.total), (1, Some(1)));
    let refused = reader.users().delete(&ada.id).await.unwrap_err();
    assert_eq!(seen(&refused), (Some(403), Some("proxy.refused")));
    assert_eq!(seen(&reader.roles().list().await.unwrap_err()), (Some(403), Some("proxy.refused")));

    let writer = caller(&proxy, "writer");
    let grace = CreateUser { username: Some("grace".into()), ..Default::default() };
    writer.users().create(&grace).await?;
    let conflict = writer.users().create(&grace).await.unwrap_err();
    assert_eq!(conflict.code(), Some("user.username_already_in_use"), "errors of Logto pass through");
    assert_eq!(seen(&writer.users().get(&ada.id).await.unwrap_err()), (Some(403), Some("proxy.refused")));
    assert_eq!(logto.users().list().await?.total, Some(2));
    Ok(())
}

#[tokio::test]
async fn the_proxy_refuses_unknown_keys_and_paths() -> Result<()> {
    let logto = Emulator::new().client()?;
    let proxy = started(proxy::router(&logto, [("reader", &["GetUser"] as &[_])])?).await;
    assert_eq!(caller(&proxy, "guess").users().get("u1").await.unwrap_err().status(), Some(401));
    let reader = caller(&proxy, "reader");
    let unknown = reader.request(logto_admin::transport::Method::Get, "/api/no/such/path").await.unwrap_err();
    assert_eq!(unknown.status(), Some(404));
    // A segment that leads elsewhere never reaches Logto.
    let odd = reader.users().get("a/../../roles").await.unwrap_err();
    assert_eq!((odd.status(), odd.code()), (Some(404), Some("entity.not_found")));
    Ok(())
}
