//! Broken connections.

use logto_admin::transport::Method;
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Fault, refusing_url};
use serde_json::json;

use crate::stage::{Stage, builder, runtime};

const BREAKS: [Fault; 5] = [Fault::Close, Fault::Reset, Fault::ResetInHead, Fault::ResetInBody, Fault::CloseInBody];

#[tokio::test]
async fn reads_are_retried_after_every_kind_of_break() {
    for fault in BREAKS {
        let stage = Stage::answering([Answer::fault(fault), Answer::json("[1]")]).await;
        let answer = stage.client.request(Method::Get, "/api/users").await;
        assert_eq!(answer.unwrap(), json!([1]), "{fault:?}");
        assert_eq!(stage.session.api_calls().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn sent_writes_are_not_retried_and_the_error_has_the_reason() {
    for fault in BREAKS {
        let stage = Stage::answering([Answer::fault(fault)]).await;
        let error = stage.client.request(Method::Post, "/api/roles").json(&json!({})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{fault:?}");
        assert_eq!(error.stop_reason(), Some(StopReason::NotIdempotent), "{fault:?}");
        assert_eq!((error.attempts(), stage.session.api_calls().len()), (1, 1), "{fault:?}");
        assert!(error.message().starts_with("the connection was lost before"), "{fault:?}: {error}");
    }
}

#[tokio::test]
async fn idempotent_writes_are_retried() {
    let stage = Stage::answering([Answer::fault(Fault::Reset), Answer::json("{}")]).await;
    let call = stage.client.request(Method::Post, "/api/roles").json(&json!({})).idempotent(true);
    assert_eq!(call.await.unwrap(), json!({}));
}

#[tokio::test]
async fn repeated_breaks_fail_after_four_attempts() {
    let stage = Stage::answering([Answer::fault(Fault::Reset)]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (4, Some(StopReason::Attempts)));
    assert_eq!(stage.session.api_calls().len(), 4);
}

#[tokio::test]
async fn writes_are_retried_after_refused_connections() {
    let runtime = runtime();
    let client = builder(&refusing_url().await, &runtime).build().unwrap();
    let call = client.request(Method::Post, "/api/roles").header("authorization", "Bearer t").json(&json!({}));
    let error = call.await.unwrap_err();
    assert!(error.is_connect() && error.hint().is_some(), "{error}");
    assert_eq!((error.attempts(), error.stop_reason()), (4, Some(StopReason::Attempts)));
    assert_eq!(runtime.sleeps().len(), 3);
}
