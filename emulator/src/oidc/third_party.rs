//! The scopes that a third-party application may request.
//!
//! These are the scopes that it was assigned for the consent of users.

use super::scopes::{self, ORGANIZATIONS};
use crate::policies::consent_scopes::{IN_ORGANIZATIONS, Kind, OF_ORGANIZATIONS, OF_RESOURCES, of_users};
use crate::state::State;
use crate::state::oidc::{Client, SCOPES as OWN};

/// Returns whether an application may request a scope. Scopes of resources and organizations are only left out.
pub(super) fn may_request(state: &State, client: &Client, scope: &str) -> bool {
    !client.is_third_party
        || matches!(scope, "openid" | "offline_access")
        || !OWN.contains(&scope)
        || of_users(&state.store, &client.id).any(|known| known.text("userScope") == scope)
}

/// Keeps the scopes that an application may request. They are scopes of a resource or of organizations.
pub(super) fn retain(state: &State, client: &Client, indicator: &str, wanted: &mut Vec<String>) {
    retain_of(state, client, indicator, &[&OF_RESOURCES, &IN_ORGANIZATIONS], wanted);
}

/// Keeps the scopes of a resource that an application may request. If `inside` is set, the application may request them
/// in organizations, otherwise outside of them.
pub(super) fn retain_in(state: &State, client: &Client, indicator: &str, inside: bool, wanted: &mut Vec<String>) {
    retain_of(state, client, indicator, &[if inside { &IN_ORGANIZATIONS } else { &OF_RESOURCES }], wanted);
}

fn retain_of(state: &State, client: &Client, indicator: &str, of_resources: &[&Kind], wanted: &mut Vec<String>) {
    if !client.is_third_party {
        return;
    }
    let of_organizations = indicator == ORGANIZATIONS;
    let kinds = if of_organizations { &[&OF_ORGANIZATIONS] } else { of_resources };
    let resource = scopes::resource(state, indicator).map(|resource| resource.id.as_str()).unwrap_or_default();
    let assigned = kinds.iter().flat_map(|kind| kind.of(&state.store, &client.id));
    let assigned: Vec<&str> = assigned
        .filter(|scope| of_organizations || scope.text("resourceId") == resource)
        .map(|scope| scope.text("name"))
        .collect();
    wanted.retain(|scope| assigned.contains(&scope.as_str()));
}
