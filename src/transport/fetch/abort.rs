use wasm_bindgen::JsValue;

use super::js::AbortController;

/// Aborts the request if it is dropped before the response was read.
pub(super) struct Abort {
    controller: AbortController,
    armed: bool,
}

impl Abort {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { controller: AbortController::new()?, armed: true })
    }

    pub(super) fn signal(&self) -> Result<JsValue, JsValue> {
        self.controller.signal()
    }

    /// Marks the response as read.
    pub(super) const fn disarm(&mut self) {
        self.armed = false;
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if self.armed {
            let _ = self.controller.abort();
        }
    }
}
