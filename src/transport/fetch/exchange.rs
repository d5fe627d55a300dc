//! One request by `fetch`, in as few steps between wasm and JavaScript as can be.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use super::abort::Abort;
use super::answer::settled;
use super::{Ask, answer, failure, in_browser, js};
use crate::transport::{Body, Headers, HttpRequest, HttpResponse, Method, TransportError};

/// Sends a request by this function or the global `fetch`, and reads the answer.
pub(super) async fn exchange(
    fetch: Option<&Function>,
    request: HttpRequest,
    ask: Ask,
) -> Result<HttpResponse, TransportError> {
    let bound = ask.options.max_response_bytes;
    let failed = |thrown: JsValue| failure::of_js(&thrown, &request.url, bound);
    let mut abort = Abort::new().map_err(failed)?;
    let init = init(&request, ask, &abort).map_err(failed)?;
    let promise = match fetch {
        None => js::fetch(&request.url, &init),
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &JsValue::from_str(&request.url), &init),
    };
    let answered = settled(&promise.map_err(failed)?).await.map_err(failed)?;
    let response = answer::read(answered.unchecked_ref(), request.method, ask).await;
    let response = response.map_err(|problem| problem.explain(&request.url, bound))?;
    abort.disarm();
    Ok(response)
}

/// The second argument of `fetch`.
fn init(request: &HttpRequest, ask: Ask, abort: &Abort) -> Result<js::Init, JsValue> {
    let redirect = if ask.follow { "follow" } else { "manual" };
    let mut json = format!(r#"{{"method":"{}","redirect":"{redirect}","#, request.method);
    // Only if asked for: Cloudflare Workers refuse the member.
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

/// The body, unless there is none or `fetch` would refuse it.
pub(super) fn body(request: &HttpRequest) -> Option<JsValue> {
    let can_have_one = !matches!(request.method, Method::Get | Method::Head);
    Some(&request.body).filter(|body| can_have_one && !body.is_empty()).map(Body::to_js)
}

/// The headers as a list of pairs, in JSON.
pub(super) fn headers_json(headers: &Headers) -> String {
    let mut json = String::from("[");
    for (name, value) in headers.iter() {
        // A browser sends its own; some ask the server's leave to send ours, and Logto does not give it.
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

/// For a string of JSON. Each byte becomes a character: JavaScript takes headers in that form.
fn escape(text: &str, json: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => json.extend(['\\', char::from(byte)]),
            0..=0x1F => json.push_str(&format!("\\u{byte:04x}")),
            _ => json.push(char::from(byte)),
        }
    }
}
