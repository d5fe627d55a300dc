//! Reads JSON with `serde_json`, to compare the client with it.

use serde::de::IgnoredAny;
use serde_json::Value;

/// Returns the value that `serde_json` reads.
pub fn reference(text: &[u8]) -> Option<Value> {
    serde_json::from_slice(without_mark(text)).ok()
}

/// Whether `serde_json` can at least skip the text. Decoding skips ignored members, which might be nested too deeply, or
/// contain invalid text or numbers out of range.
pub fn is_skipped(text: &[u8]) -> bool {
    text.is_empty() || serde_json::from_slice::<IgnoredAny>(without_mark(text)).is_ok()
}

fn without_mark(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let Some(rest) = text.strip_prefix("\u{feff}".as_bytes()) {
        text = rest;
    }
    text
}
