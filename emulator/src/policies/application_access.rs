//! The users that may sign in to an application.

use crate::collections::APPLICATIONS;
use crate::state::State;

/// The links of an application to an organization and one of its roles.
pub(crate) const ROLE_RULES: &str = "application_access_organization_roles";

/// Returns whether a user may sign in to an application.
pub(crate) fn permits(state: &State, application: &str, user: &str) -> bool {
    let store = &state.store;
    if !store.get(&APPLICATIONS, application).is_some_and(|found| found.is_true("appLevelAccessControlEnabled")) {
        return true;
    }
    let allowed = |table: &str, id: &str| store.links.has(table, &[application.to_owned(), id.to_owned()]);
    let (of_user, condition) = ([("users", user)], [("applications", application)]);
    let mut roles = store.links.ids("users_roles", "roles", &of_user);
    let mut organizations = store.links.ids("organization_users", "organizations", &of_user);
    let mut rules = store.links.rows(ROLE_RULES, &condition);
    let has_role = |rule: &[String]| match rule {
        [_, organization, role] => {
            let row = [organization.clone(), user.to_owned(), role.clone()];
            store.links.has("organization_user_roles", &row)
        }
        _ => false,
    };
    allowed("application_access_users", user)
        || roles.any(|role| allowed("application_access_roles", role))
        || organizations.any(|organization| allowed("application_access_organizations", organization))
        || rules.any(has_role)
}
