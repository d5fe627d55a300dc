//! Checks, changes and side effects of the calls of one collection or setting.
//!
//! `collections` and `settings` describe as data what most calls share: unique members, links, filters, the order of a
//! list. The errors for duplicates and unknown ids are there. A file here has code for one kind of entity or one setting.

mod account_center;
mod application_checks;
mod applications;
mod by_collection;
mod by_setting;
mod cimd;
mod connectors;
mod domains;
mod hooks;
mod invitations;
mod mfa_verifications;
mod one_time_tokens;
mod organizations;
mod phrases;
mod profile_fields;
pub(crate) mod protected_apps;
mod resources;
mod role_summaries;
mod saml_applications;
mod sign_in_experience;
mod sso_connectors;
mod users;

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::errors::{Outcome, invalid_input};
use crate::http::request::Query;
use crate::record::{Fields, Members, Record};
use crate::state::State;

pub(crate) use application_checks::{no_rules, protected_only, third_party_only};
pub(crate) use by_collection::of;
pub(crate) use by_setting::prepare_setting;
pub(crate) use domains::is_active;
pub(crate) use invitations::{same_address, status_at};
pub(crate) use organizations::role_names;
pub(crate) use profile_fields::{check_listed, refuse_reserved};
pub(crate) use saml_applications::{check_limit, saml_config, saml_key};
pub(crate) use sso_connectors::no_saml_connector;

/// Checks, changes and side effects of the calls of a collection.
pub(crate) struct Rules {
    /// Validates a creation or update, and sets further members.
    pub prepare: fn(&mut Call<'_>, &mut Draft) -> Outcome<()>,
    /// Validates and completes an entity whose unique members are known to be free.
    pub settle: fn(&mut Call<'_>, &mut Record) -> Outcome<()>,
    /// Rejects a call that writes, before it looks up the entity and its owner.
    pub admit: fn(&Call<'_>) -> Outcome<()>,
    /// Rejects the deletion of an entity that must stay.
    pub deletable: fn(&Call<'_>, &Record) -> Outcome<()>,
    /// Runs further side effects of a creation.
    pub created: fn(&mut Call<'_>, &Record),
    /// Runs further side effects of an update.
    pub changed: fn(&mut Call<'_>, &Record),
    /// Runs further side effects of a deletion.
    pub deleted: fn(&mut Call<'_>, &Record),
    /// Adds computed members when an entity is shown.
    pub present: fn(&View<'_>, &Record, &mut Members),
}

impl Rules {
    const NONE: Self = Self {
        prepare: |_, _| Ok(()),
        settle: |_, _| Ok(()),
        admit: |_| Ok(()),
        deletable: |_, _| Ok(()),
        created: |_, _| (),
        changed: |_, _| (),
        deleted: |_, _| (),
        present: |_, _, _| (),
    };
}

/// An entity that is being created or updated.
pub(crate) struct Draft {
    pub members: Fields,
    pub hidden: Fields,
    /// The members that were sent.
    pub sent: Members,
    /// Whether the entity is new.
    pub creates: bool,
}

/// The kind of response that shows an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Listed,
    Got,
    Created,
    Changed,
    /// A list of the entities that another entity is linked to.
    Linked,
}

/// Data that the presentation of an entity can depend on.
pub(crate) struct View<'a> {
    pub state: &'a State,
    pub query: &'a Query,
    /// Scheme and authority of the server.
    pub origin: &'a str,
    pub info: &'static OperationInfo,
    pub shape: Shape,
}

/// Rejects an expiry that is not in the future.
fn refuse_past(call: &Call<'_>) -> Outcome<()> {
    let expired = call.body.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= call.now as f64);
    if expired { Err(invalid_input(400, "The value of `expiresAt` must be in the future.")) } else { Ok(()) }
}
