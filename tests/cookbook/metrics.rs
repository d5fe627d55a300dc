//! Serve the metrics of the client to Prometheus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::token::{StoreError, TokenStore};
use logto_admin::transport::{HttpResponse, HttpTransport, Method};
use logto_admin::{Client, Endpoint, RateLimit, Result, RetryPolicy};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::{PrometheusServer, ScriptedTransport};
use serde_json::Value;

use crate::{builder, served};

#[allow(dead_code, reason = "the example has a `main`")]
#[path = "../../examples/metrics/main.rs"]
mod example;

/// A panel shows zero if its metric does not exist. The test needs the metric.
const OR_ZERO: &str = " or vector(0)";

/// The queries of the Grafana dashboard. Grafana puts an interval in place of its variable.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(include_str!("../../examples/metrics/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let query = |target: &Value| target["expr"].as_str().unwrap().replace("$__rate_interval", "5s");
    targets.map(|target| query(target).replace(OR_ZERO, "")).collect()
}

/// Whether a query has an answer above zero. A rate of something that did not happen is zero or not a number.
async fn is_answered(prometheus: &Client, query: &str) -> Result<bool> {
    let answer = prometheus.request(Method::Get, "/api/v1/query").query("query", query).await?;
    let series = answer["data"]["result"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
    let value = |series: &Value| series["value"][1].as_str().and_then(|value| value.parse::<f64>().ok());
    Ok(series.iter().any(|series| value(series).is_some_and(|value| value.is_finite() && value > 0.0)))
}

/// A store that always fails.
struct Broken;

#[async_trait]
impl TokenStore for Broken {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        Err("the disk is gone".into())
    }

    async fn set(&self, _: &str, _: &str, _: Option<Duration>) -> Result<(), StoreError> {
        Err("the disk is gone".into())
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        Err("the disk is gone".into())
    }
}

/// A transport that rejects the first request of each client for too many requests.
fn busy_at_first(emulator: &Emulator) -> ScriptedTransport {
    let emulator = emulator.clone();
    let is_first = AtomicBool::new(true);
    ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        let is_busy = !options.token_call && is_first.swap(false, Ordering::Relaxed);
        async move { if is_busy { Ok(HttpResponse::new(429)) } else { emulator.send(request, &options).await } }
    })
}

/// Starts a client, and makes calls that succeed and calls that fail. They need the store, wait for the rate limit, and are
/// repeated.
async fn work(emulator: &Emulator) -> Result<()> {
    let builder = builder(emulator, busy_at_first(emulator)).token_store(Broken);
    let short = Duration::from_millis(1);
    let retry = RetryPolicy::attempts(3).waits(short, short);
    let logto = builder.rate_limit(RateLimit::new(1, Duration::from_millis(10))).retry(retry).build()?;
    logto.users().list().await?;
    assert!(logto.users().get("nobody").await.is_err());
    Ok(())
}

#[tokio::test]
async fn each_panel_of_the_dashboard_shows_the_metrics_of_the_client() -> Result<()> {
    let metrics = example::install().unwrap();
    let target = served(example::endpoint(metrics)).await.to_string();
    let server = PrometheusServer::scraping(&target);
    let prometheus = Client::builder(Endpoint::self_hosted(server.url())).access_token("none").build()?;

    let emulator = Emulator::new();
    let queries = queries();
    assert!(queries.len() > 8, "{queries:?}");
    // Rates need several samples, and Prometheus decides when it takes them.
    let mut open = queries;
    let mut turns = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..300 {
        work(&emulator).await?;
        let mut unanswered = Vec::new();
        for query in open {
            if !is_answered(&prometheus, &query).await.unwrap_or(false) {
                unanswered.push(query);
            }
        }
        open = unanswered;
        if open.is_empty() {
            return Ok(());
        }
        turns.tick().await;
    }
    panic!("without an answer after 30 seconds: {open:#?}");
}
