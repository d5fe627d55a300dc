//! Makes JSON Schemas of the document's schemas, which have a dialect of their own.

use serde_json::{Map, Value, json};

/// A schema with all that it refers to, for a validator.
pub(super) fn json_schema(schema: &Value, components: &Value) -> Value {
    let named = components["schemas"].as_object().into_iter().flatten();
    let named: Map<String, Value> = named.map(|(name, schema)| (name.clone(), converted(schema))).collect();
    json!({ "components": { "schemas": named }, "allOf": [converted(schema)] })
}

/// One schema, without what it refers to.
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
        // Branches overlap: what fits two of them fits.
        let branches: Vec<Value> = branches.iter().map(converted).collect();
        return [("anyOf".to_owned(), branches.into())].into_iter().collect();
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
            "allOf" => panic!("a schema of all of several: {value}"),
            "nullable" | "default" | "deprecated" => continue,
            _ => value.clone(),
        };
        plain.insert(name.clone(), value);
    }
    if plain.contains_key("properties") {
        // The server's objects are closed, unless the document says otherwise.
        plain.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    plain
}

fn properties(properties: &Value) -> Value {
    let properties = properties.as_object().expect("properties");
    Value::Object(properties.iter().map(|(name, schema)| (name.clone(), converted(schema))).collect())
}

/// Constants are written as formats: `"format": "\"Totp\""`, `"format": "true"`.
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

/// Patterns are written as JavaScript writes them: `/^\d+$/i`.
fn pattern(literal: &str) -> String {
    let (body, flags) = literal.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).expect("a pattern in slashes");
    match flags {
        "" => body.to_owned(),
        "i" => format!("(?i){body}"),
        other => panic!("a pattern with the flags {other}"),
    }
}
