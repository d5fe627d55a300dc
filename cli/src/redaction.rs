//! Hides the secrets of a request that is shown.

use logto_admin::serde_json::{self, Value};

use crate::credentials::{REDACTED, is_credential, redacted, sounds_secret};

/// Members whose values have any names, and might all be secret.
const ANY_NAMES: [&str; 2] = ["headers", "environmentVariables"];

/// Returns a body of JSON or of a form without its secrets.
pub(crate) fn body(bytes: &[u8]) -> String {
    match serde_json::from_slice(bytes) {
        Ok(mut value) => {
            hide(&mut value);
            value.to_string()
        }
        Err(_) => String::from_utf8_lossy(bytes).split('&').map(pair).collect::<Vec<_>>().join("&"),
    }
}

/// Hides the values of members that sound secret, and credentials in URLs.
pub(crate) fn hide(value: &mut Value) {
    hide_if(value, false);
}

/// Hides a value if it is secret, with all that it contains. Names of query parameters, such as `auth`, do not make an object
/// secret.
fn hide_if(value: &mut Value, is_secret: bool) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            let is_named = match value {
                Value::Object(_) => is_secret_object(name),
                _ => is_secret_name(name),
            };
            hide_if(value, is_secret || is_named);
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_if(item, is_secret)),
        Value::String(_) | Value::Number(_) if is_secret => *value = REDACTED.into(),
        Value::String(text) => *text = redacted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the value at a place is secret, by the names of the members that lead to it.
pub(crate) fn is_secret_place(place: &[String]) -> bool {
    let is_index = |step: &String| step.bytes().all(|byte| byte.is_ascii_digit());
    place.iter().enumerate().any(|(at, name)| match place.get(at + 1) {
        Some(next) if !is_index(next) => is_secret_object(name),
        _ => is_secret_name(name),
    })
}

fn is_secret_object(name: &str) -> bool {
    ANY_NAMES.contains(&name) || sounds_secret(name)
}

/// Whether a member holds a secret. `codes` are those of a second factor.
fn is_secret_name(name: &str) -> bool {
    name == "codes" || is_credential(name)
}

/// Hides the value of a member of a form.
fn pair(text: &str) -> String {
    match text.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}={REDACTED}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(value: &Value) -> Value {
        serde_json::from_str(&body(value.to_string().as_bytes())).unwrap()
    }

    #[test]
    fn members_that_sound_secret_are_hidden() {
        let sent = json!({
            "username": "ada", "password": 123_456, "passwordDigest": "d", "passwordAlgorithm": "MD5",
            "mfa": { "type": "Totp", "secret": "s", "codes": ["a", "b"] },
            "config": { "url": "https://a:b@example.com", "headers": { "x-any": "h" }, "auth": { "user": "u", "pass": "p" } },
            "passwordPolicy": { "length": { "min": 8 }, "rejects": { "pwned": true } },
            "smtpPass": "p", "credentials": { "user": "u", "more": [{ "value": 7, "isOn": true }] },
        });
        let expected = json!({
            "username": "ada", "password": REDACTED, "passwordDigest": REDACTED, "passwordAlgorithm": "MD5",
            "mfa": { "type": "Totp", "secret": REDACTED, "codes": [REDACTED, REDACTED] },
            "config": {
                "url": "https://[redacted]@example.com", "headers": { "x-any": REDACTED },
                "auth": { "user": "u", "pass": REDACTED },
            },
            "passwordPolicy": { "length": { "min": 8 }, "rejects": { "pwned": true } },
            "smtpPass": REDACTED, "credentials": { "user": REDACTED, "more": [{ "value": REDACTED, "isOn": true }] },
        });
        assert_eq!(shown(&sent), expected);
    }

    #[test]
    fn places_are_as_secret_as_the_members_of_a_body() {
        let secret = |path: &str| is_secret_place(&path.split('.').map(str::to_owned).collect::<Vec<_>>());
        for path in ["apiKey", "a.token", "headers.x-any", "auth.0.user", "codes.1", "credentials.more.0.value", "hmac"]
        {
            assert!(secret(path), "{path}");
        }
        for path in ["auth.user", "code.name", "passwordPolicy.min", "a.0.b", "headers"] {
            assert!(!secret(path), "{path}");
        }
    }

    #[test]
    fn members_of_forms_are_hidden() {
        assert_eq!(
            body(b"grant_type=x&client_secret=s&code=c"),
            "grant_type=x&client_secret=[redacted]&code=[redacted]"
        );
    }
}
