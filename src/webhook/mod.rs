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

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

pub use self::change::{Change, Interaction, Membership, Record};
pub use self::delivery::Delivery;

use crate::types::{Printable, read_json, without_text};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "logto-signature-sha-256";

/// Reason why a webhook is rejected.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookError {
    /// The signing key is missing or blank. This is a configuration error of the receiver: with a known key anyone
    /// could forge deliveries, so nothing is compared.
    SigningKey,
    /// The signature does not match the body and the signing key.
    Signature,
    /// The signature matches, but the body is not a webhook delivery.
    Body(serde_json::Error),
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SigningKey => f.write_str(
                "missing or blank signing key (hint: check the variable or secret that holds the webhook's signing key)",
            ),
            Self::Signature => f.write_str(
                "the signature does not match (hint: check the webhook's signing key, and pass the raw body, not a re-encoded one)",
            ),
            Self::Body(error) => write!(f, "invalid webhook body: {}", Printable(&error.to_string())),
        }
    }
}

impl WebhookError {
    /// Creates the error for a body. It does not contain the text that the parser quotes, which might be a secret.
    fn body(error: &serde_json::Error) -> Self {
        Self::Body(serde::de::Error::custom(without_text(error)))
    }
}

impl std::error::Error for WebhookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::SigningKey | Self::Signature => None,
            Self::Body(error) => Some(error),
        }
    }
}

/// One or more signing keys. While a key is rotated, pass both the new and the old one.
///
/// Converts from a string, and from arrays, slices and vectors of strings.
#[derive(Clone)]
pub struct SigningKeys<'a>(Vec<&'a str>);

impl SigningKeys<'_> {
    /// Rejects a set without keys, and a set with a blank key: an unset variable must not let anyone forge deliveries.
    fn check(&self) -> Result<(), WebhookError> {
        if self.0.is_empty() || self.0.iter().any(|key| key.chars().all(is_invisible)) {
            Err(WebhookError::SigningKey)
        } else {
            Ok(())
        }
    }
}

/// Whether a character has no shape: white space, control characters, and those that Unicode lets programs ignore.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Debug for SigningKeys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.0.len())
    }
}

impl<'a> From<&'a str> for SigningKeys<'a> {
    fn from(key: &'a str) -> Self {
        Self(vec![key])
    }
}

impl<'a> From<&'a String> for SigningKeys<'a> {
    fn from(key: &'a String) -> Self {
        key.as_str().into()
    }
}

impl<'a, S: AsRef<str>> From<&'a [S]> for SigningKeys<'a> {
    fn from(keys: &'a [S]) -> Self {
        Self(keys.iter().map(AsRef::as_ref).collect())
    }
}

impl<'a, S: AsRef<str>, const N: usize> From<&'a [S; N]> for SigningKeys<'a> {
    fn from(keys: &'a [S; N]) -> Self {
        keys.as_slice().into()
    }
}

impl<'a, const N: usize> From<[&'a str; N]> for SigningKeys<'a> {
    fn from(keys: [&'a str; N]) -> Self {
        Self(keys.into())
    }
}

impl<'a, S: AsRef<str>> From<&'a Vec<S>> for SigningKeys<'a> {
    fn from(keys: &'a Vec<S>) -> Self {
        keys.as_slice().into()
    }
}

/// Verifies the signature of a webhook in constant time.
///
/// `signing_keys` is the webhook's signing key, or several while the key is rotated. `signature` is the value of the
/// header [`SIGNATURE_HEADER`], `body` the raw body.
///
/// Logto signs the body alone, without a timestamp, so a delivery can be replayed by anyone who has seen it. Handle
/// deliveries idempotently, or compare [`Delivery::created_at`] with the current time.
///
/// # Errors
/// [`WebhookError::SigningKey`] if there is no key or a key is blank, [`WebhookError::Signature`] if the signature
/// matches none of the keys.
pub fn verify<'a>(signing_keys: impl Into<SigningKeys<'a>>, signature: &str, body: &[u8]) -> Result<(), WebhookError> {
    let keys = signing_keys.into();
    keys.check()?;
    let signature = hex::decode(signature.trim()).map_err(|_| WebhookError::Signature)?;
    let matches = |key: &&str| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
        mac.is_ok_and(|mac| mac.chain_update(body).verify_slice(&signature).is_ok())
    };
    if keys.0.iter().any(matches) { Ok(()) } else { Err(WebhookError::Signature) }
}

/// Verifies a webhook and parses its delivery.
///
/// # Errors
/// The errors of [`verify`], and [`WebhookError::Body`] if the body is not a delivery.
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

    use super::*;
    use crate::models::HookEvent;

    const KEY: &str = "signing-key";
    const BODY: &[u8] = br#"{"hookId":"h1","event":"User.Created","createdAt":"2026-11-24T03:00:00.000Z","data":{"id":"u1"},"path":"/users","matchedRoute":"/users","method":"POST","params":{}}"#;

    fn sign(key: &str, body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        hex::encode(mac.chain_update(body).finalize().into_bytes())
    }

    #[test]
    fn the_signature_is_the_hex_hmac_of_the_raw_body() {
        // A known answer, made with openssl: echo -n '{"a":1}' | openssl dgst -sha256 -hmac key
        let known = "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342";
        assert!(verify("key", known, br#"{"a":1}"#).is_ok());
        assert!(verify(KEY, &sign(KEY, BODY), BODY).is_ok());
    }

    #[test]
    fn a_changed_body_key_or_signature_is_rejected() {
        let signature = sign(KEY, BODY);
        assert!(verify("another", &signature, BODY).is_err());
        assert!(verify(KEY, &signature, b"{}").is_err());
        for wrong in ["", "zz", &signature[..10], &signature.replace('a', "b")] {
            assert!(verify(KEY, wrong, BODY).is_err(), "{wrong}");
        }
    }

    /// Only the code shows it: a comparison that ends at the first difference has the same results.
    #[test]
    fn signatures_are_compared_in_constant_time() {
        let code = include_str!("mod.rs").split("#[cfg(test)]").next().unwrap();
        assert!(
            code.contains(".verify_slice(&signature)"),
            "`verify_slice` of `hmac` takes the same time for all bytes"
        );
        assert!(!code.contains("finalize"), "bytes of the right signature could be compared in another way");
    }

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
    fn any_of_several_keys_verifies_while_a_key_is_rotated() {
        let (old, new) = (sign("old", BODY), sign("new", BODY));
        for signature in [&old, &new] {
            assert!(verify(["new", "old"], signature, BODY).is_ok());
            assert!(verify(&vec!["new".to_owned(), "old".to_owned()], signature, BODY).is_ok());
        }
        assert!(matches!(verify(["new", "other"], &old, BODY), Err(WebhookError::Signature)));
    }

    #[test]
    fn debug_output_hides_signing_keys() {
        assert_eq!(format!("{:?}", SigningKeys::from(["secret", "other"])), "SigningKeys(2)");
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
