//! Headers as one text, a line each: a list would cross the border value by value.

use logto_admin::transport::Headers;

/// `name: value` lines.
pub(crate) fn parse(text: &str) -> Headers {
    let pairs = text.split('\n').filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_ascii_start().to_owned())).collect()
}

pub(crate) fn write(headers: &Headers) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter() {
        for part in [name, ": ", value, "\n"] {
            text.push_str(part);
        }
    }
    text
}
