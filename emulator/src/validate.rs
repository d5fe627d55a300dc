//! Validates values against schemas and reports issues in the format of the server's validator.

use logto_admin::serde_json::{Map, Value, json};

use crate::errors::{Outcome, Refusal};
use crate::formats;
use crate::issues::{Issue, Path, refuse, values};
use crate::request::Query;
use crate::schema::{Kind, Schema};

const BODY: &str = "The request body does not match the schema of this operation.";

/// Rejects a body that does not match the schema.
pub(crate) fn body(schema: Schema, value: &Value) -> Outcome<()> {
    outcome(check(schema, Some(value), &Path::new()), BODY)
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
    outcome(
        check(schema, Some(&members.into()), &Path::new()),
        "The query parameters do not match the schema of this operation.",
    )
}

/// Rejects path parameters that do not match the schema.
pub(crate) fn path(schema: Schema, parameters: Map<String, Value>) -> Outcome<()> {
    outcome(
        check(schema, Some(&parameters.into()), &Path::new()),
        "The path parameters do not match the schema of this operation.",
    )
}

/// Returns the error for a body with these issues.
pub(crate) fn refuse_body(issues: Vec<Issue>) -> Refusal {
    refuse(issues, BODY)
}

/// Returns the error for an empty list in a body.
pub(crate) fn refuse_empty(member: &str) -> Refusal {
    refuse(vec![out_of_bounds("too_small", "array", 1, &vec![member.into()])], BODY)
}

/// Returns whether the value matches the schema.
pub(crate) fn takes(schema: Schema, value: &Value) -> bool {
    check(schema, Some(value), &Path::new()).is_empty()
}

/// Converts a query value to a number if the schema asks for one and the text is valid.
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
        (Kind::Object, value) => vec![Issue::wrong_type("object", value, path)],
        (Kind::Array, Some(Value::Array(elements))) => check_array(schema, elements, path),
        (Kind::Array, value) => vec![Issue::wrong_type("array", value, path)],
        (Kind::String, Some(Value::String(text))) => check_string(schema, text, path).into_iter().collect(),
        (Kind::String, value) => vec![Issue::wrong_type("string", value, path)],
        (Kind::Number | Kind::Integer, Some(Value::Number(number))) => {
            check_number(schema, number.as_f64().unwrap_or_default(), path).into_iter().collect()
        }
        (Kind::Number | Kind::Integer, value) => vec![Issue::wrong_type("number", value, path)],
        (Kind::Boolean, Some(value @ Value::Bool(_))) => check_constant(schema, value, path).into_iter().collect(),
        (Kind::Boolean, value) => vec![Issue::wrong_type("boolean", value, path)],
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
    let value = Value::from(text);
    if let Some(issue) = check_constant(schema, &value, path) {
        return Some(issue);
    }
    if let Some(choices) = schema.choices().filter(|choices| !choices.contains(&value)) {
        let message = format!("{value} is not one of {}", listed(choices));
        if schema.custom() == Some("enum") {
            return Some(Issue::new("custom", path, message, json!({})));
        }
        return Some(Issue::new("invalid_enum_value", path, message, json!({ "received": text, "options": choices })));
    }
    let length = text.encode_utf16().count() as u64;
    if let Some(issue) = bounds(schema, "string", length, ("minLength", "maxLength"), path) {
        return Some(issue);
    }
    if let Some(rule) = schema.custom().filter(|rule| !formats::satisfies(rule, text)) {
        return Some(Issue::new("custom", path, format!("violates the rule `{rule}`"), json!({})));
    }
    let unlike = formats::mismatch(schema.format(), schema.pattern(), text)?;
    Some(Issue::new("invalid_string", path, describe(unlike), json!({ "validation": unlike })))
}

fn describe(validation: &str) -> String {
    match validation {
        "regex" => "does not match the pattern".to_owned(),
        other => format!("is not a valid {other}"),
    }
}

fn listed(choices: &[Value]) -> String {
    choices.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")
}

fn check_number(schema: Schema, number: f64, path: &Path) -> Option<Issue> {
    let whole = schema.kind() == Kind::Integer;
    if whole && number.fract() != 0.0 {
        let more = json!({ "expected": "integer", "received": "float" });
        return Some(Issue::new("invalid_type", path, "expected an integer, received a fraction".to_owned(), more));
    }
    let exclusive = schema.is_minimum_exclusive();
    let too_small = |least: &f64| number < *least || (exclusive && number <= *least);
    if let Some(least) = schema.number("minimum").filter(too_small) {
        return Some(out_of_bounds("too_small", "number", least, path).exclusive(exclusive));
    }
    let most = schema.number("maximum").filter(|most| number > *most)?;
    Some(out_of_bounds("too_big", "number", most, path))
}

fn check_constant(schema: Schema, value: &Value, path: &Path) -> Option<Issue> {
    let expected = schema.constant().filter(|constant| constant != value)?;
    let message = format!("expected {expected}, received {value}");
    Some(Issue::new("invalid_literal", path, message, json!({ "expected": expected, "received": value })))
}

fn bounds(schema: Schema, kind: &str, length: u64, names: (&str, &str), path: &Path) -> Option<Issue> {
    if let Some(least) = schema.length(names.0).filter(|least| length < *least) {
        return Some(out_of_bounds("too_small", kind, least, path));
    }
    let most = schema.length(names.1).filter(|most| length > *most)?;
    Some(out_of_bounds("too_big", kind, most, path))
}

fn out_of_bounds(code: &str, kind: &str, bound: impl Into<Value>, path: &Path) -> Issue {
    let bound = bound.into();
    let (name, word) = if code == "too_small" { ("minimum", "least") } else { ("maximum", "most") };
    let mut more = json!({ "type": kind, "inclusive": true, "exact": false });
    let message = format!("{kind} out of bounds: expected at {word} {bound}");
    if let Some(members) = more.as_object_mut() {
        members.insert(name.to_owned(), bound);
    }
    Issue::new(code, path, message, more)
}

/// Accepts what one of the branches accepts. If a constant member identifies the branch, only that branch is checked.
fn check_union(schema: Schema, value: Option<&Value>, path: &Path) -> Vec<Issue> {
    if let (Some((tag, options)), Some(Value::Object(members))) = (tag(schema), value) {
        let branch = schema.branches().find(|branch| {
            let constant = branch.property(tag).and_then(Schema::constant);
            constant.is_some() && constant.as_ref() == members.get(tag)
        });
        return branch.map_or_else(
            || {
                let message = format!("expected one of {}", listed(&options));
                vec![Issue::new(
                    "invalid_union_discriminator",
                    &below(path, tag),
                    message,
                    json!({ "options": options }),
                )]
            },
            |branch| check(branch, value, path),
        );
    }
    let all: Vec<Vec<Issue>> = schema.branches().map(|branch| check(branch, value, path)).collect();
    if all.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let mut failures = Vec::new();
    for issues in all {
        // A branch of the right type describes the problem best.
        if issues.iter().all(Issue::is_about_content) {
            return issues;
        }
        failures.push(json!({ "issues": values(issues), "name": "ZodError" }));
    }
    let more = json!({ "unionErrors": failures });
    vec![Issue::new("invalid_union", path, "does not match any of the accepted types".to_owned(), more)]
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
