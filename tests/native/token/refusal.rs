//! Tokens that the API rejects with a 401.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use logto_admin::runtime::Runtime;
use logto_admin::token::token_fn;
use logto_admin::transport::{HttpResponse, HttpTransport, Method, RedirectPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, token_answer};

use crate::stage::{self, SECOND, Stage, endpoint, hourly};

/// A client of an API that rejects these tokens.
fn refusing(refused: &'static [&'static str]) -> Stage {
    Stage::set_up(&FakeRuntime::new(), stage::refusing(refused), |builder| builder)
}

#[test]
fn a_401_renews_the_token_once_and_repeats_the_request_once() {
    let stage = refusing(&["token-1"]);
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["token-1", "token-2"]);
    stage.call().unwrap();
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (3, 2));
}

#[test]
fn a_second_401_is_returned() {
    let stage = refusing(&["token-1", "token-2"]);
    let error = stage.call().unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(401), Some("auth.unauthorized")));
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (2, 2));
}

#[test]
fn an_api_that_rejects_every_token_gets_one_request_per_call() {
    let stage = refusing(&["token-1", "token-2", "token-3"]);
    for _ in 0..10 {
        assert_eq!(stage.call().unwrap_err().status(), Some(401));
    }
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (11, 2));
    stage.advance(Duration::from_secs(60));
    stage.call().unwrap_err();
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (13, 3));
}

#[test]
fn a_slow_api_that_rejects_every_token_gets_three_requests_per_call() {
    let runtime = FakeRuntime::new();
    let (clock, tokens) = (runtime.clone(), endpoint(&runtime, Duration::ZERO, hourly));
    let transport = ScriptedTransport::new(move |request, options| {
        let (clock, tokens) = (clock.clone(), tokens.clone());
        async move {
            if options.token_call {
                return tokens.send(request, &options).await;
            }
            // Long enough for each new token to be discarded.
            clock.sleep(10 * SECOND).await;
            Ok(HttpResponse::new(401))
        }
    });
    let stage = Stage::set_up(&runtime, transport, |builder| builder);
    assert_eq!(stage.call().unwrap_err().status(), Some(401));
    assert_eq!(stage.sent_tokens(), ["token-1", "token-2", "token-3"]);
}

#[test]
fn a_token_that_expires_on_its_way_to_the_api_is_renewed_each_time() {
    let (runtime, issued) = (FakeRuntime::new(), Arc::new(Mutex::new(Vec::new())));
    let clock = runtime.clone();
    let transport = ScriptedTransport::new(move |request, options| {
        let (clock, issued, token_call) = (clock.clone(), Arc::clone(&issued), options.token_call);
        let bearer = request.headers.get("authorization").unwrap_or_default().to_owned();
        async move {
            if token_call {
                let mut issued = issued.lock().unwrap();
                issued.push(clock.monotonic());
                return Ok(token_answer(&issued.len().to_string(), 5));
            }
            clock.sleep(SECOND).await;
            let number: usize = bearer.strip_prefix("Bearer ").unwrap().parse().unwrap();
            let age = clock.monotonic() - issued.lock().unwrap()[number - 1];
            Ok(if age < 5 * SECOND { HttpResponse::json(200, "[]") } else { HttpResponse::new(401) })
        }
    });
    let stage = Stage::set_up(&runtime, transport, |builder| builder);
    for _ in 0..20 {
        // The token is not due yet when the request starts, and has expired when it arrives.
        stage.call().unwrap();
        stage.advance(Duration::from_millis(3200));
    }
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (39, 20));
}

#[test]
fn a_401_that_is_not_about_the_token_keeps_it() {
    let runtime = FakeRuntime::new();
    let body = r#"{"code":"verification_record.permission_denied","message":"Permission denied"}"#;
    let transport = ScriptedTransport::api(move |_| HttpResponse::json(401, body));
    let stage = Stage::set_up(&runtime, transport, |builder| builder);
    let error = stage.run(stage.client.request(Method::Post, "/api/my-account/password")).unwrap_err();
    assert_eq!((stage.sent_tokens().len(), stage.token_calls()), (1, 1));
    assert!(error.hint().is_some_and(|hint| hint.contains("logto-verification-id")), "{error}");
    let retried = stage.client.request(Method::Post, "/api/my-account/password").verification_record("record-1");
    stage.run(retried).unwrap_err();
    assert_eq!(stage.transport.api_calls()[1].headers.get("logto-verification-id"), Some("record-1"));
}

#[test]
fn a_401_of_another_origin_which_got_no_token_keeps_it() {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::api(|request| match request.url.contains("other.example") {
        true => HttpResponse::new(401),
        false => HttpResponse::new(302).header("location", "https://other.example/users"),
    });
    let stage = Stage::set_up(&runtime, transport, |builder| builder.redirects(RedirectPolicy::Follow(3)));
    for _ in 0..3 {
        assert_eq!(stage.call().unwrap_err().status(), Some(401));
        stage.advance(Duration::from_secs(90));
    }
    assert_eq!((stage.transport.api_calls().len(), stage.token_calls()), (6, 1));
}

#[test]
fn a_thousand_rejections_of_one_token_cause_one_renewal() {
    let stage = refusing(&["token-1"]);
    let calls = (0..1000).map(|_| stage.client.request(Method::Get, "/api/users").into_future());
    let answers = stage.run(join_all(calls));
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(stage.token_calls(), 2, "a late rejection should not discard a newer token");
}

#[test]
fn tokens_without_an_expiry_are_discarded() {
    let runtime = FakeRuntime::new();
    let numbers = std::sync::atomic::AtomicUsize::new(0);
    let source = token_fn(move || {
        let number = numbers.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        async move { Ok(logto_admin::token::AccessToken::new(format!("endless-{number}"))) }
    });
    let transport = ScriptedTransport::answers([HttpResponse::new(401), HttpResponse::json(200, "[]")]);
    let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(source));
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["endless-1", "endless-2"]);
}

#[test]
fn tokens_that_cannot_be_renewed_are_kept_without_repeating_the_request() {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::answers([HttpResponse::new(401), HttpResponse::json(200, "[]")]);
    let stage = Stage::set_up(&runtime, transport, |builder| builder.user_token("mine"));
    assert_eq!(stage.call().unwrap_err().status(), Some(401));
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["mine", "mine"]);
}

#[test]
fn renewal_errors_after_a_401_are_returned() {
    let runtime = FakeRuntime::new();
    let inner =
        endpoint(&runtime, Duration::ZERO, |number| if number == 1 { hourly(1) } else { HttpResponse::new(500) });
    let transport = ScriptedTransport::new(move |request, options| {
        let inner = inner.clone();
        async move { if options.token_call { inner.send(request, &options).await } else { Ok(HttpResponse::new(401)) } }
    });
    let stage = Stage::set_up(&runtime, transport, |builder| builder);
    let error = stage.call().unwrap_err();
    assert_eq!((error.kind(), error.status()), (logto_admin::ErrorKind::Token, Some(500)));
    assert_eq!(error.attempts(), 1);
}
