//! What a session is to answer, and what it has seen.

use serde::{Deserialize, Serialize};

/// What a session answers. Each list is played in order, and its last answer forever; an empty one means that all is
/// well: a token, an empty list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Script {
    /// To calls of the token endpoint.
    pub token: Vec<Answer>,
    /// To all other calls.
    pub api: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside those that the server adds by itself.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub payload: Payload,
    /// What goes wrong.
    pub fault: Fault,
}

/// The body of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Payload {
    /// Text as it is.
    Text(String),
    /// Text, compressed by gzip.
    Gzip(String),
    /// Text, compressed by brotli.
    Brotli(String),
    /// So many zeros, announced.
    Zeros(u64),
    /// So many zeros, compressed by gzip.
    GzippedZeros(u64),
    /// Zeros until the client has enough.
    Endless,
}

/// What goes wrong with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The connection is closed in place of an answer.
    Close,
    /// The connection is reset in place of an answer.
    Reset,
    /// It is reset within the headers.
    ResetInHead,
    /// It is reset within the body.
    ResetInBody,
    /// It is closed within the body.
    CloseInBody,
    /// The answer never comes.
    Hang,
    /// The headers never end.
    HangInHead,
    /// The body never ends.
    HangInBody,
    /// The answer comes, and the connection is closed although the client was told that it would be kept.
    CloseAfter,
}

/// A request that was seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path within the session: `/api/users`.
    pub path: String,
    /// The query without its question mark.
    pub query: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The number of its connection.
    pub connection: u64,
    /// The HTTP version: `1.1` or `2`.
    pub version: String,
    /// How it ended.
    pub end: End,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It has not.
    Open,
    /// As the script wanted it.
    Answered,
    /// The client went away.
    Aborted,
}

/// Where tokens come from.
pub(crate) const TOKEN_PATH: &str = "/oidc/token";

impl Answer {
    /// A status without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Text(String::new()), fault: Fault::None }
    }

    /// 200 with this JSON.
    #[must_use]
    pub fn json(text: impl Into<String>) -> Self {
        Self::payload(Payload::Text(text.into()))
    }

    /// 200 with this body, said to be JSON.
    #[must_use]
    pub fn payload(payload: Payload) -> Self {
        Self::status(200).header("content-type", "application/json; charset=utf-8").with(payload)
    }

    /// 200 with a web page.
    #[must_use]
    pub fn html() -> Self {
        Self::status(200)
            .header("content-type", "text/html; charset=utf-8")
            .with(Payload::Text("<!doctype html><title>Sign in</title>".to_owned()))
    }

    /// An empty list that goes wrong like this.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self { fault, ..Self::json("[]") }
    }

    /// An API error.
    #[must_use]
    pub fn error(status: u16, code: &str) -> Self {
        let text = format!(r#"{{"code":"{code}","message":"It went wrong."}}"#);
        Self { status, ..Self::json(text) }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn with(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }
}

impl Script {
    /// A script for the API alone.
    #[must_use]
    pub fn api(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { token: Vec::new(), api: answers.into_iter().collect() }
    }

    /// A script for the token endpoint alone.
    #[must_use]
    pub fn token(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { token: answers.into_iter().collect(), api: Vec::new() }
    }
}

impl Seen {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is a call of the token endpoint.
    #[must_use]
    pub fn is_token_call(&self) -> bool {
        self.path == TOKEN_PATH
    }
}
