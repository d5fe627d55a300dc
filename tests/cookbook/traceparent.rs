//! Send the ids of spans to Logto.

use logto_admin::transport::before_fn;
use logto_admin::{Client, ClientBuilder, Result};

// ANCHOR: traceparent
/// The ids of a span.
#[derive(Clone, Copy)]
pub(crate) struct SpanIds {
    pub(crate) trace_id: u128,
    pub(crate) span_id: u64,
    pub(crate) sampled: bool,
}

impl SpanIds {
    /// Returns the value of the header, as W3C Trace Context defines it.
    pub(crate) fn traceparent(self) -> String {
        let Self { trace_id, span_id, sampled } = self;
        format!("00-{trace_id:032x}-{span_id:016x}-{flags:02x}", flags = u8::from(sampled))
    }
}

/// Builds a client that adds the ids of the current span to each request. Without a current span, it adds no header.
pub(crate) fn propagating(
    builder: ClientBuilder,
    current: impl Fn() -> Option<SpanIds> + Send + Sync + 'static,
) -> Result<Client> {
    let hook = before_fn(move |request, _| {
        if let Some(ids) = current() {
            request.headers.set("traceparent", ids.traceparent());
        }
        Ok(())
    });
    builder.hook(hook).build()
}
// ANCHOR_END: traceparent
