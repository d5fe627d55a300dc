//! Operations that are neither a collection's nor a relation's.

mod accounts;
mod applications;
mod organizations;
mod users;

use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::errors::Outcome;

/// What does an operation's work.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome<HttpResponse>;

/// The handler of an operation, by its operationId.
pub(crate) fn handler(id: &str) -> Option<Handler> {
    let all = [users::ALL, applications::ALL, organizations::ALL, accounts::ALL];
    all.iter().copied().flatten().find(|(known, _)| *known == id).map(|(_, handler)| *handler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_is_one_of_an_operation() {
        for (id, _) in [users::ALL, applications::ALL, organizations::ALL, accounts::ALL].concat() {
            assert!(logto_admin::operation::find(id).is_some(), "{id}");
        }
    }
}
