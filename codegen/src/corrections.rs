//! Applies `spec/corrections.toml`: where the server differs from the document, the server is right.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::document::for_each_operation;
use crate::failure::{Failure, Result};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    #[serde(default, rename = "correction")]
    entries: Vec<Correction>,
}

/// One correction: where, what, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    reason: String,
    /// The operations it is for, all of which must be there and need it; `tags` takes those of whole tags.
    /// `*` stands for every operation, of which one at least must need it.
    #[serde(default)]
    operations: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// Instead of operations: a component, as in `schemas/TranslationObject`.
    component: Option<String>,
    /// JSON pointers below each of them; `*` stands for any one step, `**` for any number of steps.
    at: OneOrMany,
    /// Puts this value there; the last step may be new.
    set: Option<Value>,
    /// Takes it away.
    #[serde(default)]
    remove: bool,
    /// Renames the member.
    rename: Option<String>,
    /// Adds these elements to the list, which may be new.
    #[serde(default)]
    append: Vec<Value>,
    /// Takes these elements out of the list.
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

impl Corrections {
    /// Applies every correction and returns those that do not apply.
    pub fn apply(&self, documents: &mut [Value]) -> Vec<Failure> {
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
    fn apply(&self, documents: &mut [Value]) -> Result<(), String> {
        self.at.as_slice().iter().try_for_each(|at| self.apply_at(documents, at))
    }

    fn apply_at(&self, documents: &mut [Value], at: &str) -> Result<(), String> {
        let steps: Vec<String> = at.split('/').skip(1).map(unescape).collect();
        if let Some(component) = &self.component {
            let pointer = format!("/components/{component}");
            let owner = documents.iter_mut().find_map(|document| document.pointer_mut(&pointer));
            let owner = owner.ok_or_else(|| format!("there is no component {component}"))?;
            return match self.walk(owner, &steps) {
                Ok(0) => Err(format!("nothing at {} of {component}", at)),
                Ok(_) => Ok(()),
                Err(problem) => Err(format!("{problem} at {} of {component}", at)),
            };
        }
        let mut missing: BTreeSet<&str> = self.operations.iter().chain(&self.tags).map(String::as_str).collect();
        let mut problems = Vec::new();
        let everywhere = missing.remove("*");
        let mut matches = 0;
        for document in documents {
            for_each_operation(document, |_, _, operation| {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
                let tag = operation
                    .get("tags")
                    .and_then(|tags| tags.get(0))
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned();
                if everywhere || self.operations.contains(&id) || self.tags.contains(&tag) {
                    missing.remove(id.as_str());
                    missing.remove(tag.as_str());
                    let mut owner = Value::Object(std::mem::take(operation));
                    match self.walk(&mut owner, &steps) {
                        Ok(0) if !everywhere => problems.push(format!("nothing at {} of {id}", at)),
                        Ok(count) => matches += count,
                        Err(problem) => problems.push(format!("{problem} at {} of {id}", at)),
                    }
                    if let Value::Object(members) = owner {
                        *operation = members;
                    }
                }
            });
        }
        if everywhere && matches == 0 {
            problems.push(format!("nothing at {} of any operation", at));
        }
        problems.extend(missing.iter().map(|name| format!("there is no {name}")));
        if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
    }

    /// Changes every match below `value`, and counts them.
    fn walk(&self, value: &mut Value, steps: &[String]) -> Result<usize, String> {
        let Some((step, rest)) = steps.split_first() else { return Err("no step left".to_owned()) };
        if step == "**" {
            let mut count = self.walk(value, rest)?;
            for child in children(value) {
                count += self.walk(child, steps)?;
            }
            return Ok(count);
        }
        if rest.is_empty() {
            return self.change_member(value, step);
        }
        if step == "*" {
            return children(value).into_iter().try_fold(0, |count, child| Ok(count + self.walk(child, rest)?));
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
        Err("the correction changes nothing".to_owned())
    }
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
        Value::Array(elements) => elements.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    }
}

fn set(parent: &mut Value, step: &str, new: &Value) -> Result<usize, String> {
    match child(parent, step) {
        Some(old) if old == new => Err("already so".to_owned()),
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
        return Err(format!("there is a {new} already"));
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
    let elements = list.as_array_mut().ok_or("no list")?;
    if let Some(there) = new.iter().find(|element| elements.contains(element)) {
        return Err(format!("{there} is there already"));
    }
    elements.extend(new.iter().cloned());
    Ok(1)
}

fn drop_elements(parent: &mut Value, step: &str, gone: &[Value]) -> Result<usize, String> {
    let Some(elements) = child(parent, step).and_then(Value::as_array_mut) else { return Ok(0) };
    if let Some(lacking) = gone.iter().find(|element| !elements.contains(element)) {
        return Err(format!("{lacking} is not there"));
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
        let mut documents =
            [json!({"paths": {"/a": {"get": operation}}, "components": {"schemas": {"S": {"type": "object"}}}})];
        let corrections: Corrections = toml::from_str(&format!("[[correction]]\nreason = 'r'\n{correction}"))
            .map_err(|error| error.to_string())?;
        match corrections.apply(&mut documents).first() {
            Some(failure) => Err(failure.to_string()),
            None => Ok(documents[0]["paths"]["/a"]["get"]["x"].clone()),
        }
    }

    #[test]
    fn each_kind_of_change_is_made() {
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
    fn a_correction_that_no_longer_applies_is_refused() {
        let cases = [
            ("operations = ['A']\nat = '/x/y/type'\nset = 'object'", "already so"),
            ("operations = ['B']\nat = '/x/y/type'\nset = 'string'", "there is no B"),
            ("operations = ['A']\nat = '/x/z/type'\nset = 'string'", "nothing at /x/z/type of A"),
            ("tags = ['T']\nat = '/x/z'\nremove = true", "nothing at /x/z of A"),
            ("component = 'schemas/S'\nat = '/type'\nset = 'object'", "already so"),
            ("operations = ['A']\nat = '/x/required'\ndrop = ['z']", "\"z\" is not there"),
        ];
        for (correction, problem) in cases {
            let error = apply(correction).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
