//! Attempts that the host carries out.

use std::time::Duration;

use async_trait::async_trait;
use logto_admin::binding::{Answer, Attempt, AttemptError, Pass, TokenAttempts, TokenRequest, within};
use logto_admin::token::AccessToken;

use crate::host;
use crate::operations::Operation;
use crate::runtime::HostRuntime;

/// An attempt of a call whose request the host has.
pub(crate) struct HostAttempt {
    pub call: u32,
    /// How long ago the host began the first attempt.
    pub spent: Duration,
    pub timeout: Option<Duration>,
    pub runtime: HostRuntime,
}

#[async_trait]
impl Attempt for HostAttempt {
    async fn send(&self, number: u32, token: Option<&AccessToken>, _: &mut Pass) -> Result<Answer, AttemptError> {
        let authorization = token.map(|token| ["Bearer ", token.secret()].concat()).unwrap_or_default();
        let sent = Operation::start(|operation| host::send(operation, self.call, number, &authorization));
        let spent = if number == 1 { self.spent } else { Duration::ZERO };
        within(&self.runtime, self.timeout, spent, async { sent.await.answer() }).await
    }
}

/// Token calls of a client. The host writes their requests.
pub(crate) struct HostTokenAttempts {
    pub client: u32,
    pub timeout: Option<Duration>,
    pub runtime: HostRuntime,
}

impl TokenAttempts for HostTokenAttempts {
    fn attempt(&self, _request: TokenRequest) -> Box<dyn Attempt + '_> {
        Box::new(HostTokenAttempt(self))
    }
}

struct HostTokenAttempt<'a>(&'a HostTokenAttempts);

#[async_trait]
impl Attempt for HostTokenAttempt<'_> {
    async fn send(&self, number: u32, _: Option<&AccessToken>, _: &mut Pass) -> Result<Answer, AttemptError> {
        let HostTokenAttempts { client, timeout, runtime } = self.0;
        let sent = Operation::start(|operation| host::send_token(operation, *client, number));
        within(runtime, *timeout, Duration::ZERO, async { sent.await.answer() }).await
    }
}
