//! The steps of a call: token, rate limiter, attempt, and a retry if that is safe.

mod attempt;
mod call_plan;
mod exchange;
mod limiter;
pub(crate) mod metrics;
mod redirect;
pub(crate) mod retry;
mod token_calls;
mod tracing;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub use attempt::{Attempt, AttemptError, within};
pub(crate) use attempt::{HttpAttempt, HttpSender, OutgoingRequest};
pub use call_plan::Begun;
pub(crate) use call_plan::{Label, Plan};
pub(crate) use exchange::Exchange;
pub(crate) use limiter::Limiter;
pub use limiter::{Pass, RateLimit};
pub use retry::RetryPolicy;
pub(crate) use token_calls::TokenCaller;

use self::retry::{Decision, Progress};
use crate::error::{Error, Result, StopReason};
use crate::runtime::{Runtime, timeout};
use crate::token::AccessToken;
use crate::transport::{Answer, Received, TransportError, TransportErrorKind};

/// Maximum number of tokens that a call gets because the API rejected one. The first of them can come from a store, where
/// another process has put it before the API rejected both.
const MOST_RENEWALS: u32 = 2;

/// The loop that all calls of a client share, token calls included.
pub(crate) struct Pipeline {
    pub runtime: Arc<dyn Runtime>,
    pub limiter: Arc<Limiter>,
}

/// How an attempt ended.
type Outcome<'a> = Result<&'a Answer, &'a AttemptError>;

impl Pipeline {
    /// Carries out a call: the loop over its attempts, within its total timeout.
    pub(crate) async fn run<R: Received>(
        &self,
        plan: &Plan<'_>,
        attempt: &dyn Attempt<Response = R>,
    ) -> Result<Exchange<R>> {
        // A reference, so that the loop is compiled once and not for each caller.
        let work: Pin<&mut (dyn Future<Output = Result<Exchange<R>>> + Send)> = pin!(self.bounded(plan, attempt));
        let traced = async {
            let result = work.await;
            let ended = result.as_ref();
            tracing::ended(ended.map(|exchange| (exchange.attempts, exchange.answer.status, &exchange.response)));
            metrics::call(plan, &result);
            result
        };
        tracing::inside(tracing::call(plan), traced).await
    }

    async fn bounded<R: Received>(&self, plan: &Plan<'_>, attempt: &dyn Attempt<Response = R>) -> Result<Exchange<R>> {
        self.runtime.check().map_err(Error::unsupported)?;
        let start = self.runtime.monotonic().saturating_sub(plan.spent());
        let attempts = AtomicU32::new(0);
        let work = pin!(self.attempts(plan, attempt, start, &attempts));
        let Some(limit) = plan.total_timeout else { return work.await };
        timeout(&*self.runtime, limit.saturating_sub(plan.spent()), work).await.unwrap_or_else(|| {
            let error = Error::from(TransportError::timed_out("the call with its retries", limit));
            Err(error.after(attempts.load(Ordering::Relaxed), self.since(start), Some(StopReason::Time)))
        })
    }

    async fn attempts<R: Received>(
        &self,
        plan: &Plan<'_>,
        attempt: &dyn Attempt<Response = R>,
        start: Duration,
        attempts: &AtomicU32,
    ) -> Result<Exchange<R>> {
        let mut renewals = 0;
        let mut first = None;
        loop {
            let number = attempts.load(Ordering::Relaxed) + 1;
            // A started attempt needs no admission: its answer might be there already.
            let (token, mut pass) = match plan.begun.filter(|_| number == 1) {
                Some(begun) => (Some(begun.token.clone()), self.limiter.enter(false)),
                None => self.admit(plan).await.map_err(|error| {
                    let stopped = error.stop_reason();
                    error.after(number - 1, self.since(start), stopped)
                })?,
            };
            attempts.store(number, Ordering::Relaxed);
            let first = *first.get_or_insert_with(|| start + self.since(start).saturating_sub(plan.spent()));
            let span = tracing::attempt(plan, number);
            let attempt = metrics::attempt(&*self.runtime, plan, attempt.send(number, token.as_ref(), &mut pass));
            let received = tracing::inside(span, attempt).await;
            let outcome = received.as_ref().map(|(answer, _)| answer);
            self.release(&mut pass, outcome);
            if outcome.is_ok_and(|answer| answer.status < 400) {
                return self.end(received, number, start, None);
            }
            if renewals < MOST_RENEWALS && discard_rejected(plan, outcome, token.as_ref()) {
                renewals += 1;
                continue;
            }
            let progress = Progress { attempts: number, elapsed: self.since(first), idempotent: plan.idempotent };
            let decision = self.decide(&plan.policy_after(first - start), progress, outcome);
            tracing::decided(plan, number, decision);
            match decision {
                Decision::Retry(wait) => self.runtime.sleep(wait).await,
                Decision::Stop(reason) => return self.end(received, number, start, Some(reason)),
            }
        }
    }

    /// Waits for a token and then for the limiter. In the other order, callers that wait for the same renewal would send
    /// together, long after the limiter has admitted them.
    ///
    /// If the token expires while the call waits for the limiter, the call lets another request start, which might be
    /// the token call. It then begins again, ahead of the queue. It does so once: the tokens might live shorter than
    /// the wait.
    async fn admit(&self, plan: &Plan<'_>) -> Result<(Option<AccessToken>, Pass)> {
        let mut again = false;
        loop {
            let mut token = match plan.tokens {
                Some(tokens) => Some(tokens.get().await?),
                None => None,
            };
            let mut pass = self.limiter.enter(again || plan.urgent);
            let waited = metrics::limiter_wait(&*self.runtime, pass.wait(&*self.runtime)).await;
            if let (true, Some(tokens)) = (waited, plan.tokens) {
                match tokens.living() {
                    None if !again => {
                        pass.never_sent(self.runtime.monotonic());
                        again = true;
                        continue;
                    }
                    living => token = living.or(token),
                }
            }
            return Ok((token, pass));
        }
    }

    /// Reports to the limiter how an attempt ended.
    fn release(&self, pass: &mut Pass, outcome: Outcome<'_>) {
        use TransportErrorKind::{Body, Redirect, TooLarge};
        let now = self.runtime.monotonic();
        match outcome {
            Ok(_) => pass.answered(now),
            Err(AttemptError::Transport(error)) if error.never_sent() => pass.never_sent(now),
            Err(AttemptError::Transport(error)) if matches!(error.kind(), Body | Redirect | TooLarge) => {
                pass.answered(now);
            }
            // The request might still reach the server.
            Err(_) => {}
        }
    }

    /// Decides what follows a failed attempt.
    fn decide(&self, policy: &RetryPolicy, progress: Progress, outcome: Outcome<'_>) -> Decision {
        let failure = match outcome {
            Ok(answer) => {
                let retry_after = self.heed_limit(answer).max(answer.retry_after);
                retry::Failure::Status { status: answer.status, code: answer.fields.code.as_deref(), retry_after }
            }
            Err(AttemptError::Final(_)) => return Decision::Stop(StopReason::Final),
            Err(AttemptError::Transport(error)) => retry::Failure::from(error),
        };
        retry::decide(policy, progress, failure, self.runtime.random())
    }

    /// Stops all calls for a while after a 429 that concerns the whole tenant. Returns for how long.
    fn heed_limit(&self, answer: &Answer) -> Option<Duration> {
        let message_limit = answer.fields.code.as_deref() == Some(retry::MESSAGE_LIMIT);
        let of_the_tenant = answer.status == 429 && !message_limit;
        let pause = of_the_tenant.then(|| self.limiter.pause(answer.retry_after, self.runtime.monotonic()));
        pause.filter(|pause| !pause.is_zero())
    }

    fn end<R>(
        &self,
        received: Result<(Answer, R), AttemptError>,
        attempts: u32,
        start: Duration,
        stopped: Option<StopReason>,
    ) -> Result<Exchange<R>> {
        let elapsed = self.since(start);
        match received {
            Ok((answer, response)) => {
                Ok(Exchange { answer, response, attempts, elapsed, stopped, span: tracing::current() })
            }
            Err(error) => Err(Error::from(error).after(attempts, elapsed, stopped)),
        }
    }

    fn since(&self, start: Duration) -> Duration {
        self.runtime.monotonic().saturating_sub(start)
    }
}

/// Whether the API rejected a token that can be renewed. Discards that token, unless it was renewed already.
fn discard_rejected(plan: &Plan<'_>, outcome: Outcome<'_>, token: Option<&AccessToken>) -> bool {
    match (plan.tokens, token, outcome) {
        (Some(tokens), Some(token), Ok(answer)) if rejects_token(answer) => tokens.discard(token),
        _ => false,
    }
}

/// Whether the answer is about the access token. A 401 can have another reason, such as a missing verification.
fn rejects_token(answer: &Answer) -> bool {
    answer.status == 401
        && !answer.left_origin
        && answer.fields.code.as_deref().is_none_or(|code| code.starts_with("auth."))
}

#[cfg(test)]
#[path = "begun_attempt_tests.rs"]
mod begun_attempt_tests;
