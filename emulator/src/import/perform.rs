//! Performs the operations that create what the data describes.

use logto_admin::operation::find;
use logto_admin::serde_json::{self, Value};
use logto_admin::transport::HttpRequest;

use super::place::{ImportError, Imported, Place};
use super::strict;
use crate::document::schema::Contract;
use crate::handling;
use crate::record::Members;
use crate::state::State;

/// Performs an operation with every permission. Returns the body of the response.
pub(super) fn perform(
    state: &mut State,
    operation: &str,
    path: &[&str],
    body: &Members,
    place: &Place,
) -> Imported<Value> {
    let info = find(operation).ok_or_else(|| place.error(format!("unknown operation {operation}")))?;
    let body = Value::Object(body.clone());
    if let Some(schema) = Contract::of(info).body() {
        strict::check(schema, &body, place)?;
    }
    let mut url = format!("http://emulator.localhost{}", info.path);
    for (name, value) in info.path_parameters.iter().zip(path) {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string();
        url = url.replace(&format!("{{{name}}}"), &value);
    }
    let mut request = HttpRequest::new(info.method, url);
    request.body = body.to_string().into();
    let response = handling::trusted(&request, state);
    let answer: Value = serde_json::from_slice(&response.body.bytes()).unwrap_or_default();
    if response.is_success() { Ok(answer) } else { Err(refused(response.status, &answer, place)) }
}

/// Converts an error response. Its first issue has the place of the fault.
fn refused(status: u16, answer: &Value, place: &Place) -> ImportError {
    let issue = answer.pointer("/data/issues/0");
    let steps = issue.and_then(|issue| issue.get("path")?.as_array()).into_iter().flatten();
    let place = steps.fold(place.clone(), |place, step| match (step.as_str(), step.as_u64()) {
        (Some(name), _) => place.member(name),
        (_, Some(index)) => place.element(index as usize),
        _ => place,
    });
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = text(issue.and_then(|issue| issue.get("message")));
    if !message.is_empty() {
        return place.error(message);
    }
    let (code, message) = (text(answer.get("code")), text(answer.get("message")));
    match (code.is_empty(), message.is_empty()) {
        (false, _) => place.error(format!("{message} ({code})")),
        (true, false) => place.error(message),
        (true, true) => place.error(format!("the operation failed with status {status}")),
    }
}
