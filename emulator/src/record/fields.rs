//! The members of an entity, in less memory than a JSON object needs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use logto_admin::serde_json::{Map, Value};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// The members of a JSON object.
pub(crate) type Members = Map<String, Value>;

/// The members of an entity, in order of insertion. Looking through them is fast, because entities have few.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Members")]
pub(crate) struct Fields(Vec<(Arc<str>, Value)>);

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// Returns a member as text. Empty if it is missing or not a string.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn insert(&mut self, name: String, value: Value) {
        match self.get_mut(&name) {
            Some(known) => *known = value,
            None => self.0.push((shared(name), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| **known == *name)?;
        Some(self.0.remove(at).1)
    }

    /// Returns the members as a JSON object.
    pub(crate) fn to_object(&self) -> Members {
        self.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// Returns the members as a JSON value.
    pub(crate) fn to_value(&self) -> Value {
        self.to_object().into()
    }

    /// Frees memory that is reserved for further members.
    pub(crate) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }
}

impl Extend<(String, Value)> for Fields {
    fn extend<T: IntoIterator<Item = (String, Value)>>(&mut self, members: T) {
        members.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl From<Members> for Fields {
    fn from(members: Members) -> Self {
        Self(members.into_iter().map(|(name, value)| (shared(name), value)).collect())
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Returns the copy of a name that all entities share. The collections define the names, so that there are few.
fn shared(name: String) -> Arc<str> {
    static NAMES: Mutex<BTreeSet<Arc<str>>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name.as_str()) {
        return Arc::clone(known);
    }
    let name: Arc<str> = name.into();
    names.insert(Arc::clone(&name));
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::serde_json::{self, json};

    fn fields(value: &Value) -> Fields {
        value.as_object().unwrap().clone().into()
    }

    #[test]
    fn members_are_set_and_removed() {
        let mut members = fields(&json!({ "name": "Ada", "age": 36 }));
        members.insert("name".to_owned(), "Grace".into());
        members.insert("email".to_owned(), Value::Null);
        assert_eq!((members.text("name"), members.text("age"), members.text("phone")), ("Grace", "", ""));
        assert!(members.contains_key("email") && !members.contains_key("phone"));
        assert_eq!((members.remove("age"), members.remove("age")), (Some(36.into()), None));
        assert_eq!(members.to_value(), json!({ "name": "Grace", "email": null }));
    }

    #[test]
    fn members_are_saved_as_an_object() {
        let value = json!({ "name": "Ada", "customData": { "a": [1, 2.5, null] } });
        let saved = serde_json::to_string(&fields(&value)).unwrap();
        assert_eq!(serde_json::from_str::<Fields>(&saved).unwrap().to_value(), value);
    }

    #[test]
    fn names_are_stored_once() {
        let (one, other) = (fields(&json!({ "name": 1 })), fields(&json!({ "name": 2 })));
        assert!(Arc::ptr_eq(&one.0[0].0, &other.0[0].0));
    }
}
