//! The scopes of a request that a user has not granted yet.

use super::scopes::{self, Holder};
use super::third_party;
use crate::collections::ORGANIZATION_SCOPES;
use crate::state::State;
use crate::state::oidc::{Authorization, Client, Session};

/// The requested scopes that a user has not granted yet.
#[derive(Debug, Default)]
pub(crate) struct UngrantedScopes {
    pub scopes: Vec<String>,
    /// Scopes by the indicator of their resource.
    pub resources: Vec<(String, Vec<String>)>,
}

pub(crate) fn ungranted_scopes(state: &State, authorization: &Authorization, session: &Session) -> UngrantedScopes {
    let known = session.application(&authorization.client.id);
    let grant = known.and_then(|known| state.oidc.grant(&known.grant));
    let granted = |scope: &String| grant.is_some_and(|grant| grant.scopes.contains(scope));
    let scopes = authorization.own_scopes().into_iter().filter(|scope| !granted(scope)).collect();
    let mut resources = Vec::new();
    for indicator in &authorization.resources {
        let mut permitted = permitted(state, indicator, &session.user, None);
        third_party::retain(state, &authorization.client, indicator, &mut permitted);
        let mut wanted = scopes::common(authorization.scopes.iter().map(String::as_str), &permitted);
        wanted.retain(|scope| !grant.is_some_and(|grant| grant.has_answered(indicator, scope)));
        if !wanted.is_empty() {
            resources.push((indicator.clone(), wanted));
        }
    }
    UngrantedScopes { scopes, resources }
}

impl UngrantedScopes {
    /// Keeps the scopes of resources that the user can grant in this organization. Without one, keeps the scopes that
    /// the user can grant without any organization.
    pub(super) fn within(&self, state: &State, client: &Client, user: &str, organization: Option<&str>) -> Self {
        let organizations: Vec<&str> = organization.into_iter().collect();
        let resources = self.resources.iter().map(|(indicator, wanted)| {
            let mut wanted = scopes::common(
                wanted.iter().map(String::as_str),
                &permitted(state, indicator, user, Some(&organizations)),
            );
            third_party::retain_in(state, client, indicator, organization.is_some(), &mut wanted);
            (indicator.clone(), wanted)
        });
        Self { scopes: Vec::new(), resources: resources.filter(|(_, wanted)| !wanted.is_empty()).collect() }
    }
}

/// Returns the scopes of a resource that the user's roles permit. The roles apply in these organizations, or in all of
/// them.
fn permitted(state: &State, indicator: &str, user: &str, organizations: Option<&[&str]>) -> Vec<String> {
    if indicator == scopes::ORGANIZATIONS {
        return state.store.all(&ORGANIZATION_SCOPES).map(|scope| scope.text("name").to_owned()).collect();
    }
    let Ok(resource) = scopes::resource(state, indicator) else { return Vec::new() };
    let user = Holder::user(user);
    match organizations {
        Some(organizations) => user.of_resource_in(state, &resource.id, organizations),
        None => user.of_resource(state, &resource.id, None),
    }
}
