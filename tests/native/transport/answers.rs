//! Answers that are not what they should be.

use logto_admin::transport::Method;
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Payload};
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn truncated_json_is_a_decode_error_that_keeps_the_body() {
    let stage = Stage::answering([Answer::json(r#"[{"id":"a"}"#)]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert_eq!((error.attempts(), error.stop_reason(), &error.body()[..]), (1, None, &br#"[{"id":"a"}"#[..]));
}

#[tokio::test]
async fn a_web_page_in_place_of_a_list_is_a_decode_error_that_says_what_to_check() {
    let stage = Stage::answering([Answer::html()]).await;
    let error = stage.client.users().list().await.unwrap_err();
    assert!(error.is_decode() && error.hint().unwrap().contains("endpoint"), "{error}");
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn a_success_without_its_body_is_a_decode_error() {
    let stage = Stage::answering([Answer::status(200)]).await;
    let error = stage.client.users().list().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
}

#[tokio::test]
async fn a_204_has_no_body_whatever_follows_it() {
    let stage = Stage::answering([Answer::status(204).with(Payload::Text("{}".to_owned())), Answer::json("[]")]).await;
    stage.client.users().delete("a").await.unwrap();
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([]));
}

#[tokio::test]
async fn an_error_without_a_body_and_an_error_page_are_still_api_errors() {
    for answer in [Answer::status(404), Answer { status: 404, ..Answer::html() }] {
        let stage = Stage::answering([answer]).await;
        let error = stage.client.users().get("a").await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        assert_eq!((error.code(), error.stop_reason()), (None, Some(StopReason::Final)));
    }
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn gzip_is_asked_for_and_decompressed() {
    let stage = Stage::answering([Answer::payload(Payload::Gzip("[1]".to_owned()))]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    assert!(stage.session.api_calls()[0].header("accept-encoding").unwrap().contains("gzip"));
}

#[cfg(feature = "brotli")]
#[tokio::test]
async fn brotli_is_asked_for_and_decompressed() {
    let stage = Stage::answering([Answer::payload(Payload::Brotli("[1]".to_owned()))]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    assert!(stage.session.api_calls()[0].header("accept-encoding").unwrap().contains("br"));
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn a_body_that_is_not_what_its_compression_says_is_an_error_of_the_body() {
    let answer = Answer::json("no gzip at all").header("content-encoding", "gzip");
    let stage = Stage::answering([answer, Answer::json("[]")]).await;
    let error = stage.client.request(Method::Post, "/api/roles").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.message().contains("decompressed"), "{error}");
}
