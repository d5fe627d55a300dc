//! The operations. Those of any collection, relation or setting, and a file for each other subject.

pub(crate) mod account;
mod application_access;
mod applications;
pub(crate) mod assets;
mod authn;
mod captcha;
pub(crate) mod collection_operations;
pub(crate) mod connectors;
mod consent_scopes;
mod dashboard;
mod document;
mod domains;
mod email_templates;
mod hooks;
pub(crate) mod identities;
mod logs;
pub(crate) mod mfa;
mod oidc_keys;
pub(crate) mod one_time_tokens;
mod organizations;
mod phrases;
mod profile_fields;
mod protected_apps;
pub(crate) mod relation_operations;
mod saml;
pub(crate) mod sample_response;
#[cfg(test)]
mod sample_response_tests;
mod scripts;
mod sentinel;
mod sessions;
pub(crate) mod setting_operations;
pub(crate) mod sign_in_experience;
mod sso_connectors;
mod subject_tokens;
mod system;
pub(crate) mod users;
mod verification_codes;

pub(crate) use domains::verification_file;

use crate::call::Handler;
use crate::errors::Outcome;
use crate::rules::check_limit;
use crate::state::State;

/// The operations of every module.
static ALL: &[&[(&str, Handler)]] = &[
    subject_tokens::ALL,
    application_access::ALL,
    applications::ALL,
    assets::ALL,
    authn::ALL,
    captcha::ALL,
    connectors::ALL,
    consent_scopes::ALL,
    dashboard::ALL,
    document::ALL,
    domains::ALL,
    email_templates::ALL,
    hooks::ALL,
    identities::ALL,
    logs::ALL,
    mfa::ALL,
    one_time_tokens::ALL,
    oidc_keys::ALL,
    organizations::ALL,
    phrases::ALL,
    protected_apps::ALL,
    profile_fields::ALL,
    scripts::ALL,
    sentinel::ALL,
    saml::ALL,
    sessions::ALL,
    sign_in_experience::ALL,
    sso_connectors::ALL,
    system::ALL,
    users::ALL,
    verification_codes::ALL,
];

/// Returns the operations with a handler of their own. Leaves out those of the Experience API.
pub(crate) fn all() -> impl Iterator<Item = &'static (&'static str, Handler)> {
    ALL.iter().chain(account::ALL).copied().flatten()
}

/// Rejects a request before its parts are validated.
pub(crate) fn admit(id: &str, parameters: &[String], state: &State) -> Outcome<()> {
    match id {
        "CreateSamlApplication" => check_limit(state),
        _ if id.contains("ProtectedAppMetadataCustomDomain") => protected_apps::check(parameters, state),
        _ => Ok(()),
    }
}
