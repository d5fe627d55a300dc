//! Every successful answer decodes into its operation's type and encodes back to the same JSON.

use logto_admin_test_support::FakeRuntime;
use serde_json::Value;

use super::compare::{Difference, Kind, differences};
use super::errors::{client, request};
use super::exchange::Exchange;
use crate::document::Documents;
use crate::failures::Failures;
use crate::typed::Typed;

fn successes() -> impl Iterator<Item = (String, Exchange)> {
    Exchange::of_operations().into_iter().filter(|(_, exchange)| exchange.is_success())
}

#[test]
fn every_success_decodes_and_encodes_back_to_the_same_json() {
    let documents = Documents::load();
    let mut failures = Failures::new();
    for (id, exchange) in successes() {
        failures.checked();
        let Some(typed) = Typed::find(&id) else {
            failures.add(&exchange, "no operation has this id");
            continue;
        };
        match (typed.read)(&exchange.response()) {
            Err(error) => failures.add(&exchange, format!("at {}: {error}", error.decode_path().unwrap_or("/"))),
            Ok(encoded) => {
                let lost = |difference: &Difference| !is_excepted(&documents, &id, &exchange, difference);
                let found = differences(&expected(&exchange, &encoded), &encoded);
                found.into_iter().filter(lost).for_each(|difference| failures.add(&exchange, difference));
            }
        }
    }
    failures.settle("answers");
}

/// What should come out: the recorded body, or nothing where the operation gives nothing.
fn expected(exchange: &Exchange, encoded: &Value) -> Value {
    match encoded {
        // A redirect gives its target, an operation that gives nothing does not look at the body.
        Value::String(_) if (300..400).contains(&exchange.status) => exchange.response_headers["location"].clone(),
        Value::Null if !exchange.answers_json() => Value::Null,
        _ => exchange.response_body.clone(),
    }
}

/// Members that a closed object does not know, and what was shortened when it was recorded.
fn is_excepted(documents: &Documents, id: &str, exchange: &Exchange, difference: &Difference) -> bool {
    if difference.kind == Kind::Lost && !documents.answer_has(id, exchange.status, &difference.pointer) {
        println!("left out: {exchange}: the document does not know {}", difference.pointer);
        return true;
    }
    exchange.is_truncated(&difference.pointer)
}

#[test]
fn every_success_is_documented() {
    let runtime = FakeRuntime::new();
    let mut failures = Failures::new();
    for (id, exchange) in successes() {
        failures.checked();
        let client = client(&exchange, &runtime, true);
        match request(&client, &id, &exchange) {
            None => failures.add(&exchange, "no operation has this id and path"),
            Some(request) => {
                if let Err(error) = runtime.run(async { request.await }) {
                    failures.add(&exchange, error);
                }
            }
        }
    }
    failures.settle("statuses");
}
