//! Sends a request with `fetch`, in few calls between wasm and JavaScript.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use super::abort::Abort;
use super::browser::in_browser;
use super::credentials::Credentials;
use super::response::settled;
use super::{failure, js, response};
use crate::transport::{Body, Headers, HttpRequest, HttpResponse, Method, TransportError, TransportOptions};

/// How to send one request.
#[derive(Clone, Copy)]
pub(super) struct Ask {
    pub options: TransportOptions,
    pub credentials: Option<Credentials>,
    /// Whether `fetch` itself follows redirects, as in browsers, which hide them.
    pub follow: bool,
}

/// Sends a request with this function or the global `fetch`, and reads the response.
pub(super) async fn send(
    fetch: Option<&Function>,
    request: HttpRequest,
    ask: Ask,
) -> Result<HttpResponse, TransportError> {
    let failed = |thrown: JsValue| failure::of_js(&thrown, &request.url);
    let mut abort = Abort::new().map_err(failed)?;
    let init = init(&request, ask, &abort).map_err(failed)?;
    let promise = match fetch {
        None => js::fetch(&request.url, &init),
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &JsValue::from_str(&request.url), &init),
    };
    let answered = settled(&promise.map_err(failed)?).await.map_err(failed)?;
    let received = response::read(answered.unchecked_ref(), request.method, ask.options.max_response_bytes).await;
    let received = received.map_err(|problem| problem.explain(&request.url))?;
    abort.disarm();
    Ok(received)
}

/// Returns the second argument of `fetch`.
fn init(request: &HttpRequest, ask: Ask, abort: &Abort) -> Result<js::Init, JsValue> {
    let redirect = if ask.follow { "follow" } else { "manual" };
    let mut json = format!(r#"{{"method":"{}","redirect":"{redirect}","#, request.method);
    // Only if it is set: Cloudflare Workers reject the member.
    if let Some(credentials) = ask.credentials {
        json.push_str(&format!(r#""credentials":"{}","#, credentials.as_str()));
    }
    json.push_str(r#""headers":"#);
    json.push_str(&headers_json(&request.headers));
    json.push('}');
    let init = js::init_from_json(&json)?;
    init.set_signal(&abort.signal()?)?;
    if let Some(body) = body(request) {
        init.set_body(&body)?;
    }
    Ok(init)
}

/// Returns the body, unless it is empty or `fetch` would reject it.
fn body(request: &HttpRequest) -> Option<JsValue> {
    let can_have_one = !matches!(request.method, Method::Get | Method::Head);
    Some(&request.body).filter(|body| can_have_one && !body.is_empty()).map(Body::to_js)
}

/// Returns the headers as a JSON list of pairs.
fn headers_json(headers: &Headers) -> String {
    let mut json = String::from("[");
    for (name, value) in headers.iter() {
        // Browsers send their own user agent. For a custom one, some send a preflight request, which Logto rejects.
        if name == "user-agent" && in_browser() {
            continue;
        }
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str("[\"");
        escape(name, &mut json);
        json.push_str("\",\"");
        escape(value, &mut json);
        json.push_str("\"]");
    }
    json.push(']');
    json
}

/// Escapes text for a JSON string. Each byte becomes one character, as JavaScript expects in headers.
fn escape(text: &str, json: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => json.extend(['\\', char::from(byte)]),
            0..=0x1F => json.push_str(&format!("\\u{byte:04x}")),
            _ => json.push(char::from(byte)),
        }
    }
}
