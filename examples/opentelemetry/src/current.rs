//! The current span.

use crate::traceparent::SpanIds;

// ANCHOR: current
use opentelemetry::trace::TraceContextExt;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Returns the ids of the current span. In a hook, this is `logto.attempt`.
pub(crate) fn current() -> Option<SpanIds> {
    let context = tracing::Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| SpanIds {
        trace_id: u128::from_be_bytes(span.trace_id().to_bytes()),
        span_id: u64::from_be_bytes(span.span_id().to_bytes()),
        sampled: span.is_sampled(),
    })
}
// ANCHOR_END: current

#[cfg(test)]
mod tests {
    use std::future::IntoFuture as _;

    use logto_admin::Client;
    use logto_admin::transport::HttpTransport as _;
    use logto_admin_emulator::Emulator;
    use logto_admin_test_support::ScriptedTransport;
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
    use tracing_subscriber::layer::SubscriberExt;

    use super::current;
    use crate::traceparent::propagating;

    /// A transport that passes everything on to the emulator and records it.
    fn recorded(emulator: &Emulator) -> ScriptedTransport {
        let emulator = emulator.clone();
        ScriptedTransport::new(move |request, options| {
            let emulator = emulator.clone();
            async move { emulator.send(request, &options).await }
        })
    }

    #[test]
    fn requests_have_the_ids_of_the_exported_attempt() {
        let emulator = Emulator::new();
        let transport = recorded(&emulator);
        let builder = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
        let logto = propagating(builder.transport(transport.clone()), current).unwrap();
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(spans), || {
            runtime.block_on(logto.users().list().into_future()).unwrap();
        });

        let exported = exporter.get_finished_spans().unwrap();
        let attempt = exported.iter().find(|span| span.name == "GET /api/users").unwrap();
        let ids = &attempt.span_context;
        let expected = format!("00-{}-{}-01", ids.trace_id(), ids.span_id());
        let calls = transport.api_calls();
        let sent: Vec<_> = calls.iter().filter_map(|call| call.headers.get("traceparent")).collect();
        assert_eq!(sent, [expected]);
    }
}
