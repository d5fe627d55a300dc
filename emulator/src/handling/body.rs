//! Reads request bodies as the server does: JSON, or a form where JSON is expected.

use logto_admin::operation::BodyKind;
use logto_admin::serde_json::{self, Value};

use super::compressed;
use crate::document::schema::Contract;
use crate::document::validate;
use crate::errors::{Outcome, Refusal, internal, no_route};
use crate::http::nesting;
use crate::http::request::{Incoming, Query};
use crate::http::uploads::{self, Upload};
use crate::record::Members;

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
            let upload = uploads::file(request).ok_or_else(validate::refuse_missing_file)?;
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
    let body = compressed::body(request, LARGEST)?.ok_or_else(no_route)?;
    let text = String::from_utf8_lossy(&body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let kind = request.content_type();
    if text.trim().is_empty() {
        return Ok(Value::Object(Members::new()));
    }
    if request.is_form() {
        return Ok(form(&Query::parse(text)));
    }
    if kind.starts_with("text/") {
        return Ok(text.into());
    }
    // The server looks at the first character before it parses anything.
    if !text.trim_start().starts_with(['{', '[']) {
        return Err(Refusal::without_code(400, "invalid JSON, only supports object and array"));
    }
    let mut value = nesting::read(text).map_err(|error| invalid_json(&error))?;
    shorten_numbers(&mut value);
    Ok(value)
}

/// Returns the error for invalid JSON. An incomplete body has the message of JavaScript.
fn invalid_json(error: &serde_json::Error) -> Refusal {
    let message = if error.is_eof() { "Unexpected end of JSON input".to_owned() } else { error.to_string() };
    Refusal::without_code(400, message)
}

/// Writes whole numbers without a fraction, like JavaScript. `3600.0` becomes `3600`.
fn shorten_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < LARGEST_EXACT);
            if let Some(whole) = whole {
                *value = (whole as i64).into();
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(shorten_numbers),
        Value::Object(members) => members.values_mut().for_each(shorten_numbers),
        _ => {}
    }
}

/// All whole numbers below this one have an exact `f64`.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

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

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::serde_json::json;
    use logto_admin::transport::{HttpRequest, Method};

    #[test]
    fn invalid_json_is_refused_with_the_messages_of_the_server() {
        for (body, message) in [
            (r#"{"name":"#, "Unexpected end of JSON input"),
            ("null", "invalid JSON, only supports object and array"),
            ("hello", "invalid JSON, only supports object and array"),
        ] {
            let mut request = HttpRequest::new(Method::Post, "http://h/api/users");
            request.body = body.into();
            let refusal = parse(&Incoming::new(&request)).unwrap_err();
            assert_eq!(refusal.logged(), json!({ "message": message }));
        }
    }

    #[test]
    fn json_is_read_as_in_javascript() {
        let mut request = HttpRequest::new(Method::Post, "http://h/api/users");
        request.body = "\u{feff}{\"a\": [3600.0, 1.5, -0.0, 1e3, 1e300], \"b\": 7}".into();
        let read = parse(&Incoming::new(&request)).unwrap();
        assert_eq!(read.to_string(), json!({ "a": [3600, 1.5, 0, 1000, 1e300], "b": 7 }).to_string());
    }
}
