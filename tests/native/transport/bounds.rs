//! The size limit of answers.

use logto_admin::transport::Method;
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Payload, Script};

use crate::stage::Stage;

const BOUND: u64 = 100_000;

async fn stage(payload: Payload) -> Stage {
    Stage::set_up(Script::api([Answer::payload(payload)]), |builder| builder.max_response_bytes(BOUND)).await
}

#[tokio::test]
async fn bodies_of_exactly_the_limit_are_read() {
    let stage = stage(Payload::Zeros(BOUND)).await;
    let answer = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap();
    assert_eq!(answer.body.len(), Some(100_000));
}

#[tokio::test]
async fn larger_bodies_are_errors_and_not_retried() {
    let stage = stage(Payload::Zeros(BOUND + 1)).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!((error.kind(), error.stop_reason()), (ErrorKind::TooLarge, Some(StopReason::Final)));
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn endless_bodies_are_aborted() {
    let stage = stage(Payload::Endless).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    stage.session.until_aborted(1).await;
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn the_limit_applies_after_decompression() {
    let stage = stage(Payload::GzippedZeros(BOUND + 1)).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}
