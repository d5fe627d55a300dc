//! The background task that keeps the token fresh.

use std::time::Duration;

use logto_admin::runtime::Runtime;
use logto_admin::transport::HttpResponse;
use logto_admin::{Client, Endpoint, ErrorKind};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::stage::{HOUR, SECOND, Stage, down, endpoint, hourly, lasting};

impl Stage {
    /// Lets this much time pass, timer by timer.
    fn pass(&self, time: Duration) {
        self.run(self.runtime.sleep(time));
    }
}

#[test]
fn the_refresher_fetches_a_token_immediately_and_renews_it_before_it_expires() {
    let stage = Stage::new();
    let refresher = stage.client.keep_fresh().unwrap();
    stage.pass(SECOND);
    assert_eq!(stage.token_calls(), 1);
    stage.pass(HOUR - 62 * SECOND);
    assert_eq!(stage.token_calls(), 1);
    stage.pass(2 * SECOND);
    assert_eq!(stage.token_calls(), 2);
    stage.pass(10 * HOUR);
    assert_eq!(stage.token_calls(), 12);
    assert_eq!(stage.secret(), "token-12");
    drop(refresher);
}

#[test]
fn the_refresher_renews_at_a_fixed_interval() {
    let stage = Stage::new();
    let _refresher = stage.client.keep_fresh_every(3000 * SECOND).unwrap();
    stage.pass(2999 * SECOND);
    assert_eq!(stage.token_calls(), 1);
    stage.pass(2 * SECOND);
    assert_eq!(stage.token_calls(), 2);
    stage.pass(3000 * SECOND);
    assert_eq!(stage.token_calls(), 3);
}

#[test]
fn intervals_longer_than_the_lifetime_do_not_let_the_token_expire() {
    let stage = Stage::answering(lasting(600));
    let _refresher = stage.client.keep_fresh_every(3000 * SECOND).unwrap();
    stage.pass(541 * SECOND);
    assert_eq!(stage.token_calls(), 2);
}

#[test]
fn dropping_the_handle_stops_the_refresher() {
    let stage = Stage::new();
    let refresher = stage.client.keep_fresh().unwrap();
    stage.pass(SECOND);
    drop(refresher);
    stage.settle();
    assert_eq!(stage.runtime.sleeping(), 0, "no timer should be left");
    stage.pass(10 * HOUR);
    assert_eq!(stage.token_calls(), 1);
}

#[test]
fn failures_back_off_and_never_stop_the_refresher() {
    let stage = Stage::answering(|number| if number <= 12 { down() } else { hourly(number) });
    let _refresher = stage.client.keep_fresh().unwrap();
    // The delays are 1, 2, 4, 8, 16 and 32 seconds, then one minute each.
    stage.pass(62 * SECOND);
    assert_eq!(stage.token_calls(), 6);
    stage.pass(8 * 61 * SECOND);
    assert_eq!(stage.token_calls(), 13);
    assert_eq!(stage.secret(), "token-13");
}

#[test]
fn tokens_that_expire_immediately_are_not_renewed_in_a_loop() {
    let stage = Stage::expiring();
    let _refresher = stage.client.keep_fresh().unwrap();
    stage.pass(10 * SECOND + Duration::from_millis(1));
    assert_eq!(stage.secret(), "token-12");
}

#[test]
fn calls_use_the_token_of_the_refresher() {
    let stage = Stage::new();
    let _refresher = stage.client.keep_fresh().unwrap();
    stage.pass(5 * HOUR);
    let calls = stage.token_calls();
    stage.call().unwrap();
    assert_eq!(stage.token_calls(), calls);
    assert_eq!(stage.sent_tokens(), [format!("token-{calls}")]);
}

#[test]
fn runtimes_without_background_tasks_are_rejected() {
    let runtime = FakeRuntime::new().isolating();
    let stage = Stage::set_up(&runtime, endpoint(&runtime, Duration::ZERO, hourly), |builder| builder);
    for refused in [stage.client.keep_fresh(), stage.client.keep_fresh_every(SECOND)] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("Cloudflare Workers"), "{error}");
    }
    assert_eq!(runtime.spawned(), 0);
}

#[test]
fn tokens_that_cannot_be_renewed_are_rejected() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, hourly);
    let fixed = Stage::set_up(&runtime, transport.clone(), |builder| builder.access_token("mine"));
    assert_eq!(fixed.client.keep_fresh().unwrap_err().kind(), ErrorKind::Unsupported);
    let without = Client::builder(Endpoint::cloud("acme")).transport(transport).runtime(runtime).build().unwrap();
    assert_eq!(without.keep_fresh().unwrap_err().kind(), ErrorKind::Authentication);
}

#[test]
fn zero_intervals_are_rejected() {
    let stage = Stage::new();
    assert_eq!(stage.client.keep_fresh_every(Duration::ZERO).unwrap_err().kind(), ErrorKind::Input);
}

/// A runtime that counts background sleeps.
#[derive(Clone)]
struct Telling(FakeRuntime, std::sync::Arc<std::sync::atomic::AtomicUsize>);

#[async_trait::async_trait]
impl Runtime for Telling {
    fn now(&self) -> logto_admin::Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    async fn sleep_in_background(&self, duration: Duration) {
        self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.0.sleep(duration).await;
    }

    fn random(&self) -> f64 {
        self.0.random()
    }

    fn spawn(&self, task: futures_util::future::BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
}

#[test]
fn the_refresher_uses_background_sleeps() {
    let telling = Telling(FakeRuntime::new(), std::sync::Arc::default());
    let transport = ScriptedTransport::answers::<HttpResponse>([]);
    let client = Client::builder(Endpoint::cloud("acme"))
        .client_credentials("id", "secret")
        .transport(transport)
        .runtime(telling.clone())
        .build()
        .unwrap();
    let _refresher = client.keep_fresh().unwrap();
    telling.0.run(telling.0.sleep(HOUR));
    assert!(telling.1.load(std::sync::atomic::Ordering::SeqCst) >= 2);
    assert_eq!(telling.0.sleeping(), 1, "only the refresher should sleep");
}
