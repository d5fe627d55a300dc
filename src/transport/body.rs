use std::fmt;

use bytes::Bytes;

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use {js_sys::Uint8Array, send_wrapper::SendWrapper, wasm_bindgen::JsCast, wasm_bindgen::JsValue};

/// The body of a request or response.
///
/// Holds bytes or, on the web, a JavaScript value that is only copied when Rust reads it.
#[derive(Clone, Default)]
pub struct Body(Repr);

#[derive(Clone)]
enum Repr {
    Bytes(Bytes),
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    Js(SendWrapper<JsValue>),
}

impl Default for Repr {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Body {
    /// Creates an empty body.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Repr::Bytes(Bytes::new()))
    }

    /// Whether the body is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Returns the length in bytes, if it is known without reading the body.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        match &self.0 {
            Repr::Bytes(bytes) => Some(bytes.len()),
            #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
            Repr::Js(value) => js_length(value),
        }
    }

    /// Returns the bytes. They are empty for a JavaScript value that is neither text nor bytes, such as a `FormData` or
    /// a stream.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match &self.0 {
            Repr::Bytes(bytes) => bytes.clone(),
            #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
            Repr::Js(value) => js_bytes(value),
        }
    }

    /// Returns the body as text. Invalid UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
impl Body {
    /// Creates a body from a JavaScript value. The value is a string, bytes, or any other body that `fetch` accepts.
    #[must_use]
    pub fn from_js(value: JsValue) -> Self {
        Self(Repr::Js(SendWrapper::new(value)))
    }

    /// Returns the body as a JavaScript value. This is the value it was created from, or its bytes as a `Uint8Array`.
    #[must_use]
    pub fn to_js(&self) -> JsValue {
        match &self.0 {
            Repr::Js(value) => (**value).clone(),
            Repr::Bytes(bytes) => Uint8Array::from(bytes.as_ref()).into(),
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn js_length(value: &JsValue) -> Option<usize> {
    if value.is_null() || value.is_undefined() {
        return Some(0);
    }
    // The length of a string counts UTF-16 units: enough to check whether it is empty.
    let text = value.dyn_ref::<js_sys::JsString>().map(|text| text.length() as usize);
    text.or_else(|| value.dyn_ref::<Uint8Array>().map(|bytes| bytes.length() as usize))
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn js_bytes(value: &JsValue) -> Bytes {
    if let Some(text) = value.as_string() {
        return text.into_bytes().into();
    }
    value.dyn_ref::<Uint8Array>().map(|bytes| bytes.to_vec().into()).unwrap_or_default()
}

impl fmt::Debug for Body {
    /// Shows only the length: bodies contain passwords and personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(JavaScript value)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Repr::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}
