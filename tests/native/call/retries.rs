//! Conditions for retries, and their times.

use std::time::Duration;

use logto_admin::models::CreateUser;
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin::{Error, RetryPolicy, StopReason};
use logto_admin_test_support::{IntoOutcome, ScriptedTransport};

use crate::stage::{Stage, ok, refusal, status, user};

type Outcome = Result<HttpResponse, TransportError>;

const MS: Duration = Duration::from_millis(1);

fn lost(kind: TransportErrorKind) -> Outcome {
    Err(TransportError::new(kind, "the wire broke"))
}

/// Makes a read with a first outcome and then a success. Returns how often it was sent.
fn sends_of_a_read(first: Outcome) -> usize {
    let stage = Stage::answering([first, Ok(ok("[]"))]);
    let _ = stage.run(stage.client.users().list());
    stage.sends()
}

/// Makes a creation with a first outcome and then a success.
fn create(first: impl IntoOutcome) -> (Stage, Result<String, Error>) {
    let stage = Stage::answering([first.into_outcome(), Ok(ok(&user("u1")))]);
    let created = stage.run(stage.client.users().create(CreateUser::default()));
    (stage, created.map(|user| user.id))
}

#[test]
fn reads_are_retried_on_every_transient_status() {
    for code in [408, 429, 500, 502, 503, 504] {
        assert_eq!(sends_of_a_read(Ok(status(code))), 2, "{code}");
    }
}

#[test]
fn reads_are_retried_when_the_answer_is_lost() {
    use TransportErrorKind::{Body, Connect, Interrupted, Other, Timeout};
    for kind in [Connect, Timeout, Interrupted, Body, Other] {
        assert_eq!(sends_of_a_read(lost(kind)), 2, "{kind:?}");
    }
}

#[test]
fn permanent_failures_are_not_retried() {
    for code in [400, 401, 403, 404, 405, 409, 422, 431, 501] {
        // A 401 is repeated once, with a new token.
        let expected = if code == 401 { 2 } else { 1 };
        assert_eq!(sends_of_a_read(Ok(status(code))), expected, "{code}");
    }
    for kind in [TransportErrorKind::TooLarge, TransportErrorKind::Redirect, TransportErrorKind::Environment] {
        assert_eq!(sends_of_a_read(lost(kind)), 1, "{kind:?}");
    }
}

#[test]
fn errors_that_no_retry_can_change_are_final() {
    for code in [400, 404, 422, 501] {
        let stage = Stage::answering([status(code).header("retry-after", "7")]);
        let error = stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!((error.stop_reason(), error.retry_after()), (Some(StopReason::Final), Some(7000 * MS)), "{code}");
    }
}

#[test]
fn message_rate_limits_are_not_retried() {
    assert_eq!(sends_of_a_read(Ok(refusal(429, "request.message_rate_limited"))), 1);
}

#[test]
fn creations_that_might_have_been_processed_are_not_retried() {
    let lost = [TransportErrorKind::Interrupted, TransportErrorKind::Body, TransportErrorKind::Other].map(lost);
    let failed = [408, 500, 502, 503, 504].map(|code| Ok(status(code)));
    for first in lost.into_iter().chain(failed) {
        let shown = format!("{first:?}");
        let (stage, created) = create(first);
        assert_eq!(stage.sends(), 1, "{shown}");
        assert_eq!(created.unwrap_err().stop_reason(), Some(StopReason::NotIdempotent), "{shown}");
    }
}

#[test]
fn creations_that_were_not_processed_are_retried() {
    let never_written = TransportError::new(TransportErrorKind::Interrupted, "never written").with_never_sent(true);
    for first in [
        Ok(status(429)),
        Ok(status(503).header("retry-after", "1")),
        lost(TransportErrorKind::Connect),
        Err(never_written),
    ] {
        let shown = format!("{first:?}");
        let (stage, created) = create(first);
        assert_eq!((created.unwrap().as_str(), stage.sends()), ("u1", 2), "{shown}");
    }
}

#[test]
fn callers_can_mark_a_call_as_idempotent() {
    let stage = Stage::answering([status(500), ok(&user("u1"))]);
    stage.run(stage.client.users().create(CreateUser::default()).idempotent(true)).unwrap();
    assert_eq!(stage.sends(), 2);
}

#[test]
fn callers_can_mark_a_call_as_not_idempotent() {
    let stage = Stage::answering([status(500)]);
    stage.run(stage.client.users().list().idempotent(false)).unwrap_err();
    assert_eq!(stage.sends(), 1);
}

#[test]
fn retried_requests_are_identical() {
    let stage = Stage::answering([status(429), ok(&user("u1"))]);
    stage.run(stage.client.users().create(CreateUser { name: Some("Ada".into()), ..Default::default() })).unwrap();
    let calls = stage.transport.api_calls();
    assert_eq!(calls[0].body.bytes(), calls[1].body.bytes());
    assert_eq!((&calls[0].url, &calls[0].headers), (&calls[1].url, &calls[1].headers));
}

#[test]
fn delays_grow_with_full_jitter() {
    for (random, waits) in [(0.5, [125, 250, 500]), (0.0, [0, 0, 0])] {
        let stage = Stage::answering([503, 503, 503, 503].map(status));
        stage.runtime.set_random(random);
        stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!(stage.runtime.sleeps(), waits.map(|wait| wait * MS));
    }
}

#[test]
fn retry_after_takes_precedence_as_seconds_or_date() {
    // The date is seven seconds after the time of the stage's clock.
    for value in ["7", "Wed, 18 Nov 2026 11:06:47 GMT"] {
        let stage = Stage::answering([status(503).header("retry-after", value), ok("[]")]);
        stage.run(stage.client.users().list()).unwrap();
        assert_eq!(stage.runtime.sleeps(), [7000 * MS], "{value}");
    }
}

#[test]
fn invalid_retry_after_is_ignored() {
    let stage = Stage::answering([status(503).header("retry-after", "soon"), ok("[]")]);
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(stage.runtime.sleeps(), [125 * MS]);
}

#[test]
fn four_attempts_are_made_and_reported_in_the_error() {
    let stage = Stage::answering([500, 502, 503, 504].map(status));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.attempts(), error.status()), (4, Some(504)));
    assert_eq!((error.elapsed(), error.stop_reason()), (875 * MS, Some(StopReason::Attempts)));
    assert!(error.to_string().contains("4 attempts in 875.0ms"), "{error}");
}

#[test]
fn attempts_end_when_the_retry_time_is_over() {
    let stage = Stage::answering([status(503).header("retry-after", "61")]);
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::Time)));
    assert!(stage.runtime.sleeps().is_empty(), "the call should not wait in vain");
}

#[test]
fn calls_can_have_their_own_policy() {
    let stage = Stage::answering([503, 503].map(status));
    let policy = RetryPolicy::attempts(2).waits(10 * MS, 10 * MS);
    let error = stage.run(stage.client.users().list().retry(policy)).unwrap_err();
    assert_eq!((error.attempts(), stage.runtime.sleeps()), (2, vec![5 * MS]));
}

#[test]
fn clients_can_have_their_own_policy() {
    let transport = ScriptedTransport::answers([status(503)]);
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    assert_eq!(stage.run(stage.client.users().list()).unwrap_err().attempts(), 1);
}
