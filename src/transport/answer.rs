use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::{HttpResponse, url};
use crate::error::{Error, ErrorKind, hint};
use crate::types::read_members;

/// The parts of a response that decide how the call continues.
#[derive(Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Whether the content is a web page.
    pub is_html: bool,
    /// Whether a redirect led to another origin, which did not get the access token.
    pub left_origin: bool,
    /// Members of the JSON body. Only read from errors and from answers of the token endpoint.
    pub fields: AnswerFields,
}

/// The response to an attempt. The pipeline only passes it on: an [`Answer`] has what decides how the call continues.
pub trait Received: Send {
    /// Returns the request id, which Logto's logs contain.
    fn request_id(&self) -> Option<&str>;
}

impl Received for HttpResponse {
    fn request_id(&self) -> Option<&str> {
        Self::request_id(self)
    }
}

/// The host has the response.
impl Received for () {
    fn request_id(&self) -> Option<&str> {
        None
    }
}

/// Members of a JSON body that the client itself reads.
#[derive(Default, PartialEq)]
pub struct AnswerFields {
    /// Logto's error code.
    pub code: Option<String>,
    /// The error message; the start of the body if there is no message.
    pub message: Option<String>,
    /// OAuth's `error`, from the token endpoint.
    pub error: Option<String>,
    /// OAuth's `error_description`, from the token endpoint.
    pub error_description: Option<String>,
    /// The access token that the token endpoint issued.
    pub access_token: Option<String>,
    /// The lifetime of the access token, in seconds.
    pub expires_in: Option<f64>,
    /// The scope of the access token.
    pub scope: Option<String>,
}

impl AnswerFields {
    /// Reads the members of a response. The message falls back to a description of the response.
    pub(crate) fn of(response: &HttpResponse) -> Self {
        let mut fields = Self::parse(&response.body.bytes());
        if fields.message.is_none() {
            let oauth = fields.error_description.as_ref().or(fields.error.as_ref());
            fields.message = Some(oauth.cloned().unwrap_or_else(|| plain_message(response)));
        }
        fields
    }

    /// Parses the members. A member of another type counts as absent. If `body` is not JSON, all members are absent.
    fn parse(body: &[u8]) -> Self {
        const NAMES: [&str; 7] =
            ["code", "message", "error", "error_description", "access_token", "expires_in", "scope"];
        let mut json = read_members(body, &NAMES);
        // A lifetime in another form is not credible, and not absent.
        let expires_in = json.get("expires_in").filter(|seconds| !seconds.is_null()).map(|seconds| {
            let number = match seconds {
                Value::String(text) => text.parse().ok(),
                seconds => seconds.as_f64(),
            };
            number.unwrap_or(f64::NAN)
        });
        let mut text = |name: &str| match json.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Self {
            code: text("code"),
            message: text("message"),
            error: text("error"),
            error_description: text("error_description"),
            access_token: text("access_token"),
            scope: text("scope"),
            expires_in,
        }
    }
}

impl fmt::Debug for AnswerFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerFields")
            .field("code", &self.code)
            .field("message", &self.message)
            .field("error", &self.error)
            .field("error_description", &self.error_description)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Whether the status is 200 to 299.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the error for this answer of the API.
    pub(crate) fn api_error(&self) -> Error {
        let code = self.fields.code.as_deref();
        let message = self.fields.message.clone().unwrap_or_default();
        let error = Error::new(ErrorKind::Api, message).with_code(code.map(str::to_owned));
        let hint = hint::api(self.status, code, self.is_html);
        error.with_status(Some(self.status)).with_retry_after(self.retry_after).with_hint(hint)
    }
}

/// Returns the message for an error response without a `message`.
fn plain_message(response: &HttpResponse) -> String {
    const MAX_CHARACTERS: usize = 200;
    let target = response.headers.get("location").filter(|_| (300..400).contains(&response.status));
    if let Some(target) = target {
        return format!("the server redirects to {}", url::shown(target));
    }
    match response.body.text().trim_ascii() {
        "" => "the response has no body".to_owned(),
        _ if response.is_html() => "the response is a web page".to_owned(),
        text => text.chars().take(MAX_CHARACTERS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_without_a_message_are_described() {
        for (body, message) in [
            (r#"{"result": false}"#, r#"{"result": false}"#),
            (r#"{"error": "invalid_request", "error_description": "no such client"}"#, "no such client"),
            (r#"{"error": "invalid_request"}"#, "invalid_request"),
            ("upstream failed", "upstream failed"),
            ("", "the response has no body"),
        ] {
            let response = HttpResponse::new(400).body(body);
            assert_eq!(AnswerFields::of(&response).message.as_deref(), Some(message), "{body}");
        }
    }

    #[test]
    fn access_tokens_are_not_in_debug_output() {
        let fields = AnswerFields { access_token: Some("s3cret".to_owned()), ..AnswerFields::default() };
        assert!(!format!("{fields:?}").contains("s3cret"));
    }

    #[test]
    fn members_are_read_from_the_top_level_only() {
        let body = r#" {"data": {"code": "inner"}, "expires_in": 3600, "message": "a \"b\" é😀\n", "code": "entity.not_found"} "#;
        let fields = AnswerFields::parse(body.as_bytes());
        assert_eq!(fields.code.as_deref(), Some("entity.not_found"));
        assert_eq!(fields.message.as_deref(), Some("a \"b\" é😀\n"));
        assert_eq!((fields.expires_in, fields.scope), (Some(3600.0), None));
    }

    #[test]
    fn lifetimes_are_numbers_or_text() {
        for (json, seconds) in [
            (r#"{"expires_in": 3600}"#, Some(3600.0)),
            (r#"{"expires_in": 3.6e3}"#, Some(3600.0)),
            (r#"{"expires_in": "36e2"}"#, Some(3600.0)),
            (r#"{"expires_in": 59.9}"#, Some(59.9)),
            (r#"{"expires_in": -1}"#, Some(-1.0)),
            (r#"{"expires_in": null}"#, None),
            (r#"{}"#, None),
        ] {
            assert_eq!(AnswerFields::parse(json.as_bytes()).expires_in, seconds, "{json}");
        }
    }

    #[test]
    fn lifetimes_in_another_form_are_not_numbers() {
        for json in [r#"{"expires_in": "soon"}"#, r#"{"expires_in": ""}"#, r#"{"expires_in": true}"#] {
            assert!(AnswerFields::parse(json.as_bytes()).expires_in.is_some_and(f64::is_nan), "{json}");
        }
    }

    #[test]
    fn members_of_another_type_and_broken_json_are_ignored() {
        for body in ["", "null", "[]", "{", r#"{"code": 7}"#, r#"{"code": {"code": "x"}}"#, "<html>", r#"{"code":"x"#] {
            assert_eq!(AnswerFields::parse(body.as_bytes()), AnswerFields::default(), "{body}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(AnswerFields::parse("\u{feff}{\"code\": \"x\"}".as_bytes()).code.as_deref(), Some("x"));
    }
}
