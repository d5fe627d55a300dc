//! The entities of a collection, with indexes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use logto_admin::serde_json::Value;

use super::places::Places;
use super::suffixes::{Candidates, Suffixes, marked};
use crate::collections::Collection;
use crate::record::Record;

/// Number of places below which those of removed entities are kept.
const SMALL: usize = 1024;

/// The entities of a collection. Each has a place, in order of creation.
#[derive(Debug, Default)]
pub(crate) struct Table {
    records: Vec<Option<Record>>,
    /// The places of entities that are not removed.
    current: Places,
    count: usize,
    /// Number of times that all entities have got new places.
    moves: u64,
    /// Places by the hash of a member and its value. The id counts as a member. Values are in lower case, except ids.
    keys: HashMap<u64, u32>,
    /// Further places of the few values that have more than one.
    more: HashMap<u64, Vec<u32>>,
    /// The texts of searchable members.
    texts: HashMap<&'static str, Suffixes>,
}

impl Table {
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) const fn moves(&self) -> u64 {
        self.moves
    }

    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter().flatten()
    }

    /// Returns the entities at these places.
    pub(super) fn records_at(&self, places: &[u32]) -> Vec<&Record> {
        places.iter().filter_map(|place| self.at(*place)).collect()
    }

    /// Returns the places of all entities.
    pub(crate) const fn places(&self) -> &Places {
        &self.current
    }

    pub(crate) fn at(&self, place: u32) -> Option<&Record> {
        self.records.get(place as usize)?.as_ref()
    }

    /// Returns the place of the entity with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.having_key(id_hash(id)).find(|(_, record)| record.id == id).map(|(place, _)| place)
    }

    /// Returns the entities with a key. A key is a hash, so that others can have it too.
    fn having_key(&self, key: u64) -> impl Iterator<Item = (u32, &Record)> {
        let more = self.more.get(&key).into_iter().flatten();
        let places = self.keys.get(&key).into_iter().chain(more);
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

    /// Returns the places of entities that might have this value in a unique member. Ignores case.
    pub(crate) fn places_having(&self, member: &str, value: &str) -> impl Iterator<Item = u32> {
        self.having_key(hash(member, &value.to_lowercase())).map(|(place, _)| place)
    }

    /// Returns entities whose searchable member contains these lower-case characters. `None` is any character but an
    /// edge of the text.
    pub(crate) fn containing(&self, member: &str, part: &[Option<char>]) -> Candidates {
        let mut found = Candidates::default();
        self.texts.get(member).into_iter().for_each(|texts| texts.find(part, &mut found));
        found
    }

    /// Removes the places of entities for which `keep` returns false.
    pub(crate) fn retain(&self, places: &mut Places, keep: impl Fn(&Record) -> bool) {
        places.retain(|place| self.at(place).is_some_and(&keep));
    }

    /// Adds an entity, or replaces the one with the same id.
    pub(super) fn put(&mut self, collection: &Collection, mut record: Record) {
        record.members.shrink();
        record.hidden.shrink();
        let known = self.find(&record.id);
        if known.is_none() && self.records.len() > SMALL + 2 * self.count {
            self.close_gaps(collection);
        }
        let place = known.unwrap_or(self.records.len() as u32);
        let old = known.and_then(|place| self.take(collection, place));
        for key in keys(collection, &record) {
            match self.keys.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert(place)),
                Entry::Occupied(_) => self.more.entry(key).or_default().push(place),
            }
        }
        match self.records.get_mut(place as usize) {
            Some(free) => *free = Some(record),
            None => self.records.push(Some(record)),
        }
        self.current.insert(place);
        self.count += 1;
        self.index(collection, place, old.as_ref());
    }

    /// Updates the index of texts, after an entity was added, replaced or removed.
    fn index(&mut self, collection: &Collection, place: u32, old: Option<&Record>) {
        let records = &self.records;
        for member in collection.searchable {
            let text = |record: &Record| record.members.get(member).and_then(Value::as_str).map(marked);
            let texts = |place: u32| records.get(place as usize)?.as_ref().and_then(text);
            let (old, new) = (old.and_then(text), texts(place));
            if old == new {
                continue;
            }
            let index = self.texts.entry(member).or_default();
            old.into_iter().for_each(|old| index.remove(place, &old));
            new.into_iter().for_each(|new| index.add(place, &new, &texts));
        }
    }

    /// Moves all entities to new places, without gaps of removed entities.
    fn close_gaps(&mut self, collection: &Collection) {
        let old = std::mem::take(self);
        self.moves = old.moves + 1;
        old.records.into_iter().flatten().for_each(|record| self.put(collection, record));
    }

    pub(super) fn remove(&mut self, collection: &Collection, id: &str) -> Option<Record> {
        let place = self.find(id)?;
        let record = self.take(collection, place)?;
        self.index(collection, place, Some(&record));
        Some(record)
    }

    /// Removes an entity, but not from the index of texts.
    fn take(&mut self, collection: &Collection, place: u32) -> Option<Record> {
        let record = self.records.get_mut(place as usize)?.take()?;
        self.current.remove(place);
        self.count -= 1;
        for key in keys(collection, &record) {
            let more = self.more.get_mut(&key);
            if self.keys.get(&key) != Some(&place) {
                more.into_iter().for_each(|places| places.retain(|other| *other != place));
            } else if let Some(next) = more.and_then(Vec::pop) {
                self.keys.insert(key, next);
            } else {
                self.keys.remove(&key);
            }
            if self.more.get(&key).is_some_and(Vec::is_empty) {
                self.more.remove(&key);
            }
        }
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

    fn page(table: &Table, newest_first: bool, skipped: usize, count: usize) -> Vec<String> {
        ids(&table.records_at(&table.places().page(newest_first, skipped, count)))
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
        assert_eq!(page(&table, false, 0, 3), ["0", "3", "6"]);
        assert_eq!(page(&table, false, 500, 2), ["1500", "1503"]);
        assert_eq!(page(&table, true, 0, 2), ["2997", "2994"]);
        assert_eq!(page(&table, true, 998, 5), ["3", "0"]);
        assert!(page(&table, true, 1000, 5).is_empty());
    }

    #[test]
    fn values_are_found_until_they_change() {
        let mut table = Table::default();
        table.put(&USERS, user("a", "Ada"));
        table.put(&USERS, user("b", "ada"));
        let holders =
            |table: &Table| table.having("username", "ADA").map(|record| record.id.clone()).collect::<Vec<_>>();
        assert_eq!(holders(&table), ["a", "b"]);
        table.put(&USERS, user("a", "grace"));
        assert_eq!(holders(&table), ["b"]);
        table.remove(&USERS, "b");
        assert!(holders(&table).is_empty() && table.find("b").is_none() && table.find("a") == Some(0));
    }
    #[test]
    fn places_of_removed_entities_are_reused() {
        let mut table = Table::default();
        table.put(&USERS, user("first", "first"));
        for number in 0..10 * SMALL {
            table.put(&USERS, user(&number.to_string(), "ada"));
            table.remove(&USERS, &number.to_string());
        }
        table.put(&USERS, user("last", "last"));
        assert!(table.records.len() <= SMALL + 3);
        assert_eq!(page(&table, false, 0, 5), ["first", "last"]);
        assert_eq!(
            table.find("last").and_then(|place| table.at(place)).map(|record| record.text("username")),
            Some("last")
        );
    }
}
