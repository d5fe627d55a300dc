//! The platform: time, sleep, randomness and background tasks.

mod background;
mod catch_panics;
mod lock;
#[cfg(test)]
pub(crate) mod model;
#[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod native;
mod platform;
mod timeout;
mod wall_clock;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod web;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

pub(crate) use background::Background;
pub(crate) use catch_panics::caught;
pub(crate) use lock::Mutex;
pub(crate) use platform::platform;
pub(crate) use timeout::timeout;

use crate::types::Timestamp;

#[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use native::TokioRuntime;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use web::WebRuntime;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use web::user_agent;

/// The platform that a client runs on. Tests implement it with a fake clock.
#[async_trait]
pub trait Runtime: Send + Sync + 'static {
    /// Returns the time of the wall clock. Used only to read and write dates.
    fn now(&self) -> Timestamp;

    /// Returns the time since a fixed point; never goes back. Used for expiry, the rate limiter and elapsed times.
    fn monotonic(&self) -> Duration;

    /// Sleeps. Dropping the future cancels the sleep.
    async fn sleep(&self, duration: Duration);

    /// Sleeps on behalf of a background task. Does not keep the process alive where timers do (Node, Deno).
    async fn sleep_in_background(&self, duration: Duration) {
        self.sleep(duration).await;
    }

    /// Returns a random number from 0.0 (inclusive) to 1.0 (exclusive), for jitter. It need not be unpredictable.
    fn random(&self) -> f64;

    /// Runs a task in the background until it ends.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Whether a request must not await a future of another request. This is so on Cloudflare Workers.
    fn isolates_requests(&self) -> bool {
        false
    }

    /// Checks that calls are possible here.
    ///
    /// # Errors
    /// Fails with the reason, such as a missing tokio runtime.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}
