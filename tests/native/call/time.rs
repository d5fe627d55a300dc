//! Time limits of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logto_admin::models::CreateUser;
use logto_admin::transport::{HookContext, HttpRequest};
use logto_admin::{ClientBuilder, ErrorKind, RetryPolicy, StopReason};
use logto_admin_test_support::{ScriptedTransport, token_answer};

use crate::stage::{Stage, ok, status};

const SECOND: Duration = Duration::from_secs(1);

/// Counts drops.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A server that issues tokens and never answers other requests. Also returns a counter of the abandoned exchanges.
fn mute(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> (Stage, Arc<AtomicUsize>) {
    let given_up = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&given_up);
    let transport = ScriptedTransport::new(move |_, options| {
        let exchange = Dropped(Arc::clone(&counter));
        async move {
            if options.token_call {
                std::mem::forget(exchange);
                return Ok(token_answer("token-1", 3600));
            }
            let _under_way = exchange;
            std::future::pending().await
        }
    });
    (Stage::set_up(transport, settings), given_up)
}

#[test]
fn attempts_time_out_after_30_seconds_by_default() {
    let (stage, _) = mute(|builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert!(error.is_timeout());
    assert_eq!((error.kind(), error.elapsed(), error.attempts()), (ErrorKind::Timeout, 30 * SECOND, 1));
}

#[test]
fn attempts_that_time_out_are_dropped() {
    let (stage, given_up) = mute(|builder| builder.retry(RetryPolicy::NEVER));
    stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!(given_up.load(Ordering::SeqCst), 1);
}

#[test]
fn reads_are_retried_after_a_timeout() {
    let (stage, given_up) = mute(|builder| builder.timeout(SECOND));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (4, Some(StopReason::Attempts)));
    assert_eq!(given_up.load(Ordering::SeqCst), 4);
}

#[test]
fn creations_are_not_retried_after_a_timeout() {
    let (stage, _) = mute(|builder| builder.timeout(SECOND));
    let error = stage.run(stage.client.users().create(CreateUser::default())).unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (1, Some(StopReason::NotIdempotent)));
}

#[test]
fn calls_can_have_their_own_timeout() {
    let (stage, _) = mute(|builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list().timeout(2 * SECOND)).unwrap_err();
    assert_eq!(error.elapsed(), 2 * SECOND);
}

#[test]
fn the_total_timeout_covers_attempts_and_delays() {
    let (stage, _) = mute(|builder| builder.timeout(10 * SECOND).total_timeout(25 * SECOND));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert!(error.is_timeout());
    assert_eq!((error.elapsed(), error.attempts(), error.stop_reason()), (25 * SECOND, 3, Some(StopReason::Time)));
}

#[test]
fn calls_can_have_their_own_total_timeout() {
    let (stage, _) = mute(|builder| builder);
    let error = stage.run(stage.client.users().list().total_timeout(45 * SECOND)).unwrap_err();
    assert_eq!((error.elapsed(), error.attempts()), (45 * SECOND, 2));
}

#[test]
fn the_total_timeout_covers_the_token_call() {
    let transport = ScriptedTransport::new(|_, _| std::future::pending());
    let stage = Stage::set_up(transport, |builder| builder.timeout(None).total_timeout(5 * SECOND));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.is_timeout(), error.elapsed(), error.attempts()), (true, 5 * SECOND, 0));
}

#[test]
fn delays_beyond_the_total_timeout_end_the_call_with_the_last_answer() {
    let busy = status(503).header("retry-after", "30");
    let stage = Stage::set_up(ScriptedTransport::answers([busy]), |builder| builder.total_timeout(5 * SECOND));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.status(), error.attempts(), error.stop_reason()), (Some(503), 1, Some(StopReason::Time)));
    assert!(stage.runtime.sleeps().is_empty());
}

#[test]
fn calls_can_override_the_timeouts_of_the_client() {
    let (stage, _) = mute(|builder| builder.timeout(SECOND).total_timeout(2 * SECOND));
    let patient = stage.client.users().list().timeout(None).total_timeout(90 * SECOND);
    let error = stage.run(patient).unwrap_err();
    assert_eq!((error.elapsed(), error.attempts()), (90 * SECOND, 1));
    let error = stage.run(stage.client.users().list().total_timeout(None)).unwrap_err();
    assert_eq!((error.attempts(), error.stop_reason()), (4, Some(StopReason::Attempts)));
}

#[test]
fn calls_without_a_timeout_wait_indefinitely() {
    let runtime = logto_admin_test_support::FakeRuntime::new();
    let clock = runtime.clone();
    let transport = ScriptedTransport::new(move |_, options| {
        let clock = clock.clone();
        async move {
            if options.token_call {
                return Ok(token_answer("token-1", 3600));
            }
            logto_admin::runtime::Runtime::sleep(&clock, 3000 * SECOND).await;
            Ok(ok("[]"))
        }
    });
    let client = logto_admin_test_support::builder(&transport, &runtime).timeout(None).build().unwrap();
    assert!(runtime.run(async { client.users().list().await }).unwrap().is_empty());
}

/// Fetches a token, runs a call until it sleeps, and drops the call.
fn drop_asleep(stage: &Stage) {
    stage.run(stage.client.access_token()).unwrap();
    let call = Box::pin(std::future::IntoFuture::into_future(stage.client.users().list()));
    let enough = Box::pin(stage.runtime.until_sleeping(1));
    drop(stage.run(futures_util::future::select(call, enough)));
}

#[test]
fn dropped_calls_stop() {
    let (stage, given_up) = mute(|builder| builder);
    drop_asleep(&stage);
    assert_eq!((given_up.load(Ordering::SeqCst), stage.runtime.sleeping()), (1, 0));
}

#[test]
fn calls_dropped_between_attempts_make_no_further_attempt() {
    let stage = Stage::answering([status(503).header("retry-after", "30"), ok("[]")]);
    drop_asleep(&stage);
    stage.runtime.advance(60 * SECOND);
    assert_eq!((stage.sends(), stage.runtime.sleeping()), (1, 0));
    stage.run(stage.client.users().list()).unwrap();
}

#[test]
fn calls_dropped_in_a_hook_stop_the_hook_and_send_nothing() {
    struct Pondering(Arc<AtomicUsize>, logto_admin_test_support::FakeRuntime);
    #[async_trait::async_trait]
    impl logto_admin::transport::Hook for Pondering {
        async fn before(&self, _: &mut HttpRequest, context: &HookContext) -> logto_admin::Result<()> {
            let _under_way = Dropped(Arc::clone(&self.0));
            if !context.token_call {
                logto_admin::runtime::Runtime::sleep(&self.1, 3600 * SECOND).await;
            }
            Ok(())
        }
    }
    let (stopped, runtime) = (Arc::default(), logto_admin_test_support::FakeRuntime::new());
    let hook = Pondering(Arc::clone(&stopped), runtime.clone());
    let transport = ScriptedTransport::api(|_| ok("[]"));
    let client = logto_admin_test_support::builder(&transport, &runtime).hook(hook).build().unwrap();
    let stage = Stage { client, transport, runtime };
    drop_asleep(&stage);
    assert_eq!((stopped.load(Ordering::SeqCst), stage.sends(), stage.runtime.sleeping()), (2, 0, 0));
    // The timeout of an attempt does not include hooks.
    stage.run(stage.client.users().list()).unwrap();
}

#[test]
fn completed_calls_leave_no_timer_behind() {
    let stage = Stage::answering([status(204)]);
    stage.run(stage.client.users().delete("u1")).unwrap();
    assert_eq!(stage.runtime.sleeping(), 0);
}
