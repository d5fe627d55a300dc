//! Base64, base 32 and hex, in the variants that exports use.

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

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
