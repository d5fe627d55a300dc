//! Finds members that an operation's body does not have. The server ignores them, but in a file they are mistakes.

use logto_admin::serde_json::Value;

use super::place::{ImportError, Place};
use crate::document::schema::{Kind, Schema};
use crate::record::Members;

/// Rejects the first unknown member of an entity. Known are those of the schema, and the seed file's own members.
pub(super) fn check_entity(
    schema: Schema,
    own: &[&'static str],
    entity: &Members,
    place: &Place,
) -> Result<(), ImportError> {
    if schema.kind() != Kind::Object || schema.is_open() {
        return Ok(());
    }
    let known = || own.iter().copied().chain(schema.properties().map(|(name, _)| name));
    match entity.keys().find(|name| known().all(|known| known != name.as_str())) {
        Some(name) => Err(unknown(&place.member(name), known())),
        None => Ok(()),
    }
}

/// Rejects the first member of a value that the schema does not have.
pub(super) fn check(schema: Schema, value: &Value, place: &Place) -> Result<(), ImportError> {
    match (schema.kind(), value) {
        (Kind::Object, Value::Object(members)) => {
            for (name, value) in members {
                let below = place.member(name);
                match schema.property(name).or_else(|| schema.further()) {
                    Some(property) => check(property, value, &below)?,
                    // A schema without properties describes an object with any members.
                    None if schema.properties().next().is_none() => {}
                    None => return Err(unknown(&below, schema.properties().map(|(name, _)| name))),
                }
            }
            Ok(())
        }
        (Kind::Array, Value::Array(elements)) => {
            let Some(items) = schema.items() else { return Ok(()) };
            elements.iter().enumerate().try_for_each(|(index, element)| check(items, element, &place.element(index)))
        }
        _ => Ok(()),
    }
}

/// Returns the error for an unknown member, with the known ones.
pub(super) fn unknown<'a>(place: &Place, known: impl Iterator<Item = &'a str>) -> ImportError {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    place.error(format!("unknown member, expected one of {}", known.join(", ")))
}
