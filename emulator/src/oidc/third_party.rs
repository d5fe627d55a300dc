//! The scopes that a third-party application may request.
//!
//! These are the scopes that it was assigned for the consent of users.

use super::scopes::{self, ORGANIZATIONS};
use crate::collections::{CONSENT_USER_SCOPES, Collection, ORGANIZATION_SCOPES, SCOPES};
use crate::record::Record;
use crate::state::State;
use crate::state::oidc::{Client, SCOPES as OWN};

/// The tables of an application's scopes of resources, for use outside and inside of organizations.
const OF_RESOURCES: [&str; 2] =
    ["application_consent_resource_scopes", "application_consent_organization_resource_scopes"];

/// Returns whether an application may request a scope. Scopes of resources and organizations are only left out.
pub(super) fn may_request(state: &State, client: &Client, scope: &str) -> bool {
    let own = || {
        let mut own = state.store.all(&CONSENT_USER_SCOPES).filter(|known| known.text("applicationId") == client.id);
        own.any(|known| known.text("userScope") == scope)
    };
    !client.is_third_party || matches!(scope, "openid" | "offline_access") || !OWN.contains(&scope) || own()
}

/// Keeps the scopes of a resource, or of organizations, that an application may request.
pub(super) fn retain(state: &State, client: &Client, indicator: &str, wanted: &mut Vec<String>) {
    if !client.is_third_party {
        return;
    }
    let assigned = if indicator == ORGANIZATIONS {
        of_organizations(state, client)
    } else {
        let id = scopes::resource(state, indicator).map(|resource| resource.id.as_str()).unwrap_or_default();
        let mut assigned = of_resources(state, client);
        assigned.retain(|scope| scope.text("resourceId") == id);
        assigned
    };
    wanted.retain(|scope| assigned.iter().any(|known| known.text("name") == scope));
}

fn of_organizations<'s>(state: &'s State, client: &Client) -> Vec<&'s Record> {
    assigned(state, client, "application_consent_organization_scopes", &ORGANIZATION_SCOPES)
}

fn of_resources<'s>(state: &'s State, client: &Client) -> Vec<&'s Record> {
    OF_RESOURCES.iter().flat_map(|table| assigned(state, client, table, &SCOPES)).collect()
}

fn assigned<'s>(state: &'s State, client: &Client, table: &str, scopes: &'static Collection) -> Vec<&'s Record> {
    let application = [("applications", client.id.as_str())];
    let ids = state.store.links.ids(table, scopes.name, &application);
    ids.filter_map(|id| state.store.get(scopes, id)).collect()
}
