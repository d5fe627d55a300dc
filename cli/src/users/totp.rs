//! Secrets of authenticator apps.

use data_encoding::{BASE32, BASE32_NOPAD};

/// Returns a secret in the form that Logto requires. That is upper case, without spaces, in padded groups of 8.
pub(super) fn normal_secret(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|char| !matches!(char, ' ' | '-' | '=')).collect();
    let bytes = BASE32_NOPAD.decode(letters.to_ascii_uppercase().as_bytes()).ok();
    bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| BASE32.encode(&bytes))
}
