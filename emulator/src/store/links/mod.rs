//! Links between entities, stored as tables of ids.

mod ascending;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use ascending::Ascending;

/// A table of links. Each column contains the ids of one collection.
#[derive(Debug)]
pub(crate) struct LinkTable {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// The table that must have a row with the same first ids. Removing that row also removes the link.
    pub within: Option<&'static str>,
}

/// All tables of links.
pub(crate) static TABLES: &[LinkTable] = &[
    table("users_roles", &["users", "roles"]),
    table("applications_roles", &["applications", "roles"]),
    table("roles_scopes", &["roles", "scopes"]),
    table("organization_users", &["organizations", "users"]),
    table("organization_applications", &["organizations", "applications"]),
    within("organization_user_roles", &["organizations", "users", "organization_roles"], "organization_users"),
    within(
        "organization_application_roles",
        &["organizations", "applications", "organization_roles"],
        "organization_applications",
    ),
    table("organization_role_scopes", &["organization_roles", "organization_scopes"]),
    table("organization_role_resource_scopes", &["organization_roles", "scopes"]),
    table("application_access_users", &["applications", "users"]),
    table("application_access_roles", &["applications", "roles"]),
    table("application_access_organizations", &["applications", "organizations"]),
    table("application_access_organization_roles", &["applications", "organizations", "organization_roles"]),
    table("application_consent_organization_scopes", &["applications", "organization_scopes"]),
    table("application_consent_resource_scopes", &["applications", "scopes"]),
    table("application_consent_organization_resource_scopes", &["applications", "scopes"]),
    within("application_consent_organizations", &["organizations", "users", "applications"], "organization_users"),
    table("organization_jit_roles", &["organizations", "organization_roles"]),
    table("organization_jit_sso_connectors", &["organizations", "sso_connectors"]),
    table("organization_invitation_roles", &["organization_invitations", "organization_roles"]),
];

const fn table(name: &'static str, columns: &'static [&'static str]) -> LinkTable {
    LinkTable { name, columns, within: None }
}

const fn within(name: &'static str, columns: &'static [&'static str], within: &'static str) -> LinkTable {
    LinkTable { name, columns, within: Some(within) }
}

/// All links.
#[derive(Debug, Default)]
pub(crate) struct Links(HashMap<&'static str, Rows>, u64);

/// Rows, by places in insertion order.
#[derive(Debug, Default)]
struct Rows {
    rows: BTreeMap<u64, Vec<String>>,
    /// The places of the rows with an id, for each column.
    having: Vec<HashMap<String, Ascending>>,
    next: u64,
    /// Number of rows that were read.
    #[cfg(test)]
    read: std::cell::Cell<usize>,
}

impl Rows {
    fn add(&mut self, row: Vec<String>) {
        self.having.resize_with(row.len(), HashMap::new);
        for (having, id) in self.having.iter_mut().zip(&row) {
            having.entry(id.clone()).or_default().push(self.next);
        }
        self.rows.insert(self.next, row);
        self.next += 1;
    }

    fn remove(&mut self, place: u64) -> Option<Vec<String>> {
        let row = self.rows.remove(&place)?;
        for (having, id) in self.having.iter_mut().zip(&row) {
            if let Some(places) = having.get_mut(id) {
                places.remove(place);
                if places.len() == 0 {
                    having.remove(id);
                }
            }
        }
        Some(row)
    }

    /// Returns the places of the rows with an id.
    fn having(&self, column: usize, id: &str) -> Option<&Ascending> {
        self.having.get(column)?.get(id)
    }

    fn row(&self, place: u64) -> Option<&[String]> {
        #[cfg(test)]
        self.read.set(self.read.get() + 1);
        self.rows.get(&place).map(Vec::as_slice)
    }
}

/// A condition on a column: the collection and the id.
pub(crate) type Where<'a> = (&'a str, &'a str);

impl Links {
    /// Adds a link. Returns whether it is new.
    pub(crate) fn add(&mut self, table: &'static str, row: Vec<String>) -> bool {
        if self.has(table, &row) {
            return false;
        }
        self.0.entry(table).or_default().add(row);
        self.1 += 1;
        true
    }

    /// Returns the number of changes.
    pub(crate) const fn changes(&self) -> u64 {
        self.1
    }

    pub(crate) fn has(&self, table: &str, row: &[String]) -> bool {
        let conditions: Vec<Where<'_>> = conditions(table, row).collect();
        self.rows(table, &conditions).next().is_some()
    }

    /// Removes every link that meets the conditions, and the links within it. Returns whether there was one.
    pub(crate) fn remove(&mut self, table: &str, conditions: &[Where<'_>]) -> bool {
        let found: Vec<u64> = self.places(table, conditions).collect();
        self.1 += found.len() as u64;
        for place in &found {
            if let Some(row) = self.0.get_mut(table).and_then(|rows| rows.remove(*place)) {
                self.remove_within(table, &row);
            }
        }
        !found.is_empty()
    }

    fn remove_within(&mut self, outer: &str, row: &[String]) {
        for inner in TABLES.iter().filter(|inner| inner.within == Some(outer)) {
            let conditions: Vec<Where<'_>> = conditions(inner.name, row).collect();
            self.remove(inner.name, &conditions);
        }
    }

    /// Removes every link of an entity.
    pub(crate) fn forget(&mut self, collection: &str, id: &str) {
        for table in TABLES.iter().filter(|table| table.columns.contains(&collection)) {
            self.remove(table.name, &[(collection, id)]);
        }
    }

    /// Returns the ids in a column of the rows that meet the conditions, newest first.
    pub(crate) fn ids<'a, 'c>(
        &'a self,
        table: &'c str,
        column: &'c str,
        conditions: &'c [Where<'c>],
    ) -> impl Iterator<Item = &'a str> + use<'a, 'c> {
        let at = position(table, column);
        self.rows(table, conditions).filter_map(move |row| row.get(at?).map(String::as_str))
    }

    /// Returns the ids of the scopes that a member of an organization has. Its roles are in this table.
    pub(crate) fn organization_scopes(&self, roles: &str, member: &[Where<'_>]) -> BTreeSet<&str> {
        let mut scopes = BTreeSet::new();
        for role in self.ids(roles, "organization_roles", member) {
            let role = [("organization_roles", role)];
            scopes.extend(self.ids("organization_role_scopes", "organization_scopes", &role));
        }
        scopes
    }

    /// Returns the rows that meet the conditions, newest first.
    pub(crate) fn rows<'a, 'c>(
        &'a self,
        table: &'c str,
        conditions: &'c [Where<'c>],
    ) -> impl Iterator<Item = &'a [String]> + use<'a, 'c> {
        let rows = self.0.get(table);
        self.places(table, conditions).filter_map(move |place| rows?.row(place))
    }

    /// Returns the ids in a column of rows that meet the conditions. These are `count` rows after the `skipped` newest
    /// ones, newest first. Also returns the number of all rows that meet them. With one condition, reads only the rows
    /// of the page.
    pub(crate) fn page<'a>(
        &'a self,
        table: &str,
        column: &str,
        conditions: &[Where<'_>],
        (skipped, count): (usize, usize),
    ) -> (Vec<&'a str>, usize) {
        let [(owner, id)] = *conditions else {
            let all: Vec<&str> = self.ids(table, column, conditions).collect();
            return (all.iter().copied().skip(skipped).take(count).collect(), all.len());
        };
        let Some(rows) = self.0.get(table) else { return Default::default() };
        let places = position(table, owner).and_then(|column| rows.having(column, id));
        let (Some(places), Some(at)) = (places, position(table, column)) else { return Default::default() };
        let id = |place| rows.row(place)?.get(at).map(String::as_str);
        (places.page(skipped, count).into_iter().filter_map(id).collect(), places.len())
    }

    /// Returns the places of the rows that meet the conditions, newest first. Looks only at the rows that meet the
    /// condition that the fewest rows meet.
    fn places<'a, 'c>(
        &'a self,
        table: &'c str,
        conditions: &'c [Where<'c>],
    ) -> impl Iterator<Item = u64> + use<'a, 'c> {
        let rows = self.0.get(table);
        let having = move |(column, id): &Where<'_>| rows?.having(position(table, column)?, id);
        let fewest = conditions.iter().map(having).min_by_key(|places| places.map_or(0, Ascending::len));
        let all = rows.filter(|_| fewest.is_none()).into_iter().flat_map(|rows| rows.rows.keys().rev().copied());
        let some = fewest.flatten().into_iter().flat_map(Ascending::descending);
        let meets = move |place: &u64| {
            let met = |condition: &Where<'_>| having(condition).is_some_and(|places| places.contains(*place));
            conditions.len() < 2 || conditions.iter().all(met)
        };
        all.chain(some).filter(meets)
    }
}

/// Saves only the rows. The indexes are built again.
impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let filled = self.0.iter().filter(|(_, rows)| !rows.rows.is_empty());
        serializer.collect_map(filled.map(|(name, rows)| (name, rows.rows.values().collect::<Vec<_>>())))
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut links = Self::default();
        for (name, rows) in HashMap::<String, Vec<Vec<String>>>::deserialize(deserializer)? {
            let table = TABLES.iter().find(|table| table.name == name);
            let table = table.ok_or_else(|| D::Error::custom(format!("unknown table `{name}`")))?;
            for row in rows {
                links.add(table.name, row);
            }
        }
        Ok(links)
    }
}

/// Returns the columns of a table.
pub(crate) fn columns(table: &str) -> &'static [&'static str] {
    TABLES.iter().find(|known| known.name == table).map_or(&[], |known| known.columns)
}

/// Returns the conditions that only one row can meet. Otherwise, returns those that rows within it meet.
fn conditions<'a>(table: &str, row: &'a [String]) -> impl Iterator<Item = Where<'a>> + use<'a> {
    columns(table).iter().copied().zip(row.iter().map(String::as_str))
}

fn position(table: &str, column: &str) -> Option<usize> {
    columns(table).iter().position(|known| *known == column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn links() -> Links {
        let mut links = Links::default();
        links.add("organization_users", row(&["o", "u"]));
        links.add("organization_users", row(&["o", "v"]));
        links.add("organization_user_roles", row(&["o", "u", "r"]));
        links.add("organization_user_roles", row(&["o", "v", "r"]));
        links
    }

    #[test]
    fn links_are_unique_and_found_by_any_column() {
        let mut links = links();
        assert!(!links.add("organization_users", row(&["o", "u"])));
        let users: Vec<&str> = links.ids("organization_users", "users", &[("organizations", "o")]).collect();
        assert_eq!(users, ["v", "u"]);
        assert_eq!(links.ids("organization_users", "organizations", &[("users", "u")]).collect::<Vec<_>>(), ["o"]);
    }

    #[test]
    fn inner_links_are_removed_with_the_outer_link() {
        let mut links = links();
        assert!(links.remove("organization_users", &[("organizations", "o"), ("users", "u")]));
        assert!(!links.has("organization_user_roles", &row(&["o", "u", "r"])));
        assert!(links.has("organization_user_roles", &row(&["o", "v", "r"])));
        links.forget("organization_roles", "r");
        assert!(!links.has("organization_user_roles", &row(&["o", "v", "r"])));
        assert!(links.has("organization_users", &row(&["o", "v"])));
    }

    #[test]
    fn a_page_reads_only_its_rows_also_after_a_change() {
        const MANY: usize = 50_000;
        let mut links = Links::default();
        for user in 0..MANY {
            links.add("organization_users", row(&["o", &format!("u{user}")]));
        }
        let read = |links: &Links| links.0["organization_users"].read.get();
        for skipped in [0, MANY / 2] {
            links.add("organization_users", row(&["o", &format!("new{skipped}")]));
            links.remove("organization_users", &[("organizations", "o"), ("users", &format!("u{skipped}"))]);
            let before = read(&links);
            let (ids, total) = links.page("organization_users", "users", &[("organizations", "o")], (skipped, 20));
            assert_eq!((ids.len(), total, read(&links) - before), (20, MANY, 20));
            let all = links.ids("organization_users", "users", &[("organizations", "o")]);
            assert_eq!(ids, all.skip(skipped).take(20).collect::<Vec<_>>());
        }
        assert_eq!(links.page("organization_users", "users", &[("organizations", "other")], (0, 20)), (vec![], 0));
    }
}
