//! Times at which a token is renewed.

use std::time::Duration;

use logto_admin::token::{AccessToken, FixedToken, token_fn};
use logto_admin::transport::HttpResponse;

use crate::stage::{HOUR, SECOND, Stage, endpoint, hourly, lasting};
use logto_admin_test_support::FakeRuntime;

#[test]
fn building_a_client_and_a_request_does_no_work() {
    let stage = Stage::new();
    drop(stage.client.request(logto_admin::transport::Method::Get, "/api/users"));
    assert_eq!((stage.token_calls(), stage.runtime.spawned(), stage.runtime.sleeping()), (0, 0, 0));
}

#[test]
fn tokens_are_renewed_in_the_background_a_minute_before_they_expire() {
    let stage = Stage::new();
    assert_eq!(stage.secret(), "token-1");
    stage.advance(HOUR - 61 * SECOND);
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-1", 1));
    stage.advance(SECOND);
    assert_eq!(stage.secret(), "token-1", "callers should not wait while the token is valid");
    stage.settle();
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-2", 2));
}

#[test]
fn short_lived_tokens_are_renewed_after_nine_tenths_of_their_lifetime() {
    let stage = Stage::answering(lasting(100));
    stage.secret();
    stage.advance(89 * SECOND);
    stage.secret();
    stage.settle();
    assert_eq!(stage.token_calls(), 1);
    stage.advance(SECOND);
    stage.secret();
    stage.settle();
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn the_leeway_can_be_set() {
    let runtime = FakeRuntime::new();
    let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |builder| {
        builder.token_leeway(300 * SECOND)
    });
    stage.secret();
    stage.advance(HOUR - 300 * SECOND);
    assert_eq!(stage.secret(), "token-1");
    stage.settle();
    assert_eq!(stage.secret(), "token-2");
}

#[test]
fn callers_do_not_wait_for_a_slow_renewal_while_the_token_is_valid() {
    let stage = Stage::taking(20 * SECOND, hourly);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    stage.secret();
    stage.settle();
    let sleeps = stage.runtime.sleeps().len();
    for _ in 0..100 {
        assert_eq!(stage.secret(), "token-1");
    }
    assert_eq!(stage.runtime.sleeps().len(), sleeps, "no caller should wait");
    assert_eq!(stage.token_calls(), 2);
    stage.advance(20 * SECOND);
    stage.settle();
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-2", 2));
}

#[test]
fn callers_wait_for_the_renewal_of_an_expired_token() {
    let stage = Stage::new();
    stage.secret();
    stage.advance(HOUR);
    assert_eq!(stage.secret(), "token-2");
}

#[test]
fn tokens_with_a_lifetime_below_the_leeway_are_not_renewed_in_a_loop() {
    let runtime = FakeRuntime::new();
    let stage =
        Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, lasting(10)), |builder| builder.token_leeway(HOUR));
    for _ in 0..50 {
        stage.secret();
        stage.settle();
    }
    assert_eq!(stage.token_calls(), 1);
    stage.advance(5 * SECOND);
    stage.secret();
    stage.settle();
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn tokens_that_expire_immediately_serve_all_waiting_callers() {
    let stage = Stage::expiring();
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!(stage.secret(), "token-2");
}

#[test]
fn a_lifetime_of_zero_from_the_endpoint_does_not_cost_a_token_call_per_request() {
    let stage = Stage::answering(lasting(0));
    for _ in 0..10 {
        stage.call().unwrap();
    }
    assert_eq!(stage.token_calls(), 1);
}

#[test]
fn tokens_without_an_expiry_are_used_until_they_are_rejected() {
    let stage = Stage::answering(|number| {
        HttpResponse::json(200, format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","scope":"all"}}"#))
    });
    stage.secret();
    stage.advance(10_000 * HOUR);
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-1", 1));
}

#[test]
fn fixed_tokens_are_never_renewed() {
    for settings in [0, 1, 2] {
        let runtime = FakeRuntime::new();
        let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |builder| match settings {
            0 => builder.access_token("mine"),
            1 => builder.user_token("mine"),
            _ => builder.token_source(FixedToken::new("mine")),
        });
        stage.secret();
        stage.advance(10_000 * HOUR);
        assert_eq!((stage.secret().as_str(), stage.token_calls()), ("mine", 0));
    }
}

#[test]
fn custom_sources_are_renewed_according_to_their_lifetime() {
    let runtime = FakeRuntime::new();
    let numbers = std::sync::atomic::AtomicUsize::new(0);
    let source = token_fn(move || {
        let number = numbers.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move { Ok(AccessToken::new(format!("own-{number}")).expires_in(600 * SECOND)) }
    });
    let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |b| b.token_source(source));
    assert_eq!(stage.secret(), "own-0");
    stage.advance(540 * SECOND);
    stage.secret();
    stage.settle();
    assert_eq!(stage.secret(), "own-1");
}

#[test]
fn clones_share_the_token() {
    let stage = Stage::new();
    let clone = stage.client.with_timeout(SECOND);
    stage.secret();
    assert_eq!(stage.run(clone.access_token()).unwrap().secret(), "token-1");
    assert_eq!(stage.token_calls(), 1);
}
