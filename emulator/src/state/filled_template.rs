//! The text of a template with its variables replaced.

use std::sync::OnceLock;

use logto_admin::serde_json::{Map, Value};
use regex_lite::{Captures, Regex};

/// Replaces variables such as `{{code}}` or `{{ user.name }}`.
///
/// Unknown variables stay. A missing part of a known one becomes an empty text.
pub(super) fn filled(text: &str, payload: &Map<String, Value>) -> String {
    static VARIABLE: OnceLock<Option<Regex>> = OnceLock::new();
    let Some(variable) = VARIABLE.get_or_init(|| Regex::new(r"\{\{\s*([\w.]+)\s*\}\}").ok()) else {
        return text.to_owned();
    };
    let replace = |found: &Captures<'_>| value(&found[1], payload).unwrap_or_else(|| found[0].to_owned());
    variable.replace_all(text, replace).into_owned()
}

/// Returns the value of a variable. Returns `None` if it is unknown.
fn value(name: &str, payload: &Map<String, Value>) -> Option<String> {
    let mut parts = name.split('.');
    let first = payload.get(parts.next()?)?;
    Some(match parts.try_fold(first, |value, part| value.get(part)) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use logto_admin::serde_json::json;

    use super::*;

    #[test]
    fn known_variables_are_replaced() {
        let payload =
            json!({ "code": "123456", "user": { "name": "Ada", "age": 36, "avatar": null }, "a": "{{code}}" });
        let payload = payload.as_object().expect("an object");
        for (text, expected) in [
            ("", ""),
            ("Your code is {{code}}.", "Your code is 123456."),
            ("{{ user.name }}, {{user.age}}", "Ada, 36"),
            ("{{user.avatar}}{{user.unknown}}{{user.name.x}}", ""),
            ("{{link}} {{a}} {{", "{{link}} {{code}} {{"),
            ("{{{code}}}", "{123456}"),
            ("{{ link {{code}}", "{{ link 123456"),
            ("{{code", "{{code"),
            ("ä {{code}} ö", "ä 123456 ö"),
        ] {
            assert_eq!(filled(text, payload), expected, "{text}");
        }
    }
}
