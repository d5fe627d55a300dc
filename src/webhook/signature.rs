//! Verifies the signature of a webhook.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::WebhookError;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "logto-signature-sha-256";

/// One or more signing keys. While a key is rotated, pass both the new and the old one.
///
/// Converts from a string, and from arrays, slices and vectors of strings.
#[derive(Clone)]
pub struct SigningKeys<'a>(Vec<&'a str>);

impl SigningKeys<'_> {
    /// Rejects a set without keys, and a set with a blank key. An unset variable must not let anyone forge deliveries.
    fn check(&self) -> Result<(), WebhookError> {
        if self.0.is_empty() || self.0.iter().any(|key| key.chars().all(is_invisible)) {
            Err(WebhookError::SigningKey)
        } else {
            Ok(())
        }
    }
}

/// Whether a character has no shape. White space and control characters have none, and those that Unicode lets programs
/// ignore.
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
/// deliveries idempotently, or compare [`Delivery::created_at`](super::Delivery::created_at) with the current time.
///
/// # Errors
/// Fails with [`WebhookError::SigningKey`] if there is no key or a key is blank, and with [`WebhookError::Signature`] if
/// no key matches the signature.
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const KEY: &str = "signing-key";
    const BODY: &[u8] = br#"{"a":1}"#;

    /// Returns the signature of a body, as the server makes it.
    pub(in crate::webhook) fn sign(key: &str, body: &[u8]) -> String {
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

    /// Only the code shows it. A comparison that ends at the first difference has the same results.
    #[test]
    fn signatures_are_compared_in_constant_time() {
        let code = include_str!("signature.rs").split("#[cfg(test)]").next().unwrap();
        assert!(
            code.contains(".verify_slice(&signature)"),
            "`verify_slice` of `hmac` takes the same time for all bytes"
        );
        assert!(!code.contains("finalize"), "bytes of the right signature could be compared in another way");
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
}
