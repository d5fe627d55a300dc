//! The relations that operations list, add to, replace and take from: as data. `linking.rs` does the work for all.

mod of_organizations;
mod of_roles;

use crate::collections::{Collection, Filter, View};
use crate::errors::Outcome;
use crate::links::Where;
use crate::store::{Members, Record};

/// What entities are linked with, as one path shows it.
pub(crate) struct Relation {
    /// Its path, with `{}` for parameters. Below it the id of one that is linked follows.
    pub path: &'static str,
    pub table: &'static str,
    /// The collections that the path's parameters are ids of.
    pub owners: &'static [&'static Collection],
    pub target: &'static Collection,
    /// The body's member that holds ids.
    pub ids: &'static str,
    /// The body's member that may name targets instead.
    pub names: Option<&'static str>,
    /// The table of links that the owners must be in.
    pub requires: Option<&'static str>,
    pub owner_check: OwnerCheck,
    /// The code with which a link that is there already is refused; without it it is left alone.
    pub repeated: Option<&'static str>,
    /// Whether nothing can be added, too.
    pub accepts_empty: bool,
    pub unknown_target: UnknownTarget,
    pub reply: Reply,
    /// Whether replacing the links by the same ones is refused.
    pub refuses_same: bool,
    /// Refuses an owner that has no such relation.
    pub suits: fn(&Record) -> Outcome<()>,
    /// Refuses a pair that does not fit.
    pub fits: fn(&Record, &Record) -> Outcome<()>,
    pub filters: &'static [Filter],
    /// Adds what is computed when a target is shown.
    pub present: fn(&View<'_>, &[Where<'_>], &Record, &mut Members),
}

/// When an owner that does not exist is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnerCheck {
    Always,
    /// When one link is removed, it is merely not found.
    ExceptRemoval,
    /// Its list is empty, and nothing can be added.
    Never,
}

/// How the id of a target that does not exist is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownTarget {
    /// As the target's collection does.
    Collection,
    /// As the database does.
    ForeignKey,
}

/// What adding and replacing answer, where they answer JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The ids that were sent.
    Ids,
    /// Those, and the ones that are new.
    IdsAndAdded(&'static str),
    /// Everything that is linked now.
    Records,
}

impl Relation {
    /// What most relations have in common.
    const fn new(
        path: &'static str,
        table: &'static str,
        owners: &'static [&'static Collection],
        target: &'static Collection,
        ids: &'static str,
    ) -> Self {
        Self {
            path,
            table,
            owners,
            target,
            ids,
            names: None,
            requires: None,
            owner_check: OwnerCheck::Never,
            repeated: None,
            accepts_empty: false,
            unknown_target: UnknownTarget::ForeignKey,
            reply: Reply::Ids,
            refuses_same: false,
            suits: |_| Ok(()),
            fits: |_, _| Ok(()),
            filters: &[],
            present: |_, _, _, _| (),
        }
    }
}

/// Every relation.
pub(crate) fn all() -> impl Iterator<Item = &'static Relation> {
    of_roles::ALL.iter().chain(&of_organizations::ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::TABLES;

    #[test]
    fn every_relation_is_one_of_its_table() {
        for relation in all() {
            let table = TABLES.iter().find(|table| table.name == relation.table).unwrap();
            assert_eq!(relation.path.matches("{}").count(), relation.owners.len(), "{}", relation.path);
            assert_eq!(table.columns.len(), relation.owners.len() + 1, "{}", relation.path);
            let named = relation.owners.iter().chain([&relation.target]).map(|collection| collection.name);
            assert!(named.into_iter().all(|name| table.columns.contains(&name)), "{}", relation.path);
        }
    }
}
