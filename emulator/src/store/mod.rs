//! Stores entities, in one table per collection.

pub(crate) mod links;
mod places;
mod search_results;
mod suffixes;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::collections::Collection;
use crate::record::Record;
use crate::store::links::{Links, Where};
pub(crate) use places::Places;
use search_results::SearchResults;
pub(crate) use suffixes::{Candidates, EDGE};
pub(crate) use table::Table;

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
    search_results: SearchResults<Places>,
    #[serde(skip)]
    linked: SearchResults<Vec<u32>>,
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

    /// Returns the places of the entities that `search` finds. Remembers them under `key`.
    pub(crate) fn found(
        &self,
        collection: &Collection,
        key: &str,
        search: impl FnOnce(&Table) -> Places,
    ) -> Arc<Places> {
        let Some(table) = self.table(collection) else { return Arc::default() };
        let version = self.changes.wrapping_add(self.links.changes());
        self.search_results.get(&format!("{} {key}", collection.name), version, table.len(), || search(table))
    }

    /// Returns the places of linked entities that meet the conditions. The newest link is first. Remembers them.
    pub(crate) fn linked(&self, collection: &Collection, links: &str, conditions: &[Where<'_>]) -> Arc<Vec<u32>> {
        let Some(table) = self.table(collection) else { return Arc::default() };
        let version = self.links.changes().wrapping_add(table.moves());
        let ids = || self.links.ids(links, collection.name, conditions);
        let search = || ids().filter_map(|id| table.find(id)).collect();
        self.linked.get(&format!("{} {links} {conditions:?}", collection.name), version, table.len(), search)
    }

    /// Returns a page of the linked entities that meet the conditions. The newest link is first. Also returns the
    /// number of all these entities.
    pub(crate) fn linked_page(
        &self,
        collection: &Collection,
        links: &str,
        conditions: &[Where<'_>],
        part: (usize, usize),
    ) -> (Vec<&Record>, usize) {
        let (ids, total) = self.links.page(links, collection.name, conditions, part);
        (ids.into_iter().filter_map(|id| self.get(collection, id)).collect(), total)
    }

    /// Returns the entities at these places.
    pub(crate) fn at(&self, collection: &Collection, places: &[u32]) -> Vec<&Record> {
        self.table(collection).map(|table| table.records_at(places)).unwrap_or_default()
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

/// Saves only the entities: a table without any is the same as none. The indexes are built again.
fn save<S: Serializer>(tables: &HashMap<&'static str, Table>, serializer: S) -> Result<S::Ok, S::Error> {
    let filled = tables.iter().filter(|(_, table)| table.len() > 0);
    serializer.collect_map(filled.map(|(name, table)| (name, Entities(table))))
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
