//! The collections that the emulator keeps: what they hold, as data. `entities.rs` does the work for all of them.

mod applications;
mod organizations;
mod resources;
mod roles;
mod users;

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::errors::Outcome;
use crate::request::Query;
use crate::state::State;
use crate::store::{Members, Record};

pub(crate) use applications::{APPLICATION_SECRETS, APPLICATIONS};
pub(crate) use organizations::{
    INVITATIONS, JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS, role_names,
};
pub(crate) use resources::{RESOURCES, SCOPES};
pub(crate) use roles::ROLES;
pub(crate) use users::{PERSONAL_ACCESS_TOKENS, USERS};

/// Entities of one kind.
pub(crate) struct Collection {
    /// Its name, as errors and links use it.
    pub name: &'static str,
    /// Its path, with `{}` for parameters. Below it an entity's id follows.
    pub path: &'static str,
    pub key: Key,
    /// What its entities belong to; the path's parameter is its id.
    pub owner: Option<Owner>,
    /// The member that holds the id of what takes the entity with it when it goes, and that one's collection; for an
    /// owner it need not be said.
    pub dies_with: Option<(&'static str, &'static Collection)>,
    /// A new entity, without id and times; members that a body may set are among them.
    pub blank: fn() -> Value,
    /// Members that hold the time of creation.
    pub stamps: &'static [&'static str],
    /// The member that holds the time of the last change.
    pub touched: Option<&'static str>,
    pub unique: &'static [Unique],
    /// Members that a search looks at.
    pub searchable: &'static [&'static str],
    pub order: Order,
    pub filters: &'static [Filter],
    pub unknown: Unknown,
    pub unknown_on_delete: Unknown,
    /// Whether a change of nothing is refused.
    pub refuses_empty_change: bool,
    /// Members of a creation's body that hold ids of others, to which the new entity is linked.
    pub links: &'static [InitialLinks],
    /// Checks a creation or change, and decides what else it sets.
    pub prepare: fn(&mut Call<'_>, &mut Draft) -> Outcome<()>,
    /// Refuses to delete what has to stay.
    pub deletable: fn(&Record) -> Outcome<()>,
    /// Does what else a creation does.
    pub created: fn(&mut Call<'_>, &Record),
    /// Adds what is computed when an entity is shown.
    pub present: fn(&View<'_>, &Record, &mut Members),
}

/// How an entity of a collection is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// By an id of this many characters.
    Id(usize),
    /// By a member that is unique in its owner; a second one is refused with this code.
    Member { name: &'static str, taken: &'static str },
}

/// To what an entity belongs.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub collection: &'static Collection,
    /// The member that holds the owner's id.
    pub member: &'static str,
    /// Whether an unknown owner's list is refused; it is empty otherwise.
    pub has_checked_list: bool,
}

/// A member that no two entities may share, and how a second one is refused.
#[derive(Debug)]
pub(crate) struct Unique {
    pub member: &'static str,
    pub code: &'static str,
}

/// How lists are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    By(&'static str),
}

/// A parameter of the query that leaves entities out.
#[derive(Debug)]
pub(crate) struct Filter {
    pub parameter: &'static str,
    pub test: Test,
}

#[derive(Debug)]
pub(crate) enum Test {
    /// A member has one of the values; the parameter may be repeated.
    Is(&'static str),
    /// A link with the id in a column of a table of links.
    Linked { table: &'static str, column: &'static str },
    /// No such link.
    NotLinked { table: &'static str, column: &'static str },
}

/// How an id that nothing has is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Without naming it.
    Plain,
    /// By its name.
    Named,
}

/// Links that a creation makes.
#[derive(Debug)]
pub(crate) struct InitialLinks {
    /// The member with the ids.
    pub member: &'static str,
    pub table: &'static str,
    /// The name of the collection that the ids are of.
    pub target: &'static str,
}

/// An entity that is about to be created or changed.
pub(crate) struct Draft {
    pub members: Members,
    pub hidden: Members,
    /// What was sent.
    pub sent: Members,
    /// Whether it is new.
    pub creates: bool,
}

/// In what answer an entity is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Listed,
    Got,
    Created,
    Changed,
    /// In a list of what another entity is linked with.
    Linked,
}

/// What the presentation of an entity may depend on.
pub(crate) struct View<'a> {
    pub state: &'a State,
    pub query: &'a Query,
    pub info: &'static OperationInfo,
    pub shape: Shape,
}

impl Collection {
    /// What most collections have in common.
    const DEFAULT: Self = Self {
        name: "",
        path: "",
        key: Key::Id(21),
        owner: None,
        dies_with: None,
        blank: || Value::Null,
        stamps: &[],
        touched: None,
        unique: &[],
        searchable: &["name"],
        order: Order::Newest,
        filters: &[],
        unknown: Unknown::Named,
        unknown_on_delete: Unknown::Named,
        refuses_empty_change: false,
        links: &[],
        prepare: |_, _| Ok(()),
        deletable: |_| Ok(()),
        created: |_, _| (),
        present: |_, _, _| (),
    };
}

static ALL: [&Collection; 12] = [
    &USERS,
    &PERSONAL_ACCESS_TOKENS,
    &ROLES,
    &RESOURCES,
    &SCOPES,
    &APPLICATIONS,
    &APPLICATION_SECRETS,
    &ORGANIZATIONS,
    &ORGANIZATION_ROLES,
    &ORGANIZATION_SCOPES,
    &JIT_EMAIL_DOMAINS,
    &INVITATIONS,
];

/// Every collection.
pub(crate) fn all() -> impl Iterator<Item = &'static Collection> {
    ALL.iter().copied()
}

/// The collection with this name.
pub(crate) fn named(name: &str) -> Option<&'static Collection> {
    ALL.iter().copied().find(|collection| collection.name == name)
}

/// The collections whose entities go with those of another, and the members that hold the other's id.
pub(crate) fn owned_by(owner: &Collection) -> impl Iterator<Item = (&'static Collection, &'static str)> {
    let name = owner.name;
    all().filter_map(move |owned| {
        let owner = owned.owner.map(|owner| (owner.member, owner.collection)).or(owned.dies_with);
        owner.filter(|(_, owner)| owner.name == name).map(|(member, _)| (owned, member))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_objects_with_every_member_that_is_named() {
        for collection in ALL {
            let blank = (collection.blank)();
            let members = blank.as_object().unwrap();
            let named = collection.unique.iter().map(|unique| unique.member);
            for member in named.chain(collection.searchable.iter().copied()).filter(|member| *member != "id") {
                assert!(members.contains_key(member), "{} {member}", collection.name);
            }
        }
    }

    #[test]
    fn columns_and_targets_of_links_are_collections() {
        let columns = crate::links::TABLES.iter().flat_map(|table| table.columns);
        let targets = ALL.iter().flat_map(|collection| collection.links).map(|link| &link.target);
        for name in columns.chain(targets) {
            assert!(named(name).is_some(), "{name}");
        }
    }
}
