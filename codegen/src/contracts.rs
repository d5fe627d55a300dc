//! Writes the part of the corrected documents that the emulator needs. It has the schemas of each operation's messages,
//! without duplicates.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::document::for_each_operation;

/// Path of the file, relative to the workspace.
pub const FILE: &str = "emulator/src/operations.json";

/// Returns the text of the file. Each operation is an entry on its own line, so that diffs are readable.
pub fn text(documents: &[Value]) -> String {
    let mut entries = Vec::new();
    for document in documents {
        let components = document.get("components").cloned().unwrap_or_default();
        for_each_operation(&mut document.clone(), |method, path, operation| {
            entries.push((format!("{method} {path}"), entry(operation, &components)));
        });
    }
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut shared = Shared::default();
    for (_, entry) in &mut entries {
        schemas_of(entry).for_each(|schema| shared.count(schema));
    }
    for (_, entry) in &mut entries {
        schemas_of(entry).for_each(|schema| {
            *schema = shared.replace(schema);
            list_properties(schema);
        });
    }
    shared.schemas.iter_mut().for_each(list_properties);
    let operations = lines(entries.iter().map(|(name, entry)| format!("{}:{entry}", Value::from(name.as_str()))));
    let schemas = lines(shared.schemas.iter().map(Value::to_string));
    format!("{{\"operations\":{{\n{operations}\n}},\"schemas\":[\n{schemas}\n]}}\n")
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join(",\n")
}

/// Returns an operation's entry: the schemas of its messages. Path and query have one object schema each, the body has
/// schemas by media type, and the answers by status and media type. Of errors, it has the status only.
fn entry(operation: &Map<String, Value>, components: &Value) -> Value {
    let operation = resolve(&Value::Object(operation.clone()), components);
    let mut entry = Map::new();
    for place in ["path", "query"] {
        if let Some(schema) = parameters(&operation, place) {
            entry.insert(place.to_owned(), schema);
        }
    }
    if let Some(content) = operation.pointer("/requestBody/content") {
        entry.insert("body".to_owned(), by_media_type(content));
    }
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let answers = responses
        .filter(|(status, _)| status.starts_with(['2', '3']))
        .map(|(status, response)| (status.clone(), by_media_type(response.get("content").unwrap_or(&Value::Null))));
    entry.insert("answers".to_owned(), answers.collect());
    let errors = operation.get("responses").and_then(Value::as_object).into_iter().flatten().map(|(status, _)| status);
    let errors: Vec<u16> = errors.filter_map(|status| status.parse().ok()).filter(|status| *status >= 400).collect();
    entry.insert("errors".to_owned(), errors.into());
    entry.into()
}

/// Replaces references to components with the components.
fn resolve(value: &Value, components: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix("#/components").unwrap_or(reference);
                resolve(components.pointer(pointer).unwrap_or(&Value::Null), components)
            }
            None => members.iter().map(|(name, value)| (name.clone(), resolve(value, components))).collect(),
        },
        Value::Array(elements) => elements.iter().map(|element| resolve(element, components)).collect(),
        other => other.clone(),
    }
}

/// Returns the parameters of the path or the query as an object schema. Leaves out the placeholder for a search.
fn parameters(operation: &Value, place: &str) -> Option<Value> {
    let all = operation.get("parameters").and_then(Value::as_array)?;
    let of_place = all.iter().filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some(place));
    let named = of_place.filter_map(|parameter| Some((parameter.get("name")?.as_str()?, parameter)));
    let named: Vec<_> = named.filter(|(name, _)| *name != "search_params").collect();
    let schema = |parameter: &Value| parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
    let properties: Map<String, Value> =
        named.iter().map(|(name, parameter)| ((*name).to_owned(), schema(parameter))).collect();
    let required = named.iter().filter(|(_, parameter)| parameter.get("required") == Some(&Value::Bool(true)));
    let required: Vec<&str> = required.map(|(name, _)| *name).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    (!properties.is_empty()).then_some(schema)
}

fn by_media_type(content: &Value) -> Value {
    let content = content.as_object().into_iter().flatten();
    content.map(|(kind, body)| (kind.clone(), body.get("schema").cloned().unwrap_or_else(|| json!({})))).collect()
}

/// Returns the outermost schemas of an entry.
fn schemas_of(entry: &mut Value) -> impl Iterator<Item = &mut Value> {
    let members = entry.as_object_mut().into_iter().flatten();
    members.flat_map(|(name, value)| match name.as_str() {
        "path" | "query" => vec![value],
        "body" => members_of(value),
        _ => members_of(value).into_iter().flat_map(members_of).collect(),
    })
}

fn members_of(value: &mut Value) -> Vec<&mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut).collect()
}

/// Schemas that are written once and referenced by number.
#[derive(Default)]
struct Shared {
    uses: HashMap<String, usize>,
    numbers: HashMap<String, usize>,
    schemas: Vec<Value>,
}

/// Maximum size of schemas that are repeated, because a reference is not shorter.
const SHORT: usize = 60;

impl Shared {
    fn count(&mut self, schema: &mut Value) {
        *self.uses.entry(schema.to_string()).or_default() += 1;
        parts(schema).into_iter().for_each(|part| self.count(part));
    }

    /// Returns the schema with references to its shared parts. If all of it is shared, returns a reference.
    fn replace(&mut self, schema: &Value) -> Value {
        let text = schema.to_string();
        let shared = text.len() > SHORT && self.uses.get(&text).is_some_and(|uses| *uses > 1);
        if let Some(number) = self.numbers.get(&text).filter(|_| shared) {
            return json!({ "$ref": number });
        }
        let mut replaced = schema.clone();
        parts(&mut replaced).into_iter().for_each(|part| *part = self.replace(part));
        if !shared {
            return replaced;
        }
        let number = self.schemas.len();
        self.schemas.push(replaced);
        self.numbers.insert(text, number);
        json!({ "$ref": number })
    }
}

/// Writes the properties of a schema as a list, also in its subschemas. Most parsers drop the order of an object's
/// members, and the server reports issues in this order.
fn list_properties(schema: &mut Value) {
    parts(schema).into_iter().for_each(list_properties);
    if let Some(properties) = schema.get_mut("properties") {
        let members = properties.as_object().into_iter().flatten();
        *properties = members.map(|(name, schema)| json!([name, schema])).collect();
    }
}

/// Returns the direct subschemas of a schema.
fn parts(schema: &mut Value) -> Vec<&mut Value> {
    let members = schema.as_object_mut().into_iter().flatten();
    members
        .flat_map(|(name, value)| match name.as_str() {
            "properties" => members_of(value),
            "items" | "additionalProperties" if value.is_object() => vec![value],
            "oneOf" | "anyOf" | "allOf" => value.as_array_mut().into_iter().flatten().collect(),
            _ => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_schemas_are_written_once() {
        let user = json!({
            "type": "object",
            "required": ["id", "type"],
            "properties": { "id": { "type": "string" }, "type": { "type": "string", "maxLength": 128 } },
        });
        let answer = |schema: Value| json!({ "200": { "content": { "application/json": { "schema": schema } } } });
        let one = json!({ "operationId": "GetUser", "parameters": [{ "$ref": "#/components/parameters/id" }], "responses": answer(user.clone()) });
        let mut several = answer(json!({ "type": "array", "items": user }));
        several["404"] = json!({ "description": "Not Found" });
        let list = json!({ "operationId": "ListUsers", "responses": several });
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
        let document = json!({
            "paths": { "/users": { "get": list }, "/users/{id}": { "get": one } },
            "components": { "parameters": { "id": id } },
        });
        let written: Value = serde_json::from_str(&text(&[document])).unwrap();
        let listed = json!({
            "type": "object",
            "required": ["id", "type"],
            "properties": [["id", { "type": "string" }], ["type", { "type": "string", "maxLength": 128 }]],
        });
        assert_eq!(written["schemas"], json!([listed]));
        let operations = &written["operations"];
        assert_eq!(operations["GET /users"]["answers"]["200"]["application/json"]["items"], json!({ "$ref": 0 }));
        let expected = json!({
            "path": { "type": "object", "properties": [["id", { "type": "string" }]], "required": ["id"] },
            "answers": { "200": { "application/json": { "$ref": 0 } } },
            "errors": [],
        });
        assert_eq!(operations["GET /users"]["errors"], json!([404]));
        assert_eq!(operations["GET /users/{id}"], expected);
    }
}
