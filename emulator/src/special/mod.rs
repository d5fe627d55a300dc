//! Operations that belong to neither a collection nor a relation.

mod accounts;
mod applications;
mod connectors;
mod document;
mod hooks;
mod identities;
mod mfa;
mod organizations;
mod sessions;
mod users;
mod verification_codes;

use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::errors::Outcome;

/// A function that implements an operation.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome<HttpResponse>;

/// The operations of every module.
const ALL: &[&[(&str, Handler)]] = &[
    accounts::ALL,
    applications::ALL,
    connectors::ALL,
    document::ALL,
    hooks::ALL,
    identities::ALL,
    mfa::ALL,
    organizations::ALL,
    sessions::ALL,
    users::ALL,
    verification_codes::ALL,
];

/// Returns the handler of an operation, by its operationId.
pub(crate) fn handler(id: &str) -> Option<Handler> {
    ALL.iter().copied().flatten().find(|(known, _)| *known == id).map(|(_, handler)| *handler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_belongs_to_an_operation() {
        for (id, _) in ALL.concat() {
            assert!(logto_admin::operation::find(id).is_some(), "{id}");
        }
    }
}
