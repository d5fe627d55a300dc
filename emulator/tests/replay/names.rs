use std::collections::HashMap;

use logto_admin::serde_json::Value;

/// Maps the ids and secrets in the recordings to the emulator's.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    pub(crate) fn get(&self, recorded: &str) -> Option<&str> {
        self.0.get(recorded).map(String::as_str)
    }

    pub(crate) fn add(&mut self, recorded: &str, ours: &str) {
        self.0.insert(recorded.to_owned(), ours.to_owned());
    }

    /// Learns from two responses to the same request. Learns from lists if their elements are alike, in order.
    pub(crate) fn learn(&mut self, recorded: &Value, ours: &Value) {
        if let (Value::Array(recorded), Value::Array(ours)) = (recorded, ours) {
            let pairs = || recorded.iter().zip(ours);
            if recorded.len() == ours.len() && pairs().all(|(one, other)| are_alike(one, other)) {
                pairs().for_each(|(one, other)| self.learn(one, other));
            }
            return;
        }
        let (Value::Object(recorded), Value::Object(ours)) = (recorded, ours) else { return };
        for (name, value) in recorded {
            match (value, ours.get(name)) {
                (Value::String(value), Some(Value::String(own))) if is_id(name, value) => {
                    self.0.entry(value.clone()).or_insert_with(|| own.clone());
                }
                (value, Some(own)) => self.learn(value, own),
                _ => {}
            }
        }
    }

    /// Replaces an id with the emulator's. Returns `None` for an id that does not exist in the emulator.
    pub(crate) fn replace(&self, text: &str) -> Option<String> {
        match self.get(text) {
            Some(own) => Some(own.to_owned()),
            None if looks_like_id(text) => None,
            None => Some(text.to_owned()),
        }
    }

    /// Replaces the ids in a path.
    pub(crate) fn replace_path(&self, path: &str) -> String {
        path.split('/').map(|segment| self.get(segment).unwrap_or(segment)).collect::<Vec<_>>().join("/")
    }

    pub(crate) fn replace_in(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::String(text) => self.replace(text)?.into(),
            Value::Array(elements) => {
                elements.iter().map(|element| self.replace_in(element)).collect::<Option<Vec<_>>>()?.into()
            }
            Value::Object(members) => {
                let replaced = members.iter().map(|(name, value)| Some((name.clone(), self.replace_in(value)?)));
                Value::Object(replaced.collect::<Option<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// Returns whether two objects have the same texts, except for ids and secrets.
fn are_alike(one: &Value, other: &Value) -> bool {
    let is_drawn = |name: &str, text: &str| is_id(name, text) || looks_like_id(text) || text.len() > 30;
    one.as_object().into_iter().flatten().all(|(name, value)| match value {
        Value::String(text) => is_drawn(name, text) || other[name] == *value,
        _ => true,
    })
}

fn is_id(name: &str, value: &str) -> bool {
    name == "token" || ((name == "id" || name.ends_with("Id")) && (has_id_form(value) || is_issued(value)))
}

/// Returns whether the text has the length and the characters of an id.
fn has_id_form(text: &str) -> bool {
    matches!(text.len(), 12 | 21) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

pub(crate) fn looks_like_id(text: &str) -> bool {
    // Phone numbers have only digits, and words only letters.
    let mixed = text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_lowercase());
    has_id_form(text) && mixed || is_issued(text)
}

/// Returns whether the text looks like an id of a session or a grant.
fn is_issued(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let any = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit);
    matches!(text.len(), 21 | 43) && letters && mixed
}
