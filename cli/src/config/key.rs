//! Keys, which identify entities in files and tenants.

use serde_json::Value;

use super::entity_members::Members;
use super::kinds::Kind;
use crate::terminal::shown;

/// Identifies an entity of its kind. Contains the key of the owner, then the values of the key's members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(pub Vec<String>);

impl Key {
    /// Returns the key of an entity, or the member that it lacks.
    pub(super) fn of(kind: &Kind, owner: Option<&Key>, members: &Members) -> Result<Self, &'static str> {
        let mut parts = owner.map(|owner| owner.0.clone()).unwrap_or_default();
        for (at, path) in kind.key.iter().enumerate() {
            let mut steps = path.split('.');
            let first = steps.next().and_then(|name| members.get(name));
            let value = steps.try_fold(first, |value, name| Some(value?.get(name))).flatten();
            match value.and_then(Value::as_str) {
                Some(text) if !text.is_empty() => parts.push(text.to_owned()),
                // Only the first part is in every entity.
                _ if at > 0 => {}
                _ => return Err(path),
            }
        }
        Ok(Self(parts))
    }

    /// Returns the part that identifies the entity within its owner.
    pub(super) fn own(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Returns the key of the owner.
    pub(super) fn owner(&self) -> Self {
        let mut parts = self.0.clone();
        parts.pop();
        Self(parts)
    }

    /// Returns the key as a text. Messages about files use [`VariableValues::key`], which hides values of variables.
    ///
    /// [`VariableValues::key`]: super::variable_values::VariableValues::key
    pub(super) fn text(&self) -> String {
        shown(&self.0.join(" / "))
    }
}
