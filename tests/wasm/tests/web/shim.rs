//! Tests of a JavaScript function that carries out the whole exchange.

use std::time::Duration;

use js_sys::Reflect;
use logto_admin::transport::{
    FetchTransport, HttpRequest, HttpTransport, Method, TransportErrorKind, TransportOptions,
};
use logto_admin::{Client, Endpoint, ErrorKind};
use logto_admin_test_server::{Answer, Payload, Script};
use logto_admin_wasm_tests::Session;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{function, global};

const PARAMETERS: &str = "url, method, headers, body, text, maxBytes, follow";

/// A shim as described in `FetchTransport::from_shim`.
const SHIM: &str = r#"
    const controller = new AbortController();
    const init = { method, headers: JSON.parse(headers), body, redirect: follow ? "follow" : "manual", signal: controller.signal };
    const exchange = async () => {
        const response = await fetch(url, init);
        const content = new Uint8Array(await response.arrayBuffer());
        if (content.length > maxBytes) throw Object.assign(new Error("too large"), { name: "TooLargeError" });
        const answer = text ? new TextDecoder().decode(content) : content;
        return [response.status, Array.from(response.headers).join("\n"), answer];
    };
    const promise = exchange();
    promise.abort = () => { globalThis.shimAborted = true; controller.abort(); };
    promise.catch(() => {});
    return promise;
"#;

fn shim(body: &str) -> FetchTransport {
    FetchTransport::from_shim(function(PARAMETERS, body))
}

async fn send(body: &str) -> Result<logto_admin::transport::HttpResponse, logto_admin::transport::TransportError> {
    shim(body).send(HttpRequest::new(Method::Get, "http://127.0.0.1:9/"), &TransportOptions::default()).await
}

#[wasm_bindgen_test]
async fn calls_use_the_shim() {
    let session = Session::open(&Script::api([Answer::json("[1]").header("total-number", "1")])).await;
    let client = session.client(shim(SHIM)).build().unwrap();
    let call = client.request(Method::Post, "/api/roles").json(&json!({"name": "a"}));
    let response = call.detailed().await.unwrap();
    assert_eq!(response.headers.get("total-number"), Some("1"));
    assert_eq!(response.into_result().unwrap(), json!([1]));
    assert_eq!(session.api_calls().await[0].body, r#"{"name":"a"}"#);
}

#[wasm_bindgen_test]
async fn text_stays_in_javascript() {
    let session = Session::open(&Script::api([Answer::json("[\"ë\"]")])).await;
    let mut options = TransportOptions::default();
    options.prefer_text = true;
    let request = HttpRequest::new(Method::Get, format!("{}/api/users", session.url()));
    let answer = shim(SHIM).send(request, &options).await.unwrap();
    assert_eq!(answer.body.to_js().as_string().as_deref(), Some("[\"ë\"]"));
}

#[wasm_bindgen_test]
async fn the_shim_enforces_the_size_limit() {
    let session = Session::open(&Script::api([Answer::payload(Payload::Zeros(11))])).await;
    let client = session.client(shim(SHIM)).max_response_bytes(1000).build().unwrap();
    client.request(Method::Get, "/api/logs").raw().await.unwrap();
    let mut options = TransportOptions::default();
    options.max_response_bytes = 10;
    let request = HttpRequest::new(Method::Get, format!("{}/api/logs", session.url()));
    assert_eq!(shim(SHIM).send(request, &options).await.unwrap_err().kind(), TransportErrorKind::TooLarge);
}

#[wasm_bindgen_test]
async fn the_shim_is_aborted_only_after_a_timeout() {
    let session =
        Session::open(&Script::api([Answer::json("[]"), Answer::fault(logto_admin_test_server::Fault::Hang)])).await;
    Reflect::set(&js_sys::global(), &"shimAborted".into(), &false.into()).unwrap();
    let client = session.client(shim(SHIM)).build().unwrap();
    client.request(Method::Get, "/api/users").await.unwrap();
    assert!(!global("shimAborted").is_truthy());
    let slow = client.request(Method::Post, "/api/roles").timeout(Duration::from_millis(50));
    assert!(slow.await.unwrap_err().is_timeout());
    assert!(global("shimAborted").is_truthy());
    session.until(3, 1).await;
}

#[wasm_bindgen_test]
async fn shim_errors_have_kinds() {
    let kind = async |body: &'static str| send(body).await.unwrap_err().kind();
    let named = |name: &str| format!("return Promise.reject(Object.assign(new Error('x'), {{ name: '{name}' }}))");
    for (name, expected) in [
        ("TooLargeError", TransportErrorKind::TooLarge),
        ("OpaqueRedirectError", TransportErrorKind::Environment),
        ("TimeoutError", TransportErrorKind::Timeout),
        ("TypeError", TransportErrorKind::Other),
    ] {
        assert_eq!(send(&named(name)).await.unwrap_err().kind(), expected, "{name}");
    }
    assert_eq!(kind("throw 'at once'").await, TransportErrorKind::Other);
}

#[wasm_bindgen_test]
async fn malformed_answers_are_errors_not_traps() {
    for body in ["", "return 7", "return []", "return ['200', '', '']", "return [0, '', '']", "return [200]"] {
        assert_eq!(send(body).await.unwrap_err().kind(), TransportErrorKind::Other, "{body}");
    }
    assert!(send("return [204, '', null]").await.unwrap().body.is_empty());
}

#[wasm_bindgen_test]
async fn opaque_redirects_are_unsupported() {
    let client = Client::builder(Endpoint::self_hosted("http://127.0.0.1:9"))
        .transport(shim("throw Object.assign(new Error('x'), { name: 'OpaqueRedirectError' })"))
        .build()
        .unwrap();
    let error = client.request(Method::Get, "/api/authn").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unsupported, 1));
}
