//! Encodes forms.

use serde::Serialize;
use serde_json::Value;

use crate::types::{Pairs, QueryTarget};

/// Encodes the members of an object, in order. Their values must be strings, numbers, booleans or null.
pub(super) fn encode(body: &(impl Serialize + ?Sized)) -> Result<Pairs, String> {
    let mut pairs = Pairs::default();
    let Ok(Value::Object(members)) = serde_json::to_value(body) else {
        return Err("a form requires an object".to_owned());
    };
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::String(value) => pairs.pair(&name, &value),
            Value::Bool(_) | Value::Number(_) => pairs.pair(&name, &value.to_string()),
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("`{name}` is a list or an object, which a form cannot contain"));
            }
        }
    }
    Ok(pairs)
}
