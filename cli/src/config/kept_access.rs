//! Checks that the application that runs the command keeps its access.

use super::declaration::Declared;
use super::entity_members::Members;
use super::key::Key;
use super::kinds::{MANAGEMENT_API, ROLES, Standing};
use super::own_access::{NEEDED, RUNNING, management_scopes, names};
use super::planner::Planner;
use super::tenant::Found;
use crate::terminal::shown;

impl Planner<'_> {
    /// Reports an update that ends the access of the application that runs the command. The access would end in the
    /// middle of a run.
    pub(super) fn check_access(&mut self, declared: &Declared, found: &Found, members: &Members) {
        let key = self.variable_values.key(&declared.key);
        if found.standing == RUNNING {
            let mut granting = names(found.raw.get("roles"));
            granting.retain(|name| self.grants_access(name));
            let kept = names(members.get("roles"));
            if !granting.is_empty() && granting.iter().all(|name| !kept.contains(name)) {
                let roles = shown(&self.variable_values.hide(&granting.join("\" or \"")));
                let problem = format!(
                    "`roles` of the application \"{key}\" must contain \"{roles}\": it runs this command, and would lose its access"
                );
                self.problem_at(declared, "roles", &problem);
            }
        }
        if found.standing == NEEDED {
            let kept = management_scopes(members);
            if management_scopes(&found.raw).iter().any(|name| !kept.contains(name)) {
                let problem = format!(
                    "`scopes` of the role \"{key}\" must keep those of `{MANAGEMENT_API}`: the application that runs this command needs them"
                );
                self.problem_at(declared, "scopes", &problem);
            }
        }
    }

    /// Whether a role grants access to the Management API. The role is one of the application that runs the command.
    fn grants_access(&self, role: &str) -> bool {
        let roles = self.tenant.with_key(&ROLES, &Key(vec![role.to_owned()]));
        roles.iter().any(|role| role.standing == NEEDED || matches!(role.standing, Standing::BuiltIn(_)))
    }
}
