//! The exporter of the spans.

use std::error::Error;

// ANCHOR: start
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts to export the spans of this process. `shutdown` of the result exports the last ones.
pub(crate) fn start() -> Result<SdkTracerProvider, Box<dyn Error>> {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("my-service"));
    tracing_subscriber::registry().with(LevelFilter::INFO).with(spans).init();
    Ok(provider)
}
// ANCHOR_END: start
