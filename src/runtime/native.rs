#![allow(clippy::disallowed_methods, reason = "here they are what a `Runtime` is made of")]

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use super::Runtime;
use crate::types::Timestamp;

/// tokio's timers and tasks, and the system's clocks.
#[derive(Clone, Copy, Debug)]
pub struct TokioRuntime {
    start: Instant,
}

impl TokioRuntime {
    /// A runtime whose monotonic clock starts now.
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
        SystemTime::now().into()
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
        // Without a runtime no call is under way that could need the task.
        if let Ok(handle) = Handle::try_current() {
            handle.spawn(task);
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let missing = "no tokio runtime is running here: call from an async fn under #[tokio::main], or give the client another runtime";
        Handle::try_current().map(|_| ()).map_err(|_| missing)
    }
}
