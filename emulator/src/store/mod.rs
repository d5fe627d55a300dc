//! Stores entities, in one table per collection.

mod fields;
mod found;
mod table;
mod texts;

use std::cmp::Ordering;
use std::collections::HashMap;

use logto_admin::serde_json::{Map, Value};
use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::collections::Collection;
use crate::links::Links;
pub(crate) use fields::Fields;
pub(crate) use found::Found;
use found::Searches;
use table::Table;

/// The members of a JSON object.
pub(crate) type Members = Map<String, Value>;

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

/// All entities of all collections, and the links between them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Store {
    #[serde(serialize_with = "save", deserialize_with = "restore")]
    tables: HashMap<&'static str, Table>,
    pub links: Links,
    /// Number of changes of entities.
    #[serde(skip)]
    changes: u64,
    #[serde(skip)]
    searches: Searches,
}

impl Store {
    fn table(&self, collection: &Collection) -> Option<&Table> {
        self.tables.get(collection.name)
    }

    /// Returns every entity, oldest first.
    pub(crate) fn all(&self, collection: &Collection) -> impl DoubleEndedIterator<Item = &Record> + use<'_> {
        self.table(collection).into_iter().flat_map(Table::records)
    }

    /// Returns the number of entities.
    pub(crate) fn count(&self, collection: &Collection) -> usize {
        self.table(collection).map_or(0, Table::len)
    }

    /// Returns `count` entities after the first `skipped` ones.
    pub(crate) fn page(
        &self,
        collection: &Collection,
        newest_first: bool,
        skipped: usize,
        count: usize,
    ) -> Vec<&Record> {
        self.table(collection).map(|table| table.page(newest_first, skipped, count)).unwrap_or_default()
    }

    /// Returns the places of the entities that match, in the order of the list. Only entities with a searchable member
    /// that contains one of `texts` can match; without texts, all can. Without `matches`, all that can match do.
    /// Remembers the result under `key`.
    pub(crate) fn matching(
        &self,
        collection: &Collection,
        newest_first: bool,
        key: &str,
        texts: Option<&[String]>,
        matches: Option<&dyn Fn(&Record) -> bool>,
    ) -> Found {
        let Some(table) = self.table(collection) else { return Found::default() };
        let search = || {
            let mut found: Vec<u64> = match texts {
                Some(texts) => {
                    let all = texts.iter().map(|text| table.containing(text)).reduce(|mut all, more| {
                        all.extend(more);
                        all
                    });
                    let mut places = all.unwrap_or_default();
                    places.sort_unstable();
                    places.dedup();
                    if let Some(matches) = matches {
                        places.retain(|place| table.at(*place).is_some_and(matches));
                    }
                    places
                }
                None => {
                    let matching = table.places().filter(|(_, record)| matches.is_none_or(|matches| matches(record)));
                    matching.map(|(place, _)| place).collect()
                }
            };
            if newest_first {
                found.reverse();
            }
            found
        };
        let version = self.changes.wrapping_add(self.links.changes());
        self.searches.get(&format!("{} {key}", collection.name), version, table.len(), search)
    }

    /// Returns the entity at a place that `matching` returned.
    pub(crate) fn at(&self, collection: &Collection, place: u64) -> Option<&Record> {
        self.table(collection)?.at(place)
    }

    pub(crate) fn get(&self, collection: &Collection, id: &str) -> Option<&Record> {
        let table = self.table(collection)?;
        table.at(table.find(id)?)
    }

    /// Returns the entities that have this value in a unique member, ignoring case.
    pub(crate) fn having<'s>(
        &'s self,
        collection: &Collection,
        member: &'static str,
        value: &str,
    ) -> impl Iterator<Item = &'s Record> + use<'s> {
        self.table(collection).map(|table| table.having(member, value)).into_iter().flatten()
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
        self.changes += 1;
        self.tables.entry(collection.name).or_default().put(collection, record);
    }

    /// Removes an entity and everything that belongs to it.
    pub(crate) fn remove(&mut self, collection: &'static Collection, id: &str) -> Option<Record> {
        self.changes += 1;
        let record = self.tables.get_mut(collection.name)?.remove(collection, id)?;
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
        serializer.collect_seq(self.0.records())
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
