//! Finds the secrets of a request, and hides them if it is shown.

use logto_admin::serde_json::{self, Value};

use crate::credentials::{REDACTED, decoded, in_url, is_credential, redacted, sounds_secret};

/// Members whose values have any names, and might all be secret.
const ANY_NAMES: [&str; 2] = ["headers", "environmentVariables"];
/// Members of requests that are secret, in lower case without `_` and `-`. Those that sound secret everywhere are too.
const SENT: [&str; 3] = ["pin", "sessionid", "verificationcode"];
/// The data of an application, where names such as `code` have other meanings.
const CUSTOM_DATA: &str = "customData";

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
    each(value, Place::Request, &mut |found| match found {
        Found::Secret(value) => *value = REDACTED.into(),
        Found::Text(text) => *text = redacted(text),
    });
}

/// Returns the secrets of a body of JSON or of a form. Also returns them in the form that the body has them in.
pub(crate) fn secrets(bytes: &[u8]) -> Vec<String> {
    let mut secrets = Vec::new();
    let Ok(mut value) = serde_json::from_slice(bytes) else {
        for pair in String::from_utf8_lossy(bytes).split('&') {
            if let Some((_, value)) = secret_pair(pair) {
                secrets.extend([value.to_owned(), decoded(&value.replace('+', " ")).into_owned()]);
            }
        }
        return secrets;
    };
    each(&mut value, Place::Request, &mut |found| match found {
        Found::Secret(value) => {
            let written = value.to_string();
            let inner = written.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            secrets.push(inner.unwrap_or(&written).to_owned());
            secrets.extend(value.as_str().map(str::to_owned));
        }
        Found::Text(text) => secrets.extend(in_url(text)),
    });
    secrets
}

/// A value that is secret, or a text that might contain credentials.
enum Found<'v> {
    Secret(&'v mut Value),
    Text(&'v mut String),
}

/// Where a value is in a request.
#[derive(Clone, Copy)]
enum Place {
    Request,
    CustomData,
    /// In a secret, of which all texts and numbers are secret.
    Secret,
}

impl Place {
    /// Returns the place of a member. Names of query parameters, such as `auth`, do not make an object secret.
    fn member(self, name: &str, value: &Value) -> Self {
        let is_secret = || if value.is_object() { is_secret_object(name) } else { self.is_secret(name) };
        match self {
            Self::Secret => Self::Secret,
            _ if is_secret() => Self::Secret,
            _ if name == CUSTOM_DATA => Self::CustomData,
            Self::Request | Self::CustomData => self,
        }
    }

    /// Whether a member holds a secret.
    fn is_secret(self, name: &str) -> bool {
        let letters = name.replace(['_', '-'], "").to_ascii_lowercase();
        SENT.contains(&letters.as_str())
            || if matches!(self, Self::CustomData) { sounds_secret(name) } else { is_secret_name(name) }
    }
}

/// Finds the secrets in a value.
fn each(value: &mut Value, place: Place, found: &mut dyn FnMut(Found<'_>)) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            let place = place.member(name, value);
            each(value, place, found);
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, place, found)),
        Value::String(_) | Value::Number(_) if matches!(place, Place::Secret) => found(Found::Secret(value)),
        Value::String(text) => found(Found::Text(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the value at a place is secret. Depends on the names of the members that lead to it.
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
    secret_pair(text).map_or_else(|| text.to_owned(), |(name, _)| format!("{name}={REDACTED}"))
}

/// Returns name and value of a member of a form if it holds a secret.
fn secret_pair(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| Place::Request.is_secret(name))
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
    fn custom_data_is_hidden_by_names_that_sound_secret() {
        let sent = json!({
            "code": "1", "verificationCode": "2", "pin": 3, "session_id": "4", "signingKey": "5", "client_assertion": "6",
            "customData": { "code": "de", "codes": ["a"], "auth": "x", "nested": { "code": 7 }, "apiKey": "8", "pin": "9" },
            "signIn": { "verificationCode": true },
        });
        let expected = json!({
            "code": REDACTED, "verificationCode": REDACTED, "pin": REDACTED, "session_id": REDACTED,
            "signingKey": REDACTED, "client_assertion": REDACTED,
            "customData": {
                "code": "de", "codes": ["a"], "auth": "x", "nested": { "code": 7 }, "apiKey": REDACTED, "pin": REDACTED,
            },
            "signIn": { "verificationCode": true },
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
    fn secrets_are_found_as_texts_and_as_the_body_has_them() {
        let found = |body: &str| secrets(body.as_bytes());
        let body = json!({
            "name": "ada", "password": "a\"b", "code": 123_456, "url": "https://u:p%40w@e.com/?a=1&token=t",
            "mfa": { "codes": ["c1", "c2"] }, "isSecret": true, "secret": null,
        });
        let expected =
            [r#"a\"b"#, r#"a"b"#, "123456", "u:p%40w", "u:p@w", "p%40w", "p@w", "t", "t", "c1", "c1", "c2", "c2"];
        assert_eq!(found(&body.to_string()), expected);
        assert_eq!(found("a=1&client_secret=x%2By+z"), ["x%2By+z", "x+y z"]);
        assert_eq!(found("no form"), Vec::<String>::new());
    }

    #[test]
    fn members_of_forms_are_hidden() {
        assert_eq!(
            body(b"grant_type=x&client_secret=s&code=c&client_assertion=a&client_assertion_type=t&session_id=i"),
            "grant_type=x&client_secret=[redacted]&code=[redacted]&client_assertion=[redacted]&client_assertion_type=t&\
             session_id=[redacted]"
        );
    }
}
