//! Applies `spec/corrections.toml`. It changes the API documents where they differ from the server.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::document::for_each_operation;
use crate::failure::{Failure, Result};
use crate::release::Release;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    #[serde(default, rename = "correction")]
    entries: Vec<Correction>,
}

/// A correction: where it applies, what it changes, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    reason: String,
    /// The first and the last release whose document has the error. Without them, all documents might have it.
    since: Option<Release>,
    until: Option<Release>,
    /// Ids of the operations to correct; `tags` selects all operations of a tag. Each one must exist and need the
    /// correction. `*` selects every operation, and at least one of them must need the correction.
    #[serde(default)]
    operations: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// A component to correct instead of operations, such as `schemas/TranslationObject`.
    component: Option<String>,
    /// JSON pointers within each target. `*` matches any single step, `**` any number of steps, and `name=x` the element
    /// of a list whose `name` is `x`.
    at: OneOrMany,
    /// Sets this value. The last step may be a new member.
    set: Option<Value>,
    /// Removes the value.
    #[serde(default)]
    remove: bool,
    /// Renames the member to this name.
    rename: Option<String>,
    /// Appends these elements to the list, which is created if it is missing.
    #[serde(default)]
    append: Vec<Value>,
    /// Removes these elements from the list.
    #[serde(default)]
    drop: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A document and the release that it describes.
pub struct Document {
    pub release: Release,
    pub value: Value,
}

impl Corrections {
    /// Applies all corrections to documents. These are sorted from the newest to the oldest. Returns a failure for each
    /// correction that does not apply to the newest document that contains its target.
    pub fn apply(&self, documents: &mut [Document]) -> Vec<Failure> {
        let entries = self.entries.iter().enumerate();
        entries
            .filter_map(|(index, correction)| {
                let failure =
                    |problem| Failure::Correction { index: index + 1, reason: correction.reason.clone(), problem };
                correction.apply(documents).err().map(failure)
            })
            .collect()
    }
}

impl Correction {
    fn apply(&self, documents: &mut [Document]) -> Result<(), String> {
        let mut documents: Vec<&mut Value> = documents
            .iter_mut()
            .filter(|document| self.since.is_none_or(|since| since <= document.release))
            .filter(|document| self.until.is_none_or(|until| document.release <= until))
            .map(|document| &mut document.value)
            .collect();
        self.at.as_slice().iter().try_for_each(|at| self.apply_at(&mut documents, at))
    }

    fn apply_at(&self, documents: &mut [&mut Value], at: &str) -> Result<(), String> {
        let steps: Vec<String> = at.split('/').skip(1).map(unescape).collect();
        match &self.component {
            Some(component) => self.apply_to_component(documents, component, at, &steps),
            None => self.apply_to_operations(documents, at, &steps),
        }
    }

    fn apply_to_component(
        &self,
        documents: &mut [&mut Value],
        component: &str,
        at: &str,
        steps: &[String],
    ) -> Result<(), String> {
        let pointer = format!("/components/{component}");
        let mut owners = documents.iter_mut().filter_map(|document| document.pointer_mut(&pointer));
        let newest = owners.next().ok_or_else(|| format!("component {component} not found"))?;
        match self.walk(newest, steps) {
            Ok(0) => return Err(format!("{at} in {component}: no match")),
            Ok(_) => {}
            Err(problem) => return Err(format!("{at} in {component}: {problem}")),
        }
        owners.for_each(|owner| {
            let _ = self.walk(owner, steps);
        });
        Ok(())
    }

    fn apply_to_operations(&self, documents: &mut [&mut Value], at: &str, steps: &[String]) -> Result<(), String> {
        let mut missing: BTreeSet<String> = self.operations.iter().chain(&self.tags).cloned().collect();
        let mut problems = Vec::new();
        let everywhere = missing.remove("*");
        let mut matches = 0;
        let mut corrected: HashSet<String> = HashSet::new();
        for document in documents {
            for_each_operation(document, |_, _, operation| {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
                let tag = operation.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str);
                let tag = tag.unwrap_or_default().to_owned();
                if everywhere || self.operations.contains(&id) || self.tags.contains(&tag) {
                    missing.remove(id.as_str());
                    missing.remove(tag.as_str());
                    let is_newest = corrected.insert(id.clone());
                    let mut owner = Value::Object(std::mem::take(operation));
                    match self.walk(&mut owner, steps) {
                        // The documents of older releases might not have the error.
                        _ if !is_newest => {}
                        Ok(0) if !everywhere => problems.push(format!("{at} in {id}: no match")),
                        Ok(count) => matches += count,
                        Err(problem) => problems.push(format!("{at} in {id}: {problem}")),
                    }
                    if let Value::Object(members) = owner {
                        *operation = members;
                    }
                }
            });
        }
        if everywhere && matches == 0 {
            problems.push(format!("{at}: no match in any operation"));
        }
        problems.extend(missing.iter().map(|name| format!("operation or tag {name} not found")));
        if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
    }

    /// Changes every match below `value` and returns their number.
    fn walk(&self, value: &mut Value, steps: &[String]) -> Result<usize, String> {
        let Some((step, rest)) = steps.split_first() else {
            return Err("the pointer does not end with a member or an index".to_owned());
        };
        // Most values are texts, which have no members.
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            return Ok(0);
        }
        if step == "**" {
            let own = self.walk(value, rest);
            let below = children(value).into_iter().map(|child| self.walk(child, steps));
            return total([own].into_iter().chain(below));
        }
        if rest.is_empty() {
            return self.change_member(value, step);
        }
        if step == "*" {
            return total(children(value).into_iter().map(|child| self.walk(child, rest)));
        }
        child(value, step).map_or(Ok(0), |child| self.walk(child, rest))
    }

    fn change_member(&self, parent: &mut Value, step: &str) -> Result<usize, String> {
        if let Some(new) = &self.set {
            return set(parent, step, new);
        }
        if self.remove {
            return Ok(remove(parent, step));
        }
        if let Some(new) = &self.rename {
            return parent.as_object_mut().map_or(Ok(0), |members| rename(members, step, new));
        }
        if !self.append.is_empty() {
            return append(parent, step, &self.append);
        }
        if !self.drop.is_empty() {
            return drop_elements(parent, step, &self.drop);
        }
        Err("expected one of `set`, `remove`, `rename`, `append`, `drop`".to_owned())
    }
}

/// Finishes all walks, and returns the number of changes or the first problem.
fn total(walks: impl Iterator<Item = Result<usize, String>>) -> Result<usize, String> {
    let mut total = Ok(0);
    for walk in walks {
        total = total.and_then(|sum| Ok(sum + walk?));
    }
    total
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(elements) => elements.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn child<'a>(value: &'a mut Value, step: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(members) => members.get_mut(step),
        Value::Array(elements) => match step.strip_prefix("name=") {
            Some(name) => elements.iter_mut().find(|element| element.get("name").and_then(Value::as_str) == Some(name)),
            None => elements.get_mut(step.parse::<usize>().ok()?),
        },
        _ => None,
    }
}

fn set(parent: &mut Value, step: &str, new: &Value) -> Result<usize, String> {
    match child(parent, step) {
        Some(old) if old == new => Err(format!("the value is already {new}")),
        Some(old) => {
            *old = new.clone();
            Ok(1)
        }
        None => Ok(parent.as_object_mut().map_or(0, |members| {
            members.insert(step.to_owned(), new.clone());
            1
        })),
    }
}

fn remove(parent: &mut Value, step: &str) -> usize {
    match parent {
        Value::Object(members) => usize::from(members.shift_remove(step).is_some()),
        Value::Array(elements) => match step.parse::<usize>() {
            Ok(index) if index < elements.len() => {
                elements.remove(index);
                1
            }
            _ => 0,
        },
        _ => 0,
    }
}

fn rename(members: &mut Map<String, Value>, step: &str, new: &str) -> Result<usize, String> {
    if members.contains_key(new) {
        return Err(format!("member {new} already exists"));
    }
    if !members.contains_key(step) {
        return Ok(0);
    }
    let renamed =
        std::mem::take(members).into_iter().map(|(key, value)| (if key == step { new.to_owned() } else { key }, value));
    *members = renamed.collect();
    Ok(1)
}

fn append(parent: &mut Value, step: &str, new: &[Value]) -> Result<usize, String> {
    let Some(members) = parent.as_object_mut() else { return Ok(0) };
    let list = members.entry(step).or_insert_with(|| Value::Array(Vec::new()));
    let elements = list.as_array_mut().ok_or("not a list")?;
    if let Some(there) = new.iter().find(|element| elements.contains(element)) {
        return Err(format!("the list already contains {there}"));
    }
    elements.extend(new.iter().cloned());
    Ok(1)
}

fn drop_elements(parent: &mut Value, step: &str, gone: &[Value]) -> Result<usize, String> {
    let Some(elements) = child(parent, step).and_then(Value::as_array_mut) else { return Ok(0) };
    if let Some(lacking) = gone.iter().find(|element| !elements.contains(element)) {
        return Err(format!("the list does not contain {lacking}"));
    }
    elements.retain(|element| !gone.contains(element));
    Ok(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn apply(correction: &str) -> Result<Value, String> {
        let operation = json!({"operationId": "A", "tags": ["T"], "x": {"y": {"type": "object"}, "required": ["y"]}});
        let value = json!({"paths": {"/a": {"get": operation}}, "components": {"schemas": {"S": {"type": "object"}}}});
        let mut documents = [Document { release: Release::NEXT, value }];
        let corrections: Corrections = toml::from_str(&format!("[[correction]]\nreason = 'r'\n{correction}"))
            .map_err(|error| error.to_string())?;
        match corrections.apply(&mut documents).first() {
            Some(failure) => Err(failure.to_string()),
            None => Ok(documents[0].value["paths"]["/a"]["get"]["x"].clone()),
        }
    }

    #[test]
    fn each_kind_of_change_is_applied() {
        let cases = [
            ("at = '/x/y/type'\nset = 'string'", json!({"y": {"type": "string"}, "required": ["y"]})),
            ("at = '/**/y/type'\nset = 'string'", json!({"y": {"type": "string"}, "required": ["y"]})),
            ("at = '/x/*/type'\nremove = true", json!({"y": {}, "required": ["y"]})),
            ("at = '/x/y'\nrename = 'z'", json!({"z": {"type": "object"}, "required": ["y"]})),
            ("at = '/x/required'\nappend = ['z']", json!({"y": {"type": "object"}, "required": ["y", "z"]})),
            ("at = '/x/required'\ndrop = ['y']", json!({"y": {"type": "object"}, "required": []})),
        ];
        for (change, expected) in cases {
            assert_eq!(apply(&format!("operations = ['A']\n{change}")), Ok(expected), "{change}");
        }
    }

    #[test]
    fn corrections_that_do_not_apply_are_rejected() {
        let cases = [
            ("operations = ['A']\nat = '/x/y/type'\nset = 'object'", "the value is already \"object\""),
            ("operations = ['B']\nat = '/x/y/type'\nset = 'string'", "operation or tag B not found"),
            ("operations = ['A']\nat = '/x/z/type'\nset = 'string'", "/x/z/type in A: no match"),
            ("tags = ['T']\nat = '/x/z'\nremove = true", "/x/z in A: no match"),
            ("component = 'schemas/S'\nat = '/type'\nset = 'object'", "the value is already \"object\""),
            ("operations = ['A']\nat = '/x/required'\ndrop = ['z']", "the list does not contain \"z\""),
        ];
        for (correction, problem) in cases {
            let error = apply(correction).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
