//! Observe calls with spans and metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use logto_admin::transport::{Hook, HookContext, HttpResponse};
use logto_admin::{Client, ClientBuilder, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::written;
use tracing::{Instrument, info_span};

use crate::{builder, sign_up};

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
