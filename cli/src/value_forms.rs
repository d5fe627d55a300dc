//! The forms that a value has in errors.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::failure::one_line;
use crate::terminal::changes_terminals;

type Transformation = fn(&str) -> String;

/// How requests and answers write a text.
const ENCODINGS: &[Transformation] =
    &[str::to_owned, json, ascii_json, |text| percent(text, SEGMENT), |text| percent(text, PATH), form];

/// How messages show it then.
const PRESENTATIONS: &[Transformation] = &[str::to_owned, one_line, escaped, |text| one_line(&escaped(text))];

/// Returns the forms of a text: each encoding in each presentation.
pub(crate) fn forms(text: &str) -> BTreeSet<String> {
    let encoded: BTreeSet<String> = ENCODINGS.iter().map(|encode| encode(text)).collect();
    let shown = encoded.iter().flat_map(|text| PRESENTATIONS.iter().map(move |present| present(text)));
    shown.filter(|form| !form.is_empty()).collect()
}

/// Encodes a text like a text in JSON.
fn json(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// Encodes a text like JSON that is in ASCII.
fn ascii_json(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for letter in json(text).chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

/// Bytes that segments of paths escape.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &SEGMENT.remove(b'/');
const FORM: &AsciiSet = &SEGMENT.remove(b' ');

/// Encodes a text like the paths of requests.
fn percent(text: &str, escaped: &'static AsciiSet) -> String {
    utf8_percent_encode(text, escaped).to_string()
}

/// Encodes a text like the values of forms.
fn form(text: &str) -> String {
    percent(text, FORM).replace(' ', "+")
}

/// Escapes the characters that errors of the client escape.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if changes_terminals(letter) || matches!(letter, '\u{2028}' | '\u{2029}') {
            escaped.extend(letter.escape_unicode());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use logto_admin::{Error, ErrorKind};

    use super::*;
    use crate::failure::Failure;

    #[test]
    fn a_value_has_each_encoding_in_each_presentation() {
        let found = forms("a/\"  b\u{7}\n\u{fc}");
        for form in [
            "a/\"  b\u{7}\n\u{fc}",
            r#"a/" b\u{7} ü"#,
            r#"a/"  b\u{7}\u{a}ü"#,
            r#"a/\"  b\u0007\nü"#,
            r#"a/\" b\u0007\nü"#,
            r#"a/\" b\u0007\n\u00fc"#,
            "a%2F%22%20%20b%07%0A%C3%BC",
            "a/%22%20%20b%07%0A%C3%BC",
            "a%2F%22++b%07%0A%C3%BC",
        ] {
            assert!(found.contains(form), "{form}: {found:?}");
        }
        assert_eq!(forms("plain"), BTreeSet::from(["plain".to_owned()]));
        assert_eq!(ascii_json("\u{1f600}"), r"\ud83d\ude00");
    }

    #[test]
    fn errors_of_the_client_contain_a_form_of_every_value() {
        let characters = (0..0x2100).filter_map(char::from_u32);
        for value in characters.map(|letter| format!("a{letter}b")) {
            let error = Failure::from(Error::new(ErrorKind::Api, value.clone()));
            assert!(forms(&value).contains(error.message()), "{value:?}: {}", error.message());
        }
    }
}
