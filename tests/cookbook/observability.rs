//! Observe calls with spans and metrics.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use logto_admin::transport::{Hook, HookContext, HttpResponse, HttpTransport};
use logto_admin::{Client, ClientBuilder, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, written};
use tracing::{Instrument, info_span};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::traceparent::{SpanIds, propagating};
use crate::{builder, recorded, sign_up};

// ANCHOR: spans
/// Greets a user. The spans of the call are inside of the span `greeting`.
async fn handle(logto: &Client, user_id: &str) -> Result<String> {
    greeting(logto, user_id).instrument(info_span!("greeting")).await
}

async fn greeting(logto: &Client, user_id: &str) -> Result<String> {
    let user = logto.users().get(user_id).await?;
    Ok(format!("Hello, {}!", user.primary_email.unwrap_or(user.id)))
}
// ANCHOR_END: spans

#[allow(dead_code, reason = "the tests share a subscriber with these settings that writes elsewhere")]
// ANCHOR: closing
/// Logs each span when it closes.
fn log_spans() {
    tracing_subscriber::fmt().with_span_events(FmtSpan::CLOSE).init();
}
// ANCHOR_END: closing

// ANCHOR: metrics
/// Counts answers by operation and status.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<BTreeMap<(&'static str, u16), u64>>>);

#[async_trait]
impl Hook for Metrics {
    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((context.operation, response.status)).or_default() += 1;
        Ok(())
    }
}

fn counted(builder: ClientBuilder, metrics: Metrics) -> Result<Client> {
    builder.hook(metrics).build()
}
// ANCHOR_END: metrics

// ANCHOR: ids
tokio::task_local! {
    static SPAN: SpanIds;
}

/// Returns the ids of the span in which this task works.
fn current() -> Option<SpanIds> {
    SPAN.try_with(|ids| *ids).ok()
}

/// Greets a user, in the span of the request that this application handles.
async fn handle_in(span: SpanIds, logto: &Client, user_id: &str) -> Result<String> {
    SPAN.scope(span, greeting(logto, user_id)).await
}
// ANCHOR_END: ids

/// Runs a future on this thread. Returns its output and the log.
fn logged<T>(future: impl Future<Output = T>) -> (T, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    written(|| runtime.block_on(future))
}

#[test]
fn calls_are_spans_in_the_span_of_the_caller() {
    let emulator = Emulator::new();
    let logto = emulator.client().unwrap();
    let (ada, _) = logged(sign_up(&logto, "ada@example.com"));
    let (greeting, log) = logged(handle(&logto, &ada.unwrap().id));
    assert_eq!(greeting.unwrap(), "Hello, ada@example.com!");
    for span in ["greeting", "logto.call", "logto.attempt", "GetUser", "http.response.status_code=200"] {
        assert!(log.lines().any(|line| line.contains("greeting") && line.contains(span)), "{span} is not in\n{log}");
    }
    for secret in [emulator.app_secret(), "Bearer", "ada@example.com"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

/// A transport that answers the first API call with 503.
fn busy(emulator: &Emulator) -> ScriptedTransport {
    let emulator = emulator.clone();
    let called = AtomicBool::new(false);
    ScriptedTransport::new(move |request, options| {
        let is_busy = !options.token_call && !called.swap(true, Ordering::SeqCst);
        let emulator = emulator.clone();
        async move { if is_busy { Ok(HttpResponse::new(503)) } else { emulator.send(request, &options).await } }
    })
}

#[test]
fn each_attempt_is_a_span_in_the_span_of_its_call() {
    let emulator = Emulator::new();
    let runtime = FakeRuntime::new();
    let logto = builder(&emulator, busy(&emulator)).runtime(runtime.clone()).build().unwrap();
    let (users, log) = written(|| runtime.run(async { logto.users().list().await }));
    users.unwrap();
    let closed: Vec<&str> = log.lines().filter(|line| line.contains("close") && line.contains("ListUsers")).collect();
    let [first, second, call] = closed[..] else { panic!("two attempts and a call should be in\n{log}") };
    assert!(first.contains("logto.attempt{") && first.contains("error.type=503"), "{first}");
    assert!(second.contains("logto.attempt{") && second.contains("http.request.resend_count=1"), "{second}");
    assert!(second.contains("http.response.status_code=200"), "{second}");
    assert!(!call.contains("logto.attempt{") && call.contains("logto.attempts=2"), "{call}");
}

#[tokio::test]
async fn requests_have_the_ids_of_the_span_of_their_task() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let (ada, grace) = (sign_up(&admin, "ada@example.com").await?, sign_up(&admin, "grace@example.com").await?);
    let transport = recorded(&emulator);
    let logto = propagating(builder(&emulator, transport.clone()), current)?;

    greeting(&logto, &ada.id).await?;
    assert!(transport.seen().iter().all(|seen| !seen.request.headers.contains("traceparent")));

    let span = |trace_id, sampled| SpanIds { trace_id, span_id: 0xb7ad_6b71_6920_3331, sampled };
    let first = span(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, true);
    let second = span(7, false);
    let (one, other) = tokio::join!(handle_in(first, &logto, &ada.id), handle_in(second, &logto, &grace.id));
    assert_eq!(one?, "Hello, ada@example.com!");
    assert_eq!(other?, "Hello, grace@example.com!");
    let traceparent = |id: &str| {
        let calls = transport.api_calls();
        let call = calls.iter().rfind(|call| call.url.ends_with(id)).expect("a call");
        call.headers.get("traceparent").map(str::to_owned)
    };
    let of_ada = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assert_eq!(traceparent(&ada.id).as_deref(), Some(of_ada));
    let of_grace = "00-00000000000000000000000000000007-b7ad6b7169203331-00";
    assert_eq!(traceparent(&grace.id).as_deref(), Some(of_grace));
    Ok(())
}

#[test]
fn repeated_attempts_have_the_ids_too() {
    let emulator = Emulator::new();
    let runtime = FakeRuntime::new();
    let transport = busy(&emulator);
    let ids = SpanIds { trace_id: 1, span_id: 2, sampled: true };
    let client = builder(&emulator, transport.clone()).runtime(runtime.clone());
    let logto = propagating(client, move || Some(ids)).unwrap();
    runtime.run(async { logto.users().list().await }).unwrap();
    let sent = transport.api_calls();
    assert_eq!(sent.len(), 2);
    for request in sent {
        assert_eq!(request.headers.get("traceparent"), Some(ids.traceparent().as_str()));
    }
}

#[tokio::test]
async fn answers_are_counted() -> Result<()> {
    let emulator = Emulator::new();
    let metrics = Metrics::default();
    let logto = counted(builder(&emulator, emulator.clone()), metrics.clone())?;
    logto.users().list().await?;
    logto.users().list().await?;
    assert!(logto.users().get("nobody").await.is_err());
    let expected = [(("GetUser", 404), 1), (("ListUsers", 200), 2), (("OidcToken", 200), 1)];
    assert_eq!(*metrics.0.lock().unwrap(), BTreeMap::from(expected));
    Ok(())
}
