//! Webhooks that Logto sends: signature verification and typed deliveries.
//!
//! ```
//! use logto_admin::webhook::{self, Change};
//!
//! # fn handle(signing_key: &str, signature: &str, body: &[u8]) -> Result<(), webhook::WebhookError> {
//! let delivery = webhook::receive(signing_key, signature, body)?;
//! match delivery.change() {
//!     Change::UserCreated(user) => println!("new user: {}", user.id),
//!     Change::UserDeleted(user) => println!("deleted user: {}", user.id),
//!     Change::Test => println!("test delivery from the Logto console"),
//!     _ => println!("ignored: {}", delivery.event),
//! }
//! # Ok(())
//! # }
//! ```

mod change;
mod delivery;
mod error;
mod signature;

use serde::Deserialize;

pub use self::change::{Change, Interaction, Membership, Record};
pub use self::delivery::Delivery;
pub use self::error::WebhookError;
pub use self::signature::{SIGNATURE_HEADER, SigningKeys, verify};

use crate::types::read_json;

/// Verifies a webhook and parses its delivery.
///
/// # Errors
/// Fails as [`verify`] does, and with [`WebhookError::Body`] if the body is not a delivery.
pub fn receive<'a>(
    signing_keys: impl Into<SigningKeys<'a>>,
    signature: &str,
    body: &[u8],
) -> Result<Delivery, WebhookError> {
    verify(signing_keys, signature, body)?;
    read_json(body, |deserializer| Delivery::deserialize(deserializer)).map_err(|error| WebhookError::body(&error))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::signature::tests::sign;
    use super::*;
    use crate::models::HookEvent;

    const KEY: &str = "signing-key";
    const BODY: &[u8] = br#"{"hookId":"h1","event":"User.Created","createdAt":"2026-11-24T03:00:00.000Z","data":{"id":"u1"},"path":"/users","matchedRoute":"/users","method":"POST","params":{}}"#;

    #[test]
    fn blank_signing_keys_are_configuration_errors_even_if_the_signature_matches() {
        for blank in ["", " ", "\t\n", "\u{a0}\u{2003}", "\0", "\u{200b}\u{2060}", "\u{ad}", "\u{feff}", "\u{3164}"] {
            assert!(matches!(receive(blank, &sign(blank, BODY), BODY), Err(WebhookError::SigningKey)), "{blank:?}");
            assert!(matches!(verify(blank, "not hex", BODY), Err(WebhookError::SigningKey)), "{blank:?}");
            let rotated = [KEY, blank];
            assert!(matches!(verify(rotated, &sign(KEY, BODY), BODY), Err(WebhookError::SigningKey)), "{blank:?}");
        }
        let none: [&str; 0] = [];
        assert!(matches!(verify(none, &sign("", BODY), BODY), Err(WebhookError::SigningKey)));
    }

    #[test]
    fn deeply_nested_deliveries_are_read_and_errors_are_short() {
        let delivery = |depth: usize| {
            let (open, close) = ("{\"a\":".repeat(depth), "}".repeat(depth));
            let text = String::from_utf8(BODY.to_vec()).unwrap();
            text.replace(r#""data":{"id":"u1"}"#, &format!(r#""data":{open}1{close}"#)).into_bytes()
        };
        assert!(receive(KEY, &sign(KEY, &delivery(200)), &delivery(200)).is_ok());
        assert!(matches!(receive(KEY, &sign(KEY, &delivery(9000)), &delivery(9000)), Err(WebhookError::Body(_))));
        let body = format!(r#"{{"hookId":1,"{}":2}}"#, "x".repeat(1 << 20));
        let body = format!(r#""{body}""#, body = body.replace('"', ""));
        let error = receive(KEY, &sign(KEY, body.as_bytes()), body.as_bytes()).unwrap_err();
        assert!(error.to_string().len() < 2_000, "{}", error.to_string().len());
    }

    #[test]
    fn errors_do_not_quote_the_body() {
        let body = String::from_utf8(BODY.to_vec()).unwrap().replace("{}", "\"s3cret\"").into_bytes();
        let error = receive(KEY, &sign(KEY, &body), &body).unwrap_err();
        let expected = "invalid webhook body: invalid type: a string, expected a map at line 1 column 169";
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?} {:?}", std::error::Error::source(&error)).contains("s3cret"));
        let delivery = receive(KEY, &sign(KEY, BODY), BODY).unwrap();
        assert!(!format!("{:?}", delivery.data_as::<u8>()).contains("u1"));
    }

    #[test]
    fn errors_explain_what_is_wrong_and_what_to_check() {
        let text = |result: Result<Delivery, WebhookError>| result.unwrap_err().to_string();
        assert!(text(receive("", "", BODY)).starts_with("missing or blank signing key (hint: "));
        assert!(text(receive(KEY, "", BODY)).starts_with("the signature does not match (hint: "));
        assert!(text(receive(KEY, &sign(KEY, b"[]"), b"[]")).starts_with("invalid webhook body: "));
    }

    #[test]
    fn only_body_errors_have_a_source() {
        let has_source = |error: &dyn std::error::Error| error.source().is_some();
        assert!(has_source(&receive(KEY, &sign(KEY, b"[]"), b"[]").unwrap_err()));
        assert!(!has_source(&WebhookError::SigningKey) && !has_source(&WebhookError::Signature));
    }

    #[test]
    fn a_delivery_round_trips() {
        let delivery = receive(KEY, &sign(KEY, BODY), BODY).unwrap();
        assert_eq!(delivery.event, HookEvent::UserCreated);
        assert_eq!(delivery.data_as::<Value>().unwrap().unwrap()["id"], "u1");
        assert_eq!(serde_json::to_value(&delivery).unwrap(), serde_json::from_slice::<Value>(BODY).unwrap());
    }

    #[test]
    fn a_signed_body_that_is_not_a_delivery_is_a_body_error() {
        for body in [b"[]".as_slice(), b"null", b"[1]", b"{}", b"\xff"] {
            assert!(matches!(receive(KEY, &sign(KEY, body), body), Err(WebhookError::Body(_))), "{body:?}");
        }
    }
}
