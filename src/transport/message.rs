use std::borrow::Cow;
use std::fmt;

use super::{Body, Headers, Method, url};
use crate::error::Error;

/// An HTTP request.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute, encoded URL.
    pub url: String,
    /// The headers.
    pub headers: Headers,
    /// The body; can be empty.
    pub body: Body,
}

impl HttpRequest {
    /// Creates a request without headers or a body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Headers::new(), body: Body::empty() }
    }

    /// Returns the URL for logs, without user name, password, query and fragment. Those might contain secrets or
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

/// An HTTP response with its whole body.
#[derive(Clone, Debug, Default)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body; can be empty.
    pub body: Body,
}

impl HttpResponse {
    /// Creates a response without headers or a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Creates an `application/json` response.
    #[must_use]
    pub fn json(status: u16, text: impl Into<String>) -> Self {
        Self::new(status).header("content-type", "application/json; charset=utf-8").body(text.into())
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the content is a web page. The request then reached something other than the API, or a page of a
    /// sign-in.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/html"))
    }

    /// Adds this response to an error.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        error.with_response(self.status, &self.headers, self.body.bytes())
    }

    /// Returns the request id, which Logto's logs contain (`Logto-Core-Request-Id`).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.request_id()
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
