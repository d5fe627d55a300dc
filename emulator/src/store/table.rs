//! The entities of a collection, with indexes.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use logto_admin::serde_json::Value;

use super::Record;
use super::texts::Texts;
use crate::collections::Collection;

/// Number of places per block.
const BLOCK: u64 = 1024;

/// The entities of a collection, in order of creation. Each has a place: a number that grows.
#[derive(Debug, Default)]
pub(super) struct Table {
    records: BTreeMap<u64, Record>,
    next: u64,
    /// Places by the hash of a member and its value. The id counts as a member. Values are in lower case, except ids.
    places: HashMap<u64, u64>,
    /// Further places of the few values that have more than one.
    more: HashMap<u64, Vec<u64>>,
    /// Number of entities per block of places, to find a page without counting all entities before it.
    blocks: Vec<u32>,
    texts: Texts,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.values()
    }

    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = (u64, &Record)> {
        self.records.iter().map(|(place, record)| (*place, record))
    }

    pub(super) fn at(&self, place: u64) -> Option<&Record> {
        self.records.get(&place)
    }

    /// Returns the place of the entity with this id.
    pub(super) fn find(&self, id: &str) -> Option<u64> {
        self.having_key(id_hash(id)).find(|(_, record)| record.id == id).map(|(place, _)| place)
    }

    /// Returns the entities with a key. A key is a hash, so that others can have it too.
    fn having_key(&self, key: u64) -> impl Iterator<Item = (u64, &Record)> {
        let more = self.more.get(&key).into_iter().flatten();
        let places = self.places.get(&key).into_iter().chain(more);
        places.filter_map(|place| Some((*place, self.at(*place)?)))
    }

    /// Returns the entities that have this value in a unique member, ignoring case.
    pub(super) fn having<'t>(
        &'t self,
        member: &'static str,
        value: &str,
    ) -> impl Iterator<Item = &'t Record> + use<'t> {
        let value = value.to_lowercase();
        let records = self.having_key(hash(member, &value)).map(|(_, record)| record);
        records.filter(move |record| record.text(member).to_lowercase() == value)
    }

    /// Returns `count` entities after the first `skipped` ones, in order of creation or in the opposite order.
    pub(super) fn page(&self, newest_first: bool, skipped: usize, count: usize) -> Vec<&Record> {
        let mut skipped = skipped;
        let blocks = 0..self.blocks.len() as u64;
        let mut page = Vec::new();
        let order: &mut dyn Iterator<Item = u64> = if newest_first { &mut blocks.rev() } else { &mut { blocks } };
        for block in order {
            let size = self.blocks.get(block as usize).map_or(0, |size| *size as usize);
            if skipped >= size {
                skipped -= size;
                continue;
            }
            let records = self.records.range(block * BLOCK..(block + 1) * BLOCK).map(|(_, record)| record);
            let wanted = count - page.len();
            if newest_first {
                page.extend(records.rev().skip(skipped).take(wanted));
            } else {
                page.extend(records.skip(skipped).take(wanted));
            }
            skipped = 0;
            if page.len() == count {
                break;
            }
        }
        page
    }

    /// Returns the places of the entities with a searchable member that contains the text, in no order. The text is in
    /// lower case.
    pub(super) fn containing(&self, text: &str) -> Vec<u64> {
        self.texts.containing(text)
    }

    /// Adds an entity, or replaces the one with the same id.
    pub(super) fn put(&mut self, collection: &Collection, mut record: Record) {
        record.members.shrink();
        record.hidden.shrink();
        let known = self.find(&record.id);
        let place = known.unwrap_or(self.next);
        if known.is_some() {
            self.take(collection, place);
        }
        self.next = self.next.max(place + 1);
        let block = (place / BLOCK) as usize;
        if self.blocks.len() <= block {
            self.blocks.resize(block + 1, 0);
        }
        if let Some(size) = self.blocks.get_mut(block) {
            *size += 1;
        }
        for key in keys(collection, &record) {
            match self.places.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert(place)),
                Entry::Occupied(_) => self.more.entry(key).or_default().push(place),
            }
        }
        self.texts.put(place, collection.searchable.iter().map(|member| record.text(member)));
        self.records.insert(place, record);
    }

    pub(super) fn remove(&mut self, collection: &Collection, id: &str) -> Option<Record> {
        self.take(collection, self.find(id)?)
    }

    fn take(&mut self, collection: &Collection, place: u64) -> Option<Record> {
        let record = self.records.remove(&place)?;
        if let Some(size) = self.blocks.get_mut((place / BLOCK) as usize) {
            *size = size.saturating_sub(1);
        }
        for key in keys(collection, &record) {
            let more = self.more.get_mut(&key);
            if self.places.get(&key) != Some(&place) {
                more.into_iter().for_each(|places| places.retain(|other| *other != place));
            } else if let Some(next) = more.and_then(Vec::pop) {
                self.places.insert(key, next);
            } else {
                self.places.remove(&key);
            }
            if self.more.get(&key).is_some_and(Vec::is_empty) {
                self.more.remove(&key);
            }
        }
        self.texts.remove(place);
        Some(record)
    }
}

fn id_hash(id: &str) -> u64 {
    hash("id", id)
}

fn hash(member: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (member, value).hash(&mut hasher);
    hasher.finish()
}

/// Returns the keys of an entity: its id and its unique values.
fn keys(collection: &Collection, record: &Record) -> Vec<u64> {
    let value = |member| record.members.get(member).and_then(Value::as_str).map(str::to_lowercase);
    let unique = collection.unique.iter().filter_map(|unique| Some(hash(unique.member, &value(unique.member)?)));
    std::iter::once(id_hash(&record.id)).chain(unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collections::USERS;
    use logto_admin::serde_json::json;

    fn user(id: &str, name: &str) -> Record {
        let members = json!({ "username": name }).as_object().unwrap().clone();
        Record { id: id.to_owned(), members: members.into(), ..Record::default() }
    }

    fn ids(records: &[&Record]) -> Vec<String> {
        records.iter().map(|record| record.id.clone()).collect()
    }

    #[test]
    fn pages_skip_removed_entities() {
        let mut table = Table::default();
        for number in 0..3000 {
            table.put(&USERS, user(&number.to_string(), &format!("u{number}")));
        }
        for number in (0..3000).filter(|number| number % 3 != 0) {
            table.remove(&USERS, &number.to_string());
        }
        assert_eq!(table.len(), 1000);
        assert_eq!(ids(&table.page(false, 0, 3)), ["0", "3", "6"]);
        assert_eq!(ids(&table.page(false, 500, 2)), ["1500", "1503"]);
        assert_eq!(ids(&table.page(true, 0, 2)), ["2997", "2994"]);
        assert_eq!(ids(&table.page(true, 998, 5)), ["3", "0"]);
        assert!(table.page(true, 1000, 5).is_empty());
    }

    #[test]
    fn values_are_found_until_they_change() {
        let mut table = Table::default();
        table.put(&USERS, user("a", "Ada"));
        table.put(&USERS, user("b", "ada"));
        let holders =
            |table: &Table| table.having("username", "ADA").map(|record| record.id.clone()).collect::<Vec<_>>();
        assert_eq!(holders(&table), ["a", "b"]);
        assert_eq!(table.containing("da").len(), 2);
        table.put(&USERS, user("a", "grace"));
        assert_eq!(holders(&table), ["b"]);
        assert_eq!((table.containing("da"), table.containing("grace").len()), (vec![1], 1));
        table.remove(&USERS, "b");
        assert!(holders(&table).is_empty() && table.find("b").is_none() && table.find("a") == Some(0));
    }
}
