//! Encoding of paths, queries and forms, and the checks that keep a parameter one segment.

use crate::types::QueryTarget;

/// Why a text cannot be a path parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadSegment {
    Empty,
    Dots,
}

/// Encodes one path segment. `.` and `..` are refused: URL parsers fold them, however they are encoded.
pub(crate) fn segment(value: &str) -> Result<String, BadSegment> {
    match value {
        "" => Err(BadSegment::Empty),
        "." | ".." => Err(BadSegment::Dots),
        value => Ok(encode(value)),
    }
}

/// What stands before and after `{name}` in a path.
pub(crate) fn around_parameter<'a>(path: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    path.match_indices('{').find_map(|(at, _)| {
        let (before, rest) = path.split_at_checked(at)?;
        let after = rest.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
        Some((before, after))
    })
}

pub(crate) fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    push_encoded(&mut encoded, value);
    encoded
}

/// Escapes everything but the unreserved characters of RFC 3986.
fn push_encoded(encoded: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 0xF].map(hex_digit));
        }
    }
}

fn hex_digit(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or_default().to_ascii_uppercase()
}

/// A query or form under construction: `a=1&b=2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs(String);

impl Pairs {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The members of an object of plain values, in its order.
    pub(crate) fn from_object(object: &(impl serde::Serialize + ?Sized)) -> Result<Self, String> {
        use serde_json::Value;
        let mut pairs = Self::default();
        let Ok(Value::Object(members)) = serde_json::to_value(object) else {
            return Err("a form is made of an object".to_owned());
        };
        for (name, value) in members {
            match value {
                Value::Null => {}
                Value::String(value) => pairs.pair(&name, &value),
                Value::Bool(_) | Value::Number(_) => pairs.pair(&name, &value.to_string()),
                Value::Array(_) | Value::Object(_) => {
                    return Err(format!("`{name}` is no plain value, which a form cannot hold"));
                }
            }
        }
        Ok(pairs)
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// Whether `name` has been set.
    pub(crate) fn contains(&self, name: &str) -> bool {
        let name = encode(name);
        self.0.split('&').any(|pair| pair.split('=').next() == Some(&name))
    }
}

impl QueryTarget for Pairs {
    fn pair(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        push_encoded(&mut self.0, name);
        self.0.push('=');
        push_encoded(&mut self.0, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stays_one_segment() {
        for (value, encoded) in [
            ("abc-1_2.3~", "abc-1_2.3~"),
            ("a/b", "a%2Fb"),
            ("%2e", "%252e"),
            ("a b?c#d", "a%20b%3Fc%23d"),
            ("\u{0}\n", "%00%0A"),
            ("日", "%E6%97%A5"),
            ("...", "..."),
        ] {
            assert_eq!(segment(value).as_deref(), Ok(encoded));
        }
    }

    #[test]
    fn what_a_url_parser_would_fold_is_refused() {
        assert_eq!(segment(""), Err(BadSegment::Empty));
        assert_eq!((segment("."), segment("..")), (Err(BadSegment::Dots), Err(BadSegment::Dots)));
    }

    #[test]
    fn pairs_are_encoded_and_found() {
        let mut pairs = Pairs::default();
        pairs.pair("search.name", "%a&b=%");
        pairs.pair("page", "1");
        assert_eq!(pairs.as_str(), "search.name=%25a%26b%3D%25&page=1");
        assert!(pairs.contains("page") && !pairs.contains("pag"));
    }
}
