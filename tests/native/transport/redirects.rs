//! Redirects.

use logto_admin::ErrorKind;
use logto_admin::transport::{Method, RedirectPolicy};
use logto_admin_test_server::{Answer, Script, TestServer};
use serde_json::json;

use crate::stage::Stage;

fn redirect(status: u16, location: &str) -> Answer {
    Answer::status(status).header("location", location)
}

async fn following(answers: impl IntoIterator<Item = Answer>) -> Stage {
    let follow = RedirectPolicy::Follow(2);
    Stage::set_up(Script::api(answers), |builder| builder.redirects(follow).cookies([("session", "c")])).await
}

#[tokio::test]
async fn redirects_are_returned_by_default() {
    let stage = Stage::answering([redirect(302, "https://example.com/"), Answer::json("[]")]).await;
    let answer = stage.client.request(Method::Get, "/api/authn/saml/x").raw().await.unwrap();
    assert_eq!((answer.status, answer.headers.get("location")), (302, Some("https://example.com/")));
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn credentials_are_not_sent_to_another_origin() {
    let elsewhere = TestServer::start().await;
    let other = elsewhere.session(Script::api([Answer::json("[1]")]));
    let stage = following([redirect(302, &format!("{}/api/users", other.url()))]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    let (first, second) = (&stage.session.api_calls()[0], &other.api_calls()[0]);
    assert_eq!((first.header("authorization"), first.header("cookie")), (Some("Bearer token-1"), Some("session=c")));
    assert_eq!((second.header("authorization"), second.header("cookie")), (None, None));
    assert_eq!(second.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn credentials_and_bodies_are_sent_to_the_same_origin() {
    let stage = following([redirect(307, "roles-now"), Answer::json("{}")]).await;
    stage.client.request(Method::Post, "/api/roles").json(&json!({"name": "a"})).await.unwrap();
    let second = &stage.session.api_calls()[1];
    assert_eq!((second.method.as_str(), second.path.as_str()), ("POST", "/api/roles-now"));
    assert_eq!((second.header("authorization"), second.body.as_str()), (Some("Bearer token-1"), r#"{"name":"a"}"#));
}

#[tokio::test]
async fn see_other_turns_a_write_into_a_read() {
    let stage = following([redirect(303, "/nowhere"), Answer::json("{}")]).await;
    let answer = stage.client.request(Method::Post, "/api/roles").json(&json!({})).raw().await.unwrap();
    // The redirect leaves the session, so the server does not know the path.
    assert_eq!(answer.status, 404);
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn bodies_are_not_sent_to_another_origin() {
    let stage = following([redirect(307, "http://localhost:1/")]).await;
    let error = stage.client.request(Method::Post, "/api/roles").json(&json!({})).await.unwrap_err();
    assert!(error.message().contains("another origin"), "{error}");
}

#[tokio::test]
async fn the_number_of_redirects_is_limited() {
    let stage = following([redirect(302, "again")]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Transport, "more than 2 redirects"));
    assert_eq!(stage.session.api_calls().len(), 3);
}

#[tokio::test]
async fn token_calls_are_not_redirected_to_another_origin() {
    let script = Script::token([redirect(307, "http://localhost:1/oidc/token")]);
    let stage = Stage::set_up(script, |builder| builder.redirects(RedirectPolicy::Follow(5))).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert!(error.message().contains("another origin"), "{error}");
}
