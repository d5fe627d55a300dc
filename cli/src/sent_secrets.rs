//! Hides the secrets of requests in the errors that answer them.
//!
//! A server can repeat what it refuses, and messages, reports and logs contain texts of the server. So the secrets are hidden
//! where answers arrive. Data is not changed: it is what the user has asked for.

use std::sync::Arc;

use logto_admin::serde_json::{self, Value};
use logto_admin::transport::{Headers, HttpRequest, HttpResponse, HttpTransport, transport_fn};

use crate::credentials::{REDACTED, in_url};
use crate::replacement::{SHORTEST, is_at, replaced};
use crate::value_forms::forms;
use crate::{json_object, redaction};

/// Members of errors that decide what a command does next.
const CODES: [&str; 2] = ["code", "error"];

/// Returns a transport that hides secrets in answers that are errors. The secrets are those of each request, and that
/// of the application.
pub(crate) fn hidden(transport: impl HttpTransport, app_secret: &str) -> impl HttpTransport {
    let (transport, app_secret) = (Arc::new(transport), Arc::<str>::from(app_secret));
    transport_fn(move |request, options| {
        let (transport, app_secret, sent) = (Arc::clone(&transport), Arc::clone(&app_secret), request.clone());
        async move {
            let mut answer = transport.send(request, &options).await?;
            if !answer.is_success() {
                Secrets::of(&sent, &app_secret).hide_in(&mut answer);
            }
            Ok(answer)
        }
    })
}

/// Texts to hide, the longest first.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(request: &HttpRequest, app_secret: &str) -> Self {
        let mut secrets = redaction::secrets(&request.body.bytes());
        secrets.extend(in_url(&request.url));
        for (_, value) in request.headers.iter().filter(|(name, _)| Headers::is_secret(name)) {
            // Without the scheme, such as `Bearer`.
            secrets.extend([value, value.rsplit(' ').next().unwrap_or_default()].map(str::to_owned));
        }
        secrets.push(app_secret.to_owned());
        let mut forms: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        forms.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(forms)
    }

    fn hide_in(&self, answer: &mut HttpResponse) {
        let mut headers = Headers::default();
        for (name, value) in answer.headers.iter() {
            headers.append(name.to_owned(), self.hide(value));
        }
        answer.headers = headers;
        let bytes = answer.body.bytes();
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            let text = String::from_utf8_lossy(&bytes);
            let hidden = self.hide(&text);
            if hidden != text {
                answer.body = hidden.into();
            }
            return;
        };
        let mut hidden = value.clone();
        self.hide_in_value(&mut hidden);
        for name in CODES {
            if let Some(code) = value.get(name).filter(|code| self.is_code(code)) {
                json_object::set(&mut hidden, name, code.clone());
            }
        }
        if hidden != value {
            answer.body = hidden.to_string().into();
        }
    }

    fn hide_in_value(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, mut value) in std::mem::take(members) {
                    self.hide_in_value(&mut value);
                    members.insert(self.hide(&name), value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide_in_value(item)),
            Value::String(text) => *text = self.hide(text),
            Value::Number(number) => {
                let text = number.to_string();
                if text.len() >= SHORTEST && self.0.contains(&text) {
                    *value = REDACTED.into();
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Whether a text is a code of the server. A secret can be one of its words, such as `user`.
    fn is_code(&self, code: &Value) -> bool {
        let is_of_code = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.';
        code.as_str().is_some_and(|code| code.bytes().all(is_of_code) && !self.0.iter().any(|secret| secret == code))
    }

    fn hide(&self, text: &str) -> String {
        replaced(text, |rest, before| self.at(rest, before).map(|secret| (secret.len(), REDACTED)))
    }

    /// Returns the secret at the start of a text that follows a letter.
    fn at(&self, text: &str, before: Option<char>) -> Option<&str> {
        self.0.iter().find(|secret| is_at(secret, text, before)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use logto_admin::transport::Method;
    use serde_json::json;

    use super::*;

    /// Returns the body of an error that answers a request with this body.
    fn answered(sent: &Value, answer: &Value) -> Value {
        let mut request = HttpRequest::new(Method::Post, "https://e.com/api/users?token=of-query");
        request.headers.set("authorization", "Bearer of-header");
        request.body = sent.to_string().into();
        let mut response = HttpResponse::json(422, answer.to_string());
        Secrets::of(&request, "of-app").hide_in(&mut response);
        serde_json::from_slice(&response.body.bytes()).unwrap()
    }

    #[test]
    fn secrets_are_hidden_wherever_an_error_repeats_them() {
        let sent =
            json!({ "username": "ada", "password": "a\"b\\c", "secret": 123_456, "passwordDigest": "abcd-longer" });
        let nested = format!("body: {sent}");
        let answer = json!({
            "message": nested, "code": 123_456, "data": [{ "more": "of-query of-header of-app abcd-longer ada", "of-app": 1 }],
            "status": 422,
        });
        let expected = json!({
            "message": "body: {\"username\":\"ada\",\"password\":\"[redacted]\",\"secret\":[redacted],\
                        \"passwordDigest\":\"[redacted]\"}",
            "code": "[redacted]", "data": [{ "more": "[redacted] [redacted] [redacted] [redacted] ada", "[redacted]": 1 }],
            "status": 422,
        });
        assert_eq!(answered(&sent, &answer), expected);
    }

    #[test]
    fn short_secrets_are_words_and_codes_stay() {
        let hidden = |password: &str, message: &str| {
            let answer = json!({ "message": message, "code": "user.in_use", "error": password });
            answered(&json!({ "password": password }), &answer)
        };
        let answer = hidden("pw", "pw of pwd: 'pw'");
        assert_eq!(
            answer,
            json!({ "message": "[redacted] of pwd: '[redacted]'", "code": "user.in_use", "error": "[redacted]" })
        );
        let answer = hidden("user", "the username of a user");
        let expected = "the [redacted]name of a [redacted]";
        assert_eq!(answer, json!({ "message": expected, "code": "user.in_use", "error": "[redacted]" }));
    }

    #[test]
    fn answers_that_are_no_json_lack_secrets_and_others_do_not_change() {
        let request = |body: &str| {
            let mut request = HttpRequest::new(Method::Post, "https://e.com/oidc/token");
            request.body = body.to_owned().into();
            Secrets::of(&request, "")
        };
        let secrets = request("grant_type=x&client_secret=a%2Bb+c");
        let mut answer =
            HttpResponse::new(500).body("got client_secret=a%2Bb+c, a+b c, a%2Bb%20c").header("x-echo", "a+b c");
        secrets.hide_in(&mut answer);
        assert_eq!(answer.body.text(), "got client_secret=[redacted], [redacted], [redacted]");
        assert_eq!(answer.headers.get("x-echo"), Some(REDACTED));
        let text = "{ \"a\" : 1.50 }";
        let mut answer = HttpResponse::new(500).body(text);
        secrets.hide_in(&mut answer);
        assert_eq!(answer.body.text(), text);
    }
}
