//! Runtimes in which a request must not wait for the work of another one. Cloudflare Workers are an example.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use logto_admin::runtime::Runtime;
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::FakeRuntime;

use crate::stage::{HOUR, SECOND, Stage, down, endpoint, hourly};

fn stage(delay: Duration, token: impl Fn(usize) -> HttpResponse + Send + Sync + 'static) -> Stage {
    let runtime = FakeRuntime::new().isolating();
    Stage::set_up(&runtime, endpoint(&runtime, delay, token), |builder| builder)
}

/// Polls a future once and leaks it. A Worker does the same with the work of a finished request: the work neither
/// continues nor ends, and its destructors never run.
fn abandon(future: impl Future + 'static) {
    let mut future = Box::pin(future);
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    std::mem::forget(future);
}

#[test]
fn a_hundred_requests_during_a_renewal_make_one_token_call() {
    let stage = stage(SECOND, hourly);
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!((stage.token_calls(), stage.runtime.spawned()), (1, 0));
}

#[test]
fn waiting_requests_poll_on_their_own_timers_every_2_to_25_milliseconds() {
    let stage = stage(Duration::from_millis(100), hourly);
    stage.tokens(2);
    let waits: Vec<u128> = stage.runtime.sleeps().iter().map(Duration::as_millis).filter(|wait| *wait < 100).collect();
    assert_eq!(waits, [2, 4, 8, 16, 25, 25, 25]);
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn requests_do_not_wake_each_other() {
    let stage = stage(Duration::from_millis(1), hourly);
    let wakes = Arc::new(Counting::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let (mut of_the_renewer, mut of_the_waiter) = (Context::from_waker(Waker::noop()), Context::from_waker(&waker));
    let (mut renewing, mut waiting) = (pin!(stage.client.access_token()), pin!(stage.client.access_token()));
    assert!(renewing.as_mut().poll(&mut of_the_renewer).is_pending());
    assert!(waiting.as_mut().poll(&mut of_the_waiter).is_pending());
    stage.advance(Duration::from_millis(1));
    assert!(renewing.as_mut().poll(&mut of_the_renewer).is_ready());
    assert_eq!(wakes.0.load(Ordering::SeqCst), 0, "the end of the renewal should not wake the waiter");
    stage.advance(Duration::from_millis(1));
    assert_eq!(wakes.0.load(Ordering::SeqCst), 1, "the waiter's own timer should wake it");
    assert!(waiting.as_mut().poll(&mut of_the_waiter).is_ready());
}

#[test]
fn abandoned_renewals_are_replaced_after_their_lease() {
    let stage = stage(SECOND, hourly);
    let client = stage.client.clone();
    abandon(async move { client.access_token().await });
    let start = stage.runtime.monotonic();
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-2"));
    assert_eq!(stage.token_calls(), 2);
    let took = stage.runtime.monotonic() - start;
    assert!(took >= 11 * SECOND && took < 12 * SECOND, "{took:?}");
}

#[test]
fn cancelled_renewals_are_replaced_immediately() {
    let stage = stage(SECOND, hourly);
    stage.run(async {
        assert!(stage.client.access_token().now_or_never().is_none());
        assert_eq!(stage.client.access_token().await.unwrap().secret(), "token-2");
    });
    assert!(stage.runtime.monotonic() < 2 * SECOND);
}

#[test]
fn endpoints_slower_than_the_lease_cost_a_few_calls_and_the_first_answer_is_shared() {
    let stage = stage(25 * SECOND, hourly);
    let tokens = stage.tokens(100);
    assert_eq!(stage.token_calls(), 3);
    assert!(tokens.iter().all(Result::is_ok));
    let first = tokens.iter().filter(|token| token.as_ref().unwrap().secret() == "token-1").count();
    assert_eq!(first, 98, "requests that took over should get their own token");
}

#[test]
fn hanging_endpoints_fail_all_requests_before_each_takes_over_in_turn() {
    let stage = stage(1000 * HOUR, hourly);
    let errors = stage.tokens(100);
    assert!(errors.iter().all(|error| error.as_ref().unwrap_err().message().contains("took longer")));
    assert_eq!(stage.token_calls(), 3);
    assert!(stage.runtime.monotonic() < 60 * SECOND, "{:?}", stage.runtime);
}

#[test]
fn the_lease_can_be_set() {
    let runtime = FakeRuntime::new().isolating();
    let stage = Stage::set_up(&runtime, endpoint(&runtime, 4 * SECOND, hourly), |b| b.token_lease(3 * SECOND));
    assert!(stage.tokens(100).iter().all(Result::is_ok));
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn failed_renewals_fail_all_waiting_requests() {
    let stage = stage(SECOND, |number| if number == 1 { down() } else { hourly(number) });
    assert!(stage.tokens(100).iter().all(|token| token.as_ref().unwrap_err().status() == Some(503)));
    assert_eq!(stage.token_calls(), 1);
    stage.advance(SECOND);
    assert_eq!(stage.secret(), "token-2");
}

#[test]
fn one_request_renews_before_expiry_and_the_others_do_not_wait() {
    let stage = stage(SECOND, hourly);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    let tokens = stage.tokens(100);
    let renewed = tokens.iter().filter(|token| token.as_ref().unwrap().secret() == "token-2").count();
    assert_eq!((renewed, stage.token_calls()), (1, 2));
}

#[test]
fn failing_or_hanging_endpoints_before_expiry_cost_no_request_its_token() {
    for (delay, answer) in [(Duration::ZERO, down()), (1000 * HOUR, hourly(2))] {
        let runtime = FakeRuntime::new().isolating();
        let slow = runtime.clone();
        let transport = logto_admin_test_support::ScriptedTransport::new({
            let calls = AtomicUsize::new(0);
            move |_, _| {
                let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
                let (slow, answer) = (slow.clone(), answer.clone());
                async move {
                    if first {
                        return Ok(hourly(1));
                    }
                    slow.sleep(delay).await;
                    Ok(answer)
                }
            }
        });
        let stage = Stage::set_up(&runtime, transport, |builder| builder);
        stage.secret();
        stage.advance(HOUR - 60 * SECOND);
        assert_eq!(stage.secret(), "token-1");
        assert!(runtime.monotonic() <= HOUR - 50 * SECOND, "the request should not wait longer than the lease");
        assert_eq!(
            (stage.secret().as_str(), stage.token_calls()),
            ("token-1", 2),
            "the next request should not retry immediately"
        );
    }
}

#[test]
fn abandoned_renewals_before_expiry_are_restarted_after_their_lease() {
    let stage = stage(SECOND, hourly);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    let client = stage.client.clone();
    abandon(async move { client.access_token().await });
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-1", 2));
    stage.advance(10 * SECOND);
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-3", 3));
}

#[test]
fn concurrent_requests_do_not_all_take_over() {
    let stage = stage(2 * SECOND, hourly);
    let client = stage.client.clone();
    abandon(async move { client.access_token().await });
    stage.advance(10 * SECOND);
    stage.run(join_all((0..50).map(|_| stage.client.access_token())));
    assert_eq!(stage.token_calls(), 2);
}
