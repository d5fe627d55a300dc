//! Base64, base 32 and hex, in the variants that exports use.

use data_encoding::{BASE32, BASE32_NOPAD, BASE64_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

/// Decodes base64 with or without padding, also in the alphabet for URLs.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let standard = text.trim().trim_end_matches('=').replace('-', "+").replace('_', "/");
    BASE64_NOPAD.decode(standard.as_bytes()).ok()
}

/// Encodes base64 without padding, as PHC strings have it.
pub(super) fn base64_no_padding(bytes: &[u8]) -> String {
    BASE64_NOPAD.encode(bytes)
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

pub(super) fn base32(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes)
}

/// Returns the text in the form of TOTP secrets: upper case, without spaces, in padded groups of 8.
pub(in crate::users) fn normal_base32(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|char| !matches!(char, ' ' | '-' | '=')).collect();
    let bytes = BASE32_NOPAD.decode(letters.to_ascii_uppercase().as_bytes()).ok();
    bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| BASE32.encode(&bytes))
}
