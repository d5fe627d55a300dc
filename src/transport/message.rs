use std::borrow::Cow;
use std::fmt;

use super::{Body, Headers, Method, url};

/// A request on its way to the server.
#[derive(Clone)]
pub struct HttpRequest {
    /// What to do.
    pub method: Method,
    /// The absolute URL, already encoded.
    pub url: String,
    /// The headers.
    pub headers: Headers,
    /// The body, which may be empty.
    pub body: Body,
}

impl HttpRequest {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Headers::new(), body: Body::empty() }
    }

    /// The URL as it may be logged: without user name and password, query and fragment, which may hold secrets or
    /// personal data.
    #[must_use]
    pub fn redacted_url(&self) -> Cow<'_, str> {
        url::shown(&self.url)
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.redacted_url())
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish()
    }
}

/// The server's answer, read to its end.
#[derive(Clone, Debug, Default)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body, which may be empty.
    pub body: Body,
}

impl HttpResponse {
    /// An answer without headers and body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// An `application/json` answer with this text.
    #[must_use]
    pub fn json(status: u16, text: impl Into<String>) -> Self {
        Self::new(status).header("content-type", "application/json; charset=utf-8").body(text.into())
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The id that Logto gave the request (`Logto-Core-Request-Id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("logto-core-request-id")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_credentials_and_query_of_the_url() {
        let request = HttpRequest::new(Method::Get, "https://ada:s3cret@id.example.com/api/users?search=grace#x");
        let shown = format!("{request:?}");
        assert!(shown.contains("https://id.example.com/api/users"), "{shown}");
        for hidden in ["ada", "s3cret", "grace", "#x"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
