//! Answers of the token endpoint. The client uses the token that the answer contains, or fails without showing it.

use std::time::Duration;

use http::HeaderValue;
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};
use serde_json::json;

use crate::fields::{Fields, joined};
use crate::marker::{self, SECRET};
use crate::reference::{is_skipped, reference};

/// No lifetime is longer, and a lifetime that is not credible is shorter.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

pub fn seeds() -> Vec<Vec<u8>> {
    let bodies = [
        r#"{"access_token":"s3cret","expires_in":3600,"token_type":"Bearer","scope":"all"}"#,
        r#"{"access_token":"s3cret","expires_in":"36e2","scope":""}"#,
        r#"{"access_token":"s3cret","expires_in":-1}"#,
        r#"{"access_token":"s3cret","expires_in":1e300}"#,
        r#"{"access_token":"s3cret","expires_in":null,"scope":["all"]}"#,
        r#"{"access_token":"s3cret\n"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"a","access_token":"s3cret"}"#,
        r#"{"error":"invalid_client","error_description":"no"}"#,
        "<html>",
        "",
        "[]",
    ];
    let plain = ["200", "400", "302", "429"].iter().flat_map(|status| bodies.map(|body| joined(&[status, body])));
    let made = ["3600", "0.5", "\"5\"", "true"].map(|life| joined(&["made", SECRET, life, "all"]));
    plain.chain(made).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    let status = fields.text();
    let (status, body) = if status == "made" {
        let (token, life, scope) = (json!(fields.text()), fields.text(), json!(fields.text()));
        (200, format!(r#"{{"access_token":{token},"expires_in":{life},"scope":{scope}}}"#))
    } else {
        (status.parse().ok().filter(|status| (200..600).contains(status)).unwrap_or(200), fields.text().into_owned())
    };
    uses_the_token(status, &body);
}

fn uses_the_token(status: u16, body: &str) {
    let answer = HttpResponse::json(status, body);
    let transport = ScriptedTransport::new(move |_, options| {
        let answer = if options.token_call { answer.clone() } else { HttpResponse::json(200, "[]") };
        async { Ok(answer) }
    });
    let runtime = FakeRuntime::new();
    let client = builder(&transport, &runtime).build().expect("the settings are valid");
    let call = || runtime.run(async { client.users().list().await });
    match call() {
        Ok(_) => {
            assert!((200..300).contains(&status), "{status} {body}");
            let sent = transport.api_calls()[0].headers.get("authorization").unwrap_or_default().to_owned();
            let token = sent.strip_prefix("Bearer ").expect("a bearer token");
            assert!(!token.is_empty() && HeaderValue::from_str(&sent).is_ok(), "{sent:?}");
            match reference(body.as_bytes()) {
                Some(answer) => assert_eq!(Some(token), answer["access_token"].as_str(), "{body}"),
                None => assert!(is_skipped(body.as_bytes()), "{body}"),
            }
            runtime.advance(LONGEST + Duration::from_secs(1));
            let calls = transport.token_calls().len();
            if call().is_ok() && reference(body.as_bytes()).is_some_and(|body| !body["expires_in"].is_null()) {
                assert!(transport.token_calls().len() > calls, "an expired token was used: {body}");
            }
        }
        Err(error) => {
            assert!(transport.api_calls().is_empty(), "{error}");
            if token_in(body).is_some_and(|token| token.contains(SECRET)) && body.matches(SECRET).count() == 1 {
                marker::hidden(&error);
            }
        }
    }
}

fn token_in(body: &str) -> Option<String> {
    Some(reference(body.as_bytes())?.get("access_token")?.as_str()?.to_owned())
}
