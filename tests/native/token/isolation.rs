//! Where one request must not wait for what another began, as on Cloudflare Workers.

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

/// Polls a future once and lets it be, as a Worker does with the work of a request that is over: it neither goes on
/// nor ends, and its destructors never run.
fn abandon(future: impl Future + 'static) {
    let mut future = Box::pin(future);
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    std::mem::forget(future);
}

#[test]
fn a_hundred_requests_while_the_first_renews_make_one_token_call() {
    let stage = stage(SECOND, hourly);
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!((stage.token_calls(), stage.runtime.spawned()), (1, 0));
}

#[test]
fn those_that_wait_look_again_on_timers_of_their_own_after_2_to_25_milliseconds() {
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
fn nobody_wakes_the_request_of_another() {
    let stage = stage(Duration::from_millis(1), hourly);
    let wakes = Arc::new(Counting::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let (mut of_the_renewer, mut of_the_waiter) = (Context::from_waker(Waker::noop()), Context::from_waker(&waker));
    let (mut renewing, mut waiting) = (pin!(stage.client.access_token()), pin!(stage.client.access_token()));
    assert!(renewing.as_mut().poll(&mut of_the_renewer).is_pending());
    assert!(waiting.as_mut().poll(&mut of_the_waiter).is_pending());
    stage.advance(Duration::from_millis(1));
    assert!(renewing.as_mut().poll(&mut of_the_renewer).is_ready());
    assert_eq!(wakes.0.load(Ordering::SeqCst), 0, "the end of the renewal wakes nobody");
    stage.advance(Duration::from_millis(1));
    assert_eq!(wakes.0.load(Ordering::SeqCst), 1, "its own timer does");
    assert!(waiting.as_mut().poll(&mut of_the_waiter).is_ready());
}

#[test]
fn a_request_that_dies_while_it_renews_is_replaced_when_its_lease_ends() {
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
fn a_request_that_is_cancelled_while_it_renews_is_replaced_at_once() {
    let stage = stage(SECOND, hourly);
    stage.run(async {
        assert!(stage.client.access_token().now_or_never().is_none());
        assert_eq!(stage.client.access_token().await.unwrap().secret(), "token-2");
    });
    assert!(stage.runtime.monotonic() < 2 * SECOND);
}

#[test]
fn an_endpoint_slower_than_the_lease_costs_a_few_calls_and_its_first_answer_serves_everyone() {
    let stage = stage(25 * SECOND, hourly);
    let tokens = stage.tokens(100);
    assert_eq!(stage.token_calls(), 3);
    assert!(tokens.iter().all(Result::is_ok));
    let first = tokens.iter().filter(|token| token.as_ref().unwrap().secret() == "token-1").count();
    assert_eq!(first, 98, "those that took over get what they asked for");
}

#[test]
fn an_endpoint_that_hangs_is_the_error_of_all_before_they_take_over_one_after_the_other() {
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
fn a_failed_renewal_is_the_error_of_all_that_wait() {
    let stage = stage(SECOND, |number| if number == 1 { down() } else { hourly(number) });
    assert!(stage.tokens(100).iter().all(|token| token.as_ref().unwrap_err().status() == Some(503)));
    assert_eq!(stage.token_calls(), 1);
    assert_eq!(stage.secret(), "token-2");
}

#[test]
fn ahead_of_the_end_one_request_renews_and_the_others_do_not_wait() {
    let stage = stage(SECOND, hourly);
    stage.secret();
    stage.advance(HOUR - 60 * SECOND);
    let tokens = stage.tokens(100);
    let renewed = tokens.iter().filter(|token| token.as_ref().unwrap().secret() == "token-2").count();
    assert_eq!((renewed, stage.token_calls()), (1, 2));
}

#[test]
fn ahead_of_the_end_an_endpoint_that_fails_or_hangs_costs_no_request_its_token() {
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
        assert!(runtime.monotonic() <= HOUR - 50 * SECOND, "no longer than the lease");
        assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-1", 2), "and the next does not try at once");
    }
}

#[test]
fn a_dead_renewal_ahead_of_the_end_is_begun_again_after_its_lease() {
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
fn requests_of_the_same_time_do_not_all_take_over() {
    let stage = stage(2 * SECOND, hourly);
    let client = stage.client.clone();
    abandon(async move { client.access_token().await });
    stage.advance(10 * SECOND);
    stage.run(join_all((0..50).map(|_| stage.client.access_token())));
    assert_eq!(stage.token_calls(), 2);
}
