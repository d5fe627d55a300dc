//! Spans that follow OpenTelemetry's conventions for HTTP clients. Does nothing without the feature `tracing`.
//!
//! Spans and events contain no headers, queries and tokens, and bodies only if that is enabled.

#[cfg(feature = "tracing")]
pub(crate) use on::*;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::*;

#[cfg(feature = "tracing")]
mod on {
    use ::tracing::field::{self, Empty, Value};
    use ::tracing::{Instrument, Span, debug, info_span, trace, warn};

    use crate::error::{Error, ErrorKind, Result};
    use crate::pipeline::retry::Decision;
    use crate::pipeline::{Label, Plan};
    use crate::transport::url::Url;
    use crate::transport::{HttpRequest, HttpResponse, Received, TransportError};

    /// The span of a call, which stays open until its answer is decoded.
    #[derive(Debug)]
    pub(crate) struct CallSpan(Span);

    /// Returns the span in which this code runs.
    pub(crate) fn current() -> CallSpan {
        CallSpan(Span::current())
    }

    /// The span of a call with all its attempts.
    pub(crate) fn call(plan: &Plan<'_>) -> Span {
        let Some(label) = &plan.label else { return Span::none() };
        info_span!(
            "logto.call",
            otel.name = label.operation,
            otel.kind = "internal",
            logto.operation = label.operation,
            logto.attempts = Empty,
            logto.request_id = Empty,
            http.response.status_code = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        )
    }

    /// The span of one attempt.
    pub(crate) fn attempt(plan: &Plan<'_>, attempt: u32) -> Span {
        let Some(Label { method, template, .. }) = &plan.label else { return Span::none() };
        info_span!(
            "logto.attempt",
            otel.name = %format_args!("{method} {template}"),
            otel.kind = "client",
            http.request.method = method.as_str(),
            http.request.resend_count = (attempt > 1).then(|| attempt - 1),
            url.template = template,
            server.address = Empty,
            server.port = Empty,
            http.response.status_code = Empty,
            logto.request_id = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        )
    }

    /// Runs a future inside of a span.
    pub(crate) fn inside<F: Future>(span: Span, future: F) -> impl Future<Output = F::Output> {
        future.instrument(span)
    }

    /// Records the server on the current span, and traces the body if that is enabled.
    pub(crate) fn request(request: &HttpRequest, bodies: bool) {
        if let Some(url) = Url::parse(&request.url) {
            Span::current().record("server.address", url.host()).record("server.port", url.port_or_default());
        }
        if bodies && !request.body.is_empty() {
            trace!(body = %request.body.text(), "request body");
        }
    }

    /// Records a response on the current span, and traces the body if that is enabled.
    pub(crate) fn response(response: &HttpResponse, bodies: bool) {
        answered(response.status, response);
        if bodies && !response.body.is_empty() {
            trace!(body = %response.body.text(), "response body");
        }
    }

    /// Records a transport error on the current span.
    pub(crate) fn lost(error: &TransportError) {
        failed_as(&Span::current(), field::debug(error.kind()));
        debug!(error = %error, "no response");
    }

    /// Reports a retry.
    pub(crate) fn decided(plan: &Plan<'_>, attempt: u32, decision: Decision) {
        if let (Some(label), Decision::Retry(wait)) = (&plan.label, decision) {
            warn!(operation = label.operation, attempt, wait_ms = wait.as_millis() as u64, "retrying");
        }
    }

    /// Records on the current span how a call ended.
    ///
    /// An answer has the number of attempts, the status and the response.
    pub(crate) fn ended<R: Received>(ended: Result<(u32, u16, &R), &Error>) {
        let span = Span::current();
        match ended {
            Ok((attempts, status, response)) => {
                span.record("logto.attempts", attempts);
                answered(status, response);
            }
            Err(error) => {
                span.record("logto.attempts", error.attempts());
                failed_as(&span, field::debug(error.kind()));
            }
        }
    }

    /// Records that an answer was not what the call expects. A status of 400 or above is already recorded.
    pub(crate) fn failed(CallSpan(span): &CallSpan, error: &Error) {
        if error.kind() != ErrorKind::Api || error.status().is_some_and(|status| status < 400) {
            failed_as(span, field::debug(error.kind()));
        }
    }

    fn failed_as(span: &Span, reason: impl Value) {
        span.record("error.type", reason).record("otel.status_code", "ERROR");
    }

    fn answered(status: u16, response: &impl Received) {
        let span = Span::current();
        span.record("http.response.status_code", status);
        span.record("logto.request_id", response.request_id());
        if status >= 400 {
            failed_as(&span, status);
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use crate::error::{Error, Result};
    use crate::pipeline::Plan;
    use crate::pipeline::retry::Decision;
    use crate::transport::{HttpRequest, HttpResponse, TransportError};

    /// No span.
    #[derive(Debug)]
    pub(crate) struct NoSpan;

    pub(crate) type CallSpan = NoSpan;

    pub(crate) const fn current() -> CallSpan {
        NoSpan
    }
    pub(crate) const fn failed(_: &CallSpan, _: &Error) {}

    pub(crate) const fn call(_: &Plan<'_>) -> NoSpan {
        NoSpan
    }
    pub(crate) const fn attempt(_: &Plan<'_>, _: u32) -> NoSpan {
        NoSpan
    }
    pub(crate) fn inside<F>(_: NoSpan, future: F) -> F {
        future
    }
    pub(crate) const fn request(_: &HttpRequest, _: bool) {}
    pub(crate) const fn response(_: &HttpResponse, _: bool) {}
    pub(crate) const fn lost(_: &TransportError) {}
    pub(crate) const fn decided(_: &Plan<'_>, _: u32, _: Decision) {}
    pub(crate) const fn ended<R>(_: Result<(u32, u16, &R), &Error>) {}
}
