//! Malformed and unexpected answers.

use logto_admin::transport::Method;
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Payload};
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn truncated_json_is_a_decode_error_with_the_body() {
    let stage = Stage::answering([Answer::json(r#"[{"id":"a"}"#)]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert_eq!((error.attempts(), error.stop_reason(), &error.body()[..]), (1, None, &br#"[{"id":"a"}"#[..]));
}

#[tokio::test]
async fn web_pages_instead_of_lists_are_decode_errors_with_a_hint() {
    let stage = Stage::answering([Answer::html()]).await;
    let error = stage.client.users().list().await.unwrap_err();
    assert!(error.is_decode() && error.hint().unwrap().contains("endpoint"), "{error}");
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn missing_bodies_are_decode_errors() {
    let stage = Stage::answering([Answer::status(200)]).await;
    let error = stage.client.users().list().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
}

#[tokio::test]
async fn the_body_of_a_204_is_ignored() {
    let stage = Stage::answering([Answer::status(204).with(Payload::Text("{}".to_owned())), Answer::json("[]")]).await;
    stage.client.users().delete("a").await.unwrap();
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([]));
}

#[tokio::test]
async fn errors_with_an_empty_body_or_a_web_page_are_api_errors() {
    for answer in [Answer::status(404), Answer { status: 404, ..Answer::html() }] {
        let stage = Stage::answering([answer]).await;
        let error = stage.client.users().get("a").await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        assert_eq!((error.code(), error.stop_reason()), (None, Some(StopReason::Final)));
    }
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn gzip_is_accepted_and_decompressed() {
    let stage = Stage::answering([Answer::payload(Payload::Gzip("[1]".to_owned()))]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    assert!(stage.session.api_calls()[0].header("accept-encoding").unwrap().contains("gzip"));
}

#[cfg(feature = "brotli")]
#[tokio::test]
async fn brotli_is_accepted_and_decompressed() {
    let stage = Stage::answering([Answer::payload(Payload::Brotli("[1]".to_owned()))]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
    assert!(stage.session.api_calls()[0].header("accept-encoding").unwrap().contains("br"));
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn bodies_with_invalid_compression_are_transport_errors() {
    let answer = Answer::json("no gzip at all").header("content-encoding", "gzip");
    let stage = Stage::answering([answer, Answer::json("[]")]).await;
    let error = stage.client.request(Method::Post, "/api/roles").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.message().contains("cannot decompress"), "{error}");
}
