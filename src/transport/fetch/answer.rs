//! Reading an answer of `fetch`, within its bound.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Ask, failure, js};
use crate::transport::{Body, Headers, HttpResponse, Method, TransportError};

/// Why an answer could not be read.
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
    pub(super) fn explain(self, url: &str, bound: u64) -> TransportError {
        match self {
            Self::Thrown(thrown) => failure::of_js(&thrown, url, bound),
            Self::Known(error) => error,
        }
    }
}

pub(super) async fn read(answer: &js::Answer, method: Method, ask: Ask) -> Result<HttpResponse, Problem> {
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
    let bound = ask.options.max_response_bytes;
    let length = headers.get("content-length").and_then(|length| length.parse::<u64>().ok());
    if method != Method::Head && length.is_some_and(|length| length > bound) {
        return Err(Problem::Known(TransportError::too_large(bound)));
    }
    // Compressed bodies grow, and a browser does not tell of compression by another origin.
    let plain = !headers.contains("content-encoding") && kind.as_deref() != Some("cors");
    let body = if plain && length.is_some() {
        whole(answer, ask.options.prefer_text).await?
    } else {
        piecewise(answer, ask.options.prefer_text, bound).await?
    };
    Ok(HttpResponse { status, headers, body })
}

/// The headers of lines `name,value`.
pub(super) fn headers(lines: &str) -> Headers {
    let pairs = lines.split('\n').filter_map(|line| line.split_once(','));
    pairs.map(|(name, value)| (name.to_owned(), utf8(value))).collect()
}

/// JavaScript has a character for each byte of a header.
fn utf8(value: &str) -> String {
    if value.is_ascii() {
        return value.to_owned();
    }
    let bytes: Vec<u8> = value.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A body that is known to be small enough, at once.
async fn whole(answer: &js::Answer, text: bool) -> Result<Body, JsValue> {
    if text {
        return Ok(Body::from_js(settled(&answer.text()?).await?));
    }
    Ok(Uint8Array::new(&settled(&answer.array_buffer()?).await?).to_vec().into())
}

/// A body of unknown size, until it is too large.
async fn piecewise(answer: &js::Answer, text: bool, bound: u64) -> Result<Body, Problem> {
    let stream = answer.body()?;
    if stream.is_null() || stream.is_undefined() {
        // There is none, or (in React Native) there are no streams, and its size shows afterwards.
        return within(whole(answer, text).await?, bound);
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
    let joined = join(&pieces, total);
    if text {
        return Ok(Body::from_js(js::TextDecoder::new()?.decode(&joined)?));
    }
    Ok(joined.to_vec().into())
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

/// A function in place of `fetch` may give what is no promise.
pub(super) async fn settled(promise: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(promise)).await
}
