//! The host's clocks, timers and randomness.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::Timestamp;
use logto_admin::runtime::Runtime;

use crate::operations::Operation;
use crate::{host, tasks};

#[derive(Clone, Copy)]
pub(crate) struct HostRuntime {
    pub isolates_requests: bool,
}

#[async_trait]
impl Runtime for HostRuntime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(host::now() as i64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros((host::monotonic() * 1000.0) as u64)
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration, false).await;
    }

    async fn sleep_in_background(&self, duration: Duration) {
        sleep(duration, true).await;
    }

    fn random(&self) -> f64 {
        host::random()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tasks::spawn(task);
    }

    fn isolates_requests(&self) -> bool {
        self.isolates_requests
    }
}

/// Rounds up, so that a sleep never ends early.
fn sleep(duration: Duration, background: bool) -> Operation {
    let milliseconds = duration.as_secs() as f64 * 1000.0 + f64::from(duration.subsec_micros().div_ceil(1000));
    Operation::start(|operation| host::sleep(operation, milliseconds, background))
}
