//! The one path that every request takes: token, limiter, hooks, transport, and again if that makes sense.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::error::{Error, ErrorKind, Result};
use crate::limiter::Limiter;
use crate::retry::{self, Decision, Failure, Progress, RetryPolicy, StopReason};
use crate::runtime::Runtime;
use crate::token::{AccessToken, TokenManager};
use crate::trace;
use crate::transport::headers::REDACTED;
use crate::transport::{
    Hook, HookContext, HttpRequest, HttpResponse, HttpTransport, Method, TransportError, TransportErrorKind,
    TransportOptions,
};

/// The way to the server, shared by all calls of a client, the token call among them.
pub(crate) struct Pipeline {
    pub transport: Arc<dyn HttpTransport>,
    pub runtime: Arc<dyn Runtime>,
    pub limiter: Option<Limiter>,
    pub hooks: Vec<Arc<dyn Hook>>,
    /// Whether bodies are traced.
    pub trace_bodies: bool,
}

/// How one request is to be made.
pub(crate) struct Plan<'a> {
    pub operation: &'static str,
    pub method: Method,
    /// The path with its parameters in braces.
    pub template: &'a str,
    /// Makes the request anew for each attempt, without its access token.
    pub build: &'a (dyn Fn() -> HttpRequest + Send + Sync),
    pub retry: &'a RetryPolicy,
    pub idempotent: bool,
    pub timeout: Option<Duration>,
    pub total_timeout: Option<Duration>,
    pub options: TransportOptions,
    /// Where the access token comes from, if there is to be one.
    pub tokens: Option<&'a TokenManager>,
}

impl Plan<'_> {
    /// The policy of a call that waited this long before its first attempt. What cannot begin within the call's own
    /// time is not waited for: the last answer says more than that time ran out.
    fn policy_after(&self, waited: Duration) -> RetryPolicy {
        let left = self.total_timeout.map_or(Duration::MAX, |limit| limit.saturating_sub(waited));
        self.retry.total(self.retry.total.min(left))
    }
}

/// An answer, and what it took.
pub(crate) struct Exchange {
    pub response: HttpResponse,
    pub attempts: u32,
    pub elapsed: Duration,
    pub stopped: Option<StopReason>,
}

impl Exchange {
    /// Adds to an error what the exchange took.
    pub(crate) fn blame(&self, error: Error) -> Error {
        error.after(self.attempts, self.elapsed, self.stopped)
    }
}

/// How an attempt ended without an answer.
enum Lost {
    Transport(TransportError),
    /// Of a hook, or of getting a token: final.
    Refused(Error),
}

/// A request that leaves this long after its moment takes the place of another one.
const LATE: Duration = Duration::from_millis(100);

impl Pipeline {
    /// Makes a request, again if that makes sense, within the time that the plan gives it.
    pub(crate) async fn run(&self, plan: &Plan<'_>) -> Result<Exchange> {
        // By reference, so that it is compiled once and not for each caller.
        let bounded: Pin<&mut (dyn Future<Output = Result<Exchange>> + Send)> = pin!(self.bounded(plan));
        let traced = async {
            let done = bounded.await;
            trace::ended(&done);
            done
        };
        trace::inside(trace::call(plan), traced).await
    }

    async fn bounded(&self, plan: &Plan<'_>) -> Result<Exchange> {
        self.runtime.check().map_err(|why| Error::new(ErrorKind::Unsupported, why))?;
        let start = self.runtime.monotonic();
        let attempts = AtomicU32::new(0);
        let work = pin!(self.attempts(plan, start, &attempts));
        let Some(limit) = plan.total_timeout else { return work.await };
        self.within(limit, work).await.unwrap_or_else(|| {
            let error = Error::transport(timed_out("the call, with its retries,", limit));
            Err(error.after(attempts.load(Ordering::Relaxed), self.since(start), Some(StopReason::Time)))
        })
    }

    async fn attempts(&self, plan: &Plan<'_>, start: Duration, attempts: &AtomicU32) -> Result<Exchange> {
        let mut token_renewed = false;
        let mut begun = None;
        loop {
            let attempt = attempts.load(Ordering::Relaxed) + 1;
            let token = self.admit(plan).await.map_err(|error| {
                let stopped = error.stop_reason();
                error.after(attempt - 1, self.since(start), stopped)
            })?;
            attempts.store(attempt, Ordering::Relaxed);
            let (first, policy) = *begun.get_or_insert_with(|| {
                let waited = self.since(start);
                (start + waited, plan.policy_after(waited))
            });
            let span = trace::attempt(plan, attempt);
            let outcome = trace::inside(span, self.attempt(plan, attempt, token.as_ref())).await;
            if !token_renewed && discard_refused(plan, &outcome, token.as_ref()) {
                token_renewed = true;
                continue;
            }
            let progress = || Progress { attempts: attempt, elapsed: self.since(first), idempotent: plan.idempotent };
            let decision = self.judge(&policy, progress, &outcome);
            trace::decided(plan, attempt, decision);
            match decision {
                Some(Decision::Retry(wait)) => self.runtime.sleep(wait).await,
                decision => return self.end(outcome, attempt, start, decision),
            }
        }
    }

    /// Waits for a token, and then for the limiter: those who wait for the same renewal would leave together otherwise,
    /// long after the moments that the limiter gave them. If the token dies meanwhile and a new one takes so long that
    /// the moment passes, there is another moment, but no third one: such tokens may never live long enough.
    async fn admit(&self, plan: &Plan<'_>) -> Result<Option<AccessToken>> {
        let (mut moment, mut moments) = (Duration::ZERO, 0);
        loop {
            let token = match plan.tokens {
                Some(tokens) => Some(tokens.get().await?),
                None => None,
            };
            let in_time = moments == 1 && self.since(moment) < LATE;
            if in_time || moments == 2 || !self.wait_for_limiter().await {
                return Ok(token);
            }
            moment = self.runtime.monotonic();
            moments += 1;
        }
    }

    /// Sends one request: hooks, transport against the clock, hooks.
    async fn attempt(&self, plan: &Plan<'_>, attempt: u32, token: Option<&AccessToken>) -> Result<HttpResponse, Lost> {
        let context = HookContext { operation: plan.operation, attempt, token_call: plan.options.token_call };
        let mut request = (plan.build)();
        if let Some(token) = token {
            request.headers.set("authorization", ["Bearer ", token.secret()].concat());
        }
        if !self.hooks.is_empty() {
            self.hooks_before(&mut request, &context).await.map_err(Lost::Refused)?;
        }
        // Nobody asked to see the credentials of the token call.
        let bodies = self.trace_bodies && !plan.options.token_call;
        trace::request(&request, bodies);
        // Not by way of what is there for `Arc`s of transports, which would box it twice.
        let send = (*self.transport).send(request, &plan.options);
        let answer = match plan.timeout {
            Some(limit) => self.within(limit, send).await.unwrap_or_else(|| Err(timed_out("an attempt", limit))),
            None => send.await,
        };
        let mut response = answer.inspect_err(trace::lost).map_err(Lost::Transport)?;
        trace::response(&response, bodies);
        if !self.hooks.is_empty() {
            self.hooks_after(&mut response, &context).await.map_err(Lost::Refused)?;
        }
        Ok(response)
    }

    // Boxed and by themselves: clients without hooks need not carry room for them, and the npm package leaves them out.
    #[inline(never)]
    fn hooks_before<'a>(&'a self, request: &'a mut HttpRequest, context: &'a HookContext) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            for hook in &self.hooks {
                before(&**hook, request, context).await?;
            }
            Ok(())
        })
    }

    #[inline(never)]
    fn hooks_after<'a>(
        &'a self,
        response: &'a mut HttpResponse,
        context: &'a HookContext,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            for hook in &self.hooks {
                hook.after(response, context).await?;
            }
            Ok(())
        })
    }

    /// Says whether there was anything to wait for.
    async fn wait_for_limiter(&self) -> bool {
        let Some(limiter) = &self.limiter else { return false };
        let now = self.runtime.monotonic();
        let place = limiter.reserve(now);
        let delay = place.after(now);
        if !delay.is_zero() {
            self.runtime.sleep(delay).await;
        }
        place.take();
        !delay.is_zero()
    }

    /// What is to follow an attempt; `None` after a success.
    fn judge(
        &self,
        policy: &RetryPolicy,
        progress: impl FnOnce() -> Progress,
        outcome: &Result<HttpResponse, Lost>,
    ) -> Option<Decision> {
        let response = match outcome {
            Ok(response) if response.status < 400 => return None,
            Ok(response) => response,
            Err(Lost::Refused(_)) => return Some(Decision::Stop(StopReason::Final)),
            Err(Lost::Transport(error)) => {
                let failure =
                    Failure::Transport { never_sent: error.never_sent(), retryable: is_retryable(error.kind()) };
                return Some(retry::decide(policy, progress(), failure, self.runtime.random()));
            }
        };
        let code = response.body.string_member("code");
        let retry_after = response.headers.get("retry-after");
        let retry_after = retry_after.and_then(|value| retry::parse_retry_after(value, self.runtime.now()));
        let failure = Failure::Status { status: response.status, code: code.as_deref(), retry_after };
        self.heed_limit(response.status, code.as_deref(), retry_after);
        Some(retry::decide(policy, progress(), failure, self.runtime.random()))
    }

    /// A 429 that is about the tenant and names no time empties the bucket.
    fn heed_limit(&self, status: u16, code: Option<&str>, retry_after: Option<Duration>) {
        let of_the_tenant = status == 429 && retry_after.is_none() && code != Some(retry::MESSAGE_LIMIT);
        if let Some(limiter) = self.limiter.as_ref().filter(|_| of_the_tenant) {
            limiter.drain(self.runtime.monotonic());
        }
    }

    fn end(
        &self,
        outcome: Result<HttpResponse, Lost>,
        attempts: u32,
        start: Duration,
        decision: Option<Decision>,
    ) -> Result<Exchange> {
        let elapsed = self.since(start);
        let stopped = match decision {
            Some(Decision::Stop(reason)) => Some(reason),
            _ => None,
        };
        match outcome {
            Ok(response) => Ok(Exchange { response, attempts, elapsed, stopped }),
            Err(Lost::Transport(error)) => Err(Error::transport(error).after(attempts, elapsed, stopped)),
            Err(Lost::Refused(error)) => Err(error.after(attempts, elapsed, stopped)),
        }
    }

    fn since(&self, start: Duration) -> Duration {
        self.runtime.monotonic().saturating_sub(start)
    }

    /// Runs `work` against the clock; dropping it when time is up stops whatever it does.
    pub(crate) async fn within<T: Send>(&self, limit: Duration, work: impl Future<Output = T> + Send) -> Option<T> {
        let mut done = None;
        {
            let noted = pin!(async { done = Some(work.await) });
            self.race(limit, noted).await;
        }
        done
    }

    /// By reference and without a result, so that it is compiled once.
    async fn race(&self, limit: Duration, mut work: Pin<&mut (dyn Future<Output = ()> + Send)>) {
        let mut sleep = self.runtime.sleep(limit);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Pending => sleep.as_mut().poll(context),
            Poll::Ready(()) => Poll::Ready(()),
        })
        .await;
    }
}

/// Whether the API refused a token that can be had anew; that token, and no newer one, is then forgotten.
fn discard_refused(plan: &Plan<'_>, outcome: &Result<HttpResponse, Lost>, token: Option<&AccessToken>) -> bool {
    let refused = matches!(outcome, Ok(response) if response.status == 401);
    match (plan.tokens, token) {
        (Some(tokens), Some(token)) if refused => tokens.discard(token),
        _ => false,
    }
}

/// Shows a hook the request; the credentials only if it asks for them.
async fn before(hook: &dyn Hook, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
    let hidden = if hook.sees_credentials() { None } else { request.headers.get("authorization").map(str::to_owned) };
    if hidden.is_some() {
        request.headers.set("authorization", REDACTED);
    }
    let done = hook.before(request, context).await;
    if let Some(credentials) = hidden {
        request.headers.set("authorization", credentials);
    }
    done
}

fn timed_out(what: &str, limit: Duration) -> TransportError {
    let millis = (limit.as_millis() as u64).to_string();
    TransportError::new(TransportErrorKind::Timeout, [what, " took longer than ", &millis, " ms"].concat())
}

fn is_retryable(kind: TransportErrorKind) -> bool {
    use TransportErrorKind::{Body, Connect, Interrupted, Other, Timeout};
    matches!(kind, Connect | Timeout | Interrupted | Body | Other)
}
