//! Attempts that the host carries out.

use std::time::Duration;

use async_trait::async_trait;
use logto_admin::binding::{Answer, Attempt, AttemptError, Pass, within};
use logto_admin::token::AccessToken;

use crate::host;
use crate::operations::Operation;
use crate::runtime::HostRuntime;

/// A request that the host has, or can write.
#[derive(Clone, Copy)]
pub(crate) enum HostRequest {
    /// Of the call with this number.
    Call(u32),
    /// For an access token of the client with this number.
    Token(u32),
}

impl HostRequest {
    fn send(self, operation: u32, attempt: u32, token: Option<&AccessToken>) -> bool {
        match self {
            Self::Call(call) => {
                let authorization = token.map(|token| ["Bearer ", token.secret()].concat()).unwrap_or_default();
                host::send(operation, call, attempt, &authorization)
            }
            Self::Token(client) => host::send_token(operation, client, attempt),
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
    async fn send(&self, number: u32, token: Option<&AccessToken>, _: &mut Pass) -> Result<Answer, AttemptError> {
        let sent = Operation::start(|operation| self.request.send(operation, number, token));
        let spent = if number == 1 { self.spent } else { Duration::ZERO };
        within(&self.runtime, self.timeout, spent, async { sent.await.answer() }).await
    }
}
