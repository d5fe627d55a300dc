//! What JavaScript runtime this is, and functions written in its language.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

/// Whether this is a browser, where redirects are hidden.
pub(crate) fn in_browser() -> bool {
    let navigator = global("navigator");
    let name = Reflect::get(&navigator, &"userAgent".into()).ok().and_then(|name| name.as_string());
    name.is_some_and(|name| name.starts_with("Mozilla/"))
}

/// A member of the global object.
pub(crate) fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Puts something else in place of a member of the global object until it is dropped.
pub(crate) struct Replaced {
    name: &'static str,
    before: JsValue,
}

impl Replaced {
    pub(crate) fn new(name: &'static str, value: &JsValue) -> Self {
        let before = global(name);
        Reflect::set(&js_sys::global(), &name.into(), value).unwrap();
        Self { name, before }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &self.name.into(), &self.before).unwrap();
    }
}

/// A function of JavaScript.
pub(crate) fn function(parameters: &str, body: &str) -> Function {
    Function::new_with_args(parameters, body)
}
