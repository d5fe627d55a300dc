//! The platform of the client: time, randomness and requests. The host carries them out.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::Timestamp;
use logto_admin::hosted::{Answer, Attempt, AttemptError, Pass, within};
use logto_admin::runtime::Runtime;
use logto_admin::token::AccessToken;

use crate::host::{self, Job};
use crate::tasks;

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
fn sleep(duration: Duration, background: bool) -> Job {
    let milliseconds = duration.as_secs() as f64 * 1000.0 + f64::from(duration.subsec_micros().div_ceil(1000));
    Job::start(|job| host::sleep(job, milliseconds, background))
}

/// A request that the host has, or can write.
#[derive(Clone, Copy)]
pub(crate) enum HostRequest {
    /// Of the call with this number.
    Call(u32),
    /// For an access token of the client with this number.
    Token(u32),
}

impl HostRequest {
    fn send(self, job: u32, attempt: u32, token: Option<&AccessToken>) -> bool {
        match self {
            Self::Call(call) => {
                let authorization = token.map(|token| ["Bearer ", token.secret()].concat()).unwrap_or_default();
                host::send(job, call, attempt, &authorization)
            }
            Self::Token(client) => host::send_token(job, client, attempt),
        }
    }
}

/// An attempt to send a request of the host.
pub(crate) struct HostAttempt {
    pub request: HostRequest,
    /// Time since the host started the first attempt.
    pub spent: Duration,
    pub timeout: Option<Duration>,
    pub runtime: HostRuntime,
}

#[async_trait]
impl Attempt for HostAttempt {
    /// JavaScript has the response.
    type Response = ();

    async fn send(&self, number: u32, token: Option<&AccessToken>, _: &mut Pass) -> Result<(Answer, ()), AttemptError> {
        let sent = Job::start(|job| self.request.send(job, number, token));
        let spent = if number == 1 { self.spent } else { Duration::ZERO };
        within(&self.runtime, self.timeout, spent, async { sent.await.answer().map(|answer| (answer, ())) }).await
    }
}
