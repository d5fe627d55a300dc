//! Every recorded success decodes into its operation's type. It encodes back to the same JSON.

use logto_admin_test_support::FakeRuntime;
use serde_json::Value;

use super::compare::{Difference, Kind, differences};
use super::errors::{client, request};
use super::exchange::{Exchange, Recordings};
use crate::document::{Documents, Loosened};
use crate::failures::Failures;
use crate::typed::{Typed, Written};

pub(super) fn decode_and_encode(recordings: &Recordings) {
    let mut failures = Failures::new();
    for (id, exchange) in recordings.successes() {
        check(id, exchange, &mut failures);
    }
    failures.settle("answers");
}

fn check(id: &str, exchange: &Exchange, failures: &mut Failures) {
    failures.checked();
    let Some(typed) = Typed::find(id) else { return failures.add(exchange, "no operation has this id") };
    match (typed.read)(&exchange.response()) {
        Err(error) => failures.add(exchange, format!("at {}: {error}", error.decode_path().unwrap_or("/"))),
        Ok(Written { json: encoded, .. }) => {
            let expected = expected(exchange, &encoded);
            let lost = |difference: &Difference| {
                !Loosened::load().excuses(id, &expected, difference) && !is_excepted(id, exchange, difference)
            };
            let found = differences(&expected, &encoded);
            found.into_iter().filter(lost).for_each(|difference| failures.add(exchange, difference));
        }
    }
}

/// The expected output: the recorded body, or null if the operation has no output.
fn expected(exchange: &Exchange, encoded: &Value) -> Value {
    match encoded {
        // A redirect returns its target. An operation without an output ignores the body.
        Value::String(_) if (300..400).contains(&exchange.status) => exchange.response_headers["location"].clone(),
        Value::Null if !exchange.answers_json() => Value::Null,
        Value::String(text) if text.is_empty() && exchange.response_body.is_null() => encoded.clone(),
        _ => exchange.response_body.clone(),
    }
}

/// Returns whether a difference is acceptable: a member that is not documented, or a value truncated in the recording.
fn is_excepted(id: &str, exchange: &Exchange, difference: &Difference) -> bool {
    if difference.kind == Kind::Lost && !Documents::load().answer_has(id, exchange.status, &difference.pointer) {
        println!("left out: {exchange}: the document has no {}", difference.pointer);
        return true;
    }
    exchange.is_truncated(&difference.pointer)
}

/// Undocumented statuses are accepted as successes in recordings other than the project's own.
pub(super) fn accept(recordings: &Recordings) {
    let runtime = FakeRuntime::new();
    let mut failures = Failures::new();
    for (id, exchange) in recordings.successes() {
        failures.checked();
        let client = client(exchange, &runtime, recordings.are_our_own);
        match request(&client, id, exchange) {
            None => failures.add(exchange, "no operation matches this id and path"),
            Some(request) => {
                if let Err(error) = runtime.run(async { request.await }) {
                    failures.add(exchange, error);
                }
            }
        }
    }
    failures.settle("statuses");
}

/// The failures of a recorded `GetUser` answer after `change` was applied.
fn doctored(change: impl Fn(&mut Value)) -> Vec<String> {
    let recorded = serde_json::json!({
        "seq": 7,
        "operation_id": "GetUser",
        "method": "GET",
        "path": "/api/users/u1",
        "status": 200,
        "response_headers": { "content-type": "application/json; charset=utf-8" },
        "response_body": serde_json::from_str::<Value>(USER).unwrap(),
        "truncated": ["/response_body/customData/long"],
    });
    let mut exchange: Exchange = serde_json::from_value(recorded).unwrap();
    change(&mut exchange.response_body);
    let mut failures = Failures::new();
    check("GetUser", &exchange, &mut failures);
    failures.lines().to_vec()
}

const USER: &str = r#"{"id":"u1","username":"ada","primaryEmail":null,"primaryPhone":null,"name":null,"avatar":null,"customData":{"long":"cut.."},"identities":{},"lastSignInAt":null,"createdAt":1,"updatedAt":2,"profile":{"address":{"country":"US"}},"applicationId":null,"isSuspended":false,"hasPassword":true}"#;

#[test]
fn failures_name_the_operation_and_the_place() {
    assert_eq!(doctored(|_| {}), [""; 0]);
    let lines = doctored(|user| user["createdAt"] = "yesterday".into());
    assert!(lines[0].contains("#7 GetUser (GET /api/users/u1) 200") && lines[0].contains("at createdAt"), "{lines:?}");
    let lines = doctored(|user| user["profile"]["address"]["country"] = 49.into());
    assert!(lines[0].contains("at profile.address.country"), "{lines:?}");
}

#[test]
fn only_undocumented_members_can_be_lost() {
    assert_eq!(doctored(|user| user["newInLogto"] = 1.into()), [""; 0]);
    assert_eq!(doctored(|user| user["customData"]["mine"] = 1.into()), [""; 0]);
    // The member is documented but not nullable, so its null would be lost silently.
    let lines = doctored(|user| user["profile"]["nickname"] = Value::Null);
    assert!(lines[0].contains("/profile/nickname"), "{lines:?}");
}
