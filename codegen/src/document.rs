//! Reads an API document and verifies that the parser preserves all of it.

use std::path::Path;

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, ReferenceOr};
use serde_json::{Map, Value};

use crate::failure::{Failure, Place, Result};
use crate::unsupported::Unsupported;

/// The methods of operations.
pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Loads a document as JSON, so that corrections can change it before it is parsed.
pub fn load(path: &Path) -> Result<Value> {
    let failure = |problem: String| Failure::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| failure(format!("cannot read the file: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).map_err(|error| failure(format!("invalid JSON: {error}")))
}

/// Adds the titles, versions and descriptions that OpenAPI requires. Documents without prose lack them.
pub fn complete(document: &mut Value) {
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.entry("title").or_insert_with(|| "".into());
        info.entry("version").or_insert_with(|| "".into());
    }
    describe(document.pointer_mut("/components/responses"));
    for_each_operation(document, |_, _, operation| describe(operation.get_mut("responses")));
}

/// Adds missing descriptions of responses.
fn describe(responses: Option<&mut Value>) {
    let responses = responses.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for response in responses.filter_map(Value::as_object_mut) {
        response.entry("description").or_insert_with(|| "".into());
    }
}

/// Calls `visit` with the method (upper case), the path and the operation. The order is the document's.
pub fn for_each_operation(document: &mut Value, mut visit: impl FnMut(&str, &str, &mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flat_map(Map::iter_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flat_map(Map::iter_mut) {
            if let (true, Some(operation)) = (METHODS.contains(&method.as_str()), operation.as_object_mut()) {
                visit(&method.to_uppercase(), path, operation);
            }
        }
    }
}

/// Returns a shared part of a document. `kind` is the name of its list in `components`.
pub fn component<'a, T>(
    components: Option<&'a Components>,
    place: &Place,
    reference: &str,
    kind: &str,
    list: impl FnOnce(&'a Components) -> &'a IndexMap<String, ReferenceOr<T>>,
) -> Result<&'a ReferenceOr<T>> {
    let name = reference.strip_prefix("#/components/").and_then(|rest| rest.strip_prefix(kind)?.strip_prefix('/'));
    let name = name.map(|name| name.replace("~1", "/").replace("~0", "~"));
    let found = name.and_then(|name| list(components?).get(&name));
    found.ok_or_else(|| unresolved(place, reference))
}

/// Returns the failure for a reference to a part that the document lacks.
pub fn unresolved(place: &Place, reference: &str) -> Failure {
    Failure::unsupported(place, format!("unresolved reference {reference}"))
}

/// Parses a document. A part that the parser does not preserve is unsupported.
pub fn parse(document: &Value, unsupported: &Unsupported) -> Result<OpenAPI> {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or("missing");
    if !version.starts_with("3.0.") {
        return Err(Failure::Version(version.to_owned()));
    }
    let parsed: OpenAPI = serde_path_to_error::deserialize(document.clone()).map_err(Failure::Document)?;
    let held = serde_json::to_value(&parsed).unwrap_or_default();
    let mut differences = Vec::new();
    compare(document, &held, String::new(), &mut differences);
    for (pointer, problem) in differences {
        unsupported.settle::<()>(Err(Failure::Dropped { pointer, problem }), "it is ignored")?;
    }
    Ok(parsed)
}

/// Adds the places where `held` differs from `input`. Empty values and defaults may be dropped or added.
fn compare(input: &Value, held: &Value, pointer: String, differences: &mut Vec<(String, String)>) {
    let below = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match (input, held) {
        (Value::Object(input), Value::Object(held)) => {
            for (key, value) in input {
                match held.get(key) {
                    Some(held) => compare(value, held, below(key), differences),
                    None if is_empty(value) => {}
                    None => differences.push((below(key), "the OpenAPI parser drops it".to_owned())),
                }
            }
            let added = held.iter().filter(|(key, value)| !input.contains_key(*key) && !is_default(key, value));
            differences.extend(added.map(|(key, _)| (below(key), "the OpenAPI parser adds it".to_owned())));
        }
        (Value::Array(input), Value::Array(held)) if input.len() == held.len() => {
            for (index, (input, held)) in input.iter().zip(held).enumerate() {
                compare(input, held, below(&index.to_string()), differences);
            }
        }
        (Value::Number(input), Value::Number(held)) if input.as_f64() == held.as_f64() => {}
        _ if input == held => {}
        _ => differences.push((pointer, format!("the OpenAPI parser changes {input} to {held}"))),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(_) => false,
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    key == "style" || is_empty(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(schema: &Value) -> Value {
        let mut document = json!({
            "openapi": "3.0.1", "info": {"version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}},
        });
        complete(&mut document);
        document
    }

    fn strictly(document: &Value) -> Result<OpenAPI> {
        parse(document, &Unsupported::refused())
    }

    #[test]
    fn documents_without_prose_are_parsed() {
        assert!(strictly(&document(&json!({"type": "object", "properties": {"a": {}}, "required": []}))).is_ok());
    }

    #[test]
    fn other_openapi_versions_are_rejected() {
        for version in [json!("3.1.0"), json!("2.0"), json!(3), json!(null)] {
            let mut document = document(&json!({}));
            document["openapi"] = version;
            let error = strictly(&document).unwrap_err().to_string();
            assert!(error.contains("unsupported OpenAPI version"), "{error}");
        }
    }

    #[test]
    fn dropped_parts_are_reported_with_their_pointer() {
        let error = strictly(&document(&json!({"type": "string", "surprise": 1}))).unwrap_err();
        assert!(error.to_string().contains("/paths/~1a/get/responses/200/content/application~1json/schema/surprise"));
    }
}
