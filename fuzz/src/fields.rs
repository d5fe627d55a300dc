//! Inputs that consist of texts.

use std::borrow::Cow;

/// Separates fields. UTF-8 never contains this byte.
const SEPARATOR: u8 = 0xff;

/// The fields of an input. Missing fields are empty.
pub struct Fields<'a>(std::slice::Split<'a, u8, fn(&u8) -> bool>);

impl<'a> Fields<'a> {
    pub fn of(data: &'a [u8]) -> Self {
        Self(data.split(|byte| *byte == SEPARATOR))
    }

    /// Returns the next field as text. Invalid UTF-8 is replaced.
    pub fn text(&mut self) -> Cow<'a, str> {
        self.next().unwrap_or_default()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        self.0.next().map(String::from_utf8_lossy)
    }
}

/// Returns the input with these fields.
pub fn joined(fields: &[&str]) -> Vec<u8> {
    let fields: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
    fields.join(&SEPARATOR)
}
