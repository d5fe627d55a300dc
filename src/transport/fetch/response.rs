//! Reads a response of `fetch`, up to its maximum size.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{failure, js};
use crate::transport::{Body, Headers, HttpResponse, Method, TransportError};

/// Reason why a response could not be read.
pub(super) enum Problem {
    Thrown(JsValue),
    Known(TransportError),
}

impl From<JsValue> for Problem {
    fn from(thrown: JsValue) -> Self {
        Self::Thrown(thrown)
    }
}

impl Problem {
    pub(super) fn explain(self, url: &str) -> TransportError {
        match self {
            Self::Thrown(thrown) => failure::of_js(&thrown, url),
            Self::Known(error) => error,
        }
    }
}

pub(super) async fn read(answer: &js::Answer, method: Method, bound: u64) -> Result<HttpResponse, Problem> {
    let status = answer.status()?;
    let kind = answer.kind()?.as_string();
    if kind.as_deref() == Some("opaqueredirect") {
        return Err(Problem::Known(failure::opaque_redirect()));
    }
    if !(100..1000).contains(&status) {
        return Err(Problem::Known(failure::malformed()));
    }
    let text = String::from(js::array_from(&answer.headers()?)?.join("\n"));
    let headers = headers(&text);
    let length = headers.get("content-length").and_then(|length| length.parse::<u64>().ok());
    if method != Method::Head && length.is_some_and(|length| length > bound) {
        return Err(Problem::Known(TransportError::too_large(bound)));
    }
    // Compressed bodies grow, and browsers hide the compression of other origins.
    let plain = !headers.contains("content-encoding") && kind.as_deref() != Some("cors");
    let body = if plain && length.is_some() { whole(answer).await? } else { piecewise(answer, bound).await? };
    Ok(HttpResponse { status, headers, body })
}

/// Parses headers from lines `name,value`.
fn headers(lines: &str) -> Headers {
    let pairs = lines.split('\n').filter_map(|line| line.split_once(','));
    pairs.map(|(name, value)| (name.to_owned(), utf8(value))).collect()
}

/// Decodes a header value, in which JavaScript has one character for each byte.
fn utf8(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    let bytes: Vec<u8> = value.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a body of known size.
async fn whole(answer: &js::Answer) -> Result<Body, JsValue> {
    Ok(Uint8Array::new(&settled(&answer.array_buffer()?).await?).to_vec().into())
}

/// Reads a body of unknown size. Fails as soon as it is too large.
async fn piecewise(answer: &js::Answer, bound: u64) -> Result<Body, Problem> {
    let stream = answer.body()?;
    if stream.is_null() || stream.is_undefined() {
        // There is no body, or (in React Native) there are no streams.
        return within(whole(answer).await?, bound);
    }
    let reader = stream.unchecked_ref::<js::Stream>().reader()?;
    let pieces = Array::new();
    let mut total = 0;
    loop {
        let piece = settled(&reader.read()?).await?;
        let piece = piece.unchecked_ref::<js::Piece>();
        if piece.done()?.is_truthy() {
            break;
        }
        let bytes = piece.value()?.dyn_into::<Uint8Array>().map_err(|_| Problem::Known(failure::malformed()))?;
        total += bytes.length();
        if u64::from(total) > bound {
            return Err(Problem::Known(TransportError::too_large(bound)));
        }
        pieces.push(&bytes);
    }
    Ok(join(&pieces, total).to_vec().into())
}

fn within(body: Body, bound: u64) -> Result<Body, Problem> {
    let fits = body.len().is_none_or(|length| length as u64 <= bound);
    if fits { Ok(body) } else { Err(Problem::Known(TransportError::too_large(bound))) }
}

fn join(pieces: &Array, total: u32) -> Uint8Array {
    if pieces.length() == 1 {
        return pieces.get(0).unchecked_into();
    }
    let joined = Uint8Array::new_with_length(total);
    let mut at = 0;
    for piece in pieces.iter() {
        let piece: Uint8Array = piece.unchecked_into();
        joined.set(&piece, at);
        at += piece.length();
    }
    joined
}

/// A custom `fetch` can return a value instead of a promise.
pub(super) async fn settled(promise: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(promise)).await
}
