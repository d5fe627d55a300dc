//! Paths of values in an entity.

use serde_json::Value;

/// The names and indexes that lead to a value.
pub(super) type ValuePath = Vec<String>;

/// Returns the value at this place.
pub(super) fn value_at<'v>(value: &'v Value, place: &[String]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// Returns the value at this place, to change it.
pub(super) fn value_at_mut<'v>(value: &'v mut Value, place: &[String]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step),
    })
}

/// Writes a place with dots.
pub(super) fn dotted(place: &[String]) -> String {
    crate::terminal::shown(&place.join("."))
}
