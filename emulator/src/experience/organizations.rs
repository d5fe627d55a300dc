//! Makes users members of organizations.

use logto_admin::serde_json::{Value, json};

use super::events;
use crate::call::Call;
use crate::collections::{JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES, ORGANIZATIONS};
use crate::errors::Outcome;
use crate::record::Record;
use crate::state::progress::Progress;

/// Member of an interaction's profile for an identity at an enterprise provider.
pub(super) const ENTERPRISE: &str = "enterpriseSsoIdentity";

/// The member for the organizations that a user joins.
pub(super) const INVITATIONS: &str = "jitOrganizationIds";

/// Adds a new user to the organizations that want everyone with their email domain. Users of an enterprise join those
/// of its connector instead. All join those that their one-time token names.
pub(super) fn provision(call: &mut Call<'_>, draft: &Progress, user: &Record) -> Outcome<()> {
    join_invited(call, draft, user)?;
    if draft.profile.contains_key(ENTERPRISE) {
        return Ok(());
    }
    let email = user.text("primaryEmail");
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let wanting =
        call.state.store.all(&JIT_EMAIL_DOMAINS).filter(|known| known.text("emailDomain").to_lowercase() == domain);
    let organizations: Vec<String> = wanting.map(|known| known.text("organizationId").to_owned()).collect();
    organizations.iter().try_for_each(|organization| join(call, draft, &user.id, organization))
}

/// Makes a user a member of the organizations that their one-time token names.
pub(super) fn join_invited(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    let ids = progress.profile.get(INVITATIONS).and_then(Value::as_array).into_iter().flatten();
    for id in ids.filter_map(Value::as_str) {
        if call.state.store.get(&ORGANIZATIONS, id).is_some() {
            join(call, progress, &user.id, id)?;
        }
    }
    Ok(())
}

/// Makes a user a member of an organization. The user gets the roles that the organization assigns to new members.
pub(super) fn join(call: &mut Call<'_>, progress: &Progress, user: &str, organization: &str) -> Outcome<()> {
    let links = &mut call.state.store.links;
    let condition = [("organizations", organization)];
    let roles = links.ids("organization_jit_roles", ORGANIZATION_ROLES.name, &condition);
    let roles: Vec<String> = roles.map(str::to_owned).collect();
    let membership = vec![organization.to_owned(), user.to_owned()];
    let is_new = !links.has("organization_users", &membership);
    links.add("organization_users", membership.clone());
    for role in roles {
        let row = membership.iter().cloned().chain([role]).collect();
        links.add("organization_user_roles", row);
    }
    if is_new {
        let about = json!({ "organizationId": organization, "addedUserIds": [user] });
        events::changed(call, progress, "Organization.Membership.Updated", about)?;
    }
    Ok(())
}
