//! Entities: what the store keeps and responses show.

mod fields;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

pub(crate) use fields::{Fields, Members};

/// An entity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    pub id: String,
    /// Members that responses show.
    pub members: Fields,
    /// Members that responses do not show, such as passwords.
    pub hidden: Fields,
}

impl Record {
    /// Returns a member as text. Empty if it is missing or not a string.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.members.text(member)
    }

    /// Compares by a member: numbers by value, and anything else as text.
    pub(crate) fn compare(&self, other: &Self, member: &str) -> Ordering {
        let number = |record: &Self| record.members.get(member).and_then(Value::as_f64);
        match (number(self), number(other)) {
            (Some(one), Some(two)) => one.total_cmp(&two),
            _ => self.text(member).cmp(other.text(member)),
        }
    }

    /// Returns whether a flag is set.
    pub(crate) fn is_true(&self, member: &str) -> bool {
        self.members.get(member) == Some(&Value::Bool(true))
    }

    /// Returns only the members with these names.
    pub(crate) fn part(&self, names: &[&str]) -> Value {
        let members = names.iter().filter_map(|name| Some(((*name).to_owned(), self.members.get(name)?.clone())));
        Value::Object(members.collect())
    }
}

/// Returns a member as text. Empty if it is missing or not a string.
pub(crate) fn text<'a>(members: &'a Members, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Drops the elements of a list that occur earlier in it.
pub(crate) fn drop_repeated(list: &mut Vec<Value>) {
    let mut known = BTreeSet::new();
    list.retain(|element| known.insert(element.to_string()));
}
