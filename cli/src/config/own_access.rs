//! The access of the application that runs the command. No plan removes it.

use logto_admin::Client;
use serde_json::Value;

use super::call::read;
use super::declaration::Declared;
use super::entity_members::Members;
use super::key::Key;
use super::kinds::{APPLICATIONS, MANAGEMENT_API, ROLES, Read, Standing};
use super::planner::Planner;
use super::tenant::Found;
use crate::terminal::shown;

/// The standing of the application that runs the command.
pub(super) const RUNNING: Standing = Standing::Kept("it runs this command");
/// The standing of its roles that grant access to the Management API.
const NEEDED: Standing = Standing::Kept("the application that runs this command needs it");

/// The application that runs the command.
#[derive(Default)]
pub(super) struct OwnAccess {
    id: String,
    /// The ids of its roles.
    roles: Vec<String>,
}

impl OwnAccess {
    /// Reads the roles of the application. A tenant does not list all applications that can call its API.
    pub(super) async fn read(client: &Client, id: &str) -> logto_admin::Result<Self> {
        if id.is_empty() {
            return Ok(Self::default());
        }
        let roles = match read(client, Read::List("ListApplicationRoles"), &[id]).await {
            Err(error) if error.is_not_found() => Vec::new(),
            roles => roles?,
        };
        let roles = roles.iter().filter_map(|role| role.get("id")?.as_str().map(str::to_owned)).collect();
        Ok(Self { id: id.to_owned(), roles })
    }

    /// Returns the standing of an entity that the application needs.
    pub(super) fn standing(&self, found: &Found) -> Option<Standing> {
        if found.kind.is(&APPLICATIONS) && found.id == self.id {
            return Some(RUNNING);
        }
        let is_needed =
            found.kind.is(&ROLES) && self.roles.contains(&found.id) && !management_scopes(&found.raw).is_empty();
        is_needed.then_some(NEEDED)
    }
}

/// Returns the scopes of the Management API that a role has.
fn management_scopes(role: &Members) -> Vec<&str> {
    names(role.get("scopes").and_then(|scopes| scopes.get(MANAGEMENT_API)))
}

fn names(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

impl Planner<'_> {
    /// Reports an update that takes the access away from the application that runs the command, in the middle of a run.
    pub(super) fn check_access(&mut self, declared: &Declared, found: &Found, members: &Members) {
        let key = &declared.key;
        if found.standing == RUNNING {
            let mut granting = names(found.raw.get("roles"));
            granting.retain(|name| self.grants_access(name));
            let kept = names(members.get("roles"));
            if !granting.is_empty() && granting.iter().all(|name| !kept.contains(name)) {
                let roles = shown(&granting.join("\" or \""));
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

    /// Whether a role of the application that runs the command grants access to the Management API.
    fn grants_access(&self, role: &str) -> bool {
        let roles = self.tenant.with_key(&ROLES, &Key(vec![role.to_owned()]));
        roles.iter().any(|role| role.standing == NEEDED || matches!(role.standing, Standing::BuiltIn(_)))
    }
}
