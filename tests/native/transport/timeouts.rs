//! Slow servers and dropped calls.

use std::future::IntoFuture;
use std::time::Duration;

use logto_admin::StopReason;
use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin_test_server::{Answer, Fault, Script};
use serde_json::json;

use crate::stage::{Stage, builder, runtime};

const TIMEOUT: Duration = Duration::from_secs(30);
const HANGS: [Fault; 3] = [Fault::Hang, Fault::HangInHead, Fault::HangInBody];

#[tokio::test]
async fn reads_are_aborted_and_retried_after_a_timeout() {
    for fault in HANGS {
        let stage = Stage::answering([Answer::fault(fault), Answer::json("[1]")]).await;
        let call = async { stage.client.request(Method::Get, "/api/users").await };
        let clock = async {
            stage.session.until_api_calls(1).await;
            stage.runtime.advance(TIMEOUT);
            stage.session.until_aborted(1).await;
        };
        let (answer, ()) = tokio::join!(call, clock);
        assert_eq!(answer.unwrap(), json!([1]), "{fault:?}");
        assert_eq!(stage.session.api_calls().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn writes_are_not_retried_after_a_timeout() {
    let stage = Stage::answering([Answer::fault(Fault::Hang)]).await;
    let call = async { stage.client.request(Method::Post, "/api/roles").await };
    let clock = async {
        stage.session.until_api_calls(1).await;
        stage.runtime.advance(TIMEOUT);
    };
    let (answer, ()) = tokio::join!(call, clock);
    let error = answer.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::NotIdempotent)));
}

#[tokio::test]
async fn the_total_timeout_ends_a_call_within_an_attempt() {
    let script = Script::api([Answer::fault(Fault::Hang)]);
    let total = Duration::from_secs(20);
    let stage = Stage::set_up(script, |builder| builder.total_timeout(total)).await;
    let call = async { stage.client.request(Method::Get, "/api/users").await };
    let clock = async {
        stage.session.until_api_calls(1).await;
        stage.runtime.advance(total);
        stage.session.until_aborted(1).await;
    };
    let (answer, ()) = tokio::join!(call, clock);
    let error = answer.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::Time)));
}

/// The system accepts the connection for a server that never sends anything, so the TLS handshake hangs. The connect
/// timeout belongs to reqwest and runs on the real clock.
#[allow(clippy::disallowed_methods, reason = "without the setting, the test would hang on the real clock")]
#[tokio::test]
async fn calls_are_retried_after_the_connect_timeout() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let transport = ReqwestTransport::builder().no_proxy().connect_timeout(Duration::from_millis(20)).build().unwrap();
    let client = builder(&url, &runtime()).transport(transport).build().unwrap();
    let call = client.request(Method::Post, "/api/roles").header("authorization", "Bearer t").into_future();
    let error =
        tokio::time::timeout(Duration::from_secs(9), call).await.expect("the setting should apply").unwrap_err();
    assert!(error.is_connect(), "{error}");
    // A creation is only retried if the server cannot have processed it.
    assert_eq!((error.attempts(), error.stop_reason()), (4, Some(StopReason::Attempts)));
}

#[tokio::test]
async fn dropped_calls_abort_the_request() {
    let stage = Stage::answering([Answer::fault(Fault::Hang)]).await;
    let client = stage.client.clone();
    let call = tokio::spawn(async move { client.request(Method::Get, "/api/users").await });
    stage.session.until_api_calls(1).await;
    call.abort();
    stage.session.until_aborted(1).await;
}
