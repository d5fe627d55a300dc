//! Splits an incoming request into its parts.

use std::fmt;

use bytes::Bytes;
use logto_admin::transport::{Headers, HttpRequest, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The parts of a request.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub method: Method,
    /// Scheme and authority, such as `http://127.0.0.1:3001`.
    pub origin: String,
    /// The path as received, still encoded.
    pub path: String,
    pub query: Query,
    pub headers: Headers,
    pub body: Bytes,
}

/// The decoded members of a query or form, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Query(Vec<(String, String)>);

impl Incoming {
    pub(crate) fn new(request: &HttpRequest) -> Self {
        let url = request.url.split('#').next().unwrap_or_default();
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let authority = address.find("://").map_or(0, |at| at + 3);
        let end = address.get(authority..).and_then(|rest| rest.find('/')).map_or(address.len(), |at| authority + at);
        let (origin, path) = address.split_at_checked(end).unwrap_or((address, ""));
        Self {
            method: request.method,
            origin: origin.to_owned(),
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            query: Query::parse(query),
            headers: request.headers.clone(),
            body: request.body.bytes(),
        }
    }

    /// Returns the decoded segments of the path. A trailing slash is ignored.
    pub(crate) fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        let path = path.strip_suffix('/').unwrap_or(path);
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    }

    /// Returns the IP address of the client.
    pub(crate) fn ip(&self) -> &str {
        let forwarded = self.headers.get("x-forwarded-for").and_then(|addresses| addresses.split(',').next());
        forwarded.map(str::trim).filter(|address| !address.is_empty()).unwrap_or("127.0.0.1")
    }

    /// Returns the user agent of the client, if it names one.
    pub(crate) fn agent(&self) -> Option<&str> {
        self.headers.get("user-agent").filter(|agent| !agent.is_empty())
    }

    /// Returns the value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get("cookie")?.split(';');
        let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns the token of the `Authorization` header, if its scheme is `Bearer`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.headers.get("authorization")?.strip_prefix("Bearer ")
    }

    /// Returns the media type of the body, without parameters such as the charset.
    pub(crate) fn content_type(&self) -> &str {
        let value = self.headers.get("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// Returns whether the media type of the body is a URL-encoded form.
    pub(crate) fn is_form(&self) -> bool {
        self.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }
}

impl Query {
    /// Parses `a=1&b=2`. A `+` is decoded as a space.
    pub(crate) fn parse(text: &str) -> Self {
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    /// Returns the first value of `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Sets the only value of `name`. It has the place of the first value.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let place = self.0.iter().position(|(key, _)| key == name).unwrap_or(self.0.len());
        self.0.retain(|(key, _)| key != name);
        self.0.insert(place, (name.to_owned(), value.to_owned()));
    }

    /// Returns every value of `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Returns whether the first value of `name` means true. Examples: `true`, `1`, `yes`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(means_true)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Writes the members as a query or form.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "&" };
            write!(f, "{separator}{}={}", form_encoded(name), form_encoded(value))?;
        }
        Ok(())
    }
}

/// The characters that `URLSearchParams` encodes.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// Encodes text for a URL.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string()
}

/// Encodes text for a query or form: a space becomes a `+`.
pub(crate) fn form_encoded(text: &str) -> String {
    encoded(text).replace("%20", "+")
}

/// Adds a parameter to the query of an address.
pub(crate) fn add_parameter(uri: &mut String, name: &str, value: &str) {
    uri.push(if uri.contains('?') { '&' } else { '?' });
    uri.extend([name, "=", &encoded(value)]);
}

impl<'a> FromIterator<(&'a str, &'a str)> for Query {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// Returns whether a word means true.
pub(crate) fn means_true(word: &str) -> bool {
    ["1", "true", "y", "yes", "yep", "yeah"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Returns whether a path is `root` or below it.
pub(crate) fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(url: &str) -> Incoming {
        Incoming::new(&HttpRequest::new(Method::Get, url))
    }

    #[test]
    fn urls_are_split_into_parts() {
        let request = incoming("http://127.0.0.1:3001/api/users/a%2Fb%20c/?search=%25a+b&page=2&page=3&x#y");
        assert_eq!(request.origin, "http://127.0.0.1:3001");
        assert_eq!(request.segments(), ["api", "users", "a/b c"]);
        assert_eq!((request.query.get("search"), request.query.get("x")), (Some("%a b"), Some("")));
        assert_eq!(request.query.all("page").collect::<Vec<_>>(), ["2", "3"]);
    }

    #[test]
    fn queries_are_written_as_web_browsers_do() {
        let mut query = Query::parse("page=1&search=%25a+b%40c.d-e&page=3&f=~*");
        query.set("page", "2");
        query.set("more", "");
        assert_eq!(query.to_string(), "page=2&search=%25a+b%40c.d-e&f=%7E*&more=");
    }

    #[test]
    fn malformed_urls_do_not_panic() {
        for url in ["", "/", "http://", "http://host", "//api//users", "http://h/%E0%A4%A?%zz=%", "日本/語?&&=&"] {
            let _ = incoming(url).segments();
        }
        assert_eq!(incoming("http://host?a=1").path, "/");
    }
}
