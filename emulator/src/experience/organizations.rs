//! Makes users members of organizations.

use crate::collections::{JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES};
use crate::record::Record;
use crate::state::State;

/// Makes a new user a member of the organizations that want everyone with their email domain.
pub(super) fn provision(state: &mut State, user: &Record) {
    let email = user.text("primaryEmail");
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let wanting =
        state.store.all(&JIT_EMAIL_DOMAINS).filter(|known| known.text("emailDomain").to_lowercase() == domain);
    let organizations: Vec<String> = wanting.map(|known| known.text("organizationId").to_owned()).collect();
    for organization in organizations {
        join(state, &user.id, &organization);
    }
}

/// Makes a user a member of an organization, with the roles that it assigns to new members.
pub(super) fn join(state: &mut State, user: &str, organization: &str) {
    let condition = [("organizations", organization)];
    let roles = state.store.links.ids("organization_jit_roles", ORGANIZATION_ROLES.name, &condition);
    let roles: Vec<String> = roles.map(str::to_owned).collect();
    let membership = vec![organization.to_owned(), user.to_owned()];
    state.store.links.add("organization_users", membership.clone());
    for role in roles {
        let row = membership.iter().cloned().chain([role]).collect();
        state.store.links.add("organization_user_roles", row);
    }
}
