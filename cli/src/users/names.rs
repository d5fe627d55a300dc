//! The ids of roles and organizations, by their names.

use std::collections::HashMap;

use logto_admin::Client;
use logto_admin::serde_json::Value;

use super::record::ImportedUser;
use crate::failure::Result;
use crate::lookup;

/// The roles and organizations of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Names {
    roles: Ids,
    organizations: Ids,
    organization_roles: Ids,
}

/// The ids of a kind by name.
#[derive(Clone, Debug, Default)]
struct Ids(HashMap<String, Named>);

#[derive(Clone, Debug)]
enum Named {
    One(String),
    /// Several entities have the name: organizations can.
    Several,
}

impl Ids {
    fn get(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Named::One(id)) => Some(id),
            Some(Named::Several) | None => None,
        }
    }

    /// Returns why a name does not identify one entity. `kind` is the noun.
    fn problem(&self, kind: &str, name: &str) -> Option<String> {
        match self.0.get(name) {
            Some(Named::One(_)) => None,
            Some(Named::Several) => Some(format!("several {kind}s are called `{name}`")),
            None => Some(format!("no {kind} is called `{name}`")),
        }
    }
}

impl Names {
    /// Reads all names.
    pub async fn load(client: &Client) -> Result<Self> {
        Ok(Self {
            roles: names(client, "ListRoles").await?,
            organizations: names(client, "ListOrganizations").await?,
            organization_roles: names(client, "ListOrganizationRoles").await?,
        })
    }

    /// Returns the id of a role.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&str> {
        self.roles.get(name)
    }

    /// Returns the id of an organization.
    #[must_use]
    pub fn organization(&self, name: &str) -> Option<&str> {
        self.organizations.get(name)
    }

    /// Returns what is wrong with the names in a record, each with its member.
    #[must_use]
    pub fn problems(&self, user: &ImportedUser) -> Vec<(&'static str, String)> {
        let roles = user.roles.iter().filter_map(|name| self.roles.problem("role", name));
        let mut problems: Vec<_> = roles.map(|problem| ("roles", problem)).collect();
        for organization in &user.organizations {
            let own = self.organizations.problem("organization", &organization.name);
            let roles = organization.roles.iter();
            let roles = roles.filter_map(|name| self.organization_roles.problem("organization role", name));
            problems.extend(own.into_iter().chain(roles).map(|problem| ("organizations", problem)));
        }
        problems
    }
}

async fn names(client: &Client, operation: &str) -> Result<Ids> {
    let mut ids = HashMap::new();
    for item in lookup::all(client, operation).await? {
        let text = |member: &str| item.get(member).and_then(Value::as_str).map(str::to_owned);
        let Some((name, id)) = text("name").zip(text("id")) else { continue };
        ids.entry(name).and_modify(|named| *named = Named::Several).or_insert(Named::One(id));
    }
    Ok(Ids(ids))
}
