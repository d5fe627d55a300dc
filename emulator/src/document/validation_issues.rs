//! Validation issues in the format of the server's validator, with its messages.

use logto_admin::serde_json::{Map, Value, json};

use crate::errors::Refusal;

/// A problem with a value.
#[derive(Clone, Debug)]
pub(crate) struct Issue(Map<String, Value>);

/// The path to a value: names and indices.
pub(crate) type Path = Vec<Value>;

impl Issue {
    pub(crate) fn new(code: &str, path: &Path, message: String, more: Value) -> Self {
        let mut members = match more {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.insert("code".to_owned(), code.into());
        members.insert("path".to_owned(), path.clone().into());
        members.insert("message".to_owned(), message.into());
        Self(members)
    }

    pub(crate) fn wrong_type(expected: &str, value: Option<&Value>, path: &Path) -> Self {
        let received = type_name(value);
        let message = match value {
            None => "Required".to_owned(),
            Some(_) => format!("Expected {expected}, received {received}"),
        };
        Self::new("invalid_type", path, message, json!({ "expected": expected, "received": received }))
    }

    /// Creates an issue of a value that is not one of the choices.
    pub(crate) fn wrong_choice<'v>(text: &str, choices: impl IntoIterator<Item = &'v Value>, path: &Path) -> Self {
        let choices: Vec<&Value> = choices.into_iter().collect();
        let message = format!("Invalid enum value. Expected {}, received '{text}'", quoted(&choices));
        Self::new("invalid_enum_value", path, message, json!({ "received": text, "options": choices }))
    }

    /// Creates an issue of a member that does not identify a branch.
    pub(crate) fn wrong_discriminator<'v>(choices: impl IntoIterator<Item = &'v Value>, path: &Path) -> Self {
        let choices: Vec<&Value> = choices.into_iter().collect();
        let message = format!("Invalid discriminator value. Expected {}", quoted(&choices));
        Self::new("invalid_union_discriminator", path, message, json!({ "options": choices }))
    }

    pub(crate) fn wrong_literal(expected: &Value, value: Option<&Value>, path: &Path) -> Self {
        let mut more = json!({ "expected": expected });
        if let (Some(members), Some(value)) = (more.as_object_mut(), value) {
            members.insert("received".to_owned(), value.clone());
        }
        Self::new("invalid_literal", path, format!("Invalid literal value, expected {expected}"), more)
    }

    /// Creates an issue of text that does not match a format or a pattern.
    pub(crate) fn wrong_text(validation: &str, path: &Path) -> Self {
        let message = if validation == "regex" { "Invalid".to_owned() } else { format!("Invalid {validation}") };
        Self::new("invalid_string", path, message, json!({ "validation": validation }))
    }

    /// Creates an issue of a value that violates a rule of its own.
    pub(crate) fn custom(message: &str, path: &Path) -> Self {
        Self::new("custom", path, message.to_owned(), json!({}))
    }

    /// Creates an issue of a value that matches no branch. It has the issues of each branch.
    pub(crate) fn no_branch(branches: Vec<Vec<Self>>, path: &Path) -> Self {
        let error = |issues| json!({ "issues": values(issues), "name": "ZodError" });
        let errors: Vec<Value> = branches.into_iter().map(error).collect();
        Self::new("invalid_union", path, INVALID.to_owned(), json!({ "unionErrors": errors }))
    }

    /// Returns whether the value has the right type and only its content is wrong.
    pub(crate) fn is_about_content(&self) -> bool {
        let code = self.0.get("code").and_then(Value::as_str);
        matches!(code, Some("invalid_string" | "too_small" | "too_big"))
    }

    /// Returns a line with the path and the problem.
    fn detail(&self) -> String {
        let text = |name| self.0.get(name).and_then(Value::as_str).unwrap_or_default();
        let steps = self.0.get("path").and_then(Value::as_array).into_iter().flatten();
        let steps = steps.map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
        let place = steps.collect::<Vec<_>>().join(".");
        let problem = match text("code") {
            "invalid_type" => format!("Expected {} but received {}.", text("expected"), text("received")),
            _ => text("message").to_owned(),
        };
        format!("Error in key path \"{place}\": ({}) {problem}", text("code"))
    }
}

/// The message of issues without a specific one.
pub(crate) const INVALID: &str = "Invalid input";

/// Returns the choices as the messages list them.
pub(crate) fn quoted(choices: &[&Value]) -> String {
    let quoted = choices.iter().map(|choice| match choice {
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    });
    quoted.collect::<Vec<_>>().join(" | ")
}

/// A limit of a number, or of the length of text or a list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    AtLeast,
    MoreThan,
    AtMost,
}

impl Issue {
    /// Creates an issue of a value beyond its bound.
    pub(crate) fn out_of_bounds(kind: &str, bound: Bound, value: impl Into<Value>, path: &Path) -> Self {
        let value = value.into();
        let words = match (kind, bound) {
            ("number", Bound::AtLeast) => "greater than or equal to",
            ("number", Bound::MoreThan) => "greater than",
            ("number", Bound::AtMost) => "less than or equal to",
            (_, Bound::AtLeast) => "at least",
            (_, Bound::MoreThan) => "more than",
            (_, Bound::AtMost) => "at most",
        };
        let message = match kind {
            "number" => format!("Number must be {words} {value}"),
            "array" => format!("Array must contain {words} {value} element(s)"),
            _ => format!("String must contain {words} {value} character(s)"),
        };
        let (code, name) = match bound {
            Bound::AtMost => ("too_big", "maximum"),
            _ => ("too_small", "minimum"),
        };
        let inclusive = !matches!(bound, Bound::MoreThan);
        let mut more = json!({ "type": kind, "inclusive": inclusive, "exact": false });
        if let Some(members) = more.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
        Self::new(code, path, message, more)
    }
}

fn type_name(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

/// Returns the error for an input with these issues.
pub(crate) fn refuse(issues: Vec<Issue>, message: &str) -> Refusal {
    refuse_as("guard.invalid_input", issues, message)
}

/// Returns an error with these issues and another code.
pub(crate) fn refuse_as(code: &str, issues: Vec<Issue>, message: &str) -> Refusal {
    let details: Vec<String> = issues.iter().map(Issue::detail).collect();
    let data = json!({ "issues": values(issues), "name": "ZodError" });
    Refusal::new(400, code, message).with("data", data).with("details", details.join("\n"))
}

/// Returns the issues as JSON.
fn values(issues: Vec<Issue>) -> Vec<Value> {
    issues.into_iter().map(|issue| Value::Object(issue.0)).collect()
}
