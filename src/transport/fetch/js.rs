//! Imports from JavaScript. Each has `catch`: an exception would otherwise unwind through wasm, and the running future
//! would never end.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    pub(super) fn fetch(url: &str, init: &Init) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub(super) fn array_from(iterable: &JsValue) -> Result<Array, JsValue>;

    /// The second argument of `fetch`.
    pub(super) type Init;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub(super) fn init_from_json(text: &str) -> Result<Init, JsValue>;

    #[wasm_bindgen(catch, method, setter)]
    pub(super) fn set_signal(this: &Init, signal: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, method, setter)]
    pub(super) fn set_body(this: &Init, body: &JsValue) -> Result<(), JsValue>;

    pub(super) type AbortController;

    #[wasm_bindgen(catch, constructor)]
    pub(super) fn new() -> Result<AbortController, JsValue>;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn signal(this: &AbortController) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, method)]
    pub(super) fn abort(this: &AbortController) -> Result<(), JsValue>;

    /// A `Response`, or an object with the same members.
    pub(super) type Answer;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn status(this: &Answer) -> Result<u16, JsValue>;

    #[wasm_bindgen(catch, method, getter, js_name = type)]
    pub(super) fn kind(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn headers(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn body(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, method, js_name = arrayBuffer)]
    pub(super) fn array_buffer(this: &Answer) -> Result<JsValue, JsValue>;

    /// A `ReadableStream`.
    pub(super) type Stream;

    #[wasm_bindgen(catch, method, js_name = getReader)]
    pub(super) fn reader(this: &Stream) -> Result<Reader, JsValue>;

    pub(super) type Reader;

    #[wasm_bindgen(catch, method)]
    pub(super) fn read(this: &Reader) -> Result<JsValue, JsValue>;

    /// A chunk of a stream.
    pub(super) type Piece;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn done(this: &Piece) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, method, getter)]
    pub(super) fn value(this: &Piece) -> Result<JsValue, JsValue>;
}
