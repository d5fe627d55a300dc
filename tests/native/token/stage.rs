//! The stage of a test: a client, its clock, and a token endpoint with a delay.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use logto_admin::runtime::Runtime;
use logto_admin::token::{AccessToken, token_fn};
use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Client, ClientBuilder, Result, RetryPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) transport: ScriptedTransport,
    pub(crate) runtime: FakeRuntime,
}

impl Stage {
    /// A client whose token endpoint returns `token-1`, `token-2` and so on, each valid for one hour.
    pub(crate) fn new() -> Self {
        Self::answering(hourly)
    }

    /// A client whose token endpoint answers with this closure, which receives the number of the call, starting at 1.
    pub(crate) fn answering(token: impl Fn(usize) -> HttpResponse + Send + Sync + 'static) -> Self {
        Self::taking(Duration::ZERO, token)
    }

    /// Like [`answering`](Self::answering), with a delay before each answer.
    pub(crate) fn taking(delay: Duration, token: impl Fn(usize) -> HttpResponse + Send + Sync + 'static) -> Self {
        let runtime = FakeRuntime::new();
        Self::set_up(&runtime, endpoint(&runtime, delay, token), |builder| builder)
    }

    /// A client with this runtime, this transport and custom settings. It never retries.
    pub(crate) fn set_up(
        runtime: &FakeRuntime,
        transport: ScriptedTransport,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let builder = builder(&transport, runtime).retry(RetryPolicy::NEVER);
        let client = settings(builder).build().expect("the settings of the test are valid");
        Self { client, transport, runtime: runtime.clone() }
    }

    /// A client whose source issues numbered tokens that have expired when they arrive.
    pub(crate) fn expiring() -> Self {
        let (runtime, numbers) = (FakeRuntime::new(), Arc::new(AtomicUsize::new(0)));
        let transport = endpoint(&runtime, Duration::ZERO, hourly);
        let source = token_fn(move || {
            let number = numbers.fetch_add(1, Ordering::SeqCst) + 1;
            async move { Ok(AccessToken::new(format!("token-{number}")).expires_in(Duration::ZERO)) }
        });
        Self::set_up(&runtime, transport, |builder| builder.token_source(source))
    }

    pub(crate) fn run<F: IntoFuture>(&self, future: F) -> F::Output {
        self.runtime.run(future.into_future())
    }

    /// The current token of the client.
    pub(crate) fn token(&self) -> Result<AccessToken> {
        self.run(self.client.access_token())
    }

    /// The text of the current token.
    pub(crate) fn secret(&self) -> String {
        self.token().expect("there is a token").secret().to_owned()
    }

    /// The tokens that this many concurrent callers get.
    pub(crate) fn tokens(&self, callers: usize) -> Vec<Result<AccessToken>> {
        self.run(join_all((0..callers).map(|_| self.client.access_token())))
    }

    /// Calls the API once.
    pub(crate) fn call(&self) -> Result<serde_json::Value> {
        self.run(self.client.request(Method::Get, "/api/users"))
    }

    /// Runs everything that is ready.
    pub(crate) fn settle(&self) {
        self.run(self.runtime.sleep(Duration::from_nanos(1)));
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.runtime.advance(by);
    }

    /// Number of token calls so far.
    pub(crate) fn token_calls(&self) -> usize {
        self.transport.token_calls().len()
    }

    /// The tokens that the API received, in order.
    pub(crate) fn sent_tokens(&self) -> Vec<String> {
        let calls = self.transport.api_calls();
        let bearer = calls.iter().filter_map(|call| call.headers.get("authorization")?.strip_prefix("Bearer "));
        bearer.map(str::to_owned).collect()
    }
}

/// A server whose token endpoint answers with a closure after `delay`, and whose API answers `[]`.
pub(crate) fn endpoint(
    runtime: &FakeRuntime,
    delay: Duration,
    token: impl Fn(usize) -> HttpResponse + Send + Sync + 'static,
) -> ScriptedTransport {
    let (runtime, calls) = (runtime.clone(), AtomicUsize::new(0));
    ScriptedTransport::new(move |_, options| {
        let answer = if options.token_call {
            token(calls.fetch_add(1, Ordering::SeqCst) + 1)
        } else {
            HttpResponse::json(200, "[]")
        };
        let runtime = runtime.clone();
        async move {
            if options.token_call && !delay.is_zero() {
                runtime.sleep(delay).await;
            }
            Ok(answer)
        }
    })
}

/// A server whose token endpoint returns `token-1`, `token-2` and so on, and whose API rejects these tokens.
pub(crate) fn refusing(refused: &'static [&'static str]) -> ScriptedTransport {
    let calls = AtomicUsize::new(0);
    ScriptedTransport::new(move |request, options| {
        let bearer = request.headers.get("authorization").unwrap_or_default();
        let answer = if options.token_call {
            hourly(calls.fetch_add(1, Ordering::SeqCst) + 1)
        } else if refused.iter().any(|token| bearer.strip_prefix("Bearer ") == Some(token)) {
            HttpResponse::json(401, r#"{"code":"auth.unauthorized","message":"no"}"#)
        } else {
            HttpResponse::json(200, "[]")
        };
        async { Ok(answer) }
    })
}

/// A numbered token that is valid for one hour.
pub(crate) fn hourly(number: usize) -> HttpResponse {
    token_answer(&format!("token-{number}"), 3600)
}

/// Returns numbered tokens that are valid for this many seconds.
pub(crate) fn lasting(seconds: u64) -> impl Fn(usize) -> HttpResponse + Send + Sync {
    move |number| token_answer(&format!("token-{number}"), seconds)
}

/// The answer of a token endpoint that is down.
pub(crate) fn down() -> HttpResponse {
    HttpResponse::new(503)
}
