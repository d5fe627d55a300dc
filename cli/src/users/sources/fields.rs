//! Removes the members of a record one by one. Types are lenient: CSV has texts only.

use serde_json::Value;

use crate::json_object::might_be_rounded;
use crate::users::diagnostic::Diagnostic;
use crate::users::record::JsonObject;
use crate::users::record_members::Form;

/// Members of a record that were not read yet.
pub(super) struct Fields {
    members: JsonObject,
    /// Members with a wrong type.
    wrong: Wrong,
}

/// Members with a wrong type.
#[derive(Default)]
pub(super) struct Wrong {
    /// Members about the state of the user, which must not be guessed.
    pub(super) flags: Vec<Diagnostic>,
    /// Other members, which are ignored.
    pub(super) others: Vec<Diagnostic>,
}

impl Fields {
    pub(super) fn new(members: JsonObject) -> Self {
        Self { members, wrong: Wrong::default() }
    }

    /// Removes and returns a member. Null and empty values are missing.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !is_empty(value))
    }

    /// Removes and returns a text. Numbers become texts.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let text = text(value);
        if text.is_none() {
            self.ignore(name, Form::Text.expected());
        }
        text
    }

    /// Removes and returns a boolean.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.value(name)?;
        let flag = flag(&value);
        if flag.is_none() {
            self.wrong.flags.push(Diagnostic::new(name, Form::Flag.expected()));
        }
        flag
    }

    /// Removes and returns an object, or a text with the JSON of an object.
    pub(super) fn object(&mut self, name: &str) -> JsonObject {
        match self.value(name).map(parsed) {
            Some(Value::Object(members)) => members,
            None => JsonObject::new(),
            Some(_) => {
                self.ignore(name, Form::Object.expected());
                JsonObject::new()
            }
        }
    }

    /// Removes and returns the members of an object.
    pub(super) fn fields(&mut self, name: &str) -> Self {
        Self::new(self.object(name))
    }

    /// Removes and returns a list, or a text with the JSON of a list.
    pub(super) fn list(&mut self, name: &str) -> Vec<Value> {
        match self.value(name).map(parsed) {
            Some(Value::Array(items)) => items,
            None => Vec::new(),
            Some(_) => {
                self.ignore(name, "expected a list");
                Vec::new()
            }
        }
    }

    /// Removes and returns the objects of a list.
    pub(super) fn objects(&mut self, name: &str) -> Vec<Self> {
        let objects = self.list(name).into_iter();
        objects
            .filter_map(|item| if let Value::Object(members) = item { Some(Self::new(members)) } else { None })
            .collect()
    }

    /// Removes and returns the texts of a list. A text is a list with separators.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        match self.value(name).map(parsed) {
            Some(Value::Array(items)) => items.into_iter().filter_map(text).collect(),
            Some(Value::String(list)) => split(&list),
            None => Vec::new(),
            Some(_) => {
                self.ignore(name, Form::Names.expected());
                Vec::new()
            }
        }
    }

    /// Returns whether a member is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !is_empty(value))
    }

    /// Removes and returns the members that are left.
    pub(super) fn take_members(&mut self) -> JsonObject {
        std::mem::take(&mut self.members)
    }

    /// Returns the members with a wrong type.
    pub(super) fn wrong(&mut self) -> Wrong {
        std::mem::take(&mut self.wrong)
    }

    fn ignore(&mut self, name: &str, expected: &str) {
        self.wrong.others.push(Diagnostic::new(name, format!("{expected}, so the member is not imported")));
    }
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        // The digits of a rounded number are lost.
        Value::Number(_) if !might_be_rounded(&value) => Some(value.to_string()),
        _ => None,
    }
}

pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_u64().map(|number| number != 0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Splits a list in a cell of a table: at `|`, else at `;`, else at commas.
pub(super) fn split(list: &str) -> Vec<String> {
    let separator = ['|', ';'].into_iter().find(|separator| list.contains(*separator)).unwrap_or(',');
    let parts = list.split(separator).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Parses a text that contains JSON. Exports as CSV have lists and objects like that.
pub(super) fn parsed(value: Value) -> Value {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        value => value,
    }
}
