//! The log of `--verbose`: a line per request.

use std::fmt::{self, Debug};
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The span of a request. A call that is repeated has several.
const REQUEST: &str = "logto.attempt";

/// Passes on a line for each request when it ends, and one for each warning. An example is `GET /api/users 200 12 ms`.
#[derive(Clone, Copy, Debug)]
pub struct RequestLog<F>(pub F);

/// A request in progress.
#[derive(Debug)]
struct Request {
    begun: Instant,
    /// Method and path.
    name: String,
    status: Option<u64>,
    error: Option<String>,
}

impl Visit for Request {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "http.response.status_code" {
            self.status = Some(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "otel.name" => self.name = format!("{value:?}"),
            "error.type" => self.error = Some(format!("{value:?}")),
            _ => {}
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match (self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => format!("without an answer ({error})"),
            (None, None) => "cancelled".to_owned(),
        };
        write!(f, "{} {end} {} ms", self.name, self.begun.elapsed().as_millis())
    }
}

/// The text of a warning.
#[derive(Debug, Default)]
struct Warning {
    message: String,
    details: Vec<String>,
}

impl Visit for Warning {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.details.push(format!("{name}={value:?}")),
        }
    }
}

impl<S, F> Layer<S> for RequestLog<F>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    F: Fn(&str) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| span.name() == REQUEST) else { return };
        let mut request = Request { begun: Instant::now(), name: String::new(), status: None, error: None };
        attributes.record(&mut request);
        span.extensions_mut().insert(request);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(request) = span.extensions_mut().get_mut::<Request>() {
            values.record(request);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(request) = context.span(&id).and_then(|span| span.extensions_mut().remove::<Request>()) else {
            return;
        };
        (self.0)(&request.to_string());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() > Level::WARN {
            return;
        }
        let mut warning = Warning::default();
        event.record(&mut warning);
        (self.0)(&format!("warning: {} ({})", warning.message, warning.details.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::field::{Empty, debug};
    use tracing::{info, info_span, warn};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn requests_and_warnings_are_lines() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let log = RequestLog(move |line: &str| kept.lock().unwrap().push(line.to_owned()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log), || {
            let request = || {
                let name = format_args!("GET /api/users");
                info_span!("logto.attempt", otel.name = %name, http.response.status_code = Empty, error.type = Empty)
            };
            request().record("http.response.status_code", 404_u16).record("error.type", 404_u16);
            request().record("error.type", debug(Level::INFO));
            request();
            info_span!("other", otel.name = "x");
            info!("not a warning");
            warn!(operation = "ListUsers", attempt = 1, "retrying");
        });
        let lines = lines.lock().unwrap();
        let starts = [
            "GET /api/users 404 ",
            "GET /api/users without an answer (Level(Info)) ",
            "GET /api/users cancelled ",
            "warning: retrying (operation=\"ListUsers\", attempt=1)",
        ];
        assert_eq!(lines.len(), starts.len(), "{lines:?}");
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(start) && (line.ends_with(" ms") || line == start), "{line}");
        }
    }
}
