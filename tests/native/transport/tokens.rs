//! Rejected tokens and failing token endpoints.

use std::time::Duration;

use logto_admin::transport::Method;
use logto_admin::{Error, ErrorKind};
use logto_admin_test_server::{Answer, End, Fault, Script, refusing_url};
use serde_json::json;

use crate::stage::{Stage, builder, runtime};

#[tokio::test]
async fn rejected_tokens_are_renewed_once_and_the_request_repeated() {
    let stage = Stage::answering([Answer::error(401, "auth.unauthorized"), Answer::json("[1]")]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    let calls = stage.session.api_calls();
    let tokens: Vec<_> = calls.iter().filter_map(|call| call.header("authorization")).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_second_rejection_is_returned() {
    let stage = Stage::answering([Answer::error(401, "auth.unauthorized")]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert!(error.is_unauthorized() && error.code() == Some("auth.unauthorized"), "{error}");
    assert_eq!((stage.session.api_calls().len(), stage.session.token_calls().len()), (2, 2));
}

/// The error of a call whose token endpoint returns this answer.
async fn error_of(answer: Answer) -> Error {
    let stage = Stage::playing(Script::token([answer])).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token, "{error}");
    assert!(stage.session.api_calls().is_empty(), "{error}");
    error
}

#[tokio::test]
async fn broken_or_unreachable_token_endpoints_are_token_errors() {
    assert!(error_of(Answer::fault(Fault::Reset)).await.message().contains("cannot reach the token endpoint"));

    let runtime = runtime();
    let client = builder(&refusing_url().await, &runtime).build().unwrap();
    let error = client.request(Method::Get, "/api/users").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0));
}

#[tokio::test]
async fn invalid_answers_of_token_endpoints_are_reported() {
    let malformed = error_of(Answer::json(r#"{"token":1}"#)).await;
    assert!(malformed.message().contains("without an access token"), "{malformed}");
    let page = error_of(Answer::html()).await;
    assert!(page.hint().unwrap().contains("endpoint"), "{page}");
    let refused = r#"{"error":"invalid_client","error_description":"client authentication failed"}"#;
    let refused = error_of(Answer { status: 401, ..Answer::json(refused) }).await;
    assert_eq!(refused.code(), Some("invalid_client"));
    assert!(refused.hint().unwrap().contains("secret"), "{refused}");
}

#[tokio::test]
async fn failed_token_calls_are_retried() {
    let token = Answer::json(r#"{"access_token":"late","expires_in":3600,"scope":"all"}"#);
    let script = Script::token([Answer::status(503), Answer::fault(Fault::Close), token]);
    let stage = Stage::playing(script).await;
    stage.client.request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(stage.session.api_calls()[0].header("authorization"), Some("Bearer late"));
}

#[tokio::test]
async fn slow_token_calls_time_out_and_are_retried() {
    let token = Answer::json(r#"{"access_token":"late","expires_in":3600,"scope":"all"}"#);
    let stage = Stage::playing(Script::token([Answer::fault(Fault::Hang), token])).await;
    let call = async { stage.client.request(Method::Get, "/api/users").await };
    let clock = async {
        stage.session.until(|seen| seen.len() == 1).await;
        stage.runtime.advance(Duration::from_secs(30));
    };
    let (answer, ()) = tokio::join!(call, clock);
    assert_eq!(answer.unwrap(), json!([]));
    assert_eq!(stage.session.token_calls()[0].end, End::Aborted);
}
