//! Every recorded error has its status, code, message and data.

use logto_admin::operation::find;
use logto_admin::token::FixedToken;
use logto_admin::{Client, Conditional, Error, ErrorKind, Request, RetryPolicy, Untyped};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};
use serde_json::Value;

use super::exchange::{Exchange, Recordings};
use super::sent::input;
use crate::failures::Failures;

/// A client that receives the recorded answer.
pub(super) fn client(exchange: &Exchange, runtime: &FakeRuntime, strict: bool) -> Client {
    let response = exchange.response();
    let builder = builder(&ScriptedTransport::api(move |_| response.clone()), runtime);
    let builder = builder.token_source(FixedToken::new("t")).cookies([("a", "b")]).retry(RetryPolicy::NEVER);
    builder.strict(strict).build().unwrap()
}

/// The exchange's request, built by operation id. Parts that the client would reject are left out or replaced, because
/// only the answer matters.
pub(super) fn request(client: &Client, id: &str, exchange: &Exchange) -> Option<Request<Untyped>> {
    let input = input(find(id)?, exchange)?;
    let mut request = client.operation(id).ok()?;
    for (name, value) in &input.path {
        let refused = matches!(value.as_str(), "" | "." | "..");
        request = request.path(name, if refused { "another" } else { value });
    }
    for (name, value) in &input.query {
        request = request.query(name, value);
    }
    for parameter in find(id)?.query_parameters.iter().filter(|parameter| parameter.required) {
        if !input.query.iter().any(|(name, _)| name == parameter.name) {
            request = request.query(parameter.name, "");
        }
    }
    Some(match &input.body {
        Some(body) => request.json(body),
        None => request,
    })
}

pub(super) fn match_the_recording(recordings: &Recordings) {
    let runtime = FakeRuntime::new();
    let mut failures = Failures::new();
    for (id, exchange) in recordings.of_operations().filter(|(_, exchange)| exchange.status >= 400) {
        failures.checked();
        let client = client(exchange, &runtime, false);
        let Some(request) = request(&client, id, exchange) else {
            failures.add(exchange, "no operation matches this id and path");
            continue;
        };
        match runtime.run(async { request.await }) {
            Ok(answer) => failures.add(exchange, format!("expected an error, got {answer}")),
            Err(error) => compare(exchange, id, &error, &mut failures),
        }
    }
    failures.settle("errors");
}

fn compare(exchange: &Exchange, id: &str, error: &Error, failures: &mut Failures) {
    let body = &exchange.response_body;
    let text = |name: &str| body[name].as_str();
    let header = |name: &str| exchange.response_headers.get(name).and_then(Value::as_str);
    let message = text("message").or(body.as_str()).filter(|message| !message.is_empty());
    let mut check = |what: &str, is: String, wanted: String| {
        if is != wanted {
            failures.add(exchange, format!("the {what} is {is}, expected {wanted}"));
        }
    };
    check("kind", format!("{:?}", error.kind()), format!("{:?}", ErrorKind::Api));
    check("status", format!("{:?}", error.status()), format!("{:?}", Some(exchange.status)));
    check("operation", format!("{:?}", error.operation()), format!("{:?}", Some(id)));
    check("code", format!("{:?}", error.code()), format!("{:?}", text("code")));
    check("data", format!("{:?}", error.data()), format!("{:?}", body.get("data")).replace("Some(&", "Some("));
    check("details", format!("{:?}", error.details().as_deref()), format!("{:?}", text("details")));
    check("request id", format!("{:?}", error.request_id()), format!("{:?}", header("logto-core-request-id")));
    check("body", error.body().len().to_string(), exchange.response().body.bytes().len().to_string());
    if let Some(message) = message {
        check("message", format!("{:?}", error.message()), format!("{message:?}"));
    }
}

pub(super) fn accept_unmodified(recordings: &Recordings) {
    let runtime = FakeRuntime::new();
    let mut failures = Failures::new();
    for (id, exchange) in recordings.of_operations().filter(|(_, exchange)| exchange.status == 304) {
        failures.checked();
        let client = client(exchange, &runtime, false);
        let tag = exchange.request_headers.get("if-none-match").and_then(Value::as_str).unwrap_or("*");
        let Some(request) = request(&client, id, exchange) else {
            failures.add(exchange, "no operation matches this id and path");
            continue;
        };
        let answer = runtime.run(async { request.if_none_match(tag).await });
        if !matches!(answer, Ok(Conditional::NotModified)) {
            failures.add(exchange, format!("{answer:?}"));
        }
    }
    failures.settle("not modified");
}
