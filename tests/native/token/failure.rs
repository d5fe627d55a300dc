//! Renewals that fail.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logto_admin::token::{AccessToken, TokenError, token_fn};
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin::{ErrorKind, RetryPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::stage::{HOUR, SECOND, Stage, down, endpoint, hourly};

/// A token at first, then an endpoint that is down.
fn once(number: usize) -> HttpResponse {
    if number == 1 { hourly(1) } else { down() }
}

#[test]
fn a_failed_renewal_keeps_the_token_that_lives() {
    let stage = Stage::answering(once);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    for _ in 0..3 {
        assert_eq!(stage.secret(), "token-1");
        stage.settle();
    }
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["token-1"]);
}

#[test]
fn it_is_tried_again_after_a_wait_that_grows_however_many_callers_there_are() {
    let stage = Stage::answering(once);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    let mut tried = Vec::new();
    for second in 0..60 {
        for _ in 0..10 {
            stage.secret();
            stage.settle();
        }
        if stage.token_calls() > tried.len() + 1 {
            tried.push(second);
        }
        stage.advance(SECOND);
    }
    assert_eq!(tried, [0, 1, 3, 7, 15, 31]);
}

#[test]
fn a_renewal_that_succeeds_again_ends_the_waits() {
    let stage = Stage::answering(|number| if number == 2 { down() } else { hourly(number) });
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    stage.secret();
    stage.settle();
    stage.advance(SECOND);
    stage.secret();
    stage.settle();
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-3", 3));
}

#[test]
fn without_a_living_token_all_that_wait_get_the_error_and_the_next_caller_tries_again() {
    let stage = Stage::taking(SECOND, |number| if number == 1 { down() } else { hourly(number) });
    let errors = stage.tokens(100);
    assert!(errors.iter().all(|error| error.as_ref().unwrap_err().status() == Some(503)));
    assert_eq!(stage.token_calls(), 1);
    assert_eq!(stage.secret(), "token-2", "no error is kept for those who come later");
}

#[test]
fn an_expired_token_and_an_endpoint_that_is_down_are_an_error_too() {
    let stage = Stage::answering(once);
    stage.secret();
    stage.advance(HOUR);
    assert_eq!(stage.token().unwrap_err().kind(), ErrorKind::Token);
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn the_error_is_the_token_endpoints_with_its_code_description_and_hint() {
    let body = r#"{"code":"oidc.invalid_client","message":"x","error":"invalid_client","error_description":"client authentication failed"}"#;
    let stage = Stage::answering(move |_| HttpResponse::json(401, body));
    let error = stage.call().unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Token, Some(401), Some("invalid_client")));
    assert!(error.is_unauthorized() && error.message().contains("client authentication failed"), "{error}");
    assert!(error.hint().unwrap().contains("secret"), "{error}");
    assert_eq!((error.operation(), error.attempts()), (Some("(unlisted)"), 0));
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Arc<TokenError>>()).expect("the typed cause");
    let TokenError::Refused { status, error, description, hint, .. } = &**cause else { panic!("{cause:?}") };
    assert_eq!((*status, error.as_deref(), hint.is_some()), (401, Some("invalid_client"), true));
    assert_eq!(description.as_deref(), Some("client authentication failed"));
}

#[test]
fn an_endpoint_out_of_reach_is_an_error_that_says_so() {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::new(|_, _| async {
        Err(TransportError::new(TransportErrorKind::Connect, "connection refused"))
    });
    let stage = Stage::set_up(&runtime, transport, |builder| builder);
    let error = stage.token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(error.message().contains("connection refused"), "{error}");
    assert!(error.hint().is_some(), "{error}");
}

#[test]
fn an_answer_without_a_token_is_an_error_with_advice() {
    for (answer, advice) in [
        (HttpResponse::json(200, "{}"), false),
        (HttpResponse::json(200, r#"{"access_token":""}"#), false),
        (HttpResponse::json(200, r#"{"access_token":17}"#), false),
        (HttpResponse::new(200), false),
        (HttpResponse::new(200).header("content-type", "text/html").body("<html>sign in</html>"), true),
        (HttpResponse::new(404).header("content-type", "text/html").body("<html>nothing</html>"), true),
    ] {
        let stage = Stage::answering({
            let answer = answer.clone();
            move |_| answer.clone()
        });
        let error = stage.token().unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Token, Some(answer.status)));
        assert_eq!(error.hint().is_some_and(|hint| hint.contains("web pages")), advice, "{error}");
    }
}

#[test]
fn a_token_call_that_fails_on_the_way_is_repeated_before_anyone_hears_of_it() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, |number| if number < 3 { down() } else { hourly(number) });
    let stage = Stage::set_up(&runtime, transport, |builder| builder.retry(RetryPolicy::attempts(3)));
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-3", 3));
}

#[test]
fn a_source_that_panics_has_failed_for_all_that_wait_and_is_asked_again_by_the_next() {
    let runtime = FakeRuntime::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let source = token_fn(move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(number > 0, "the first time it panics");
            Ok(AccessToken::new("second time"))
        }
    });
    let transport = endpoint(&runtime, Duration::ZERO, hourly);
    let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(source));
    for error in stage.tokens(100) {
        assert!(error.unwrap_err().message().contains("panicked"));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(stage.secret(), "second time");
}

#[test]
fn no_error_shows_the_secret_or_the_token() {
    for answer in [HttpResponse::json(200, r#"{"access_token":17,"note":"app-secret"}"#), down()] {
        let stage = Stage::answering(move |_| answer.clone());
        let error = stage.token().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("app-secret"));
    }
}
