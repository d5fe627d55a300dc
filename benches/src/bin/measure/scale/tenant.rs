//! An in-memory tenant with Logto Cloud's rate limit, a token store and a clock.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::Timestamp;
use logto_admin::runtime::{Runtime, TokioRuntime};
use logto_admin::token::{StoreError, TokenStore};
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};
use logto_admin_benches::data;
use tokio::time::Instant;

const LIMIT: usize = 200;
const SPAN: Duration = Duration::from_secs(10);
/// Time until a response.
const LATENCY: Duration = Duration::from_millis(40);
const LIMITED: &str = r#"{"code":"request.rate_limited","message":"Too many requests."}"#;

/// The tenant that every process calls.
#[derive(Clone, Default)]
pub(super) struct Tenant(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    user: String,
    recent: VecDeque<Instant>,
    counted: Counted,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Counted {
    pub(super) token_calls: u32,
    pub(super) requests: u32,
    pub(super) refused: u32,
}

impl Tenant {
    pub(super) fn counted(&self) -> Counted {
        lock(&self.0).counted
    }

    fn answer(&self, token_call: bool) -> HttpResponse {
        let mut state = lock(&self.0);
        let now = Instant::now();
        while state.recent.front().is_some_and(|oldest| *oldest + SPAN <= now) {
            state.recent.pop_front();
        }
        state.counted.requests += 1;
        if state.recent.len() >= LIMIT {
            state.counted.refused += 1;
            return HttpResponse::json(429, LIMITED);
        }
        state.recent.push_back(now);
        if token_call {
            state.counted.token_calls += 1;
            let number = state.counted.token_calls;
            return HttpResponse::json(
                200,
                format!(r#"{{"access_token":"token-{number}","expires_in":3600,"scope":"all"}}"#),
            );
        }
        if state.user.is_empty() {
            state.user = data::user(1).to_string();
        }
        HttpResponse::json(200, state.user.clone())
    }
}

#[async_trait]
impl HttpTransport for Tenant {
    async fn send(&self, _: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        tokio::time::sleep(LATENCY).await;
        Ok(self.answer(options.token_call))
    }
}

/// tokio's paused clock, which jumps to the next timer when all tasks are idle.
pub(super) struct Jumping {
    start: Instant,
    tasks: TokioRuntime,
}

impl Jumping {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), tasks: TokioRuntime::new() }
    }
}

#[async_trait]
impl Runtime for Jumping {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.monotonic().as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> f64 {
        self.tasks.random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.spawn(task);
    }
}

/// A token store in memory that all processes share, as they would share one in Redis.
#[derive(Default)]
pub(super) struct Memory {
    values: Mutex<HashMap<String, String>>,
    locks: Mutex<HashMap<String, (String, Instant)>>,
}

#[async_trait]
impl TokenStore for Memory {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(lock(&self.values).get(key).cloned())
    }

    async fn set(&self, key: &str, value: &str, _: Option<Duration>) -> Result<(), StoreError> {
        lock(&self.values).insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        lock(&self.values).remove(key);
        Ok(())
    }

    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let now = Instant::now();
        let mut locks = lock(&self.locks);
        if locks.get(key).is_some_and(|(holder, end)| holder != owner && now < *end) {
            return Ok(false);
        }
        locks.insert(key.to_owned(), (owner.to_owned(), now + ttl));
        Ok(true)
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        let mut locks = lock(&self.locks);
        if locks.get(key).is_some_and(|(holder, _)| holder == owner) {
            locks.remove(key);
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
