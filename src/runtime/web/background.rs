use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;

    // In Node and Bun, timers are objects. `unref` lets the process end before the timer.
    type NodeTimer;

    #[wasm_bindgen(catch, method)]
    fn unref(this: &NodeTimer) -> Result<JsValue, JsValue>;

    // In Deno, timers are numbers.
    #[wasm_bindgen(catch, js_namespace = Deno, js_name = unrefTimer)]
    fn deno_unref(handle: &JsValue) -> Result<(), JsValue>;
}

/// Sleeps without keeping the process alive. Dropping the future clears the timer.
///
/// `gloo-timers` only returns the handle of a leaked timer (`forget`), so its small callback is never freed. The refresher
/// sleeps once per token.
pub(super) async fn sleep(millis: u32) {
    let (end, ended) = oneshot::channel();
    let timer = Pending(Timeout::new(millis, move || end.send(()).unwrap_or_default()).forget());
    timer.unreference();
    // The callback sends before it is dropped.
    let _ = ended.await;
}

/// A timer that is cleared when dropped.
struct Pending(JsValue);

impl Pending {
    /// Lets the process end while the timer is pending. Does nothing in browsers and workers, where this is not needed.
    fn unreference(&self) {
        if self.0.is_object() {
            let _ = self.0.unchecked_ref::<NodeTimer>().unref();
        } else {
            let _ = deno_unref(&self.0);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.0);
    }
}
