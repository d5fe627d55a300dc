//! What a client asks of the platform it runs on: time, sleep, randomness, background tasks.

#[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
mod native;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod web;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::types::Timestamp;

#[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
pub use native::TokioRuntime;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use web::WebRuntime;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) use web::user_agent;

/// The platform. Tests give one with a clock of their own.
#[async_trait]
pub trait Runtime: Send + Sync + 'static {
    /// The wall clock, only to read and write dates.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point; never goes back. Drives expiry, the limiter and what is reported as elapsed.
    fn monotonic(&self) -> Duration;

    /// Waits. A dropped future stops waiting.
    async fn sleep(&self, duration: Duration);

    /// Waits for a task in the background, and does not keep the process alive meanwhile where others would (Node, Deno).
    async fn sleep_in_background(&self, duration: Duration) {
        self.sleep(duration).await;
    }

    /// A number from 0.0 to below 1.0, for jitter and multipart boundaries; it need not be secret.
    fn random(&self) -> f64;

    /// Runs a task in the background until it ends.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Whether a future that one request began must not be awaited by another, as on Cloudflare Workers.
    fn isolates_requests(&self) -> bool {
        false
    }

    /// Whether calls can be made here, now.
    ///
    /// # Errors
    /// Why not, for whoever wrote the program: a tokio runtime is missing, for example.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

/// The runtime of the platform that this was compiled for, if there is one.
pub(crate) fn platform() -> Option<Arc<dyn Runtime>> {
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    return Some(Arc::new(WebRuntime::new()));
    #[cfg(all(feature = "tokio", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    return Some(Arc::new(TokioRuntime::new()));
    #[cfg(not(any(feature = "tokio", all(target_arch = "wasm32", target_os = "unknown"))))]
    return None;
}
