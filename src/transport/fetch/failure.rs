//! What JavaScript's errors say.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::transport::url::shown;
use crate::transport::{TransportError, TransportErrorKind};

/// The error of something thrown or rejected while `url` was asked.
pub(super) fn of_js(thrown: &JsValue, url: &str, bound: u64) -> TransportError {
    match text(thrown, "name").as_deref() {
        Some("TooLargeError") => TransportError::too_large(bound),
        Some("OpaqueRedirectError") => opaque_redirect(),
        Some("TimeoutError") => TransportError::new(TransportErrorKind::Timeout, describe(thrown, url)),
        _ => TransportError::new(TransportErrorKind::Other, describe(thrown, url)),
    }
}

/// The message, and the cause where there is one: Node says there why. Queries are private, and stay out.
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

/// The answer to an operation whose answer is a redirect, in a browser.
pub(super) fn opaque_redirect() -> TransportError {
    let message = "the answer is a redirect, which browsers hide: call this operation from a server or a worker";
    TransportError::new(TransportErrorKind::Environment, message).with_never_sent(false)
}

pub(super) fn malformed() -> TransportError {
    TransportError::new(TransportErrorKind::Other, "the function in place of fetch gave no answer that can be read")
}
