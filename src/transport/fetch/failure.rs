//! Converts JavaScript exceptions to errors.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::transport::url::shown;
use crate::transport::{TransportError, TransportErrorKind};

/// Returns the error for an exception or a rejected promise of a request to `url`.
pub(super) fn of_js(thrown: &JsValue, url: &str) -> TransportError {
    match text(thrown, "name").as_deref() {
        Some("TimeoutError") => TransportError::new(TransportErrorKind::Timeout, describe(thrown, url)),
        _ => TransportError::new(TransportErrorKind::Other, describe(thrown, url)),
    }
}

/// Returns the message with the cause, in which Node.js reports details. Omits the query, which might be private.
fn describe(thrown: &JsValue, url: &str) -> String {
    let message = text(thrown, "message").or_else(|| thrown.as_string()).unwrap_or_default();
    let cause = Reflect::get(thrown, &"cause".into()).ok();
    let said = |name| cause.as_ref().and_then(|cause| text(cause, name)).filter(|text| !text.is_empty());
    let told = match said("message").or_else(|| said("code")) {
        Some(cause) => format!("fetch failed: {message} ({cause})"),
        None => format!("fetch failed: {message}"),
    };
    told.replace(url, &shown(url))
}

fn text(value: &JsValue, name: &str) -> Option<String> {
    Reflect::get(value, &name.into()).ok()?.as_string()
}

/// Returns the error for a redirect that the browser hides.
pub(super) fn opaque_redirect() -> TransportError {
    let message = "the response is a redirect, which browsers hide: call this operation from a server or a worker";
    TransportError::new(TransportErrorKind::Environment, message).with_never_sent(false)
}

pub(super) fn malformed() -> TransportError {
    TransportError::new(TransportErrorKind::Other, "the custom fetch function returned an invalid response")
}
