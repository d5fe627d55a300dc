//! An endpoint for Prometheus with the client's metrics, and a dashboard for them.
//!
//! Run it, then `prometheus --config.file examples/metrics/prometheus.yml`, and import `dashboard.json` into Grafana.

#![allow(clippy::print_stdout, reason = "it prints its URL")]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use logto_admin::Client;
use logto_admin_emulator::Emulator;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The recorder comes first: the client describes its metrics to it.
    let metrics = install()?;
    let logto = Emulator::new().client()?; // for a real server: Client::from_env()?
    tokio::spawn(work(logto));

    let listener = TcpListener::bind("127.0.0.1:9464").await?;
    println!("http://{}/metrics", listener.local_addr()?);
    axum::serve(listener, endpoint(metrics)).await?;
    Ok(())
}

// ANCHOR: endpoint
/// Upper bounds of the buckets of the histograms, in seconds.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Records the metrics of this process.
pub(crate) fn install() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()
}

/// Serves the metrics at `/metrics`.
pub(crate) fn endpoint(metrics: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || async move { metrics.render() }))
}
// ANCHOR_END: endpoint

/// Stands for the work of your program.
async fn work(logto: Client) {
    let mut each_second = tokio::time::interval(Duration::from_secs(1));
    loop {
        each_second.tick().await;
        drop(logto.users().list().await);
        drop(logto.users().get("nobody").await);
    }
}
