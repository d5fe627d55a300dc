use std::time::Duration;

use bytes::Bytes;

use super::{Error, ErrorKind};
use crate::json;
use crate::retry::StopReason;
use crate::transport::Method;

/// What an error tells.
impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operationId, such as `GetUser`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        self.0.method
    }

    /// The request's path, without host and query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Logto's code, such as `entity.not_found`, or the token endpoint's `error`, such as `invalid_client`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What the server or the client says about it, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Logto's further explanation, such as the path of the member that it refuses.
    #[must_use]
    pub fn details(&self) -> Option<String> {
        json::string_member(&String::from_utf8_lossy(&self.0.body), "details")
    }

    /// Logto's `data`: for a refused body the issues, otherwise whatever belongs to the code.
    #[must_use]
    pub fn data(&self) -> Option<serde_json::Value> {
        serde_json::from_str(json::member(&String::from_utf8_lossy(&self.0.body), "data")?).ok()
    }

    /// The answer's body as it came; empty if there was none. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// The id that Logto gave the request; its log lines carry it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Where in the answer's JSON decoding failed, such as `[3].profile.birthdate`.
    #[must_use]
    pub fn decode_path(&self) -> Option<&str> {
        self.0.decode_path.as_deref()
    }

    /// What to do about it, for the usual mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint
    }

    /// How often the request was sent; 0 if it never was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, with all its attempts and waits.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Why it was not tried again.
    #[must_use]
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.0.stopped
    }

    /// Whether what was asked for does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::Api && self.0.status == Some(404)
    }

    /// Whether something of that name, address or id exists already (409, or 422 with a code that says so).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        const SAYS_SO: [&str; 5] = ["_exists", "_in_use", "duplicate", "unique_integrity", "conflict"];
        let by_code = |code: &str| SAYS_SO.iter().any(|word| code.contains(word)) && !code.contains("not_exists");
        self.0.status == Some(409) || (self.0.status == Some(422) && self.code().is_some_and(by_code))
    }

    /// Whether the API does not accept the access token, or none could be had (401, or a failed token call).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(401) || self.0.kind == ErrorKind::Token
    }

    /// Whether the access token does not permit it (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.0.status == Some(403)
    }

    /// Whether the server refuses the request's content (400 or 422), or the client did before sending it.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.0.status, Some(400 | 422)) || self.0.kind == ErrorKind::Input
    }

    /// Whether too many requests or messages were sent (429).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(429)
    }

    /// Whether the server failed (500 and above).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.0.status.is_some_and(|status| status >= 500)
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Whether the answer could not be read.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.0.kind == ErrorKind::Decode
    }
}
