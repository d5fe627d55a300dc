//! The rate limiter, against a server that counts requests in a sliding window.

#![allow(clippy::disallowed_methods, reason = "the server counts on its own clock")]

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures_util::future::{BoxFuture, join_all};
use logto_admin::runtime::{Runtime, TokioRuntime};
use logto_admin::token::FixedToken;
use logto_admin::{Client, Endpoint, RateLimit, RetryPolicy, Timestamp};

/// Speed of the client's clock, so that the test takes 20 seconds and not 100.
const FASTER: u32 = 5;
const LIMIT: RateLimit = RateLimit::LOGTO_CLOUD;

/// Tokio with a faster clock.
struct Fast(TokioRuntime);

#[async_trait]
impl Runtime for Fast {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic() * FASTER
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration / FASTER).await;
    }

    fn random(&self) -> f64 {
        self.0.random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
}

/// The requests of the last period.
type Window = Arc<Mutex<VecDeque<Instant>>>;

async fn count(State(window): State<Window>) -> impl IntoResponse {
    let mut window = window.lock().unwrap();
    let now = Instant::now();
    while window.front().is_some_and(|first| now - *first >= LIMIT.per / FASTER) {
        window.pop_front();
    }
    if window.len() >= LIMIT.requests as usize {
        return (StatusCode::TOO_MANY_REQUESTS, r#"{"code":"request.too_many"}"#);
    }
    window.push_back(now);
    (StatusCode::OK, "[]")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_calls_at_the_limit_of_logto_cloud_are_all_admitted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = axum::serve(listener, Router::new().fallback(count).with_state(Window::default()));
    let server = tokio::spawn(server.into_future());
    let client = Client::builder(Endpoint::self_hosted(url))
        .token_source(FixedToken::new("t"))
        .rate_limit(LIMIT)
        .retry(RetryPolicy::NEVER)
        .runtime(Fast(TokioRuntime::new()))
        .build()
        .unwrap();
    let start = Instant::now();
    for outcome in join_all((0..2000).map(|_| client.users().list().into_future())).await {
        outcome.unwrap();
    }
    // The limit allows the last of ten batches after nine periods.
    let allowed = LIMIT.per * 9 / FASTER;
    let throughput = allowed.as_secs_f64() / start.elapsed().as_secs_f64();
    assert!((0.9..=1.0).contains(&throughput), "{throughput}");
    server.abort();
}
