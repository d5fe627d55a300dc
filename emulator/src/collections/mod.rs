//! The collections that the emulator stores, as data.
//!
//! The data has paths, unique members with their errors, links, filters and order. `operations/collection_operations.rs`
//! implements the calls with it. `rules` has code for what only one collection checks or changes.

mod applications;
mod built_in_applications;
mod captcha;
pub(crate) mod connector_configs;
pub(crate) mod connector_factories;
mod connectors;
mod consents;
mod domains;
mod email_templates;
mod hooks;
mod invitations;
mod mfa_verifications;
mod one_time_tokens;
mod organizations;
mod phrases;
mod profile_fields;
mod registry;
mod resources;
mod roles;
mod saml_applications;
mod secrets;
mod sso_connectors;
mod users;

use logto_admin::serde_json::Value;

use crate::errors::Outcome;
use crate::record::Record;

pub(crate) use applications::{ACCESS_RULES, APPLICATION_EXPERIENCE, APPLICATION_SECRETS, APPLICATIONS, experience_of};
pub(crate) use built_in_applications::{ACCOUNT_CENTER, BuiltIn, built_in_application};
pub(crate) use captcha::CAPTCHA_PROVIDERS;
pub(crate) use connectors::{CONNECTORS, factory_of};
pub(crate) use consents::CONSENT_USER_SCOPES;
pub(crate) use domains::DOMAINS;
pub(crate) use email_templates::EMAIL_TEMPLATES;
pub(crate) use hooks::HOOKS;
pub(crate) use invitations::INVITATIONS;
pub(crate) use mfa_verifications::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET, unused_codes};
pub(crate) use one_time_tokens::ONE_TIME_TOKENS;
pub(crate) use organizations::{JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS};
pub(crate) use phrases::CUSTOM_PHRASES;
pub(crate) use profile_fields::PROFILE_FIELDS;
pub(crate) use registry::{all, named, owned_by};
pub(crate) use resources::{MANAGEMENT_RESOURCE_ID, MANAGEMENT_SCOPE, RESOURCES, SCOPES};
pub(crate) use roles::{ADMIN_ROLE_ID, ROLES, scope_fits};
pub(crate) use saml_applications::{SAML_APPLICATION_SECRETS, SAML_APPLICATIONS};
pub(crate) use secrets::{SECRETS, USER_SSO_IDENTITIES};
pub(crate) use sso_connectors::{SSO_CONNECTORS, SSO_SIGNING_KEYS};
pub(crate) use users::{PERSONAL_ACCESS_TOKENS, USERS};

/// A collection of entities of one kind.
pub(crate) struct Collection {
    /// The name, as used in errors and links.
    pub name: &'static str,
    /// The path, with `{}` for parameters. The path of one entity ends with its id.
    pub path: &'static str,
    pub key: Key,
    /// The owner of the entities. Its id is the path parameter.
    pub owner: Option<Owner>,
    /// Another entity whose deletion also deletes this one. The pair is the member with its id, and its collection. Not
    /// needed for an owner.
    pub dies_with: Option<(&'static str, &'static Collection)>,
    /// Returns a new entity without id and times. It has every member that a body can set.
    pub blank: fn() -> Value,
    /// Members that contain the time of creation.
    pub stamps: &'static [&'static str],
    /// The member that contains the time of the last change.
    pub touched: Option<&'static str>,
    /// Members that are unique, in the order of the checks.
    pub unique: &'static [Unique],
    /// The order of the checks of an update, if it differs.
    pub unique_on_update: Option<&'static [Unique]>,
    /// Members that can be searched.
    pub searchable: &'static [&'static str],
    pub order: Order,
    pub filters: &'static [Filter],
    /// Query parameters of which a list accepts only one.
    pub exclusive: &'static [&'static str],
    /// Whether the total of a list includes the entities that the filters exclude.
    pub total_ignores_filters: bool,
    pub unknown: Unknown,
    /// Differs from `unknown` for few collections.
    pub unknown_on_update: Option<Unknown>,
    pub unknown_on_delete: Unknown,
    pub empty_change: EmptyChange,
    /// Members of a create request that contain ids of entities to link to the new one.
    pub links: &'static [InitialLinks],
    /// Whether a new entity is discarded if one of its links has an unknown target. Otherwise, it remains.
    pub links_or_nothing: bool,
    /// Rejects an entity of the table that is not in the collection.
    pub suits: fn(&Record) -> Outcome<()>,
    /// Whether lists show the entity.
    pub listed: Option<fn(&Record) -> bool>,
}

/// How an entity of a collection is identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// By an id of this length.
    Id(usize),
    /// By a member that is unique within its owner. `taken` is the error code for a duplicate.
    Member { name: &'static str, taken: &'static str },
}

/// The owner of an entity.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub collection: &'static Collection,
    /// The member that contains the owner's id.
    pub member: &'static str,
    /// Whether listing the entities of an unknown owner is an error. Otherwise, the list is empty.
    pub has_checked_list: bool,
    /// The status of an error if the server leaves the check to the database. An entity of an unknown owner then
    /// violates a foreign key, and is not found.
    pub foreign_key: Option<u16>,
}

impl Owner {
    /// Creates an owner that every call checks.
    const fn new(collection: &'static Collection, member: &'static str) -> Self {
        Self { collection, member, has_checked_list: true, foreign_key: None }
    }
}

/// A member whose values must be unique, and the error code for a duplicate.
pub(crate) struct Unique {
    pub member: &'static str,
    pub code: &'static str,
    pub case: Case,
}

/// Whether values that differ only in case are duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Distinguished,
    Ignored,
    /// As the sign-in experience treats usernames.
    OfUsernames,
}

impl Unique {
    const fn new(member: &'static str, code: &'static str) -> Self {
        Self { member, code, case: Case::Distinguished }
    }
}

/// How an update without any change is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyChange {
    Accepted,
    /// Rejected if the entity exists.
    Refused,
    /// Rejected, even for an unknown id.
    RefusedFirst,
}

/// How a target id that does not exist is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownTarget {
    /// As the target's collection reports it.
    Collection,
    /// As the database reports it.
    ForeignKey,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
    By(&'static str),
    ByBoth(&'static str, &'static str),
    /// Entities as the database stores them: a change moves an entity to the end.
    Stored,
    /// The same, but users' entities before those of applications.
    StoredByType,
}

impl Order {
    /// The hidden member that holds when an entity was stored.
    pub(crate) const STORED_AT: &'static str = "storedAt";

    /// Returns whether a change affects the order.
    pub(crate) const fn is_stored(self) -> bool {
        matches!(self, Self::Stored | Self::StoredByType)
    }

    /// Sorts entities that are in the order of their creation. The default order is the newest first.
    pub(crate) fn sort(self, records: &mut [&Record]) {
        let stored_at = |record: &Record| record.hidden.get(Self::STORED_AT).and_then(Value::as_i64);
        match self {
            Self::Newest => records.reverse(),
            Self::Oldest => {}
            Self::By(member) => records.sort_by(|one, other| one.compare(other, member)),
            Self::ByBoth(first, then) => {
                records.sort_by(|one, other| one.compare(other, first).then_with(|| one.compare(other, then)));
            }
            Self::Stored => records.sort_by_key(|record| stored_at(record)),
            Self::StoredByType => records.sort_by_key(|record| (record.text("type") != "User", stored_at(record))),
        }
    }
}

/// A query parameter that filters entities.
#[derive(Debug)]
pub(crate) struct Filter {
    pub parameter: &'static str,
    pub test: Test,
}

#[derive(Debug)]
pub(crate) enum Test {
    /// The member has one of the values. The parameter can be repeated.
    Is(&'static str),
    /// The same, in upper or lower case.
    IsInAnyCase(&'static str),
    /// The entity has a link with the id in this column of this table.
    Linked { table: &'static str, column: &'static str },
    /// The entity does not have such a link.
    NotLinked { table: &'static str, column: &'static str },
}

/// How an unknown id is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Without the id.
    Plain,
    /// Without the id, with the code of some updates.
    Missing,
    /// With the collection and the id.
    Named,
}

/// Links that are created together with an entity.
pub(crate) struct InitialLinks {
    /// The member that contains the ids.
    pub member: &'static str,
    pub table: &'static str,
    /// The name of the collection that the ids belong to.
    pub target: &'static str,
    pub unknown: UnknownTarget,
    /// Rejects an entity and a target that do not fit together.
    pub fits: fn(&Record, &Record) -> Outcome<()>,
    /// Whether an empty list and an id that occurs twice are errors.
    pub is_strict: bool,
}

impl InitialLinks {
    const fn new(member: &'static str, table: &'static str, target: &'static str) -> Self {
        Self { member, table, target, unknown: UnknownTarget::ForeignKey, fits: |_, _| Ok(()), is_strict: false }
    }
}

impl Collection {
    /// Returns whether lists contain the entity.
    pub(crate) fn lists(&self, record: &Record) -> bool {
        self.listed.is_none_or(|listed| listed(record))
    }

    /// The most common settings.
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
        unique_on_update: None,
        searchable: &["name"],
        order: Order::Newest,
        filters: &[],
        exclusive: &[],
        total_ignores_filters: false,
        unknown: Unknown::Named,
        unknown_on_update: None,
        unknown_on_delete: Unknown::Named,
        empty_change: EmptyChange::Refused,
        links: &[],
        links_or_nothing: false,
        suits: |_| Ok(()),
        listed: None,
    };
}
