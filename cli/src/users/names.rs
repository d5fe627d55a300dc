//! The ids of roles and organizations, by their names.

use std::collections::HashMap;

use logto_admin::Client;

use super::record::ImportedUser;
use crate::failure::Result;
use crate::lookup;

/// The roles and organizations of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Names {
    roles: HashMap<String, String>,
    organizations: HashMap<String, String>,
    organization_roles: HashMap<String, String>,
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
        self.roles.get(name).map(String::as_str)
    }

    /// Returns the id of an organization.
    #[must_use]
    pub fn organization(&self, name: &str) -> Option<&str> {
        self.organizations.get(name).map(String::as_str)
    }

    /// Returns the names in a record that the tenant lacks, each with the member that has it.
    #[must_use]
    pub fn unknown(&self, user: &ImportedUser) -> Vec<(&'static str, String)> {
        let roles = user.roles.iter().filter(|name| !self.roles.contains_key(*name));
        let mut unknown: Vec<_> = roles.map(|name| ("roles", format!("no role is called `{name}`"))).collect();
        for organization in &user.organizations {
            if !self.organizations.contains_key(&organization.name) {
                unknown.push(("organizations", format!("no organization is called `{}`", organization.name)));
            }
            let roles = organization.roles.iter().filter(|name| !self.organization_roles.contains_key(*name));
            unknown.extend(roles.map(|name| ("organizations", format!("no organization role is called `{name}`"))));
        }
        unknown
    }
}

async fn names(client: &Client, operation: &str) -> Result<HashMap<String, String>> {
    let all = lookup::all(client, operation).await?;
    let pair = |item: &logto_admin::serde_json::Value| {
        Some((item.get("name")?.as_str()?.to_owned(), item.get("id")?.as_str()?.to_owned()))
    };
    Ok(all.iter().filter_map(pair).collect())
}
