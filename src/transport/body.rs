use std::fmt;

use bytes::Bytes;

use crate::{json, lines};

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use {js_sys::Uint8Array, send_wrapper::SendWrapper, wasm_bindgen::JsCast, wasm_bindgen::JsValue};

/// The body of a message: bytes, or in JavaScript runtimes a value that is copied only when Rust reads it.
#[derive(Clone, Default)]
pub struct Body(Repr);

#[derive(Clone)]
enum Repr {
    Bytes(Bytes),
    Members(String),
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    Js(SendWrapper<JsValue>),
}

impl Default for Repr {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Body {
    /// No body.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Repr::Bytes(Bytes::new()))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Its length in bytes, where that is known without reading it.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        match &self.0 {
            Repr::Bytes(bytes) => Some(bytes.len()),
            Repr::Members(lines) => Some(lines.len()),
            #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
            Repr::Js(value) => js_length(value),
        }
    }

    /// Its bytes. A JavaScript value that is neither text nor bytes (a `FormData`, a stream) has none.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match &self.0 {
            Repr::Bytes(bytes) => bytes.clone(),
            Repr::Members(_) => Bytes::new(),
            #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
            Repr::Js(value) => js_bytes(value),
        }
    }

    /// Its bytes as text, with whatever is not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.0 {
            Repr::Members(lines) => lines::find(lines, "").unwrap_or_default().to_owned(),
            _ => self.decoded(),
        }
    }

    /// A JSON object that a binding has read: its members that are texts or numbers, a line each. What is no object is
    /// a nameless line.
    #[doc(hidden)]
    #[must_use]
    pub const fn members(lines: String) -> Self {
        Self(Repr::Members(lines))
    }

    /// A top-level member of a JSON object that is a string.
    pub(crate) fn string_member(&self, name: &str) -> Option<String> {
        match &self.0 {
            Repr::Members(lines) => lines::find(lines, name).map(str::to_owned),
            _ => self.scanned(name),
        }
    }

    /// A top-level member of a JSON object that is a number from 0, or a string that holds one.
    pub(crate) fn whole_number_member(&self, name: &str) -> Option<u64> {
        match &self.0 {
            Repr::Members(lines) => json::whole_number(lines::find(lines, name)?),
            _ => self.scanned_number(name),
        }
    }

    // By themselves, as the next two: the npm package leaves them out.
    #[inline(never)]
    fn decoded(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    #[inline(never)]
    fn scanned(&self, name: &str) -> Option<String> {
        json::string_member(&self.decoded(), name)
    }

    #[inline(never)]
    fn scanned_number(&self, name: &str) -> Option<u64> {
        json::whole_number_member(&self.decoded(), name)
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
impl Body {
    /// A JavaScript value: a string, bytes, or anything that `fetch` takes as a body.
    #[must_use]
    pub fn from_js(value: JsValue) -> Self {
        Self(Repr::Js(SendWrapper::new(value)))
    }

    /// The body as a JavaScript value: the one it was made from, or its bytes as an `Uint8Array`.
    #[must_use]
    pub fn to_js(&self) -> JsValue {
        match &self.0 {
            Repr::Js(value) => (**value).clone(),
            _ => Uint8Array::from(self.bytes().as_ref()).into(),
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[inline(never)] // The npm package leaves it out: its bodies are bytes.
fn js_length(value: &JsValue) -> Option<usize> {
    if value.is_null() || value.is_undefined() {
        return Some(0);
    }
    // A string's length counts UTF-16 units: enough to tell whether it is empty.
    let text = value.dyn_ref::<js_sys::JsString>().map(|text| text.length() as usize);
    text.or_else(|| value.dyn_ref::<Uint8Array>().map(|bytes| bytes.length() as usize))
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[inline(never)] // As above.
fn js_bytes(value: &JsValue) -> Bytes {
    if let Some(text) = value.as_string() {
        return text.into_bytes().into();
    }
    value.dyn_ref::<Uint8Array>().map(|bytes| bytes.to_vec().into()).unwrap_or_default()
}

impl fmt::Debug for Body {
    /// Shows the length alone: bodies hold passwords and personal data.
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
