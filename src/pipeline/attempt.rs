//! One attempt of a call, and the attempt over an [`HttpTransport`]. It runs hooks, then the transport with a timeout,
//! then hooks.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::redirect::Redirects;
use super::retry::parse_retry_after;
use super::{Limiter, Pass, tracing};
use crate::error::Error;
use crate::runtime::{Runtime, timeout};
use crate::token::AccessToken;
use crate::transport::hooks::{run_after, run_before};
use crate::transport::{
    Answer, AnswerFields, Hook, HookContext, HttpRequest, HttpResponse, HttpTransport, Received, RedirectPolicy,
    TransportError, TransportOptions,
};

/// Carries out one attempt of a call. The pipeline decides whether and when there is an attempt.
///
/// There are two implementations: over an [`HttpTransport`], and by the JavaScript host of the WebAssembly module.
#[async_trait]
pub trait Attempt: Send + Sync {
    /// The response. It is empty if it stays with the host.
    type Response: Received;

    /// Sends the request with this access token. `number` counts the attempts of the call from 1, and `pass` is the place
    /// of its first request in the rate limit.
    ///
    /// # Errors
    /// Fails if there is no answer.
    async fn send(
        &self,
        number: u32,
        token: Option<&AccessToken>,
        pass: &mut Pass,
    ) -> Result<(Answer, Self::Response), AttemptError>;
}

/// Reason why an attempt has no answer.
#[derive(Debug)]
pub enum AttemptError {
    /// The transport failed.
    Transport(TransportError),
    /// A hook failed the call. It is not retried.
    Final(Error),
}

impl From<TransportError> for AttemptError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<AttemptError> for Error {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Transport(error) => error.into(),
            AttemptError::Final(error) => error,
        }
    }
}

/// Runs an attempt with its timeout. It might have begun before: it has `spent` that much of the limit.
///
/// # Errors
/// Fails like the attempt, and if it takes longer than `limit`.
pub async fn within<T: Send, E: From<TransportError> + Send>(
    runtime: &dyn Runtime,
    limit: Option<Duration>,
    spent: Duration,
    attempt: impl Future<Output = Result<T, E>> + Send,
) -> Result<T, E> {
    match limit {
        Some(limit) => {
            let left = limit.saturating_sub(spent);
            timeout(runtime, left, attempt)
                .await
                .unwrap_or_else(|| Err(TransportError::timed_out("the attempt", limit).into()))
        }
        None => attempt.await,
    }
}

/// Sends the HTTP requests of a client.
pub(crate) struct HttpSender {
    pub transport: Arc<dyn HttpTransport>,
    pub runtime: Arc<dyn Runtime>,
    /// Admits the requests that follow redirects. The pipeline admits the first request of an attempt.
    pub limiter: Arc<Limiter>,
    pub hooks: Vec<Arc<dyn Hook>>,
    /// Whether bodies are traced.
    pub trace_bodies: bool,
}

/// A call that can be turned into an HTTP request, once for each attempt.
pub(crate) trait OutgoingRequest: Send + Sync {
    /// Returns the request without its access token.
    fn to_http(&self) -> HttpRequest;
}

/// One attempt over an [`HttpTransport`].
pub(crate) struct HttpAttempt<'a, R> {
    pub sender: &'a HttpSender,
    pub request: R,
    pub operation: &'static str,
    pub timeout: Option<Duration>,
    pub options: TransportOptions,
}

#[async_trait]
impl<R: OutgoingRequest> Attempt for HttpAttempt<'_, R> {
    type Response = HttpResponse;

    async fn send(
        &self,
        number: u32,
        token: Option<&AccessToken>,
        pass: &mut Pass,
    ) -> Result<(Answer, HttpResponse), AttemptError> {
        let mut request = self.request.to_http();
        if let Some(token) = token {
            request.headers.set("authorization", format!("Bearer {}", token.secret()));
        }
        let context = HookContext { operation: self.operation, attempt: number, token_call: self.options.token_call };
        let sending = Sending { sender: self.sender, context, limit: self.timeout, options: &self.options };
        let (response, left_origin) = sending.send(request, pass).await?;
        Ok((self.answer(&response, left_origin), response))
    }
}

impl<R> HttpAttempt<'_, R> {
    /// Reads the parts of a response that the pipeline needs. Leaves the bodies of ordinary successes to the caller.
    fn answer(&self, response: &HttpResponse, left_origin: bool) -> Answer {
        let retry_after = if response.status < 400 { None } else { response.headers.get("retry-after") };
        let retry_after = retry_after.and_then(|value| parse_retry_after(value, self.sender.runtime.now()));
        let is_read = response.status >= 300 || self.options.token_call;
        let fields = if is_read { AnswerFields::of(response) } else { AnswerFields::default() };
        Answer { status: response.status, retry_after, is_html: response.is_html(), left_origin, fields }
    }
}

/// The requests of one attempt.
struct Sending<'a> {
    sender: &'a HttpSender,
    context: HookContext,
    /// The timeout of each request.
    limit: Option<Duration>,
    options: &'a TransportOptions,
}

impl Sending<'_> {
    /// Sends a request, and follows redirects if the options permit it. Returns the response, and whether another origin than
    /// that of the request has sent it.
    async fn send(&self, request: HttpRequest, pass: &mut Pass) -> Result<(HttpResponse, bool), AttemptError> {
        match self.options.redirects {
            RedirectPolicy::None => Ok((self.send_once(request, None, pass).await?, false)),
            // Boxed, so that other calls do not reserve memory for it.
            RedirectPolicy::Follow(most) => Box::pin(self.follow(request, most, pass)).await,
        }
    }

    /// Follows redirects. Each request is limited, timed and seen by the hooks like the first.
    async fn follow(
        &self,
        mut request: HttpRequest,
        most: u8,
        pass: &mut Pass,
    ) -> Result<(HttpResponse, bool), AttemptError> {
        let HttpSender { limiter, runtime, .. } = self.sender;
        let mut redirects = Redirects::new(most, self.options.token_call);
        loop {
            let sent = self.send_once(request, Some(&mut redirects), pass).await;
            let response = sent.map_err(|error| match error {
                AttemptError::Transport(error) => redirects.blame(error).into(),
                AttemptError::Final(error) => AttemptError::Final(error),
            })?;
            match redirects.after(&response)? {
                Some(next) => request = next,
                None => return Ok((response, redirects.left_origin())),
            }
            pass.answered(runtime.monotonic());
            *pass = limiter.enter(false);
            pass.wait(&**runtime).await;
        }
    }

    async fn send_once(
        &self,
        mut request: HttpRequest,
        redirects: Option<&mut Redirects>,
        pass: &mut Pass,
    ) -> Result<HttpResponse, AttemptError> {
        let HttpSender { hooks, trace_bodies, runtime, .. } = self.sender;
        if !hooks.is_empty()
            && let Err(error) = run_before(hooks, &mut request, &self.context).await
        {
            pass.never_sent(runtime.monotonic());
            return Err(AttemptError::Final(error));
        }
        if let Some(redirects) = redirects {
            redirects.before(&mut request);
        }
        // The bodies of a token call contain the secret and the token.
        let bodies = *trace_bodies && !self.context.token_call;
        tracing::request(&request, bodies);
        let response = self.exchange(request).await;
        let mut response = response.inspect_err(tracing::lost)?;
        tracing::response(&response, bodies);
        if !hooks.is_empty()
            && let Err(error) = run_after(hooks, &mut response, &self.context).await
        {
            pass.answered(runtime.monotonic());
            return Err(AttemptError::Final(error));
        }
        Ok(response)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let HttpSender { transport, runtime, .. } = self.sender;
        // Bypasses the implementation for `Arc`, which would box the future twice.
        let send = (**transport).send(request, self.options);
        within(&**runtime, self.limit, Duration::ZERO, send).await
    }
}
