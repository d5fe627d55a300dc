//! The rules of collections and settings. Calls check and change more than `collections` and `settings` describe.

mod application_rules;
mod applications;
mod cimd;
mod connectors;
mod domains;
mod hooks;
mod invitations;
mod mfa_verifications;
mod one_time_tokens;
mod organizations;
mod phrases;
pub(crate) mod profile_fields;
pub(crate) mod protected_apps;
mod resources;
mod roles;
mod saml_applications;
mod sign_in_experience;
mod sso_connectors;
mod users;

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::collections::{
    APPLICATION_SECRETS, APPLICATIONS, CONNECTORS, CUSTOM_PHRASES, Collection, DOMAINS, HOOKS, INVITATIONS,
    MFA_VERIFICATIONS, ONE_TIME_TOKENS, ORGANIZATION_ROLES, ORGANIZATIONS, PERSONAL_ACCESS_TOKENS, PROFILE_FIELDS,
    RESOURCES, ROLES, SAML_APPLICATION_SECRETS, SAML_APPLICATIONS, SCOPES, SSO_CONNECTORS, SSO_SIGNING_KEYS, USERS,
};
use crate::errors::{Outcome, invalid_input};
use crate::http::request::Query;
use crate::record::{Fields, Members, Record};
use crate::settings::{CIMD, SIGN_IN_EXPERIENCE, Setting};
use crate::state::State;

pub(crate) use application_rules::{protected_only, third_party_only};
pub(crate) use domains::is_active;
pub(crate) use invitations::{INVITATION_USAGE, same_address, status_at};
pub(crate) use organizations::role_names;
pub(crate) use profile_fields::refuse as refuse_profile_fields;
pub(crate) use saml_applications::{check_limit, saml_config, saml_key};
pub(crate) use sso_connectors::no_saml_connector;

/// Checks, changes and side effects of the calls of a collection.
pub(crate) struct Rules {
    /// Validates a creation or update, and sets further members.
    pub prepare: fn(&mut Call<'_>, &mut Draft) -> Outcome<()>,
    /// Rejects a creation or deletion while the server cannot do it.
    pub available: fn(&Call<'_>) -> Outcome<()>,
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
        available: |_| Ok(()),
        deletable: |_, _| Ok(()),
        created: |_, _| (),
        changed: |_, _| (),
        deleted: |_, _| (),
        present: |_, _, _| (),
    };
}

static ALL: &[(&Collection, &Rules)] = &[
    (&USERS, &users::RULES),
    (&PERSONAL_ACCESS_TOKENS, &users::TOKEN_RULES),
    (&MFA_VERIFICATIONS, &mfa_verifications::RULES),
    (&ROLES, &roles::RULES),
    (&RESOURCES, &resources::RULES),
    (&SCOPES, &resources::SCOPE_RULES),
    (&APPLICATIONS, &applications::RULES),
    (&APPLICATION_SECRETS, &applications::SECRET_RULES),
    (&ORGANIZATIONS, &organizations::RULES),
    (&ORGANIZATION_ROLES, &organizations::ROLE_RULES),
    (&INVITATIONS, &invitations::RULES),
    (&HOOKS, &hooks::RULES),
    (&CONNECTORS, &connectors::RULES),
    (&SSO_CONNECTORS, &sso_connectors::RULES),
    (&SSO_SIGNING_KEYS, &sso_connectors::KEY_RULES),
    (&CUSTOM_PHRASES, &phrases::RULES),
    (&DOMAINS, &domains::RULES),
    (&ONE_TIME_TOKENS, &one_time_tokens::RULES),
    (&PROFILE_FIELDS, &profile_fields::RULES),
    (&SAML_APPLICATIONS, &saml_applications::RULES),
    (&SAML_APPLICATION_SECRETS, &saml_applications::SECRET_RULES),
];

/// Returns the rules of a collection. Two collections of one table have different paths.
pub(crate) fn of(collection: &Collection) -> &'static Rules {
    static NONE: Rules = Rules::NONE;
    ALL.iter().find(|(known, _)| known.path == collection.path).map_or(&NONE, |(_, rules)| rules)
}

/// Validates a change of a setting, and completes the sent members.
pub(crate) fn prepare_setting(call: &mut Call<'_>, setting: &Setting, sent: &mut Members) -> Outcome<()> {
    if setting.name == SIGN_IN_EXPERIENCE.name {
        sign_in_experience::prepare(call, sent)
    } else if setting.name == CIMD.name {
        cimd::refuse(sent)
    } else {
        Ok(())
    }
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
fn refuse_past(now: i64, draft: &Draft) -> Outcome<()> {
    let expired = draft.sent.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= now as f64);
    if expired { Err(invalid_input(400, "The value of `expiresAt` must be in the future.")) } else { Ok(()) }
}
