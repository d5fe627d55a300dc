//! Reads JSON from outside, also deeply nested or with a byte order mark. Can read only some members of it.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::de::{Deserializer, SliceRead};
use serde_json::{Map, Value};

/// Maximum depth of lists and objects. Users can write nested custom data, and the values of a deeper one could not be
/// dropped without overflowing the stack of a thread.
const MOST_LEVELS: usize = 256;

/// Reads JSON. A byte order mark is ignored, as by the parsers of JavaScript.
pub(crate) fn read_json<'de, T>(
    json: &'de [u8],
    read: impl Fn(&mut Deserializer<SliceRead<'de>>) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let whole = |mut deserializer: Deserializer<SliceRead<'de>>| {
        let value = read(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    };
    whole(Deserializer::from_slice(json)).or_else(|error: serde_json::Error| {
        // The parser stops at 128 levels.
        if !error.is_syntax() || levels(json) > MOST_LEVELS {
            return Err(error);
        }
        let mut deserializer = Deserializer::from_slice(json);
        deserializer.disable_recursion_limit();
        whole(deserializer)
    })
}

/// Returns how deep lists and objects are nested.
fn levels(json: &[u8]) -> usize {
    let (mut level, mut most, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => level += 1,
            b']' | b'}' if !in_text => level = level.saturating_sub(1),
            _ => {}
        }
        most = most.max(level);
    }
    most
}

/// Returns these members of a JSON object. Skips all others, however large and deep they are. If `json` is not an object,
/// all members are absent.
pub(crate) fn read_members(json: &[u8], names: &[&str]) -> Map<String, Value> {
    read_json(json, |deserializer| Members(names).deserialize(deserializer)).unwrap_or_default()
}

/// Returns serde's message without the unexpected text that it quotes. The text might be a secret.
pub(crate) fn without_text(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let parts = message.split_once("string \"").and_then(|(head, rest)| Some((head, rest.rsplit_once("\", ")?.1)));
    parts.map(|(head, expected)| format!("{head}a string, {expected}")).unwrap_or(message)
}

struct Members<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if self.0.contains(&name.as_str()) {
                members.insert(name, access.next_value()?);
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}0{}", "[".repeat(levels), "]".repeat(levels))
    }

    fn value(json: &str) -> serde_json::Result<Value> {
        read_json(json.as_bytes(), |deserializer| Value::deserialize(deserializer))
    }

    #[test]
    fn nested_values_are_read_up_to_a_depth_that_a_thread_can_drop() {
        for levels in [1, 127, 128, 129, 200, MOST_LEVELS] {
            let json = nested(levels);
            let read = value(&json).unwrap();
            assert_eq!(read.clone().to_string(), json);
        }
        assert!(value(&nested(MOST_LEVELS + 1)).is_err());
        assert!(value(&nested(100_000)).is_err());
    }

    #[test]
    fn broken_json_is_an_error() {
        for json in ["", "[", "{\"a\":}", "[1] 2", "nul", &format!("{}[", nested(200))] {
            assert!(value(json).is_err(), "{json}");
        }
    }

    #[test]
    fn brackets_in_texts_are_not_levels() {
        assert_eq!(levels(br#"{"a": "[[[\"[[[[", "b\\": [1, {"c": "]}", "d": [0]}]}"#), 4);
    }

    #[test]
    fn a_level_ends_with_its_bracket() {
        assert_eq!(levels(b"[[], {}, [[]], []]"), 3);
    }

    #[test]
    fn some_members_are_read_and_all_others_skipped() {
        let json = format!("\u{feff}{{\"data\": {}, \"code\": \"a\", \"code\": \"b\", \"n\": 1}}", nested(5_000));
        let members = read_members(json.as_bytes(), &["code", "n", "missing"]);
        assert_eq!(Value::Object(members).to_string(), r#"{"code":"b","n":1}"#);
        for other in ["", "[]", "null", "{", "{\"code\": \"a\""] {
            assert!(read_members(other.as_bytes(), &["code"]).is_empty(), "{other}");
        }
    }
}
