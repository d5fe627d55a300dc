//! Detects the JavaScript runtime, and creates JavaScript functions.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Returns whether this is a browser. Browsers hide redirects.
pub(crate) fn in_browser() -> bool {
    let navigator = global("navigator");
    let name = Reflect::get(&navigator, &"userAgent".into()).ok().and_then(|name| name.as_string());
    name.is_some_and(|name| name.starts_with("Mozilla/"))
}

/// Returns a member of the global object.
pub(crate) fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Replaces a member of the global object until dropped. Also replaces members that cannot be assigned, such as
/// `navigator`.
pub(crate) struct Replaced {
    name: &'static str,
    /// The previous descriptor of the member, or undefined if the member was inherited or missing.
    before: JsValue,
}

impl Replaced {
    pub(crate) fn new(name: &'static str, value: &JsValue) -> Self {
        let (global, descriptor) = (js_sys::global(), Object::new());
        let before = Reflect::get_own_property_descriptor(&global, &name.into()).unwrap();
        let (yes, name_of) = (JsValue::TRUE, JsValue::from_str);
        for (member, value) in [("value", value), ("configurable", &yes), ("writable", &yes), ("enumerable", &yes)] {
            Reflect::set(&descriptor, &name_of(member), value).unwrap();
        }
        assert!(
            Reflect::define_property(&global, &name_of(name), &descriptor).unwrap(),
            "{name} should be replaceable"
        );
        Self { name, before }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        let (global, name) = (js_sys::global(), JsValue::from_str(self.name));
        match self.before.dyn_ref::<Object>() {
            Some(before) => Reflect::define_property(&global, &name, before),
            None => Reflect::delete_property(&global, &name),
        }
        .unwrap();
    }
}

/// Creates a JavaScript function.
pub(crate) fn function(parameters: &str, body: &str) -> Function {
    Function::new_with_args(parameters, body)
}
