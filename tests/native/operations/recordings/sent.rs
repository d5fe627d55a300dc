//! Converts recorded and built requests to a form that can be compared.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::operation::OperationInfo;
use logto_admin::transport::HttpRequest;
use logto_admin_test_support::ENDPOINT;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::exchange::Exchange;
use crate::typed::{Input, Part};

/// A request without headers. Path segments and the query are decoded.
#[derive(Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: Vec<String>,
    /// Sorted by name. Pairs with the same name keep their order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    None,
    Json(Value),
    Form(Vec<(String, String)>),
    Multipart(Vec<Part>),
    /// A body that does not match its content type.
    Raw,
}

impl Sent {
    pub(crate) fn recorded(exchange: &Exchange) -> Self {
        Self {
            method: exchange.method.clone(),
            path: segments(&exchange.path),
            query: sorted(exchange.query.clone()),
            body: Content::recorded(&exchange.request_body),
        }
    }

    pub(crate) fn of(request: &HttpRequest) -> Self {
        let target = request.url.strip_prefix(ENDPOINT).expect("a URL of the test endpoint");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let content_type = request.headers.get("content-type").unwrap_or_default();
        Self {
            method: request.method.to_string(),
            path: segments(path),
            query: sorted(pairs(query)),
            body: Content::of(content_type, &request.body.bytes()),
        }
    }
}

impl Content {
    fn recorded(body: &Value) -> Self {
        let only = body.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
        match only.map(|(name, value)| (name.as_str(), value)) {
            _ if body.is_null() => Self::None,
            Some(("form", Value::Array(_))) => {
                Self::Form(serde_json::from_value(body["form"].clone()).expect("pairs of name and value"))
            }
            Some(("multipart", Value::Array(parts))) => Self::Multipart(parts.iter().map(recorded_part).collect()),
            Some(("raw" | "raw_base64", Value::String(_))) => Self::Raw,
            _ => Self::Json(body.clone()),
        }
    }

    fn of(content_type: &str, bytes: &[u8]) -> Self {
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
        match (content_type, boundary) {
            ("application/json", _) => serde_json::from_slice(bytes).map_or(Self::Raw, Self::Json),
            ("application/x-www-form-urlencoded", _) => Self::Form(pairs(&String::from_utf8_lossy(bytes))),
            (_, Some(boundary)) => Self::Multipart(parts(bytes, boundary)),
            _ if bytes.is_empty() => Self::None,
            _ => Self::Raw,
        }
    }
}

/// The input for the operation's method. `None` if the path does not match the operation.
pub(crate) fn input(info: &OperationInfo, exchange: &Exchange) -> Option<Input> {
    let mut input = Input { query: exchange.query.clone(), ..Input::default() };
    input.path = path_parameters(info, &exchange.path)?;
    match Content::recorded(&exchange.request_body) {
        Content::Json(body) => input.body = Some(body),
        // The members of a form are text. Callers build forms from objects with text members, too.
        Content::Form(pairs) => {
            input.body = Some(Value::Object(pairs.into_iter().map(|(name, value)| (name, value.into())).collect()));
        }
        Content::Multipart(parts) => input.parts = parts,
        Content::None | Content::Raw => {}
    }
    Some(input)
}

fn path_parameters(info: &OperationInfo, path: &str) -> Option<Vec<(String, String)>> {
    let (template, path): (Vec<&str>, Vec<&str>) = (info.path.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (step, segment) in template.into_iter().zip(path) {
        match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
            Some(name) => parameters.push((name.to_owned(), decoded(segment))),
            None if step == segment => {}
            None => return None,
        }
    }
    Some(parameters)
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(decoded).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(a, b)| (decoded(a), decoded(b))).collect()
}

fn sorted(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    pairs
}

fn recorded_part(part: &Value) -> Part {
    let text = |name: &str| part[name].as_str().map(str::to_owned);
    let data = STANDARD.decode(text("data_base64").unwrap_or_default()).expect("base64");
    let name = text("name").unwrap_or_default();
    Part { name, file_name: text("filename"), content_type: text("content_type"), data }
}

/// Parses a multipart body. Only supports the format that the client writes.
fn parts(bytes: &[u8], boundary: &str) -> Vec<Part> {
    let mut rest = bytes;
    let mut parts = Vec::new();
    let (open, end) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
    while let Some(after) = rest.strip_prefix(open.as_bytes()) {
        let head = position(after, b"\r\n\r\n").expect("the end of a part's head");
        let body = &after[head + 4..];
        let length = position(body, end.as_bytes()).expect("the end of a part");
        parts.push(part(&String::from_utf8_lossy(&after[..head]), &body[..length]));
        rest = &body[length + 2..];
    }
    assert_eq!(rest, format!("--{boundary}--\r\n").as_bytes(), "the end of the body");
    parts
}

fn part(head: &str, data: &[u8]) -> Part {
    let quoted = |name: &str| {
        let (_, rest) = head.split_once(&format!(" {name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let content_type = head.lines().find_map(|line| line.strip_prefix("Content-Type: ")).map(str::to_owned);
    Part { name: quoted("name").unwrap_or_default(), file_name: quoted("filename"), content_type, data: data.to_vec() }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
