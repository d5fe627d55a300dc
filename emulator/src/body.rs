//! Reads request bodies as the server does: JSON, or a form where JSON is expected.

use logto_admin::operation::BodyKind;
use logto_admin::serde_json::{self, Value};

use crate::errors::{Outcome, Refusal, internal, no_route};
use crate::request::{Incoming, Query};
use crate::schema::Contract;
use crate::store::Members;
use crate::uploads::{self, Upload};
use crate::validate;

/// Maximum size of a JSON body, in bytes.
const LARGEST: usize = 1 << 20;

/// The content of a body.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// The members of an object.
    pub members: Members,
    /// The elements of a list.
    pub elements: Vec<Value>,
    pub upload: Option<Upload>,
}

/// Validates the body of a request and returns its content.
pub(crate) fn read(request: &Incoming, kind: BodyKind, contract: Contract) -> Outcome<Content> {
    match kind {
        BodyKind::None => Ok(Content::default()),
        BodyKind::Multipart { .. } => {
            let upload = uploads::file(request).ok_or_else(uploads::refuse_missing)?;
            Ok(Content { upload: Some(upload), ..Content::default() })
        }
        _ => {
            let body = parse(request)?;
            if let Some(schema) = contract.body() {
                validate::body(schema, &body)?;
            }
            if has_nul(&body) {
                return Err(internal());
            }
            Ok(match body {
                Value::Object(members) => Content { members, ..Content::default() },
                Value::Array(elements) => Content { elements, ..Content::default() },
                _ => Content::default(),
            })
        }
    }
}

fn parse(request: &Incoming) -> Outcome<Value> {
    if request.body.len() > LARGEST {
        return Err(no_route());
    }
    let text = String::from_utf8_lossy(&request.body);
    let kind = request.content_type();
    if text.trim().is_empty() {
        return Ok(Value::Object(Members::new()));
    }
    if request.is_form() {
        return Ok(form(&Query::parse(&text)));
    }
    if kind.starts_with("text/") {
        return Ok(text.into_owned().into());
    }
    let value: Value = serde_json::from_str(&text).map_err(|error| Refusal::without_code(400, error.to_string()))?;
    if depth(&value) > DEEPEST {
        return Err(Refusal::without_code(400, format!("A JSON body can have {DEEPEST} levels.")));
    }
    if value.is_object() || value.is_array() {
        return Ok(value);
    }
    Err(Refusal::without_code(400, "A JSON body must be an object or an array."))
}

/// The parser of a saved state reads 128 levels, and the state adds some to those of a body.
const DEEPEST: usize = 100;

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// A name that occurs more than once becomes a list.
fn form(pairs: &Query) -> Value {
    let mut members = Members::new();
    for (name, value) in pairs.iter() {
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), value.into());
            }
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = vec![first.take(), value.into()].into(),
        }
    }
    Value::Object(members)
}

/// Returns whether the value contains a NUL character, which databases reject.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(elements) => elements.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
