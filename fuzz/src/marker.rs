//! A text that marks secrets in inputs.

use std::fmt::{Debug, Display};

use serde_json::Value;

/// Part of every secret. Seeds contain it, so the fuzzer moves it around.
pub const SECRET: &str = "s3cret";

/// Panics if an error shows the secret.
#[track_caller]
pub fn hidden(error: &(impl Display + Debug)) {
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// Returns the JSON of a value in which every text is the secret. `None` if a name contains it: errors show names.
pub fn marked(mut value: Value) -> Option<String> {
    mark(&mut value);
    (!has_secret_name(&value)).then(|| value.to_string())
}

fn mark(value: &mut Value) {
    match value {
        Value::String(text) => SECRET.clone_into(text),
        Value::Array(values) => values.iter_mut().for_each(mark),
        Value::Object(members) => members.values_mut().for_each(mark),
        _ => {}
    }
}

fn has_secret_name(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(has_secret_name),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains(SECRET) || has_secret_name(value)),
        _ => false,
    }
}
