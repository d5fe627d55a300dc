//! Validates values against schemas. Issues have the format of the server's validator.

use logto_admin::serde_json::{Map, Value, json};

use crate::document::formats;
use crate::document::schema::{Kind, Schema};
use crate::document::validation_issues::{Bound, INVALID, Issue, Path, quoted, refuse};
use crate::errors::{Outcome, Refusal};
use crate::http::request::Query;

const BODY: &str = "The request body is invalid.";

/// Rejects a body that does not match the schema.
pub(crate) fn body(schema: Schema, value: &Value) -> Outcome<()> {
    outcome(issues(schema, value), BODY)
}

/// Rejects query parameters that do not match the schema. The `pages` module checks `page` and `page_size`.
pub(crate) fn query(schema: Schema, query: &Query) -> Outcome<()> {
    let mut members = Map::new();
    // The server accepts any text for a flag.
    let checked =
        |name: &str, property: Schema| !matches!(name, "page" | "page_size") && property.kind() != Kind::Boolean;
    for (name, property) in schema.properties().filter(|(name, property)| checked(name, *property)) {
        let values: Vec<Value> = query.all(name).map(|value| typed(property, value)).collect();
        let one = values.len() == 1 && property.kind() != Kind::Array;
        match values.first() {
            Some(value) if one => members.insert(name.to_owned(), value.clone()),
            Some(_) => members.insert(name.to_owned(), values.into()),
            None => None,
        };
    }
    outcome(check(schema, Some(&members.into()), &Path::new()), "The request query is invalid.")
}

/// Rejects path parameters that do not match the schema.
pub(crate) fn path(schema: Schema, parameters: Map<String, Value>) -> Outcome<()> {
    outcome(check(schema, Some(&parameters.into()), &Path::new()), "The request params is invalid.")
}

/// Returns the error for a body with these issues.
pub(crate) fn refuse_body(issues: Vec<Issue>) -> Refusal {
    refuse(issues, BODY)
}

/// Returns the error for a multipart form without a file.
pub(crate) fn refuse_missing_file() -> Refusal {
    let issue = Issue::wrong_type("array", None, &vec!["file".into()]);
    refuse(vec![issue], "The request files is invalid.")
}

/// Returns the error for an empty list in a body.
pub(crate) fn refuse_empty(member: &str) -> Refusal {
    refuse(vec![Issue::out_of_bounds("array", Bound::AtLeast, 1, &vec![member.into()])], BODY)
}

/// Returns the problems of a value.
pub(crate) fn issues(schema: Schema, value: &Value) -> Vec<Issue> {
    check(schema, Some(value), &Path::new())
}

/// Returns whether the value matches the schema.
pub(crate) fn takes(schema: Schema, value: &Value) -> bool {
    issues(schema, value).is_empty()
}

/// Converts a query value to a number. Keeps it if the schema has another type, or if the text is invalid.
fn typed(schema: Schema, value: &str) -> Value {
    let number = || value.parse::<f64>().ok().map(Value::from);
    let converted = match schema.kind() {
        Kind::Number | Kind::Integer => number(),
        _ => None,
    };
    converted.unwrap_or_else(|| value.into())
}

fn outcome(issues: Vec<Issue>, message: &str) -> Outcome<()> {
    if issues.is_empty() { Ok(()) } else { Err(refuse(issues, message)) }
}

fn check(schema: Schema, value: Option<&Value>, path: &Path) -> Vec<Issue> {
    if value == Some(&Value::Null) && schema.is_nullable() {
        return Vec::new();
    }
    match (schema.kind(), value) {
        (Kind::Any, _) => Vec::new(),
        (Kind::Union, value) => check_union(schema, value, path),
        (Kind::Object, Some(Value::Object(members))) => check_object(schema, members, path),
        (Kind::Array, Some(Value::Array(elements))) => check_array(schema, elements, path),
        (Kind::String | Kind::Boolean, value) if schema.constant().is_some() => {
            check_constant(schema, value, path).into_iter().collect()
        }
        (Kind::String, Some(Value::String(text))) => check_string(schema, text, path).into_iter().collect(),
        (Kind::Number | Kind::Integer, Some(Value::Number(number))) => {
            check_number(schema, number.as_f64().unwrap_or_default(), path).into_iter().collect()
        }
        (Kind::Boolean, Some(Value::Bool(_))) => Vec::new(),
        (kind, value) => vec![Issue::wrong_type(&expected(kind, schema), value, path)],
    }
}

/// Returns the type that a schema asks for, as issues name it. The type of an enumeration is the list of its values.
fn expected(kind: Kind, schema: Schema) -> String {
    match (kind, schema.choices()) {
        (_, Some(choices)) if schema.custom().is_none() => quoted(&choices.iter().collect::<Vec<_>>()),
        (Kind::Object, _) => "object".to_owned(),
        (Kind::Array, _) => "array".to_owned(),
        (Kind::Number | Kind::Integer, _) => "number".to_owned(),
        (Kind::Boolean, _) => "boolean".to_owned(),
        _ => "string".to_owned(),
    }
}

fn check_object(schema: Schema, members: &Map<String, Value>, path: &Path) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (name, property) in schema.properties() {
        let value = members.get(name);
        if value.is_some() || schema.requires(name) {
            issues.extend(check(property, value, &below(path, name)));
        }
    }
    if let Some(further) = schema.further() {
        for (name, value) in members.iter().filter(|(name, _)| schema.property(name).is_none()) {
            issues.extend(check(further, Some(value), &below(path, name.as_str())));
        }
    }
    issues
}

fn below(path: &Path, step: impl Into<Value>) -> Path {
    let mut path = path.clone();
    path.push(step.into());
    path
}

fn check_array(schema: Schema, elements: &[Value], path: &Path) -> Vec<Issue> {
    let count = elements.len() as u64;
    let mut issues: Vec<Issue> = bounds(schema, "array", count, ("minItems", "maxItems"), path).into_iter().collect();
    if let Some(items) = schema.items() {
        let elements = elements.iter().enumerate();
        issues.extend(elements.flat_map(|(index, element)| check(items, Some(element), &below(path, index))));
    }
    issues
}

fn check_string(schema: Schema, text: &str, path: &Path) -> Option<Issue> {
    if let Some(choices) = schema.choices().filter(|choices| !choices.iter().any(|choice| choice == text)) {
        if schema.custom() == Some("enum") {
            return Some(Issue::custom(INVALID, path));
        }
        return Some(Issue::wrong_choice(text, choices, path));
    }
    let length = text.encode_utf16().count() as u64;
    if let Some(issue) = bounds(schema, "string", length, ("minLength", "maxLength"), path) {
        return Some(issue);
    }
    if let Some(message) = schema.custom().and_then(|rule| formats::violation(rule, text)) {
        return Some(Issue::custom(message, path));
    }
    let unlike = formats::mismatch(schema.format(), schema.pattern(), text)?;
    Some(Issue::wrong_text(unlike, path))
}

fn check_number(schema: Schema, number: f64, path: &Path) -> Option<Issue> {
    if schema.kind() == Kind::Integer && number.fract() != 0.0 {
        let more = json!({ "expected": "integer", "received": "float" });
        return Some(Issue::new("invalid_type", path, "Expected integer, received float".to_owned(), more));
    }
    let exclusive = schema.is_minimum_exclusive();
    let limit = |name| schema.bound(name).and_then(|bound| Some((bound, bound.as_f64()?)));
    if let Some((least, _)) = limit("minimum").filter(|(_, least)| number < *least || (exclusive && number <= *least)) {
        let bound = if exclusive { Bound::MoreThan } else { Bound::AtLeast };
        return Some(Issue::out_of_bounds("number", bound, least.clone(), path));
    }
    let (most, _) = limit("maximum").filter(|(_, most)| number > *most)?;
    Some(Issue::out_of_bounds("number", Bound::AtMost, most.clone(), path))
}

fn check_constant(schema: Schema, value: Option<&Value>, path: &Path) -> Option<Issue> {
    let expected = schema.constant().filter(|constant| Some(constant) != value)?;
    Some(Issue::wrong_literal(&expected, value, path))
}

fn bounds(schema: Schema, kind: &str, length: u64, names: (&str, &str), path: &Path) -> Option<Issue> {
    if let Some(least) = schema.length(names.0).filter(|least| length < *least) {
        return Some(Issue::out_of_bounds(kind, Bound::AtLeast, least, path));
    }
    let most = schema.length(names.1).filter(|most| length > *most)?;
    Some(Issue::out_of_bounds(kind, Bound::AtMost, most, path))
}

/// Accepts what one of the branches accepts. If a constant member identifies the branch, only that branch is checked.
fn check_union(schema: Schema, value: Option<&Value>, path: &Path) -> Vec<Issue> {
    if let (Some((tag, options)), Some(Value::Object(members))) = (tag(schema), value) {
        let branch = schema.branches().find(|branch| {
            let constant = branch.property(tag).and_then(Schema::constant);
            constant.is_some() && constant.as_ref() == members.get(tag)
        });
        return match branch {
            Some(branch) => check(branch, value, path),
            None => vec![Issue::wrong_discriminator(&options, &below(path, tag))],
        };
    }
    let mut all: Vec<Vec<Issue>> = schema.branches().map(|branch| check(branch, value, path)).collect();
    if all.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    // A branch of the right type describes the problem best.
    if let Some(at) = all.iter().position(|issues| issues.iter().all(Issue::is_about_content)) {
        return all.swap_remove(at);
    }
    vec![Issue::no_branch(all, path)]
}

/// Returns the member whose constant identifies the branch, with its values.
fn tag(schema: Schema) -> Option<(&'static str, Vec<Value>)> {
    let first = schema.branches().next()?;
    first.properties().find_map(|(name, _)| {
        let mut values = Vec::new();
        for branch in schema.branches() {
            let value = branch.property(name).filter(|_| branch.requires(name)).and_then(Schema::constant)?;
            if values.contains(&value) {
                return None;
            }
            values.push(value);
        }
        Some((name, values))
    })
}
