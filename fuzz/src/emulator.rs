//! The emulator answers any request as a server does. The same each time, and it can save what it has then.

use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;
use serde_json::Value;

use crate::fields::{Fields, joined};
use crate::recordings::{EXCHANGES, Exchange};
use crate::seeded::{Credentials, START, URL};

/// The input is a list of requests: method and credentials, path with query, body. Only some of the recorded requests are
/// seeds, so that a short run has time for changed ones.
pub fn seeds() -> Vec<Vec<u8>> {
    let requests = EXCHANGES.iter().filter(|exchange| exchange.status < 400);
    let mut seeds: Vec<Vec<u8>> = requests.step_by(6).map(request_of).collect();
    for path in
        ["/oidc/auth?client_id=a", "/oidc/.well-known/openid-configuration", "/oidc/jwks", "/sign-in", "/emulator"]
    {
        seeds.push(joined(&["GET none", path, ""]));
    }
    seeds
}

fn request_of(exchange: &Exchange) -> Vec<u8> {
    let path = START.path(exchange);
    let pairs: Vec<String> = exchange.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let target = if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) };
    let body = START.body(&exchange.request_body);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    joined(&[&format!("{} {}", exchange.method, credentials_for(&target)), &target, &body])
}

/// Returns the name of the credentials that a path needs.
fn credentials_for(path: &str) -> &'static str {
    let is_below = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    if is_below(&["/api/my-account", "/api/verifications"]) {
        "user"
    } else if is_below(&["/api/experience", "/api/interaction"]) {
        "browser"
    } else if is_below(&["/api/.well-known", "/oidc"]) {
        "none"
    } else {
        "admin"
    }
}

fn credentials(name: &str) -> Credentials {
    match name {
        "user" => Credentials::User,
        "browser" => Credentials::Browser,
        "none" => Credentials::None,
        _ => Credentials::Admin,
    }
}

pub fn check(data: &[u8]) {
    let requests = requests(data);
    let (first, second) = (restored(&START.saved), restored(&START.saved));
    for request in &requests {
        let answer = first.handle(request);
        is_an_answer(request, &answer);
        let again = second.handle(request);
        assert_eq!((again.status, again.body.bytes()), (answer.status, answer.body.bytes()), "{request:?}");
    }
    // A sign-in starts with GET, so other paths can change the state, too.
    let reads =
        |request: &HttpRequest| request.method == Method::Get && request.url.starts_with(&format!("{URL}/api/"));
    if requests.iter().all(reads) {
        return;
    }
    let saved = saved(&first);
    let again = self::saved(&restored(&saved));
    let state = |saved: &[u8]| serde_json::from_slice::<Value>(saved).expect("the state is JSON");
    assert_eq!(state(&again), state(&saved), "the saved state is restored");
}

fn requests(data: &[u8]) -> Vec<HttpRequest> {
    let mut fields = Fields::of(data);
    let mut requests = Vec::new();
    while let (Some(method), true) = (fields.next(), requests.len() < 4) {
        let methods =
            [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Head, Method::Options];
        let (method, name) = method.split_once(' ').unwrap_or((&method, ""));
        let method = methods.into_iter().find(|known| known.as_str() == method).unwrap_or(Method::Get);
        let target = fields.text();
        let mut request = HttpRequest::new(method, format!("{URL}/{}", target.trim_start_matches('/')));
        START.authorize(&mut request, credentials(name));
        let body = fields.text();
        if !body.is_empty() {
            let is_form = target.starts_with("/oidc");
            let kind = if is_form { "application/x-www-form-urlencoded" } else { "application/json" };
            request.headers.set("content-type", kind);
            request.body = body.into_owned().into();
        }
        requests.push(request);
    }
    requests
}

fn is_an_answer(request: &HttpRequest, answer: &HttpResponse) {
    // Like the server, whose database cannot store this character.
    let has_nul = request.url.contains('\0') || request.url.contains("%00") || request.body.text().contains("\\u0000");
    let is_valid = (200..500).contains(&answer.status) || answer.status == 501 || (answer.status == 500 && has_nul);
    assert!(
        is_valid,
        "{} {} {}: {} {}",
        request.method,
        request.url,
        request.body.text(),
        answer.status,
        answer.body.text()
    );
    let is_json = answer.headers.get("content-type").is_some_and(|kind| kind.contains("json"));
    if is_json && !answer.body.is_empty() {
        let value: Value = serde_json::from_slice(&answer.body.bytes()).expect("the answer is JSON");
        if answer.status >= 400 {
            let is_explained = value["message"].is_string() || value["error"].is_string();
            assert!(is_explained, "{} {}: {value}", request.method, request.url);
        }
    }
}

fn restored(saved: &[u8]) -> Emulator {
    let emulator = Emulator::new();
    emulator.restore(saved).expect("the saved state can be restored");
    emulator
}

fn saved(emulator: &Emulator) -> Vec<u8> {
    let mut saved = Vec::new();
    emulator.save(&mut saved).expect("the state can be saved");
    saved
}
