//! Validation issues in the format of the server's validator.

use std::fmt::Write;

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
            Some(_) => format!("expected {expected}, received {received}"),
        };
        Self::new("invalid_type", path, message, json!({ "expected": expected, "received": received }))
    }

    /// Marks a bound as exclusive.
    pub(crate) fn exclusive(mut self, exclusive: bool) -> Self {
        self.0.insert("inclusive".to_owned(), (!exclusive).into());
        self
    }

    /// Returns whether the value has the right type and only its content is wrong.
    pub(crate) fn is_about_content(&self) -> bool {
        let code = self.0.get("code").and_then(Value::as_str);
        matches!(code, Some("invalid_string" | "too_small" | "too_big"))
    }

    /// Returns a line with the path and the problem.
    fn detail(&self) -> String {
        let text = |name| self.0.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut place = String::new();
        for step in self.0.get("path").and_then(Value::as_array).into_iter().flatten() {
            let _ = match step {
                Value::String(name) if place.is_empty() => write!(place, "{name}"),
                Value::String(name) => write!(place, ".{name}"),
                index => write!(place, "[{index}]"),
            };
        }
        format!("\"{place}\": ({}) {}", text("code"), text("message"))
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
pub(crate) fn values(issues: Vec<Issue>) -> Vec<Value> {
    issues.into_iter().map(|issue| Value::Object(issue.0)).collect()
}
