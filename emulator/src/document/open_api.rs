//! The operations and the schemas in the form of OpenAPI 3.0.

use logto_admin::operation::{AnswerKind, BodyKind, OperationInfo, ParameterKind, QueryParameter};
use logto_admin::serde_json::{Map, Value, json};

use crate::document::schema::{Contract, Schema, shared};

/// Returns the shared schemas, which operations refer to by their number.
pub(crate) fn components() -> Value {
    let schemas = shared().iter().enumerate();
    Value::Object(schemas.map(|(number, schema)| (number_name(number as u64), written(schema))).collect())
}

fn number_name(number: u64) -> String {
    format!("Schema{number}")
}

/// Tags of paths whose tag is not their first segment.
const TAGS: [(&str, &str); 6] = [
    ("logs", "Audit logs"),
    ("sign-in-exp", "Sign-in experience"),
    (".well-known", "Well-known"),
    ("saml", "SAML applications auth flow"),
    ("one-time-tokens", "One-time tokens"),
    ("saml-applications", "SAML applications"),
];
/// First segments of paths that need no token for the Management API.
const OPEN: [&str; 5] = [".well-known", "authn", "swagger.json", "status", "experience"];

/// Returns the first segment of the path below `/api`.
fn root(info: &OperationInfo) -> &'static str {
    info.path.split('/').nth(2).unwrap_or_default()
}

/// Returns the tag of an operation.
pub(crate) fn tag(info: &OperationInfo) -> String {
    let root = root(info);
    if let Some((_, tag)) = TAGS.iter().find(|(known, _)| *known == root) {
        return (*tag).to_owned();
    }
    let words = root.replace('-', " ");
    match words.strip_prefix("sso") {
        Some(rest) => format!("SSO{rest}"),
        None => capitalized(&words),
    }
}

/// Returns the shared parameter for an id in the path. The id of the first segment is called `id` there.
fn shared_parameter(info: &OperationInfo, name: &str) -> Option<String> {
    if name != "id" {
        return name.ends_with("Id").then(|| name.to_owned());
    }
    let root = root(info);
    let singular = match root.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => root.strip_suffix('s').unwrap_or(root).to_owned(),
    };
    let mut words = singular.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    Some(words.fold(first, |name, word| name + &capitalized(word)) + "Id-root")
}

fn capitalized(word: &str) -> String {
    word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default()
}

/// Returns the shared parameters of these operations.
pub(crate) fn parameters<'i>(operations: impl Iterator<Item = &'i OperationInfo>) -> Value {
    let named = |info: &'i OperationInfo| {
        let names = info.path_parameters.iter();
        names.filter_map(move |name| {
            Some((shared_parameter(info, name)?, path_parameter(name, json!({ "type": "string" }))))
        })
    };
    Value::Object(operations.flat_map(named).collect())
}

fn path_parameter(name: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

/// Returns an operation.
pub(crate) fn operation(info: &OperationInfo) -> Value {
    let contract = Contract::of(info);
    let in_path = info.path_parameters.iter().map(|name| match shared_parameter(info, name) {
        Some(shared) => json!({ "$ref": format!("#/components/parameters/{shared}") }),
        None => path_parameter(name, of_member(contract.path(), name)),
    });
    let in_query = info.query_parameters.iter().map(|parameter| query_parameter(contract, parameter));
    let mut operation = json!({
        "operationId": info.id,
        "tags": [tag(info)],
        "summary": info.summary,
        "description": info.summary,
        "parameters": in_path.chain(in_query).collect::<Value>(),
        "responses": responses(info, contract),
    });
    let body = match info.body {
        BodyKind::None => None,
        BodyKind::Multipart { .. } => {
            let file = json!({ "type": "object", "properties": { "file": { "type": "string", "format": "binary" } } });
            Some(json!({ "multipart/form-data": { "schema": file } }))
        }
        BodyKind::Form { .. } => contract.body().map(|schema| content("application/x-www-form-urlencoded", schema)),
        _ => contract.body().map(|schema| content("application/json", schema)),
    };
    if let Some(members) = operation.as_object_mut() {
        let required = matches!(info.body, BodyKind::Json { required: true } | BodyKind::Form { required: true });
        let body = body.map(|content| json!({ "content": content, "required": required }));
        members.extend(body.map(|body| ("requestBody".to_owned(), body)));
        if OPEN.contains(&root(info)) {
            members.insert("security".to_owned(), json!([]));
        }
        if info.deprecated {
            members.insert("deprecated".to_owned(), true.into());
        }
    }
    operation
}

/// Returns the content of a body of one media type.
fn content(media_type: &str, schema: Schema) -> Value {
    json!({ media_type: { "schema": written(schema.value()) } })
}

fn query_parameter(contract: Contract, parameter: &QueryParameter) -> Value {
    if parameter.kind == ParameterKind::Search {
        let free = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        return json!({ "name": parameter.name, "in": "query", "required": false, "explode": true, "schema": free });
    }
    let schema = of_member(contract.query(), parameter.name);
    json!({ "name": parameter.name, "in": "query", "required": parameter.required, "schema": schema })
}

/// Returns the schema of a member of an object.
fn of_member(object: Option<Schema>, name: &str) -> Value {
    let member = object.and_then(|object| object.property(name));
    member.map_or_else(|| json!({ "type": "string" }), |member| written(member.value()))
}

fn responses(info: &OperationInfo, contract: Contract) -> Value {
    let response = |status: &u16| {
        let content = match info.answer {
            AnswerKind::Text => Some(json!({ "text/plain": { "schema": { "type": "string" } } })),
            _ => contract.answer(*status).map(|schema| content("application/json", schema)),
        };
        let mut response = json!({ "description": "Success" });
        if let (Some(content), Some(members)) = (content, response.as_object_mut()) {
            members.insert("content".to_owned(), content);
        }
        (status.to_string(), response)
    };
    let mut responses: Map<String, Value> = info.success.iter().map(response).collect();
    responses.extend(contract.errors().map(|status| (status.to_string(), json!({ "description": reason(status) }))));
    responses.into()
}

/// Returns the name of an error status.
const fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Payload Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// Returns a schema in the form of OpenAPI. In `operations.json`, properties are pairs, and shared schemas have
/// numbers.
fn written(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return json!({}) };
    let mut written = Map::new();
    for (name, value) in members {
        let value = match (name.as_str(), value) {
            ("$ref", number) => {
                let name = number_name(number.as_u64().unwrap_or_default());
                format!("#/components/schemas/{name}").into()
            }
            // Rules of the emulator, which OpenAPI lacks, and empty lists, which it does not permit.
            ("custom", _) => continue,
            ("required", Value::Array(names)) if names.is_empty() => continue,
            ("properties", Value::Array(pairs)) => {
                let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), self::written(pair.get(1)?)));
                Value::Object(pairs.iter().filter_map(pair).collect())
            }
            ("items", items) => self::written(items),
            ("additionalProperties", further) if further.is_object() => self::written(further),
            ("oneOf" | "anyOf" | "allOf", Value::Array(branches)) => branches.iter().map(self::written).collect(),
            (_, value) => value.clone(),
        };
        written.insert(name.clone(), value);
    }
    written.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_have_the_form_of_open_api() {
        let schema = json!({
            "type": "object",
            "properties": [["a", { "$ref": 3 }], ["b", { "type": "array", "items": { "type": "string", "custom": "x" } }]],
            "required": [],
        });
        let expected = json!({
            "type": "object",
            "properties": {
                "a": { "$ref": "#/components/schemas/Schema3" },
                "b": { "type": "array", "items": { "type": "string" } },
            },
        });
        assert_eq!(written(&schema), expected);
    }
}
