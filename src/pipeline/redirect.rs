//! Redirects: decides which request comes next, without I/O.

use crate::transport::url::Url;
use crate::transport::{Body, Headers, HttpRequest, HttpResponse, Method, TransportError, TransportErrorKind};

/// Follows the redirects of one attempt. Each request passes through [`before`](Self::before), and each response through
/// [`after`](Self::after), which returns the next request to send.
pub(crate) struct Redirects {
    most: u8,
    followed: u8,
    token_call: bool,
    /// Whether a request went to another origin.
    left_origin: bool,
    /// The request in progress.
    last: Option<HttpRequest>,
}

impl Redirects {
    pub(crate) const fn new(most: u8, token_call: bool) -> Self {
        Self { most, followed: 0, token_call, left_origin: false, last: None }
    }

    /// Keeps a request that is about to be sent. Hooks have seen it and might have added headers, so secret ones are
    /// removed once more.
    pub(crate) fn before(&mut self, request: &mut HttpRequest) {
        if self.left_origin {
            remove_secrets(request);
        }
        self.last = Some(request.clone());
    }

    /// Returns the next request, if the response is a redirect.
    pub(crate) fn after(&mut self, answer: &HttpResponse) -> Result<Option<HttpRequest>, TransportError> {
        let Some(last) = self.last.take() else { return Ok(None) };
        let Some(next) = next(&last, answer, self.token_call)? else { return Ok(None) };
        if self.followed == self.most {
            return Err(refused(format!("more than {} redirects", self.most)));
        }
        self.followed += 1;
        self.left_origin |= next.left_origin;
        Ok(Some(next.request))
    }

    /// Whether the last request went to another origin than the first, without secrets.
    pub(crate) const fn left_origin(&self) -> bool {
        self.left_origin
    }

    /// Marks a failure after a redirect as sent. The server might have processed the request before it.
    pub(crate) fn blame(&self, error: TransportError) -> TransportError {
        if self.followed > 0 { error.with_never_sent(false) } else { error }
    }
}

struct Next {
    request: HttpRequest,
    left_origin: bool,
}

fn next(request: &HttpRequest, answer: &HttpResponse, token_call: bool) -> Result<Option<Next>, TransportError> {
    let Some(method) = method_after(request.method, answer.status) else { return Ok(None) };
    let Some(location) = answer.headers.get("location") else { return Ok(None) };
    let from = Url::parse(&request.url).ok_or_else(|| refused("cannot follow a redirect from an invalid URL"))?;
    let target = location.split('#').next().and_then(|location| from.join(location));
    let target = target.filter(|target| !target.has_credentials());
    let target = target.ok_or_else(|| refused("the redirect leads to an invalid or unsupported URL"))?;
    let mut next = HttpRequest { method, url: target.as_str().to_owned(), ..request.clone() };
    if method != request.method {
        drop_body(&mut next);
    }
    let left_origin = !target.is_same_origin(&from);
    if left_origin {
        leave_origin(&from, &target, &mut next, token_call)?;
    }
    Ok(Some(Next { request: next, left_origin }))
}

/// Returns the method of the next request, as browsers choose it. `None` if the status is not a redirect that can be
/// followed.
const fn method_after(method: Method, status: u16) -> Option<Method> {
    match (status, method) {
        (301 | 302, Method::Post) => Some(Method::Get),
        (303, Method::Head) => Some(Method::Head),
        (303, _) => Some(Method::Get),
        (301 | 302 | 307 | 308, method) => Some(method),
        _ => None,
    }
}

fn drop_body(request: &mut HttpRequest) {
    request.body = Body::empty();
    for name in ["content-type", "content-length", "content-encoding", "content-language"] {
        request.headers.remove(name);
    }
}

/// Removes everything that only the first origin may see. Any header might be secret, so only headers that are known to
/// be harmless are sent to another origin. A body might be secret too, so a request with a body is not redirected there.
fn leave_origin(from: &Url, to: &Url, request: &mut HttpRequest, token_call: bool) -> Result<(), TransportError> {
    if from.is_https() && !to.is_https() {
        return Err(refused("a redirect from https to http is not followed"));
    }
    if token_call || !request.body.is_empty() {
        return Err(refused("a redirect to another origin is not followed with credentials or a body"));
    }
    remove_secrets(request);
    Ok(())
}

fn remove_secrets(request: &mut HttpRequest) {
    let secret: Vec<String> =
        request.headers.iter().map(|(name, _)| name.to_owned()).filter(|name| Headers::is_secret(name)).collect();
    secret.iter().map(String::as_str).chain(["host"]).for_each(|name| request.headers.remove(name));
}

fn refused(message: impl Into<String>) -> TransportError {
    TransportError::new(TransportErrorKind::Redirect, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "https://id.example.com/api/users?page=1";

    fn request(method: Method) -> HttpRequest {
        let mut request = HttpRequest::new(method, FROM);
        for (name, value) in [
            ("authorization", "t"),
            ("cookie", "a=b"),
            ("x-api-key", "k"),
            ("x-session-id", "s"),
            ("x-jwt-assertion", "j"),
            ("x-otp", "1"),
            ("x-team", "identity"),
            ("accept", "*/*"),
            ("content-type", "text/plain"),
        ] {
            request.headers.set(name, value);
        }
        request
    }

    fn follow(request: &HttpRequest, status: u16, location: &str) -> Result<Option<HttpRequest>, TransportError> {
        let next = next(request, &HttpResponse::new(status).header("location", location.to_owned()), false)?;
        Ok(next.map(|next| next.request))
    }

    fn target(location: &str) -> Option<String> {
        follow(&request(Method::Get), 302, location).ok().flatten().map(|next| next.url)
    }

    #[test]
    fn targets_are_resolved_against_the_request() {
        for (location, url) in [
            ("/other?a=b#part", "https://id.example.com/other?a=b"),
            ("next", "https://id.example.com/api/next"),
            ("?page=2", "https://id.example.com/api/users?page=2"),
            ("", "https://id.example.com/api/users?page=1"),
            ("//cdn.example.com/x", "https://cdn.example.com/x"),
            ("https://else.example.com", "https://else.example.com/"),
            ("/a:b", "https://id.example.com/a:b"),
        ] {
            assert_eq!(target(location).as_deref(), Some(url), "{location}");
        }
    }

    #[test]
    fn ambiguous_targets_and_other_schemes_are_rejected() {
        for location in [
            "https://evil.example\\@id.example.com/",
            "https://user@id.example.com/",
            "https:/evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "ftp://id.example.com/",
            "https://",
            "/a b",
            "/\tb",
        ] {
            let refused = follow(&request(Method::Get), 302, location);
            assert_eq!(refused.unwrap_err().kind(), TransportErrorKind::Redirect, "{location}");
        }
    }

    #[test]
    fn credentials_are_not_sent_to_another_origin() {
        let next = |location| follow(&request(Method::Get), 302, location).unwrap().unwrap();
        for same in ["/x", "https://ID.example.com/x", "https://id.example.com:443/x"] {
            assert_eq!(next(same).headers.get("authorization"), Some("t"), "{same}");
        }
        for other in ["https://example.com/", "https://id.example.com:8443/", "//id.example.com.evil.example/"] {
            let headers = next(other).headers;
            assert_eq!(headers.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["accept", "content-type"], "{other}");
        }
    }

    #[test]
    fn schemes_are_case_insensitive() {
        let first = follow(&request(Method::Get), 302, "HTTPS://id.example.com/a").unwrap().unwrap();
        assert_eq!((first.url.as_str(), first.headers.get("authorization")), ("https://id.example.com/a", Some("t")));
        for downgrade in ["http://id.example.com/b", "HTTP://id.example.com/b"] {
            assert!(follow(&first, 302, downgrade).is_err(), "{downgrade}");
        }
        let elsewhere = follow(&request(Method::Get), 302, "HTTPS://else.example.com/a").unwrap().unwrap();
        assert_eq!(elsewhere.url, "https://else.example.com/a");
    }

    #[test]
    fn https_is_not_downgraded_and_bodies_and_token_calls_stay_at_their_origin() {
        assert!(follow(&request(Method::Get), 302, "http://id.example.com/").is_err());
        let mut with_body = request(Method::Put);
        with_body.body = "secret".into();
        assert!(follow(&with_body, 307, "https://example.com/").is_err());
        assert!(follow(&with_body, 307, "/other").unwrap().is_some_and(|next| !next.body.is_empty()));
        let answer = HttpResponse::new(302).header("location", "https://example.com/");
        assert!(next(&request(Method::Get), &answer, true).is_err());
    }

    #[test]
    fn methods_change_as_in_browsers() {
        use Method::{Delete, Get, Head, Patch, Post, Put};
        for (method, status, then) in [
            (Post, 301, Some(Get)),
            (Post, 302, Some(Get)),
            (Post, 303, Some(Get)),
            (Post, 307, Some(Post)),
            (Post, 308, Some(Post)),
            (Put, 302, Some(Put)),
            (Patch, 303, Some(Get)),
            (Delete, 301, Some(Delete)),
            (Head, 303, Some(Head)),
            (Get, 304, None),
            (Get, 300, None),
            (Get, 200, None),
        ] {
            let next = follow(&request(method), status, "/x").unwrap();
            assert_eq!(next.as_ref().map(|next| next.method), then, "{method} {status}");
            let typed = next.is_some_and(|next| next.headers.contains("content-type"));
            assert_eq!(typed, then == Some(method), "{method} {status}");
        }
    }

    #[test]
    fn redirects_are_followed_up_to_the_limit() {
        let redirect = HttpResponse::new(302).header("location", "/next");
        let mut redirects = Redirects::new(1, false);
        redirects.before(&mut request(Method::Get));
        let mut next = redirects.after(&redirect).unwrap().unwrap();
        redirects.before(&mut next);
        assert_eq!(redirects.after(&redirect).unwrap_err().kind(), TransportErrorKind::Redirect);
    }

    #[test]
    fn only_a_failure_before_the_first_redirect_proves_that_nothing_was_sent() {
        let refused = || TransportError::new(TransportErrorKind::Connect, "");
        let mut redirects = Redirects::new(1, false);
        assert!(redirects.blame(refused()).never_sent());
        redirects.before(&mut request(Method::Get));
        redirects.after(&HttpResponse::new(302).header("location", "/next")).unwrap().unwrap();
        assert!(!redirects.blame(refused()).never_sent());
    }

    #[test]
    fn secrets_that_hooks_add_after_a_redirect_stay_at_their_origin() {
        let mut redirects = Redirects::new(3, false);
        redirects.before(&mut request(Method::Get));
        for (location, kept) in [("/same", true), ("https://example.com/", false), ("https://id.example.com/", false)] {
            let answer = HttpResponse::new(302).header("location", location);
            let mut next = redirects.after(&answer).unwrap().unwrap();
            next.headers.set("x-signature", "s3cret");
            redirects.before(&mut next);
            assert_eq!(next.headers.contains("x-signature"), kept, "{location}");
            assert_eq!(redirects.left_origin(), !kept, "{location}");
        }
    }
}
