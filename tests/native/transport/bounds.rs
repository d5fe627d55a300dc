//! Answers that are too large.

use logto_admin::transport::Method;
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Payload, Script};

use crate::stage::Stage;

const BOUND: u64 = 100_000;

async fn stage(payload: Payload) -> Stage {
    Stage::set_up(Script::api([Answer::payload(payload)]), |builder| builder.max_response_bytes(BOUND)).await
}

#[tokio::test]
async fn a_body_of_just_the_bound_is_read_whole() {
    let stage = stage(Payload::Zeros(BOUND)).await;
    let answer = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap();
    assert_eq!(answer.body.len(), Some(100_000));
}

#[tokio::test]
async fn a_larger_body_is_an_error_and_not_asked_for_again() {
    let stage = stage(Payload::Zeros(BOUND + 1)).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!((error.kind(), error.stop_reason()), (ErrorKind::TooLarge, Some(StopReason::Final)));
    assert_eq!(stage.session.api_calls().len(), 1);
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    let stage = stage(Payload::Endless).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    stage.session.until_aborted(1).await;
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn what_counts_is_the_size_after_decompression() {
    let stage = stage(Payload::GzippedZeros(BOUND + 1)).await;
    let error = stage.client.request(Method::Get, "/api/logs").raw().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}
