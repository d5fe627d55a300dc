//! Percent-encoding of paths, queries and forms.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::QueryTarget;

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn encode(value: &str) -> Cow<'_, str> {
    utf8_percent_encode(value, RESERVED).into()
}

/// A query or form under construction: `a=1&b=2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs(String);

impl Pairs {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// Whether `name` is set.
    pub(crate) fn contains(&self, name: &str) -> bool {
        let name = encode(name);
        self.0.split('&').any(|pair| pair.split('=').next() == Some(&*name))
    }
}

impl QueryTarget for Pairs {
    fn pair(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(name, RESERVED));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, RESERVED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_unreserved_characters_are_encoded() {
        for (value, encoded) in [
            ("abc-1_2.3~", "abc-1_2.3~"),
            ("a/b", "a%2Fb"),
            ("%2e", "%252e"),
            ("a b?c#d", "a%20b%3Fc%23d"),
            ("\u{0}\n", "%00%0A"),
            ("日", "%E6%97%A5"),
        ] {
            assert_eq!(encode(value), encoded);
        }
    }

    #[test]
    fn pairs_are_encoded_and_found() {
        let mut pairs = Pairs::default();
        pairs.pair("search.name", "%a&b=%");
        pairs.pair("page", "1");
        assert_eq!(pairs.as_str(), "search.name=%25a%26b%3D%25&page=1");
        assert!(pairs.contains("page") && !pairs.contains("pag"));
    }

    #[test]
    fn a_name_that_is_encoded_is_found() {
        let mut pairs = Pairs::default();
        pairs.pair("a b", "c=d");
        assert!(pairs.contains("a b") && !pairs.contains("a"));
        assert_eq!(pairs.into_string(), "a%20b=c%3Dd");
    }
}
