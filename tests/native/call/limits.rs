//! The client's rate limiter.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{join, join_all};
use logto_admin::runtime::Runtime;
use logto_admin::token::{AccessToken, FixedToken, token_fn};
use logto_admin::transport::{HttpResponse, RedirectPolicy, TransportError, TransportErrorKind, before_fn};
use logto_admin::{Client, Endpoint, Error, ErrorKind, RateLimit, RetryPolicy, StopReason};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer};

use crate::stage::{Stage, header, ok, refusal, status};

const SECOND: Duration = Duration::from_secs(1);

fn limited(requests: u32) -> Stage {
    let transport = ScriptedTransport::api(|_| ok("[]"));
    Stage::set_up(transport, |builder| builder.rate_limit(RateLimit::new(requests, 10 * SECOND)))
}

async fn list(client: &Client, times: usize) {
    for _ in 0..times {
        client.users().list().await.unwrap();
    }
}

#[test]
fn calls_beyond_the_limit_wait() {
    let stage = limited(3);
    // The token call is the first of the three requests.
    stage.run(list(&stage.client, 2));
    assert!(stage.runtime.sleeps().is_empty());
    stage.run(list(&stage.client, 1));
    assert_eq!(stage.runtime.sleeps(), [10 * SECOND]);
}

#[test]
fn tokens_that_expire_while_a_call_waits_are_not_sent() {
    let tokens = AtomicUsize::new(0);
    let source = token_fn(move || {
        let number = tokens.fetch_add(1, Ordering::SeqCst);
        async move { Ok(AccessToken::new(format!("token-{number}")).expires_in(5 * SECOND)) }
    });
    let transport = ScriptedTransport::api(|_| ok("[]"));
    let limit = RateLimit::new(1, 10 * SECOND);
    let stage = Stage::set_up(transport, |builder| builder.token_source(source).rate_limit(limit));
    stage.run(list(&stage.client, 2));
    let sent = stage.transport.api_calls();
    let tokens: Vec<_> = sent.iter().map(|call| header(call, "authorization")).collect();
    assert_eq!(tokens, [Some("Bearer token-0"), Some("Bearer token-1")]);
    assert_eq!(stage.runtime.sleeps(), [10 * SECOND]);
}

/// The times at which concurrent calls send requests. There is no token at first, and the token call takes `delay`.
fn departures(requests: u32, callers: usize, delay: Duration, lifetime: u64) -> Vec<Duration> {
    let (runtime, departures) = (FakeRuntime::new(), Arc::new(Mutex::new(Vec::new())));
    let transport = ScriptedTransport::new({
        let (runtime, departures) = (runtime.clone(), Arc::clone(&departures));
        move |_, options| {
            departures.lock().unwrap().push(runtime.monotonic());
            let runtime = runtime.clone();
            async move {
                if !options.token_call {
                    return Ok(ok("[]"));
                }
                runtime.sleep(delay).await;
                Ok(token_answer("t", lifetime))
            }
        }
    });
    let client = builder(&transport, &runtime).rate_limit(RateLimit::new(requests, 10 * SECOND)).build().unwrap();
    let calls = (0..callers).map(|_| client.users().list().into_future());
    for outcome in runtime.run(join_all(calls)) {
        outcome.unwrap();
    }
    std::mem::take(&mut departures.lock().unwrap())
}

#[test]
fn calls_that_wait_for_one_token_respect_the_limit() {
    let departures = departures(3, 10, 25 * SECOND, 3600);
    assert_eq!(departures.len(), 11);
    assert!(departures.windows(4).all(|window| window[3] - window[0] >= 10 * SECOND), "{departures:?}");
}

#[test]
fn calls_whose_token_expires_while_they_wait_respect_the_limit() {
    let departures = departures(3, 10, SECOND, 12);
    assert!(departures.len() > 11, "{departures:?}");
    assert!(departures.windows(4).all(|window| window[3] - window[0] >= 10 * SECOND), "{departures:?}");
}

#[test]
fn two_thousand_requests_at_the_limit_of_logto_cloud_take_nine_periods() {
    let limit = RateLimit::LOGTO_CLOUD;
    let batch = limit.requests as usize;
    // With the token call, ten batches.
    let departures = departures(limit.requests, 10 * batch - 1, Duration::ZERO, 3600);
    assert!(departures.windows(batch + 1).all(|window| window[batch] - window[0] >= limit.per), "{departures:?}");
    assert_eq!((departures.len(), departures.last()), (10 * batch, Some(&(9 * limit.per))));
}

#[test]
fn calls_start_as_soon_as_the_token_is_there() {
    assert_eq!(departures(3, 10, SECOND, 3600)[..2], [Duration::ZERO, SECOND]);
}

#[test]
fn token_calls_do_not_queue_behind_waiting_calls() {
    let runtime = FakeRuntime::new();
    let departures = Arc::new(Mutex::new(Vec::new()));
    let transport = ScriptedTransport::new({
        let (runtime, departures) = (runtime.clone(), Arc::clone(&departures));
        move |_, options| {
            let answer = if options.token_call { token_answer("t", 100) } else { ok("[]") };
            if options.token_call {
                departures.lock().unwrap().push(runtime.monotonic());
            }
            async move { Ok(answer) }
        }
    });
    let client = builder(&transport, &runtime).rate_limit(RateLimit::new(2, 10 * SECOND)).build().unwrap();
    runtime.run(list(&client, 1));
    runtime.advance(85 * SECOND);
    let waiting = join_all((0..10).map(|_| list(&client, 1)));
    // The token is due for renewal 10 seconds before it expires.
    let renewing = async {
        runtime.sleep(6 * SECOND).await;
        list(&client, 1).await;
    };
    runtime.run(join(waiting, renewing));
    let departures = departures.lock().unwrap();
    assert_eq!(departures[1] - departures[0], 95 * SECOND);
}

#[test]
fn clones_share_the_limit() {
    let stage = limited(2);
    let clone = stage.client.with_timeout(SECOND);
    stage.run(list(&stage.client, 1));
    stage.run(list(&clone, 1));
    assert_eq!(stage.runtime.sleeps(), [10 * SECOND]);
}

#[test]
fn cloud_tenants_are_limited_to_200_requests_in_10_seconds() {
    let (transport, runtime) = (ScriptedTransport::api(|_| ok("[]")), FakeRuntime::new());
    let client = Client::builder(Endpoint::cloud("acme"))
        .client_credentials("id", "secret")
        .transport(transport)
        .runtime(runtime.clone())
        .build()
        .unwrap();
    runtime.run(list(&client, 199));
    assert!(runtime.sleeps().is_empty());
    runtime.run(list(&client, 1));
    assert_eq!(runtime.sleeps(), [10 * SECOND]);
}

#[test]
fn self_hosted_servers_are_not_limited() {
    let (transport, runtime) = (ScriptedTransport::api(|_| ok("[]")), FakeRuntime::new());
    let client = builder(&transport, &runtime).build().unwrap();
    runtime.run(list(&client, 500));
    assert!(runtime.sleeps().is_empty());
}

#[test]
fn the_limit_can_be_disabled() {
    let (transport, runtime) = (ScriptedTransport::api(|_| ok("[]")), FakeRuntime::new());
    let client = Client::builder(Endpoint::cloud("acme"))
        .client_credentials("id", "secret")
        .rate_limit(None)
        .transport(transport)
        .runtime(runtime.clone())
        .build()
        .unwrap();
    runtime.run(list(&client, 300));
    assert!(runtime.sleeps().is_empty());
}

/// The time at which a second call sends its request, if the server answers the first one like this.
fn departure_after(answer: HttpResponse, limit: impl Into<Option<RateLimit>>) -> Duration {
    let transport = ScriptedTransport::answers([answer, ok("[]")]);
    let limit = limit.into();
    let stage = Stage::set_up(transport, |builder| builder.rate_limit(limit).retry(RetryPolicy::NEVER));
    stage.run(stage.client.users().list()).unwrap_err();
    stage.run(stage.client.users().list()).unwrap();
    stage.runtime.monotonic()
}

#[test]
fn a_429_without_retry_after_stops_all_calls_for_a_period() {
    let busy = refusal(429, "request.too_many");
    assert_eq!(departure_after(busy.clone(), RateLimit::new(5, 10 * SECOND)), 10 * SECOND);
    assert_eq!(departure_after(busy, None), Duration::ZERO);
}

#[test]
fn a_429_with_retry_after_stops_all_calls_until_then() {
    let busy = |seconds: &'static str| refusal(429, "request.too_many").header("retry-after", seconds);
    assert_eq!(departure_after(busy("2"), RateLimit::new(5, 10 * SECOND)), 2 * SECOND);
    assert_eq!(departure_after(busy("2"), None), 2 * SECOND);
    // A call must not hang for hours because of one answer.
    assert_eq!(departure_after(busy("3600"), None), 60 * SECOND);
}

#[test]
fn a_429_is_retried_as_soon_as_requests_may_start() {
    let waits = |answer: HttpResponse, limit: Option<RateLimit>| {
        let transport = ScriptedTransport::answers([answer, ok("[]")]);
        let stage = Stage::set_up(transport, |builder| builder.rate_limit(limit));
        stage.run(list(&stage.client, 1));
        stage.runtime.sleeps()
    };
    let busy = refusal(429, "request.too_many");
    assert_eq!(waits(busy.clone(), Some(RateLimit::new(5, 10 * SECOND))), [10 * SECOND]);
    assert_eq!(waits(busy.clone().header("retry-after", "2"), None), [2 * SECOND]);
    assert_eq!(waits(busy, None), [SECOND / 8], "without a limit, the retry policy decides");
}

#[test]
fn a_request_without_an_answer_keeps_its_place_for_as_long_as_it_may_arrive() {
    use TransportErrorKind::{Body, Connect, Interrupted, Redirect, Timeout, TooLarge};
    for (kind, departure) in
        [(Connect, 0), (Body, 10), (Redirect, 10), (TooLarge, 10), (Interrupted, 20), (Timeout, 20)]
    {
        let transport = ScriptedTransport::answers([Err(TransportError::new(kind, "it broke")), Ok(ok("[]"))]);
        let stage = Stage::set_up(transport, |builder| {
            let builder = builder.token_source(FixedToken::new("token")).retry(RetryPolicy::NEVER);
            builder.rate_limit(RateLimit::new(1, 10 * SECOND))
        });
        stage.run(stage.client.users().list()).unwrap_err();
        stage.run(list(&stage.client, 1));
        assert_eq!(stage.runtime.monotonic(), departure * SECOND, "{kind:?}");
    }
}

#[test]
fn a_429_also_stops_calls_that_already_wait() {
    let (runtime, sent) = (FakeRuntime::new(), Arc::new(Mutex::new(Vec::new())));
    let transport = ScriptedTransport::api({
        let (runtime, sent) = (runtime.clone(), Arc::clone(&sent));
        move |_| {
            sent.lock().unwrap().push(runtime.monotonic());
            let first = sent.lock().unwrap().len() == 1;
            if first { refusal(429, "request.too_many").header("retry-after", "30") } else { ok("[]") }
        }
    });
    let client = builder(&transport, &runtime).rate_limit(RateLimit::new(2, 10 * SECOND)).build().unwrap();
    for outcome in runtime.run(join_all((0..3).map(|_| client.users().list().into_future()))) {
        outcome.unwrap();
    }
    let sent = sent.lock().unwrap();
    assert!(sent.len() == 4 && sent[1..].iter().all(|at| *at >= 30 * SECOND), "{sent:?}");
}

#[test]
fn a_call_that_cannot_be_retried_in_time_returns_the_429() {
    let busy = refusal(429, "request.too_many");
    let stage = Stage::set_up(ScriptedTransport::answers([busy]), |builder| {
        builder.rate_limit(RateLimit::new(5, 10 * SECOND)).total_timeout(SECOND)
    });
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert!(error.is_rate_limited() && error.stop_reason() == Some(StopReason::Time), "{error:?}");
}

#[test]
fn a_call_that_a_hook_refuses_uses_up_no_place() {
    let transport = ScriptedTransport::api(|_| ok("[]"));
    let refuse = before_fn(|_, context| {
        if context.operation == "DeleteUser" { Err(Error::new(ErrorKind::Hook, "read only")) } else { Ok(()) }
    });
    let limit = RateLimit::new(2, 10 * SECOND);
    let stage = Stage::set_up(transport, |builder| builder.rate_limit(limit).hook(refuse));
    for _ in 0..10 {
        stage.run(stage.client.users().delete("u")).unwrap_err();
    }
    stage.run(list(&stage.client, 1));
    assert!(stage.runtime.sleeps().is_empty());
}

#[test]
fn calls_go_on_although_tokens_live_shorter_than_the_wait_for_a_place() {
    for lifetime in [5, 10] {
        let departures = departures(1, 5, Duration::ZERO, lifetime);
        assert!(departures.len() >= 6, "{departures:?}");
        assert!(departures.windows(2).all(|pair| pair[1] - pair[0] >= 10 * SECOND), "{departures:?}");
    }
}

#[test]
fn concurrent_calls_that_are_redirected_do_not_hold_two_places() {
    let transport = ScriptedTransport::api(|request| {
        if request.url.ends_with("/users") { status(302).header("location", "/api/roles") } else { ok("[]") }
    });
    let limit = RateLimit::new(6, 10 * SECOND);
    let stage = Stage::set_up(transport, |builder| builder.rate_limit(limit).redirects(RedirectPolicy::Follow(1)));
    let calls = (0..5).map(|_| stage.client.users().list().into_future());
    stage.run(join_all(calls)).into_iter().for_each(|outcome| drop(outcome.unwrap()));
    assert_eq!(stage.runtime.monotonic(), 10 * SECOND);
}

#[test]
fn each_followed_redirect_takes_a_place_and_runs_the_hooks() {
    let answers = [status(302).header("location", "/api/users"), ok("[]"), ok("[]")];
    let seen = Arc::new(AtomicUsize::new(0));
    let stage = Stage::set_up(ScriptedTransport::answers(answers), |builder| {
        let seen = Arc::clone(&seen);
        let count = before_fn(move |_, context| {
            seen.fetch_add(usize::from(!context.token_call), Ordering::SeqCst);
            Ok(())
        });
        builder.rate_limit(RateLimit::new(3, 10 * SECOND)).redirects(RedirectPolicy::Follow(2)).hook(count)
    });
    stage.run(list(&stage.client, 1));
    assert_eq!((seen.load(Ordering::SeqCst), stage.runtime.sleeps().len()), (2, 0));
    stage.run(list(&stage.client, 1));
    assert_eq!(stage.runtime.sleeps(), [10 * SECOND]);
}

#[test]
fn a_429_about_messages_stops_no_other_call() {
    let answers = [refusal(429, "request.message_rate_limited"), ok("[]")];
    let limit = RateLimit::new(5, 10 * SECOND);
    let stage = Stage::set_up(ScriptedTransport::answers(answers), |builder| builder.rate_limit(limit));
    stage.run(stage.client.users().list()).unwrap_err();
    stage.run(stage.client.users().list()).unwrap();
    assert!(stage.runtime.sleeps().is_empty());
}

#[test]
fn abandoned_calls_do_not_delay_later_calls() {
    let stage = limited(2);
    stage.run(list(&stage.client, 1));
    stage.run(async {
        for _ in 0..100 {
            stage.client.users().list().total_timeout(SECOND / 100).await.unwrap_err();
        }
    });
    stage.run(list(&stage.client, 1));
    assert_eq!(stage.runtime.sleeps().last(), Some(&(9 * SECOND)));
}

#[test]
fn waiting_for_the_limit_does_not_count_towards_the_retry_time() {
    let transport = ScriptedTransport::answers([status(503), ok("[]")]);
    let limit = RateLimit::new(1, 90 * SECOND);
    let stage = Stage::set_up(transport, |builder| builder.rate_limit(limit));
    stage.run(list(&stage.client, 1));
    assert_eq!(stage.sends(), 2);
}
