//! Text of files.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::super::entity_members::{Known, Member, known};
use super::Node;

/// Returns a value as YAML. Known members come in the order of `members`, all others in alphabetical order.
pub(in super::super) fn text(members: &[Member], value: &Value) -> String {
    let ordered = Ordered { members, place: &[], value };
    let plain = serde_saphyr::to_string(&ordered).unwrap_or_default();
    if Node::parse(&plain).is_ok_and(|node| node.value() == *value && node.rounded_integers(&plain).is_empty()) {
        return plain;
    }
    // JSON is YAML. This is for strings that the other notations cannot represent.
    format!("{value}\n")
}

struct Ordered<'a> {
    members: &'a [Member],
    place: &'a [String],
    value: &'a Value,
}

impl Ordered<'_> {
    fn below<'b>(&'b self, place: &'b [String], value: &'b Value) -> Ordered<'b> {
        Ordered { members: self.members, place, value }
    }
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |name: &str| self.place.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        match self.value {
            Value::Object(object) => {
                let first = match known(self.members, self.place) {
                    Known::Members(names) => names,
                    _ => Vec::new(),
                };
                let mut rest: Vec<&str> =
                    object.keys().map(String::as_str).filter(|name| !first.contains(name)).collect();
                // The order of the map depends on the features of `serde_json`.
                rest.sort_unstable();
                let mut map = serializer.serialize_map(Some(object.len()))?;
                for name in first.iter().copied().chain(rest) {
                    if let Some(value) = object.get(name) {
                        map.serialize_entry(name, &self.below(&place(name), value))?;
                    }
                }
                map.end()
            }
            Value::Array(items) => {
                // A list at the root is a list of entities.
                let place = if self.place.is_empty() { Vec::new() } else { place("*") };
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&self.below(&place, item))?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}
