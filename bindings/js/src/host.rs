//! Functions of the host. They do not throw, and do not call back before they return. `false` means that the operation
//! could not start.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Returns milliseconds since the epoch.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn now() -> f64;

    /// Returns milliseconds on a clock that never goes back.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn monotonic() -> f64;

    /// Returns a random number from 0 (inclusive) to 1 (exclusive).
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn random() -> f64;

    /// Sends the request of a call, with this `Authorization` header unless it is empty. `attempt` counts from 1.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn send(operation: u32, call: u32, attempt: u32, authorization: &str) -> bool;

    /// Writes and sends a request to the token endpoint. `attempt` counts from 1.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn send_token(operation: u32, client: u32, attempt: u32) -> bool;

    /// Sleeps. A background timer does not keep a process alive.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn sleep(operation: u32, milliseconds: f64, background: bool) -> bool;

    /// Calls the user's function for access tokens.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn fetch_token(operation: u32, client: u32) -> bool;

    /// Reads the token of this client from the user's token store.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_get(operation: u32, client: u32) -> bool;

    /// Writes the token of this client to the user's token store. `seconds` is its lifetime; negative if it has none.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_set(
        operation: u32,
        client: u32,
        token: &str,
        seconds: f64,
        scope: &str,
        missing_scope: &str,
    ) -> bool;

    /// Removes the token of this client from the user's token store.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_remove(operation: u32, client: u32) -> bool;

    /// Acquires one of two locks on the token of this client.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_lock(operation: u32, client: u32, second: bool, owner: &str, seconds: f64) -> bool;

    /// Releases a lock.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn store_unlock(operation: u32, client: u32, second: bool, owner: &str) -> bool;

    /// Cancels an operation.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn cancel(operation: u32);

    /// Resolves a call. The host has its response. Until `fresh_until`, on the monotonic clock in milliseconds, other calls
    /// may use its access token.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn resolve(call: u32, fresh_until: f64);

    /// Resolves a call for the access token.
    #[wasm_bindgen(js_namespace = host)]
    pub(crate) fn resolve_token(call: u32, token: &str);

    /// Rejects a call.
    #[wasm_bindgen(js_namespace = host)]
    #[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
    pub(crate) fn reject(
        call: u32,
        of_token: bool,
        kind: &str,
        message: &str,
        status: u16,
        code: &str,
        hint: &str,
        attempts: u32,
        stop_reason: &str,
    );
}
