//! Converts the document's schemas, which have their own dialect, to JSON Schema.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Converts a schema and everything that it refers to, for a validator.
pub(super) fn json_schema(schema: &Value, components: &Value) -> Value {
    let mut named = Map::new();
    let mut left = references(schema);
    while let Some(name) = left.pop() {
        if !named.contains_key(name) {
            let schema = &components["schemas"][name];
            named.insert(name.to_owned(), converted(schema));
            left.extend(references(schema));
        }
    }
    json!({ "components": { "schemas": named }, "allOf": [converted(schema)] })
}

/// Returns the names of the schemas that a schema refers to.
fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(SCHEMAS));
            name.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Converts a schema without the schemas that it refers to.
pub(super) fn converted(schema: &Value) -> Value {
    let Some(schema) = schema.as_object() else { return schema.clone() };
    let mut converted = plain(schema);
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        let mut branches = match converted.remove("anyOf") {
            Some(Value::Array(branches)) => branches,
            _ => vec![Value::Object(std::mem::take(&mut converted))],
        };
        branches.push(json!({ "type": "null" }));
        converted = [("anyOf".to_owned(), branches.into())].into_iter().collect();
    }
    Value::Object(converted)
}

fn plain(schema: &Map<String, Value>) -> Map<String, Value> {
    if let Some(branches) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        // Branches overlap, so a value can match more than one of them.
        let branches: Vec<Value> = branches.iter().map(converted).collect();
        return [("anyOf".to_owned(), branches.into())].into_iter().collect();
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return intersection(parts);
    }
    if let Some(constant) = constant(schema) {
        return [("const".to_owned(), constant)].into_iter().collect();
    }
    let mut plain = Map::new();
    for (name, value) in schema {
        let value = match name.as_str() {
            "properties" => properties(value),
            "items" | "additionalProperties" => converted(value),
            "pattern" => pattern(value.as_str().expect("a pattern")).into(),
            "nullable" | "default" | "deprecated" => continue,
            _ => value.clone(),
        };
        plain.insert(name.clone(), value);
    }
    if plain.contains_key("properties") {
        // The server's objects are closed unless the document states otherwise.
        plain.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    plain
}

/// Converts an object that several schemas describe. Each of them allows the members that another one has.
fn intersection(parts: &[Value]) -> Map<String, Value> {
    let mut whole = Map::new();
    for part in parts {
        let part = part.as_object().expect("a schema");
        assert_eq!(part.get("type").and_then(Value::as_str), Some("object"), "unsupported allOf: {parts:?}");
        for (name, value) in part {
            assert!(whole.insert(name.clone(), value.clone()).is_none_or(|other| other == *value), "{parts:?}");
        }
    }
    plain(&whole)
}

fn properties(properties: &Value) -> Value {
    let properties = properties.as_object().expect("properties");
    Value::Object(properties.iter().map(|(name, schema)| (name.clone(), converted(schema))).collect())
}

/// Parses a constant. The document writes constants as formats: `"format": "\"Totp\""`, `"format": "true"`.
fn constant(schema: &Map<String, Value>) -> Option<Value> {
    let format = schema.get("format")?.as_str()?;
    match (schema.get("type")?.as_str()?, format) {
        ("string", "empty") => Some("".into()),
        ("string", text) if text.starts_with('"') => serde_json::from_str(text).ok(),
        ("boolean", "true" | "false") => serde_json::from_str(format).ok(),
        ("number" | "integer", number) => serde_json::from_str(number).ok(),
        _ => None,
    }
}

/// Converts a pattern. The document uses JavaScript's syntax: `/^\d+$/i`.
fn pattern(literal: &str) -> String {
    let (body, flags) = literal.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).expect("a pattern in slashes");
    match flags {
        "" => body.to_owned(),
        "i" => format!("(?i){body}"),
        other => panic!("unsupported flags of a pattern: {other}"),
    }
}
