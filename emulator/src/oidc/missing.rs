//! The scopes of a request that a user has not granted yet.

use super::scopes::{self, Holder};
use super::third_party;
use crate::collections::ORGANIZATION_SCOPES;
use crate::state::State;
use crate::state::oidc::{Authorization, Session};

/// The requested scopes that a user has not granted yet.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    pub scopes: Vec<String>,
    /// Scopes by the indicator of their resource.
    pub resources: Vec<(String, Vec<String>)>,
}

impl Missing {
    pub(super) fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.resources.is_empty()
    }
}

pub(crate) fn missing(state: &State, authorization: &Authorization, session: &Session) -> Missing {
    let known = session.application(&authorization.client.id);
    let grant = known.and_then(|known| state.oidc.grant(&known.grant));
    let granted = |scope: &String| grant.is_some_and(|grant| grant.scopes.contains(scope));
    let scopes = authorization.own_scopes().into_iter().filter(|scope| !granted(scope)).collect();
    let mut resources = Vec::new();
    for indicator in &authorization.resources {
        let mut permitted = permitted(state, indicator, &session.user);
        third_party::retain(state, &authorization.client, indicator, &mut permitted);
        let mut wanted = scopes::common(authorization.scopes.iter().map(String::as_str), &permitted);
        wanted.retain(|scope| grant.is_none_or(|grant| !grant.of_resource(indicator).contains(scope)));
        if !wanted.is_empty() {
            resources.push((indicator.clone(), wanted));
        }
    }
    Missing { scopes, resources }
}

/// Returns the scopes of a resource that any role of the user permits, also those in organizations.
fn permitted(state: &State, indicator: &str, user: &str) -> Vec<String> {
    if indicator == scopes::ORGANIZATIONS {
        return state.store.all(&ORGANIZATION_SCOPES).map(|scope| scope.text("name").to_owned()).collect();
    }
    let Ok(resource) = scopes::resource(state, indicator) else { return Vec::new() };
    Holder::user(user).of_resource(state, &resource.id, None)
}
