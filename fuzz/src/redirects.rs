//! Redirects lead to the target that the `url` crate resolves. They do not send secrets to another origin.

use logto_admin::transport::{HttpRequest, HttpResponse, Method, RedirectPolicy};
use logto_admin::{Client, Endpoint};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};
use url::Url;

use crate::fields::{Fields, joined};
use crate::marker;

const ENDPOINT: &str = "https://id.example.com";

pub fn seeds() -> Vec<Vec<u8>> {
    let locations = [
        "/other?a=b#part",
        "next",
        "?page=2",
        "",
        "//cdn.example.com/x",
        "https://else.example.com",
        "HTTPS://ID.example.com:443/x",
        "http://id.example.com/",
        "https://evil.example\\@id.example.com/",
        "https://ada:s3cret@id.example.com/",
        "https:/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\tb",
        "../../x",
        "/a:b",
        "https://id.example.com.evil.example/",
        "https://m\u{fc}ller.example/\u{e9}",
        "#x",
    ];
    let statuses = ["301", "302", "303", "307", "308"];
    statuses.iter().flat_map(|status| locations.map(|location| joined(&[status, "", location]))).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    let status = fields.text().parse().ok().filter(|status| (301..=308).contains(status)).unwrap_or(302);
    let is_post = fields.text() == "post";
    let location = fields.text().into_owned();
    let (sent, error) = follow(status, if is_post { Method::Post } else { Method::Get }, &location);
    if let Some(error) = error {
        marker::hidden(&error);
    }
    let first = Url::parse(&sent[0].url).expect("a valid URL");
    match sent.get(1) {
        Some(next) => leads_there(&first, next, &location),
        None => assert!(may_be_refused(&first, status, is_post, &location), "{status} {location:?} was not followed"),
    }
}

/// Sends a request that the server redirects once. Returns all requests, and the error.
fn follow(status: u16, method: Method, location: &str) -> (Vec<HttpRequest>, Option<logto_admin::Error>) {
    let redirect = HttpResponse::new(status).header("location", location.to_owned());
    let transport = ScriptedTransport::answers([redirect, HttpResponse::json(200, "[]")]);
    let runtime = FakeRuntime::new();
    let builder = Client::builder(Endpoint::self_hosted(ENDPOINT)).access_token(marker::SECRET);
    let builder = builder.transport(transport.clone()).runtime(runtime.clone()).redirects(RedirectPolicy::Follow(1));
    let client = builder.build().expect("the settings are valid");
    let request = client.request(method, "/api/users").header("x-key", marker::SECRET);
    let done = runtime.run(async { request.await });
    (transport.api_calls(), done.err())
}

fn leads_there(first: &Url, next: &HttpRequest, location: &str) {
    let mut expected = first.join(location).expect("the location is a valid reference");
    expected.set_fragment(None);
    assert_eq!(next.url, expected.as_str(), "{location:?}");
    assert_eq!(expected.scheme(), "https");
    assert!(expected.username().is_empty() && expected.password().is_none(), "{location:?}");
    if expected.origin() != first.origin() {
        assert!(next.headers.iter().all(|(_, value)| !value.contains(marker::SECRET)), "{next:?}");
        assert!(next.body.is_empty());
    }
}

/// Whether the client can refuse to follow a redirect.
fn may_be_refused(first: &Url, status: u16, is_post: bool, location: &str) -> bool {
    let is_ambiguous = |character: char| character.is_whitespace() || character.is_control() || character == '\\';
    let reference = location.split('#').next().unwrap_or_default();
    let Ok(target) = first.join(reference) else { return true };
    let has_scheme = reference.split(['/', '?']).next().unwrap_or_default().contains(':');
    let is_complete =
        !has_scheme || reference.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['/', '?']));
    matches!(status, 304..=306)
        || location.contains(is_ambiguous)
        || !is_complete
        || target.scheme() != "https"
        || !target.username().is_empty()
        || target.password().is_some()
        || (is_post && !matches!(status, 301..=303))
}
