use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::{Error, ErrorKind, NO_RESPONSE, Response, StopReason};
use crate::types::Method;
use crate::types::defaults::{CONFLICTS, NO_CONFLICT};
use crate::types::headers::Headers;
use crate::types::read_members;

/// Details of the error.
impl Error {
    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the operation id, such as `GetUser`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation
    }

    /// Returns the method of the request.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        self.0.method
    }

    /// Returns the path of the request, without host and query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the HTTP status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns Logto's code, such as `entity.not_found`. For errors of the token endpoint, this is its `error`, such as
    /// `invalid_client`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the message, without operation, status and hint. It might come from the server;
    /// [`Display`](std::fmt::Display) escapes and shortens it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns Logto's `details`, such as the path of a rejected member.
    #[must_use]
    pub fn details(&self) -> Option<String> {
        self.member("details")?.as_str().map(str::to_owned)
    }

    /// Returns Logto's `data`. It contains the issues of a rejected body, or details that depend on the code.
    #[must_use]
    pub fn data(&self) -> Option<Value> {
        self.member("data")
    }

    /// Returns a member of the body, unless it is an answer that could not be decoded.
    fn member(&self, name: &str) -> Option<Value> {
        if self.is_decode() {
            return None;
        }
        read_members(self.body(), &[name]).remove(name)
    }

    /// Returns the response body; empty without a response or a body. It might contain personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.response().body
    }

    /// Returns the request id, which Logto's logs contain.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers().request_id()
    }

    /// Returns the headers of the response. Empty without a response, and for a failed token call.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.response().headers
    }

    fn response(&self) -> &Response {
        self.0.response.as_deref().unwrap_or(&NO_RESPONSE)
    }

    /// Returns how long the server asked to wait before the next request. From the header `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns where in the JSON decoding failed, such as `[3].profile.birthdate`.
    #[must_use]
    pub fn decode_path(&self) -> Option<&str> {
        self.0.decode_path.as_deref()
    }

    /// Returns how to fix the problem, for common mistakes.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint
    }

    /// Returns how often the request was sent; 0 if it was not sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns how long the call took, including retries and waits.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns why the call was not retried.
    #[must_use]
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.0.stopped
    }

    /// Whether the entity does not exist (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::Api && self.0.status == Some(404)
    }

    /// Whether an entity with this name, address or id already exists. The status is 409, or 422 with such a code.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let by_code = |code: &str| CONFLICTS.iter().any(|word| code.contains(word)) && !code.contains(NO_CONFLICT);
        let conflicts = self.0.status == Some(409) || (self.0.status == Some(422) && self.code().is_some_and(by_code));
        conflicts && self.0.kind != ErrorKind::Token
    }

    /// Whether the API or the token endpoint rejects the credentials.
    ///
    /// The API does so with 401, the token endpoint with 401, or with 400 to 403 and a code such as `invalid_client`.
    /// If the client could not get a token for another reason, the other questions answer by that reason.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        let refused = self.root_kind() == ErrorKind::Token && matches!(self.0.status, Some(400..=403));
        self.0.status == Some(401) || (refused && self.code().is_some())
    }

    /// Whether the call is forbidden. Either the access token lacks the permission (403), or the client is
    /// [restricted](crate::Client::restricted_to) to other operations.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        let forbidden = self.0.status == Some(403) && self.0.kind != ErrorKind::Token;
        forbidden || self.0.kind == ErrorKind::NotAllowed
    }

    /// Whether the server or the client rejects the content of the request. The server does so with 400 or 422.
    #[must_use]
    pub fn is_invalid_input(&self) -> bool {
        let rejected = matches!(self.0.status, Some(400 | 422)) && self.0.kind != ErrorKind::Token;
        rejected || self.0.kind == ErrorKind::Input
    }

    /// Whether there were too many requests or messages (429).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(429)
    }

    /// Whether the server failed (500 or higher).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.0.status.is_some_and(|status| status >= 500)
    }

    /// Whether the call timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.root_kind() == ErrorKind::Timeout
    }

    /// Whether the connection could not be established.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.root_kind() == ErrorKind::Connect
    }

    /// Returns the kind of the failure: of the token call, if that has failed.
    pub(crate) fn root_kind(&self) -> ErrorKind {
        self.0.token_failure.unwrap_or(self.0.kind)
    }

    /// Whether the response could not be decoded.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.root_kind() == ErrorKind::Decode
    }
}
