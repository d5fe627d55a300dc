//! Reading and writing members of JSON without panics.

use logto_admin::serde_json::{Map, Value};

/// Returns a member, or null.
#[must_use]
pub fn member(value: &Value, name: &str) -> Value {
    value.get(name).cloned().unwrap_or_default()
}

/// Returns a member as text. Empty if it is missing or not text.
#[must_use]
pub fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Returns the items of a member that is a list.
pub fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Returns the names of entities.
pub fn names<'v>(entities: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    entities.into_iter().map(|entity| text(entity, "name")).collect()
}

/// Returns the members of an object.
#[must_use]
pub fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Problem of a text that [`has_nul`].
pub(crate) const NUL: &str = "contains a null character, which the server cannot store";

/// Whether a value contains a null character. The database of a server does not store it, and the server then fails.
pub(crate) fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members_have_nul(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether names or values of members contain a null character.
pub(crate) fn members_have_nul(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
}

/// Problem of a number that loses digits.
pub(crate) const ROUNDED: &str =
    "a number has more than 64 bits and would be rounded; only a text, in quotes, can have it";

/// Whether a value contains a number that might have lost digits. Such a number does not fit into 64 bits.
pub(crate) fn might_be_rounded(value: &Value) -> bool {
    match value {
        // Only larger integers are numbers of floating point. `1e30` is one, too, and has lost nothing.
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= TWO_TO_63),
        Value::Array(items) => items.iter().any(might_be_rounded),
        Value::Object(members) => members.values().any(might_be_rounded),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Smaller integers fit into 64 bits.
pub(crate) const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// Returns milliseconds since the epoch as a date, such as `2026-01-31T12:00:00Z`. Null for anything else.
#[must_use]
pub fn date(value: &Value) -> Value {
    let date = value.as_i64().and_then(|millis| jiff::Timestamp::from_second(millis.div_euclid(1000)).ok());
    date.map(|date| date.to_string()).into()
}

/// Sets a member of an object.
pub fn set(value: &mut Value, name: &str, new: impl Into<Value>) {
    if let Value::Object(members) = value {
        members.insert(name.to_owned(), new.into());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn integers_of_more_than_64_bits_might_be_rounded() {
        let might_be_rounded = |text: &str| super::might_be_rounded(&logto_admin::serde_json::from_str(text).unwrap());
        for kept in ["18446744073709551615", "-9223372036854775808", "[1.5, 1e9]", "\"18446744073709551616\"", "null"] {
            assert!(!might_be_rounded(kept), "{kept}");
        }
        for lost in ["18446744073709551616", "-9223372036854775809", "{\"a\":[{\"b\":100000000000000000000000}]}"] {
            assert!(might_be_rounded(lost), "{lost}");
        }
    }
}
