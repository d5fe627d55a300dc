//! Tests of the crate's own `fetch` transport.

use std::time::Duration;

use js_sys::{Function, Reflect};
use logto_admin::ErrorKind;
use logto_admin::runtime::{Runtime, WebRuntime};
use logto_admin::transport::{
    Credentials, FetchTransport, HttpRequest, HttpTransport, Method, RedirectPolicy, ReqwestTransport,
    TransportErrorKind, TransportOptions,
};
use logto_admin_test_server::{Answer, Payload, Script};
use logto_admin_wasm_tests::Session;
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Replaced, function, global, in_browser};

fn to_elsewhere() -> Answer {
    Answer::status(302).header("location", "http://127.0.0.1:9/elsewhere")
}

#[wasm_bindgen_test]
async fn redirects_are_returned_except_in_browsers() {
    let session = Session::open(&Script::api([to_elsewhere()])).await;
    let client = session.client(FetchTransport::new()).build().unwrap();
    match client.request(Method::Post, "/api/authn").raw().await {
        Ok(answer) => {
            assert!(!in_browser());
            assert_eq!(answer.headers.get("location"), Some("http://127.0.0.1:9/elsewhere"));
        }
        Err(error) => assert!(in_browser() && error.kind() == ErrorKind::Unsupported, "{error}"),
    }
    assert_eq!(session.api_calls().await.len(), 1);
}

#[wasm_bindgen_test]
async fn redirects_that_reqwest_follows_are_errors() {
    let session =
        Session::open(&Script::api([Answer::status(302).header("location", "other"), Answer::json("[]")])).await;
    let client = session.client(ReqwestTransport::new().unwrap()).build().unwrap();
    let error = client.request(Method::Get, "/api/authn").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[wasm_bindgen_test]
async fn followed_redirects_send_credentials_only_to_the_same_origin() {
    let other = Session::open(&Script::api([Answer::json("[1]")])).await;
    let other_origin = other.url().replace("127.0.0.1", "localhost");
    let location = format!("{other_origin}/api/users");
    for (location, token) in [("within".to_owned(), Some("Bearer token-1")), (location, None)] {
        let redirect = Answer::status(302).header("location", location);
        let session = Session::open(&Script::api([redirect, Answer::json("[1]")])).await;
        let builder = session.client(FetchTransport::new()).redirects(RedirectPolicy::Follow(1));
        let answer = builder.build().unwrap().request(Method::Get, "/api/users").await;
        assert_eq!(answer.unwrap(), json!([1]));
        let second = match token {
            Some(_) => session.api_calls().await.remove(1),
            None => other.api_calls().await.remove(0),
        };
        assert_eq!(second.header("authorization"), token);
    }
}

#[wasm_bindgen_test]
async fn bodies_keys_and_token_calls_do_not_follow_to_another_origin() {
    let other = Session::open(&Script::default()).await;
    let elsewhere = || {
        let location = format!("{}/api/users", other.url().replace("127.0.0.1", "localhost"));
        Answer::status(307).header("location", location)
    };
    let follow = RedirectPolicy::Follow(1);
    let session = Session::open(&Script::api([elsewhere()])).await;
    let client = session.client(FetchTransport::new()).redirects(follow).build().unwrap();
    client.request(Method::Post, "/api/users").json(&json!({})).await.unwrap_err();
    let session = Session::open(&Script::token([elsewhere()])).await;
    let client = session.client(FetchTransport::new()).redirects(follow).build().unwrap();
    client.request(Method::Get, "/api/users").await.unwrap_err();
    assert!(other.until(0, 0).await.is_empty());

    let session = Session::open(&Script::api([elsewhere()])).await;
    let client = session.client(FetchTransport::new()).redirects(follow).build().unwrap();
    // Where the client follows redirects itself, it drops the key. Browsers would keep it.
    let answer = client.request(Method::Get, "/api/users").header("x-api-key", "s3cret").await;
    assert_eq!(answer.is_err(), in_browser());
    assert!(other.until(0, 0).await.iter().all(|seen| seen.header("x-api-key").is_none()));
}

#[wasm_bindgen_test]
async fn headers_arrive_unchanged() {
    let answer = Answer::status(200).header("x-name", "Zoë, \"x\"").header("x-list", "a").header("x-list", "b");
    let session = Session::open(&Script::api([answer])).await;
    let client = session.client(FetchTransport::new()).build().unwrap();
    let call = client.request(Method::Get, "/api/users").header("x-given", "Zoë \"\\ x");
    let answer = call.raw().await.unwrap();
    assert_eq!(answer.headers.get("x-name"), Some("Zoë, \"x\""));
    assert_eq!(answer.headers.get("x-list"), Some("a, b"));
    let seen = session.api_calls().await.remove(0);
    assert_eq!(seen.header("x-given"), Some("Zoë \"\\ x"));
    // Browsers set their own user agent.
    assert_eq!(seen.header("user-agent").unwrap().starts_with("logto-admin/"), !in_browser());
}

#[wasm_bindgen_test]
async fn bodies_are_decompressed() {
    let options = TransportOptions::default();
    for payload in [Payload::Text("[\"ë\"]".to_owned()), Payload::Gzip("[\"ë\"]".to_owned())] {
        let session = Session::open(&Script::api([Answer::payload(payload)])).await;
        let request = HttpRequest::new(Method::Get, format!("{}/api/users", session.url()));
        let answer = FetchTransport::new().send(request, &options).await.unwrap();
        assert_eq!(answer.body.text(), "[\"ë\"]");
    }
}

#[wasm_bindgen_test]
async fn bodies_of_reads_are_ignored() {
    let session = Session::open(&Script::default()).await;
    let mut request = HttpRequest::new(Method::Get, format!("{}/api/users", session.url()));
    request.body = "ignored".into();
    FetchTransport::new().send(request, &TransportOptions::default()).await.unwrap();
    let head = HttpRequest::new(Method::Head, format!("{}/api/users", session.url()));
    let answer = FetchTransport::new().send(head, &TransportOptions::default()).await.unwrap();
    assert!(answer.body.is_empty());
    assert_eq!(session.api_calls().await[0].body, "");
}

#[wasm_bindgen_test]
async fn javascript_values_are_sent_unchanged() {
    let session = Session::open(&Script::default()).await;
    let mut request = HttpRequest::new(Method::Post, format!("{}/api/users", session.url()));
    let parameters = function("", "return new URLSearchParams({a: 'b c'})").call0(&JsValue::NULL).unwrap();
    request.body = logto_admin::transport::Body::from_js(parameters);
    let refused = ReqwestTransport::new().unwrap().send(request.clone(), &TransportOptions::default()).await;
    assert_eq!(refused.unwrap_err().kind(), TransportErrorKind::Invalid);
    FetchTransport::new().send(request, &TransportOptions::default()).await.unwrap();
    assert_eq!(session.api_calls().await[0].body, "a=b+c");
}

#[wasm_bindgen_test]
async fn custom_functions_are_called_like_fetch() {
    let session = Session::open(&Script::default()).await;
    let fetch = function("url, init", "globalThis.lastInit = init; return fetch(url + '?by=function', init)");
    let transport = FetchTransport::from_function(fetch).credentials(Credentials::Omit);
    session.client(transport).build().unwrap().request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(session.api_calls().await[0].query, "by=function");
    let member = |name: &str| Reflect::get(&global("lastInit"), &name.into()).unwrap().as_string();
    assert_eq!((member("credentials"), member("redirect")), (Some("omit".into()), Some("manual".into())));
    assert_eq!(member("body"), None);
}

#[wasm_bindgen_test]
async fn misbehaving_custom_functions_cause_errors_not_traps() {
    for body in [
        "throw new Error('thrown')",
        "throw undefined",
        "return Promise.reject('rejected')",
        "return undefined",
        "return 7",
        "return {}",
        "return {status: 200}",
        "return {status: 200, headers: [], body: null}",
        "return {status: 200, headers: [], body: {getReader() { return {read() { return {} }} }}}",
    ] {
        let transport = FetchTransport::from_function(function("url, init", body));
        let request = HttpRequest::new(Method::Get, "http://127.0.0.1:9/");
        let error = transport.send(request, &TransportOptions::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.never_sent()), (TransportErrorKind::Other, false), "{body}");
    }
}

#[wasm_bindgen_test]
async fn missing_abort_controller_or_fetch_is_an_error() {
    for missing in ["AbortController", "fetch"] {
        let _without = Replaced::new(missing, &JsValue::UNDEFINED);
        let request = HttpRequest::new(Method::Get, "http://127.0.0.1:9/");
        let sent = FetchTransport::new().send(request, &TransportOptions::default()).await;
        assert_eq!(sent.unwrap_err().kind(), TransportErrorKind::Other, "{missing}");
    }
}

#[wasm_bindgen_test]
async fn errors_do_not_show_the_query() {
    for body in
        ["throw new TypeError('cannot parse ' + url)", "return Promise.reject({message: url, cause: {message: url}})"]
    {
        let transport = FetchTransport::from_function(function("url, init", body));
        let request = HttpRequest::new(Method::Get, "http://127.0.0.1:9/api?search=private");
        let error = transport.send(request, &TransportOptions::default()).await.unwrap_err();
        assert!(error.to_string().contains("/api") && !error.to_string().contains("private"), "{error}");
    }
}

#[wasm_bindgen_test]
async fn pending_custom_functions_are_aborted_by_the_signal() {
    let fetch = function("url, init", "globalThis.lastSignal = init.signal; return new Promise(() => {})");
    let client = logto_admin::Client::builder(logto_admin::Endpoint::self_hosted("http://127.0.0.1:9"))
        .transport(FetchTransport::from_function(fetch))
        .build()
        .unwrap();
    let error = client.request(Method::Post, "/api/roles").timeout(Duration::from_millis(5)).await.unwrap_err();
    assert!(error.is_timeout());
    let aborted = Reflect::get(&global("lastSignal"), &"aborted".into()).unwrap();
    assert!(aborted.is_truthy());
}

#[wasm_bindgen_test]
async fn completed_answers_are_not_aborted() {
    let session = Session::open(&Script::default()).await;
    let fetch = function("url, init", "globalThis.lastSignal = init.signal; return fetch(url, init)");
    let transport = FetchTransport::from_function(fetch.unchecked_into::<Function>());
    session.client(transport).build().unwrap().request(Method::Get, "/api/users").await.unwrap();
    WebRuntime::new().sleep(Duration::from_millis(1)).await;
    assert!(!Reflect::get(&global("lastSignal"), &"aborted".into()).unwrap().is_truthy());
}
