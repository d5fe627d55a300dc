//! The access of the application that runs the command.

use logto_admin::Client;
use serde_json::Value;

use super::call::read;
use super::entity_members::Members;
use super::kinds::{APPLICATIONS, Kind, MANAGEMENT_API, ROLES, Read, Standing};
use crate::lookup::is_absent;

/// The standing of the application that runs the command.
pub(super) const RUNNING: Standing = Standing::Kept("it runs this command");
/// The standing of its roles that grant access to the Management API.
pub(super) const NEEDED: Standing = Standing::Kept("the application that runs this command needs it");

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
            Err(error) if is_absent(&error) => Vec::new(),
            roles => roles?,
        };
        let roles = roles.iter().filter_map(|role| role.get("id")?.as_str().map(str::to_owned)).collect();
        Ok(Self { id: id.to_owned(), roles })
    }

    /// Returns the standing of an entity that the application needs.
    pub(super) fn standing(&self, kind: &Kind, id: &str, members: &Members) -> Option<Standing> {
        if kind.is(&APPLICATIONS) && id == self.id {
            return Some(RUNNING);
        }
        let has_role = kind.is(&ROLES) && self.roles.iter().any(|role| role == id);
        (has_role && !management_scopes(members).is_empty()).then_some(NEEDED)
    }
}

/// Returns the scopes of the Management API that a role has.
pub(super) fn management_scopes(role: &Members) -> Vec<&str> {
    names(role.get("scopes").and_then(|scopes| scopes.get(MANAGEMENT_API)))
}

/// Returns the texts of a list.
pub(super) fn names(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
