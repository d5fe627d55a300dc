//! Deliveries of events to hooks.

use hmac::{Hmac, KeyInit, Mac};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, HttpTransport, Method, TransportError, TransportOptions};
use sha2::Sha256;

use crate::dates::iso;
use crate::errors::Refusal;
use crate::record::{Members, Record};
use crate::state::logs::Entry;
use crate::state::outbox::Delivery;

const SIGNATURE: &str = "logto-signature-sha-256";
const USER_AGENT: &str = "Logto (https://logto.io/)";
/// Number of retries of hooks that do not configure it. No hook can configure more.
const RETRIES: u64 = 3;

/// Adds the members that the body of every delivery has.
fn body(hook: &str, event: &str, now: i64, members: &Members) -> Members {
    let mut body = members.clone();
    body.insert("hookId".to_owned(), hook.into());
    body.insert("event".to_owned(), event.into());
    body.insert("createdAt".to_owned(), iso(now).into());
    body
}

/// Returns the delivery of an event to a hook.
pub(super) fn to(hook: &Record, event: &str, now: i64, members: &Members) -> Delivery {
    let config = |name: &str| hook.members.get("config").and_then(|config| config.get(name));
    let body = body(&hook.id, event, now, members);
    let text = Value::Object(body.clone()).to_string();
    let mut request = HttpRequest::new(Method::Post, config("url").and_then(Value::as_str).unwrap_or_default());
    request.headers.set("content-type", "application/json");
    request.headers.set("user-agent", USER_AGENT);
    for (name, value) in config("headers").and_then(Value::as_object).into_iter().flatten() {
        request.headers.set(name.to_lowercase(), value.as_str().unwrap_or_default().to_owned());
    }
    request.headers.set(SIGNATURE, signature(hook.text("signingKey"), text.as_bytes()));
    request.body = text.into();
    let retries = config("retries").and_then(Value::as_u64).unwrap_or(RETRIES).min(RETRIES);
    Delivery { hook: hook.id.clone(), event: event.to_owned(), body, request, retries }
}

/// Returns the hex HMAC of a body under a signing key.
fn signature(key: &str, body: &[u8]) -> String {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.chain_update(body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a delivery, and again while the failure might be temporary. It does not pause between the attempts.
pub(crate) async fn attempt(
    transport: &dyn HttpTransport,
    delivery: &Delivery,
) -> Result<HttpResponse, TransportError> {
    let options = TransportOptions::default();
    let mut retries = delivery.retries;
    loop {
        let result = transport.send(delivery.request.clone(), &options).await;
        let temporary = match &result {
            Ok(response) => matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504),
            Err(_) => true,
        };
        if !temporary || retries == 0 {
            return result;
        }
        retries -= 1;
    }
}

/// Returns the error of a test delivery, if it failed.
pub(crate) fn failure(result: &Result<HttpResponse, TransportError>) -> Option<Refusal> {
    match result {
        Ok(response) if response.is_success() => None,
        Ok(response) => {
            let data = json!({ "responseStatus": response.status, "responseBody": response.body.text() });
            let message = "Endpoint responded with error.";
            Some(Refusal::new(422, "hook.endpoint_responded_with_error", message).with("data", data))
        }
        Err(error) => {
            let message = format!("Failed to send test payload: {error}");
            Some(Refusal::new(422, "hook.send_test_payload_failed", message))
        }
    }
}

/// Returns the log entry of a delivery.
pub(crate) fn log(delivery: &Delivery, result: &Result<HttpResponse, TransportError>) -> Entry {
    let key = format!("TriggerHook.{}", delivery.event);
    let mut payload = Members::new();
    payload.insert("hookId".to_owned(), delivery.hook.clone().into());
    payload.insert("hookRequest".to_owned(), json!({ "body": delivery.body }));
    let mut error = None;
    match result {
        Ok(response) => {
            let text = response.body.text();
            let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
            payload.insert("response".to_owned(), json!({ "statusCode": response.status, "body": body }));
            if !response.is_success() {
                error = Some(format!("Request failed with status code {}", response.status));
            }
        }
        Err(failure) => error = Some(failure.to_string()),
    }
    Entry::new(key, error.map(Value::from), payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), expected);
    }
}
