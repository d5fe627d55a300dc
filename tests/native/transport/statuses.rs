//! Statuses that are retried, and statuses that are not.

use std::time::{Duration, SystemTime};

use logto_admin::runtime::Runtime;
use logto_admin::transport::Method;
use logto_admin::{StopReason, Timestamp};
use logto_admin_test_server::Answer;
use serde_json::json;

use crate::stage::Stage;

const RETRYABLE: [u16; 6] = [408, 429, 500, 502, 503, 504];
/// Half of the first delay's upper bound, because the tests' random numbers are all 0.5.
const USUAL_WAIT: Duration = Duration::from_millis(125);

/// The delay before a read is retried.
async fn wait_after(status: u16, retry_after: Option<&str>) -> Duration {
    let mut failing = Answer::status(status);
    if let Some(value) = retry_after {
        failing = failing.header("retry-after", value);
    }
    let stage = Stage::answering([failing, Answer::json("[1]")]).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]), "{status}");
    assert_eq!(stage.session.api_calls().len(), 2, "{status}");
    let sleeps = stage.runtime.sleeps();
    assert_eq!(sleeps.len(), 1, "{status}");
    sleeps[0]
}

#[tokio::test]
async fn reads_are_retried_after_the_default_delay() {
    for status in RETRYABLE {
        assert_eq!(wait_after(status, None).await, USUAL_WAIT, "{status}");
    }
}

#[tokio::test]
async fn valid_retry_after_sets_the_delay() {
    let now: SystemTime = crate::stage::runtime().now().into();
    let date = httpdate::fmt_http_date(now + Duration::from_secs(7));
    for status in RETRYABLE {
        assert_eq!(wait_after(status, Some("3")).await, Duration::from_secs(3), "{status}");
        assert_eq!(wait_after(status, Some("soon")).await, USUAL_WAIT, "{status}");
        // HTTP dates have whole seconds.
        let wait = wait_after(status, Some(&date)).await;
        assert!(wait > Duration::from_secs(6) && wait <= Duration::from_secs(7), "{status}: {wait:?}");
    }
}

#[tokio::test]
async fn writes_are_retried_only_if_they_were_not_processed() {
    for (status, retry_after, calls) in
        [(429, None, 2), (503, Some("1"), 2), (503, None, 1), (500, None, 1), (502, Some("1"), 1), (408, None, 1)]
    {
        let mut failing = Answer::status(status);
        if let Some(value) = retry_after {
            failing = failing.header("retry-after", value);
        }
        let stage = Stage::answering([failing, Answer::json("{}")]).await;
        let answer = stage.client.request(Method::Post, "/api/roles").await;
        assert_eq!((stage.session.api_calls().len(), answer.is_ok()), (calls, calls == 2), "{status} {retry_after:?}");
    }
}

#[tokio::test]
async fn permanent_failures_are_not_retried() {
    let limited = Answer::error(429, "request.message_rate_limited");
    for answer in [Answer::status(501), Answer::error(422, "user.username_already_in_use"), limited] {
        let stage = Stage::answering([answer]).await;
        let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
        assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::Final)), "{error}");
    }
}

#[tokio::test]
async fn delays_beyond_the_retry_time_are_not_started() {
    let stage = Stage::answering([Answer::status(503).header("retry-after", "3600")]).await;
    let error = stage.client.request(Method::Get, "/api/users").await.unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::Time)));
    assert!(Timestamp::from(SystemTime::from(stage.runtime.now())) == stage.runtime.now());
}
