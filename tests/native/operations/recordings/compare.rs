//! Finds the differences between two JSON values.

use std::fmt;

use serde_json::Value;

/// A place where two values differ.
#[derive(Debug)]
pub(crate) struct Difference {
    /// JSON pointer.
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only the first value has this place.
    Lost,
    /// Only the second value has this place.
    Added,
    Changed {
        from: String,
        to: String,
    },
}

/// Returns every difference between the original value and the new value.
pub(crate) fn differences(was: &Value, is: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(was, is, &mut String::new(), &mut found);
    found
}

fn compare(was: &Value, is: &Value, pointer: &mut String, found: &mut Vec<Difference>) {
    match (was, is) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                within(pointer, name, |pointer| match after.get(name) {
                    Some(other) => compare(value, other, pointer, found),
                    None => found.push(Difference { pointer: pointer.clone(), kind: Kind::Lost }),
                });
            }
            for name in after.keys().filter(|name| !before.contains_key(*name)) {
                within(pointer, name, |pointer| {
                    found.push(Difference { pointer: pointer.clone(), kind: Kind::Added });
                });
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                within(pointer, &index.to_string(), |pointer| compare(value, other, pointer, found));
            }
        }
        (was, is) if was == is => {}
        (was, is) => {
            let kind = Kind::Changed { from: short(was), to: short(is) };
            found.push(Difference { pointer: pointer.clone(), kind });
        }
    }
}

fn within(pointer: &mut String, step: &str, then: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    then(pointer);
    pointer.truncate(length);
}

fn short(value: &Value) -> String {
    const SHOWN: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= SHOWN { text } else { text.chars().take(SHOWN).chain("..".chars()).collect() }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        match &self.kind {
            Kind::Lost => write!(f, "at {place}: lost"),
            Kind::Added => write!(f, "at {place}: added"),
            Kind::Changed { from, to } => write!(f, "at {place}: {from} changed to {to}"),
        }
    }
}
