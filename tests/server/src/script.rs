//! The answers of a session, and the requests that it has seen.

use serde::{Deserialize, Serialize};

/// The answers of a session.
///
/// The session sends the answers of each list in order, then repeats the last one. For an empty list it answers with
/// success: a token, or an empty list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Script {
    /// Answers to calls of the token endpoint.
    pub token: Vec<Answer>,
    /// Answers to all other calls.
    pub api: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers in addition to those that the server adds.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub payload: Payload,
    /// The fault.
    pub fault: Fault,
}

/// The body of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Payload {
    /// Uncompressed text.
    Text(String),
    /// Text, compressed with gzip.
    Gzip(String),
    /// Text, compressed with Brotli.
    Brotli(String),
    /// This many zeros, with a `content-length`.
    Zeros(u64),
    /// This many zeros, compressed with gzip.
    GzippedZeros(u64),
    /// Zeros until the client closes the connection.
    Endless,
}

/// A fault of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// No fault.
    #[default]
    None,
    /// Closes the connection instead of answering.
    Close,
    /// Resets the connection instead of answering.
    Reset,
    /// Resets the connection within the headers.
    ResetInHead,
    /// Resets the connection within the body.
    ResetInBody,
    /// Closes the connection within the body.
    CloseInBody,
    /// Never sends an answer.
    Hang,
    /// Stops sending within the headers.
    HangInHead,
    /// Stops sending within the body.
    HangInBody,
    /// Sends the answer, then closes the connection. The answer promised to keep it open.
    CloseAfter,
}

/// A request that the server received.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path within the session, such as `/api/users`.
    pub path: String,
    /// The query without its question mark.
    pub query: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The number of its connection.
    pub connection: u64,
    /// The HTTP version: `1.1` or `2`.
    pub version: String,
    /// How the request ended.
    pub end: End,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The request has not ended.
    Open,
    /// The server answered as the script specifies.
    Answered,
    /// The client disconnected.
    Aborted,
}

/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/oidc/token";

impl Answer {
    /// Creates an answer with a status and no body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Text(String::new()), fault: Fault::None }
    }

    /// Creates a 200 answer with this JSON.
    #[must_use]
    pub fn json(text: impl Into<String>) -> Self {
        Self::payload(Payload::Text(text.into()))
    }

    /// Creates a 200 answer with this body and the content type of JSON.
    #[must_use]
    pub fn payload(payload: Payload) -> Self {
        Self::status(200).header("content-type", "application/json; charset=utf-8").with(payload)
    }

    /// Creates a 200 answer with a web page.
    #[must_use]
    pub fn html() -> Self {
        Self::status(200)
            .header("content-type", "text/html; charset=utf-8")
            .with(Payload::Text("<!doctype html><title>Sign in</title>".to_owned()))
    }

    /// Creates an answer with an empty list and this fault.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self { fault, ..Self::json("[]") }
    }

    /// Creates an API error.
    #[must_use]
    pub fn error(status: u16, code: &str) -> Self {
        let text = format!(r#"{{"code":"{code}","message":"It went wrong."}}"#);
        Self { status, ..Self::json(text) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }
}

impl Script {
    /// Creates a script with answers for the API only.
    #[must_use]
    pub fn api(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { token: Vec::new(), api: answers.into_iter().collect() }
    }

    /// Creates a script with answers for the token endpoint only.
    #[must_use]
    pub fn token(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { token: answers.into_iter().collect(), api: Vec::new() }
    }
}

impl Seen {
    /// Returns the first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether the request is a call of the token endpoint.
    #[must_use]
    pub fn is_token_call(&self) -> bool {
        self.path == TOKEN_PATH
    }
}
