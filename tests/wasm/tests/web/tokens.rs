//! Tests of tokens on the real clock.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::runtime::{Runtime, WebRuntime};
use logto_admin::transport::{FetchTransport, Method};
use logto_admin::{Client, Timestamp};
use logto_admin_test_server::{Answer, Fault, Script};
use logto_admin_wasm_tests::Session;
use wasm_bindgen_test::wasm_bindgen_test;

/// A token that is valid for one second.
fn brief() -> Answer {
    Answer::json(r#"{"access_token":"brief","expires_in":1,"token_type":"Bearer","scope":"all"}"#)
}

#[wasm_bindgen_test]
async fn the_refresher_renews_tokens_before_they_expire_and_survives_failures() {
    let session = Session::open(&Script::token([brief(), Answer::fault(Fault::Reset), brief()])).await;
    let client = session.client(FetchTransport::new()).build().unwrap();
    let refresher = client.keep_fresh().unwrap();
    let seen = session.until(4, 0).await;
    assert!(seen.iter().all(logto_admin_test_server::Seen::is_token_call));
    drop(refresher);
}

#[wasm_bindgen_test]
async fn building_a_client_sends_nothing() {
    let session = Session::open(&Script::token([brief()])).await;
    let client = session.client(FetchTransport::new()).build().unwrap();
    WebRuntime::new().sleep(Duration::from_millis(20)).await;
    assert!(session.until(0, 0).await.is_empty());
    drop(client);
}

/// A runtime in which requests must not wake each other, as on Cloudflare Workers.
struct Isolated(WebRuntime);

#[async_trait]
impl Runtime for Isolated {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn random(&self) -> f64 {
        self.0.random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }

    fn isolates_requests(&self) -> bool {
        true
    }
}

async fn read(client: &Client) -> logto_admin::Result<()> {
    client.request(Method::Get, "/api/users").await.map(drop)
}

#[wasm_bindgen_test]
async fn a_hundred_concurrent_first_calls_share_one_token_without_waking_each_other() {
    let session = Session::open(&Script::default()).await;
    let client = session.client(FetchTransport::new()).runtime(Isolated(WebRuntime::new())).build().unwrap();
    let answers = futures_util::future::join_all((0..100).map(|_| read(&client))).await;
    assert!(answers.iter().all(Result::is_ok));
    let seen = session.until(101, 0).await;
    assert_eq!(seen.iter().filter(|seen| seen.is_token_call()).count(), 1);
}
