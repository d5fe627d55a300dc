//! The routes under `/emulator`, which control the emulator itself. Logto has no such routes.

use std::time::Duration;

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use serde::Serialize;

use super::Emulator;
use crate::errors::{Outcome, Refusal, no_route, wrong_method};
use crate::http::reply;
use crate::http::request::Incoming;
use crate::state::messages::Message;
use crate::state::recent_requests::HandledRequest;

/// Handles a request to a control route. Returns `None` for all other paths.
pub(crate) fn answer(emulator: &Emulator, request: &HttpRequest) -> Option<HttpResponse> {
    // Most requests are for the API: check this before splitting the request.
    request.url.contains("/emulator/").then(|| Incoming::new(request)).and_then(|request| {
        let action = request.path.strip_prefix("/emulator/")?;
        Some(control(emulator, &request, action).unwrap_or_else(Refusal::into_response))
    })
}

fn control(emulator: &Emulator, request: &Incoming, action: &str) -> Outcome<HttpResponse> {
    match (request.method, action) {
        (Method::Post, "reset") => {
            emulator.reset();
            Ok(reply::nothing(204))
        }
        (Method::Post, "advance") => {
            emulator.advance(duration(&request.body)?);
            Ok(reply::json(200, &json!({ "now": emulator.now() })))
        }
        (Method::Get, "requests") => Ok(reply::json(200, &emulator.requests().iter().map(described).collect())),
        (Method::Get, "messages") => {
            Ok(reply::json(200, &emulator.messages().iter().map(|message| json!(Shown::of(message))).collect()))
        }
        (_, "reset" | "advance") => Err(wrong_method("POST")),
        (_, "requests" | "messages") => Err(wrong_method("GET")),
        _ => Err(no_route()),
    }
}

/// The most seconds that the clock advances at once: a century. It must not exceed what times can hold.
const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;

/// Reads `{"seconds": N}`.
fn duration(body: &[u8]) -> Outcome<Duration> {
    let seconds = serde_json::from_slice::<Value>(body).ok().and_then(|body| body.get("seconds")?.as_f64());
    let duration =
        seconds.filter(|seconds| *seconds <= LONGEST).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let message = "The body must be `{\"seconds\": N}`, where N is a number from 0 to 3153600000.";
    duration.ok_or_else(|| Refusal::new(400, "emulator.invalid_duration", message))
}

/// A message with its filled template.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    message: &'a Message,
    subject: Option<String>,
    content: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(message: &'a Message) -> Self {
        Self { message, subject: message.subject(), content: message.content() }
    }
}

fn described(request: &HandledRequest) -> Value {
    json!({
        "time": request.time,
        "method": request.method.as_str(),
        "path": request.path,
        "status": request.status,
        "operation": request.operation,
    })
}
