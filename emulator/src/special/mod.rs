//! Operations that belong to neither a collection nor a relation.

pub(crate) mod account;
mod accounts;
mod applications;
mod authn;
mod connectors;
mod document;
mod hooks;
mod identities;
mod mfa;
mod organizations;
mod sessions;
mod sign_in_experience;
mod sso_connectors;
mod users;
mod verification_codes;

use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::errors::Outcome;
use crate::settings;

/// A function that implements an operation.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome<HttpResponse>;

/// The operations of every module.
const ALL: &[&[(&str, Handler)]] = &[
    accounts::ALL,
    applications::ALL,
    authn::ALL,
    connectors::ALL,
    document::ALL,
    hooks::ALL,
    identities::ALL,
    mfa::ALL,
    organizations::ALL,
    sessions::ALL,
    sign_in_experience::ALL,
    sso_connectors::ALL,
    users::ALL,
    verification_codes::ALL,
];

/// Returns the handler of an operation, by its operationId.
pub(crate) fn handler(id: &str) -> Option<Handler> {
    let all = ALL.iter().chain(account::ALL).chain(settings::OTHERS);
    all.copied().flatten().find(|(known, _)| *known == id).map(|(_, handler)| *handler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_belongs_to_an_operation() {
        for (id, _) in [ALL, account::ALL, settings::OTHERS].concat().concat() {
            assert!(logto_admin::operation::find(id).is_some(), "{id}");
        }
    }
}
