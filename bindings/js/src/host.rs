//! What the host does for the module. No function throws, and none calls back before it returns: `false` says that an
//! operation could not begin.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the epoch.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn now() -> f64;

    /// Milliseconds on a clock that never goes back.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn monotonic() -> f64;

    /// A number from 0 to below 1.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn random() -> f64;

    /// Fetches: settled with the status and what the module reads of the answer (content type, members and `Retry-After`
    /// of errors and token calls), or with less than 100 and what went wrong. The host has what a call is; a token call
    /// brings its URL and body, by which it is told. `headers` are lines.
    #[wasm_bindgen(js_namespace = host)]
    #[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
    pub(crate) fn send(operation: u32, client: u32, call: u32, url: &str, headers: &str, body: &[u8]) -> bool;

    /// Waits; a background timer does not keep a process alive.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn sleep(operation: u32, milliseconds: f64, background: bool) -> bool;

    /// Asks the user's function for a token: settled with its lifetime in seconds (0 if unknown) and its text.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn token(operation: u32, client: u32, call: u32) -> bool;

    /// Uses the user's store of tokens: reads (`kind` 0, settled with the text), writes (1) or removes (2).
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store(operation: u32, client: u32, kind: u32, key: &str, value: &str, seconds: f64) -> bool;

    /// Nobody waits for the operation any longer.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn cancel(operation: u32);

    /// The call has succeeded; its answer is with the host already, or is this text.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn done(call: u32, text: &str);

    /// The call has failed.
    #[wasm_bindgen(js_namespace = host)]
    #[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
    pub(crate) fn failed(
        call: u32,
        kind: &str,
        message: &str,
        status: u16,
        code: &str,
        hint: &str,
        attempts: u32,
        stopped: &str,
    );
}
