//! A transport that plays a script and records requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportOptions};

/// The result of an attempt.
type Outcome = Result<HttpResponse, TransportError>;
type Script = dyn Fn(HttpRequest, TransportOptions) -> BoxFuture<'static, Outcome> + Send + Sync;

/// A transport that plays a script. Clones share it.
#[derive(Clone)]
pub struct ScriptedTransport {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The request.
    pub request: HttpRequest,
    /// The options that the client passed to the transport.
    pub options: TransportOptions,
}

impl ScriptedTransport {
    /// Answers API calls with `answers` in order, and token calls with `token-1` and so on. Panics if there are more
    /// API calls than answers.
    #[must_use]
    pub fn answers<A: IntoOutcome>(answers: impl IntoIterator<Item = A>) -> Self {
        let queue: VecDeque<Outcome> = answers.into_iter().map(IntoOutcome::into_outcome).collect();
        let queue = Mutex::new(queue);
        Self::api(move |request| {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            next.unwrap_or_else(|| panic!("more calls than answers in the script: {request:?}"))
        })
    }

    /// Answers API calls with a closure, and token calls with `token-1` and so on.
    #[must_use]
    pub fn api<A: IntoOutcome>(answer: impl Fn(HttpRequest) -> A + Send + Sync + 'static) -> Self {
        let tokens = Mutex::new(0);
        Self::new(move |request, options| {
            let outcome = if options.token_call {
                let mut tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
                *tokens += 1;
                Ok(token_answer(&format!("token-{tokens}"), 3600))
            } else {
                answer(request).into_outcome()
            };
            async { outcome }
        })
    }

    /// Answers every call, including token calls, with an async closure.
    #[must_use]
    pub fn new<R>(script: impl Fn(HttpRequest, TransportOptions) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Outcome> + Send + 'static,
    {
        Self { script: Arc::new(move |request, options| Box::pin(script(request, options))), seen: Arc::default() }
    }

    /// All requests so far, in order.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// The requests to the API so far, in order.
    #[must_use]
    pub fn api_calls(&self) -> Vec<HttpRequest> {
        self.requests(false)
    }

    /// The requests to the token endpoint so far, in order.
    #[must_use]
    pub fn token_calls(&self) -> Vec<HttpRequest> {
        self.requests(true)
    }

    fn requests(&self, token_call: bool) -> Vec<HttpRequest> {
        let seen = self.lock();
        seen.iter().filter(|seen| seen.options.token_call == token_call).map(|seen| seen.request.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a response of the token endpoint.
#[must_use]
pub fn token_answer(token: &str, expires_in: u64) -> HttpResponse {
    let text = format!(r#"{{"access_token":"{token}","expires_in":{expires_in},"token_type":"Bearer","scope":"all"}}"#);
    HttpResponse::json(200, text)
}

#[async_trait]
impl HttpTransport for ScriptedTransport {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Outcome {
        self.lock().push(Seen { request: request.clone(), options: *options });
        (self.script)(request, *options).await
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedTransport").field("seen", &self.lock().len()).finish_non_exhaustive()
    }
}

/// Entries of a script: responses, errors, or results of both.
pub trait IntoOutcome {
    /// Converts the entry to a result of the transport.
    ///
    /// # Errors
    /// Returns the error, if the entry is one.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for HttpResponse {
    fn into_outcome(self) -> Outcome {
        Ok(self)
    }
}

impl IntoOutcome for TransportError {
    fn into_outcome(self) -> Outcome {
        Err(self)
    }
}

impl IntoOutcome for Outcome {
    fn into_outcome(self) -> Outcome {
        self
    }
}
