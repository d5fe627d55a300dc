//! All callers share one renewal, even if some of them are dropped.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{join, join_all, join3};
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer};

use crate::stage::{HOUR, SECOND, Stage, endpoint, hourly};

const MANY: usize = 10_000;

#[test]
fn ten_thousand_callers_without_a_token_make_one_token_call() {
    let stage = Stage::taking(SECOND, hourly);
    let tokens = stage.tokens(MANY);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!((tokens.len(), stage.token_calls()), (MANY, 1));
}

#[test]
fn ten_thousand_callers_with_a_token_that_ends_soon_make_one_token_call() {
    let stage = Stage::taking(SECOND, hourly);
    stage.secret();
    stage.advance(HOUR - 30 * SECOND);
    let tokens = stage.tokens(MANY);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    stage.settle();
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn ten_thousand_callers_with_an_expired_token_make_one_token_call() {
    let stage = Stage::taking(SECOND, hourly);
    stage.secret();
    stage.advance(HOUR);
    let tokens = stage.tokens(MANY);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-2"));
    assert_eq!(stage.token_calls(), 2);
}

/// Runs on all available threads. The token endpoint answers as soon as all callers wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_tasks_on_several_threads_make_one_token_call() {
    let runtime = FakeRuntime::new().spawning(|task| drop(tokio::spawn(task)));
    let waiting = runtime.clone();
    let transport = ScriptedTransport::new(move |_, options| {
        let waiting = waiting.clone();
        async move {
            if !options.token_call {
                return Ok(HttpResponse::json(200, "[]"));
            }
            // Each caller has a timer for the lease, and the token call has its own timer.
            waiting.until_sleeping(MANY + 1).await;
            Ok(token_answer("token-1", 3600))
        }
    });
    let client = builder(&transport, &runtime).timeout(HOUR).build().unwrap();
    let callers: Vec<_> = (0..MANY)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.access_token().await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap().secret(), "token-1");
    }
    assert_eq!(transport.token_calls().len(), 1);
    assert_eq!(runtime.sleeping(), 0, "no timer should be left behind");
}

#[test]
fn dropped_callers_do_not_stop_or_block_the_renewal() {
    let stage = Stage::taking(SECOND, hourly);
    let gone = stage.client.access_token();
    stage.run(async {
        // The future is polled once, which starts the renewal, and then dropped.
        assert!(gone.now_or_never().is_none());
        assert_eq!(stage.client.access_token().await.unwrap().secret(), "token-1");
    });
    assert_eq!(stage.token_calls(), 1);
}

#[test]
fn dropped_waiting_callers_do_not_affect_others() {
    let stage = Stage::taking(SECOND, hourly);
    stage.run(async {
        let first = stage.client.access_token();
        let gone = async { assert!(stage.client.access_token().now_or_never().is_none()) };
        let last = stage.client.access_token();
        let (first, (), last) = join3(first, gone, last).await;
        assert_eq!((first.unwrap().secret(), last.unwrap().secret()), ("token-1", "token-1"));
    });
    assert_eq!(stage.token_calls(), 1);
}

#[test]
fn renewals_without_callers_still_complete() {
    let stage = Stage::taking(SECOND, hourly);
    stage.run(async { assert!(stage.client.access_token().now_or_never().is_none()) });
    stage.advance(SECOND);
    stage.settle();
    stage.advance(SECOND);
    stage.settle();
    assert_eq!((stage.secret().as_str(), stage.token_calls()), ("token-1", 1));
}

#[test]
fn callers_renew_themselves_if_tasks_cannot_be_spawned() {
    let runtime = FakeRuntime::new().spawning(drop);
    let stage = Stage::set_up(&runtime, endpoint(&runtime, SECOND, hourly), |builder| builder);
    assert_eq!(stage.secret(), "token-1");
    stage.advance(HOUR);
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-2"));
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn the_next_caller_takes_over_from_a_dropped_one_if_tasks_cannot_be_spawned() {
    let runtime = FakeRuntime::new().spawning(drop);
    let stage = Stage::set_up(&runtime, endpoint(&runtime, SECOND, hourly), |builder| builder);
    stage.run(async {
        assert!(stage.client.access_token().now_or_never().is_none());
        assert_eq!(stage.client.access_token().await.unwrap().secret(), "token-2");
    });
}

/// An executor that accepts tasks but does not run them.
fn stuck() -> (FakeRuntime, Arc<Mutex<Vec<futures_util::future::BoxFuture<'static, ()>>>>) {
    let tasks = Arc::new(Mutex::new(Vec::new()));
    let queue = Arc::clone(&tasks);
    (FakeRuntime::new().spawning(move |task| queue.lock().unwrap().push(task)), tasks)
}

#[test]
fn renewals_on_a_stopped_runtime_are_replaced_immediately() {
    let (runtime, tasks) = stuck();
    let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |builder| builder);
    stage.run(async {
        let waiting = join_all((0..10).map(|_| stage.client.access_token()));
        let shut_down = async { tasks.lock().unwrap().clear() };
        let (tokens, ()) = join(waiting, shut_down).await;
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    });
}

#[test]
fn renewals_on_a_stuck_runtime_are_replaced_after_their_lease() {
    let (runtime, _tasks) = stuck();
    let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |builder| builder);
    let tokens = stage.tokens(100);
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!(stage.token_calls(), 1);
}

/// A waker that does nothing.
struct Asleep;

impl Wake for Asleep {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_caller_that_gives_up_leaves_no_waker_behind() {
    let stage = Stage::taking(SECOND, hourly);
    let asleep = Arc::new(Asleep);
    {
        let waker = Waker::from(Arc::clone(&asleep));
        let mut caller = pin!(stage.client.access_token());
        assert!(caller.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    assert_eq!(Arc::strong_count(&asleep), 1);
}
