//! One request by a JavaScript function that does it all.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::exchange::{body, headers_json};
use super::{Ask, answer, failure, js};
use crate::transport::{Body, HttpRequest, HttpResponse, TransportError};

pub(super) async fn exchange(shim: &js::Shim, request: HttpRequest, ask: Ask) -> Result<HttpResponse, TransportError> {
    let bound = ask.options.max_response_bytes;
    let failed = |thrown: JsValue| failure::of_js(&thrown, &request.url, bound);
    let promise = shim.call(
        &JsValue::UNDEFINED,
        &request.url,
        request.method.as_str(),
        &headers_json(&request.headers),
        &body(&request).unwrap_or(JsValue::UNDEFINED),
        ask.options.prefer_text,
        bound as f64,
        ask.follow,
    );
    let mut abort = ShimAbort { promise: promise.map_err(failed)?, armed: true };
    let answered = answer::settled(&abort.promise).await;
    abort.armed = false;
    response(&answered.map_err(failed)?).ok_or_else(failure::malformed)
}

/// `[status, headers, body]`.
fn response(answered: &JsValue) -> Option<HttpResponse> {
    let parts = answered.dyn_ref::<Array>()?;
    let status = parts.get(0).as_f64().filter(|status| (100.0..1000.0).contains(status))? as u16;
    let headers = answer::headers(&parts.get(1).as_string()?);
    let body = parts.get(2);
    let body = if body.is_null() || body.is_undefined() { Body::empty() } else { Body::from_js(body) };
    Some(HttpResponse { status, headers, body })
}

/// Calls the promise's `abort` when it is dropped before the answer is there.
struct ShimAbort {
    promise: JsValue,
    armed: bool,
}

impl Drop for ShimAbort {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let abort = Reflect::get(&self.promise, &"abort".into()).ok();
        if let Some(abort) = abort.and_then(|abort| abort.dyn_into::<Function>().ok()) {
            let _ = abort.call0(&self.promise);
        }
    }
}
