//! Serve the metrics of the client to Prometheus.

use std::time::Duration;

use logto_admin::transport::Method;
use logto_admin::{Client, Endpoint, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::PrometheusServer;
use serde_json::Value;

use crate::served;

#[allow(dead_code, reason = "the example has a `main`")]
#[path = "../../examples/metrics/main.rs"]
mod example;

/// The queries of the Grafana dashboard. Grafana puts an interval in place of its variable.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(include_str!("../../examples/metrics/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().replace("$__rate_interval", "5s")).collect()
}

/// Whether a query has an answer. A rate of something that did not happen is not a number.
async fn is_answered(prometheus: &Client, query: &str) -> Result<bool> {
    let answer = prometheus.request(Method::Get, "/api/v1/query").query("query", query).await?;
    let series = answer["data"]["result"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
    let value = |series: &Value| series["value"][1].as_str().and_then(|value| value.parse::<f64>().ok());
    Ok(series.iter().any(|series| value(series).is_some_and(f64::is_finite)))
}

/// Makes calls that succeed, and calls that fail.
async fn work(logto: &Client) -> Result<()> {
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

    let logto = Emulator::new().client()?;
    let queries = queries();
    assert!(queries.len() > 8, "{queries:?}");
    // Rates need several samples, and Prometheus decides when it takes them.
    let mut open = queries;
    let mut turns = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..300 {
        work(&logto).await?;
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
