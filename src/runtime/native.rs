#![allow(clippy::disallowed_methods, reason = "a `Runtime` consists of these methods")]

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use super::Runtime;
use crate::types::Timestamp;

/// A runtime on tokio's timers and tasks, and the system's clocks.
#[derive(Clone, Copy, Debug)]
pub struct TokioRuntime {
    start: Instant,
}

impl TokioRuntime {
    /// Creates a runtime whose monotonic clock starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Runtime for TokioRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        // Without a tokio runtime, no call is in progress that could need the task.
        if let Ok(handle) = Handle::try_current() {
            handle.spawn(task);
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let missing = "no tokio runtime is running: call from an async fn under #[tokio::main], or set another runtime on the client";
        Handle::try_current().map(|_| ()).map_err(|_| missing)
    }
}
