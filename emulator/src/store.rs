//! Stores entities, in one table per collection.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use logto_admin::serde_json::{Map, Value};
use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::collections::Collection;
use crate::links::Links;

/// The members of a JSON object.
pub(crate) type Members = Map<String, Value>;

/// An entity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    pub id: String,
    /// Members that responses show.
    pub members: Members,
    /// Members that responses do not show, such as passwords.
    pub hidden: Members,
}

impl Record {
    /// Returns a member as text. Empty if it is missing or not a string.
    pub(crate) fn text(&self, member: &str) -> &str {
        text(&self.members, member)
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
        let members = names.iter().filter_map(|name| Some(((*name).to_owned(), self.members.get(*name)?.clone())));
        Value::Object(members.collect())
    }
}

/// Returns a member as text. Empty if it is missing or not a string.
pub(crate) fn text<'a>(members: &'a Members, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// All entities of all collections, and the links between them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Store {
    #[serde(serialize_with = "save", deserialize_with = "restore")]
    tables: HashMap<&'static str, Table>,
    pub links: Links,
}

/// The entities of a collection, in order of creation.
#[derive(Debug, Default)]
struct Table {
    records: BTreeMap<u64, Record>,
    next: u64,
    by_id: HashMap<String, u64>,
    /// The entities that have a value in a unique member. The values are in lower case.
    unique: HashMap<(&'static str, String), BTreeSet<u64>>,
}

impl Store {
    fn table(&self, collection: &Collection) -> Option<&Table> {
        self.tables.get(collection.name)
    }

    /// Returns every entity, oldest first.
    pub(crate) fn all(&self, collection: &Collection) -> impl DoubleEndedIterator<Item = &Record> + use<'_> {
        self.table(collection).into_iter().flat_map(|table| table.records.values())
    }

    pub(crate) fn get(&self, collection: &Collection, id: &str) -> Option<&Record> {
        let table = self.table(collection)?;
        table.records.get(table.by_id.get(id)?)
    }

    /// Returns the entities that have this value in a unique member, ignoring case.
    pub(crate) fn having<'s>(
        &'s self,
        collection: &Collection,
        member: &'static str,
        value: &str,
    ) -> impl Iterator<Item = &'s Record> + use<'s> {
        let table = self.table(collection);
        let places = table.and_then(|table| table.unique.get(&(member, value.to_lowercase())));
        places.into_iter().flatten().filter_map(move |place| table?.records.get(place))
    }

    /// Returns whether an entity other than `id` has this value in a unique member.
    pub(crate) fn is_taken(
        &self,
        collection: &Collection,
        member: &'static str,
        value: &str,
        ignores_case: bool,
        id: &str,
    ) -> bool {
        let mut holders = self.having(collection, member, value).filter(|record| record.id != id);
        holders.any(|record| ignores_case || record.text(member) == value)
    }

    /// Adds an entity, or replaces the one with the same id.
    pub(crate) fn put(&mut self, collection: &'static Collection, record: Record) {
        let table = self.tables.entry(collection.name).or_default();
        let place = table.by_id.get(&record.id).copied().unwrap_or(table.next);
        if let Some(old) = table.records.remove(&place) {
            table.forget(collection, &old, place);
        }
        table.next = table.next.max(place + 1);
        table.by_id.insert(record.id.clone(), place);
        for (member, value) in unique_values(collection, &record) {
            table.unique.entry((member, value)).or_default().insert(place);
        }
        table.records.insert(place, record);
    }

    /// Removes an entity and everything that belongs to it.
    pub(crate) fn remove(&mut self, collection: &'static Collection, id: &str) -> Option<Record> {
        let table = self.tables.get_mut(collection.name)?;
        let place = table.by_id.get(id).copied()?;
        let record = table.records.remove(&place)?;
        table.forget(collection, &record, place);
        self.links.forget(collection.name, id);
        for (owned, member) in crate::collections::owned_by(collection) {
            let children = self.all(owned).filter(|child| child.text(member) == id);
            let ids: Vec<String> = children.map(|child| child.id.clone()).collect();
            for child in ids {
                self.remove(owned, &child);
            }
        }
        Some(record)
    }
}

/// Saves only the entities. The indexes are built again.
fn save<S: Serializer>(tables: &HashMap<&'static str, Table>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tables.iter().map(|(name, table)| (name, Entities(table))))
}

struct Entities<'a>(&'a Table);

impl Serialize for Entities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.records.values())
    }
}

fn restore<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<&'static str, Table>, D::Error> {
    let mut store = Store::default();
    for (name, records) in HashMap::<String, Vec<Record>>::deserialize(deserializer)? {
        let collection = crate::collections::named(&name);
        let collection = collection.ok_or_else(|| D::Error::custom(format!("unknown collection `{name}`")))?;
        records.into_iter().for_each(|record| store.put(collection, record));
    }
    Ok(store.tables)
}

impl Table {
    fn forget(&mut self, collection: &Collection, record: &Record, place: u64) {
        self.by_id.remove(&record.id);
        for key in unique_values(collection, record) {
            if let Some(places) = self.unique.get_mut(&key) {
                places.remove(&place);
                if places.is_empty() {
                    self.unique.remove(&key);
                }
            }
        }
    }
}

fn unique_values<'a>(
    collection: &'a Collection,
    record: &'a Record,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    let value = |member| record.members.get(member).and_then(Value::as_str).map(|value| (member, value.to_lowercase()));
    collection.unique.iter().filter_map(move |unique| value(unique.member))
}
