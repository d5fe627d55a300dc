//! Webhooks: only what the key signed is read, and what is read is the body.

use arbitrary::Unstructured;
use hmac::{Hmac, KeyInit, Mac};
use logto_admin::webhook::{WebhookError, receive, verify};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::compare::{Kind, differences};
use crate::{edits, marker};

const KEY: &str = "signing-key";

/// The input names a delivery, and changes it.
pub fn seeds() -> Vec<Vec<u8>> {
    (0..samples().len() as u8).map(|number| vec![number]).collect()
}

/// Deliveries of every kind of event.
fn samples() -> Vec<Value> {
    let data = |event: &str, route: &str, params: Value| {
        json!({
            "hookId": "h", "event": event, "createdAt": "2026-11-24T03:00:00.000Z", "ip": "::1", "userAgent": "a",
            "path": route, "matchedRoute": route, "method": "POST", "status": 200, "params": params,
            "data": { "id": "x", "name": "n", "type": "t", "value": "v", "recipient": "r" },
        })
    };
    let mut samples = vec![
        json!({
            "hookId": "h", "event": "PostSignIn", "createdAt": "2026-11-24T03:00:00.000Z", "interactionEvent": "SignIn",
            "sessionId": "s", "userId": "u", "userIp": "::1", "user": { "id": "u" }, "applicationId": "a",
        }),
        json!({
            "hookId": "h", "event": "Organization.Membership.Updated", "createdAt": "x", "organizationId": "o",
            "addedUserIds": ["a"], "removedUserIds": [], "path": "/fake-path/x", "roleId": "r", "extra": { "a": 1 },
        }),
        json!({ "hookId": "h", "event": "Grant.LimitExceeded", "createdAt": "", "userId": "u", "revokedGrantIds": ["g"] }),
    ];
    for (event, route, params) in [
        ("User.Created", "/users", json!({})),
        ("User.Data.Updated", "/users/:userId/custom-data", json!({ "userId": "x" })),
        ("User.Data.Updated", "/users/:userId/profile", json!({ "userId": "x" })),
        ("User.Data.Updated", "/users/:userId", json!({ "userId": "x" })),
        ("User.SuspensionStatus.Updated", "/users/:userId/is-suspended", json!({ "userId": "x" })),
        ("User.Deleted", "/users/:userId", json!({ "userId": "x" })),
        ("Role.Scopes.Updated", "/roles/:id/scopes", json!({ "id": "x" })),
        ("Scope.Created", "/resources/:resourceId/scopes", json!({ "resourceId": "r" })),
        ("Scope.Deleted", "/resources/:resourceId/scopes/:scopeId", json!({ "resourceId": "r", "scopeId": "x" })),
        ("Organization.Data.Updated", "/organizations/:id", json!({ "id": "x" })),
        ("Identifier.Lockout", "/", json!({})),
        ("Message.RateLimited", "/", json!({})),
    ] {
        samples.push(data(event, route, params));
    }
    samples
}

pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let mut samples = samples();
    let number: u8 = input.arbitrary().unwrap_or_default();
    let mut delivery = samples.swap_remove(usize::from(number) % samples.len());
    edits::edit(&mut delivery, &mut input);
    let body = edits::damaged(&delivery, data);
    reads_what_the_key_signed(&body);
    rejects_everything_else(&body, data);
    hides_texts_in_errors(delivery);
}

fn sign(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("keys have any length");
    mac.chain_update(body).finalize().into_bytes().to_vec()
}

fn reads_what_the_key_signed(body: &[u8]) {
    let signature = hex::encode(sign(KEY.as_bytes(), body));
    verify(KEY, &signature, body).expect("the signature matches");
    match receive(["old", KEY], &signature, body) {
        Err(WebhookError::Body(_)) => {}
        Err(error) => panic!("{error}"),
        Ok(delivery) => {
            let _ = (delivery.change(), delivery.is_test(), delivery.data_as::<Value>());
            let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
            let Ok(value) = serde_json::from_slice::<Value>(text) else { return };
            let encoded = serde_json::to_value(&delivery).expect("a delivery can be encoded");
            for difference in differences(&value, &encoded) {
                let is_null = value.pointer(&difference.pointer).is_some_and(Value::is_null);
                assert!(difference.kind == Kind::Lost && is_null, "{difference}: {value} changed to {encoded}");
            }
        }
    }
}

fn rejects_everything_else(body: &[u8], data: &[u8]) {
    let mut signature = sign(KEY.as_bytes(), body);
    let bit = usize::from(data.first().copied().unwrap_or_default());
    signature[bit / 8] ^= 1 << (bit % 8);
    let text = String::from_utf8_lossy(data);
    for wrong in [hex::encode(&signature), text.to_string()] {
        assert!(matches!(receive(KEY, &wrong, body), Err(WebhookError::Signature)), "{wrong}");
    }
    let mut longer = body.to_vec();
    longer.push(b' ');
    assert!(verify(KEY, &hex::encode(sign(KEY.as_bytes(), body)), &longer).is_err());
    // With any key: its own signature matches, unless the key is blank.
    let own = hex::encode(sign(text.as_bytes(), body));
    match verify(text.as_ref(), &own, body) {
        Ok(()) => assert!(!text.trim().is_empty()),
        Err(error) => assert!(matches!(error, WebhookError::SigningKey), "{error}"),
    }
}

fn hides_texts_in_errors(delivery: Value) {
    let Some(body) = marker::marked(delivery) else { return };
    if let Err(error) = receive(KEY, &hex::encode(sign(KEY.as_bytes(), body.as_bytes())), body.as_bytes()) {
        marker::hidden(&error);
    }
}
