//! Failed renewals.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logto_admin::token::{AccessToken, TokenError, token_fn};
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin::{ErrorKind, RetryPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::stage::{HOUR, SECOND, Stage, down, endpoint, hourly};

/// Returns a token on the first call, then behaves as if the endpoint is down.
fn once(number: usize) -> HttpResponse {
    if number == 1 { hourly(1) } else { down() }
}

#[test]
fn failed_renewals_keep_the_valid_token() {
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
fn failed_renewals_are_retried_with_backoff_for_all_callers() {
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
fn successful_renewals_reset_the_backoff() {
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
fn waiting_callers_share_the_error_and_a_later_caller_retries() {
    let stage = Stage::taking(SECOND, |number| if number == 1 { down() } else { hourly(number) });
    let errors = stage.tokens(100);
    assert!(errors.iter().all(|error| error.as_ref().unwrap_err().status() == Some(503)));
    assert_eq!(stage.token_calls(), 1);
    stage.advance(SECOND);
    assert_eq!(stage.secret(), "token-2", "errors should not be kept for later callers");
}

#[test]
fn calls_between_two_tries_fail_at_once_with_the_last_error() {
    let stage = Stage::answering(|_| down());
    let mut tried = Vec::new();
    for second in 0..20 {
        for _ in 0..50 {
            assert_eq!(stage.call().unwrap_err().status(), Some(503));
        }
        if stage.token_calls() > tried.len() {
            tried.push(second);
        }
        stage.advance(SECOND);
    }
    assert_eq!((tried.as_slice(), stage.token_calls()), ([0, 1, 3, 7, 15].as_slice(), 5));
}

#[test]
fn a_token_that_no_header_can_carry_is_rejected_where_it_enters() {
    for secret in ["two\nlines", "t\r\n", "nul\0", "t\u{e9}", "a b", ""] {
        let runtime = FakeRuntime::new();
        let transport = endpoint(&runtime, Duration::ZERO, hourly);
        let source = token_fn(move || async move { Ok(AccessToken::new(secret)) });
        let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(source));
        let error = stage.call().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token, "{secret:?}");
        assert!(error.message().contains("a header cannot carry"), "{error}");
        let json = serde_json::json!({ "access_token": secret, "expires_in": 3600 }).to_string();
        let stage = Stage::answering(move |_| HttpResponse::json(200, json.clone()));
        assert_eq!(stage.call().unwrap_err().kind(), ErrorKind::Token, "{secret:?}");
        assert!(stage.sent_tokens().is_empty());
    }
}

#[test]
fn renewal_errors_are_returned_after_the_token_expires() {
    let stage = Stage::answering(once);
    stage.secret();
    stage.advance(HOUR);
    assert_eq!(stage.token().unwrap_err().kind(), ErrorKind::Token);
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn errors_have_the_endpoints_code_description_and_hint() {
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
fn unreachable_endpoints_are_reported() {
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
fn answers_without_a_token_are_errors_with_a_hint() {
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
fn failed_token_calls_are_retried_before_the_error_is_returned() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, |number| if number < 3 { down() } else { hourly(number) });
    let stage = Stage::set_up(&runtime, transport, |builder| builder.retry(RetryPolicy::attempts(3)));
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-3", 3));
}

#[test]
fn panics_of_a_source_fail_waiting_callers_and_the_next_caller_retries() {
    let runtime = FakeRuntime::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let source = token_fn(move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(number > 0, "the first call panics");
            Ok(AccessToken::new("second-time"))
        }
    });
    let transport = endpoint(&runtime, Duration::ZERO, hourly);
    let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(source));
    for error in stage.tokens(100) {
        assert!(error.unwrap_err().message().contains("panicked"));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    stage.advance(SECOND);
    assert_eq!(stage.secret(), "second-time");
}

#[test]
fn errors_do_not_show_the_secret_or_the_token() {
    for answer in [HttpResponse::json(200, r#"{"access_token":17,"note":"app-secret"}"#), down()] {
        let stage = Stage::answering(move |_| answer.clone());
        let error = stage.token().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("app-secret"));
    }
}
