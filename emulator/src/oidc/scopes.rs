//! The scopes that users and applications have through their roles.

use super::refuse;
use crate::collections::{self, ORGANIZATION_SCOPES, RESOURCES, SCOPES};
use crate::document::formats::is_url;
use crate::errors::Outcome;
use crate::record::Record;
use crate::state::State;

/// The resource that stands for all organizations.
pub(crate) const ORGANIZATIONS: &str = "urn:logto:resource:organizations";
/// The beginning of the audience of tokens for an organization, before its id.
pub(crate) const ORGANIZATION: &str = "urn:logto:organization:";

/// A kind of role holders, with the names of its links.
#[derive(Debug)]
pub(crate) struct Kind {
    collection: &'static str,
    roles: &'static str,
    memberships: &'static str,
    organization_roles: &'static str,
    not_a_member: &'static str,
}

impl Kind {
    /// Returns the name of the collection that has the holders.
    pub(crate) const fn collection(&self) -> &'static str {
        self.collection
    }
}

pub(crate) const APPLICATION: Kind = Kind {
    collection: "applications",
    roles: "applications_roles",
    memberships: "organization_applications",
    organization_roles: "organization_application_roles",
    not_a_member: "app has not associated with the organization",
};

pub(crate) const USER: Kind = Kind {
    collection: "users",
    roles: "users_roles",
    memberships: "organization_users",
    organization_roles: "organization_user_roles",
    not_a_member: "user is not a member of the organization",
};

/// A user or an application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    pub kind: &'static Kind,
    pub id: &'a str,
}

impl<'a> Holder<'a> {
    pub(crate) const fn user(id: &'a str) -> Self {
        Self { kind: &USER, id }
    }

    pub(crate) const fn application(id: &'a str) -> Self {
        Self { kind: &APPLICATION, id }
    }

    /// Rejects a holder that does not belong to the organization.
    pub(crate) fn check_membership(self, state: &State, organization: &str) -> Outcome<()> {
        let membership = [organization.to_owned(), self.id.to_owned()];
        if !state.store.links.has(self.kind.memberships, &membership) {
            return Err(refuse(403, "access_denied", self.kind.not_a_member));
        }
        Ok(())
    }

    /// Rejects a holder that may not access the organization now. Only members may, and some need a second factor.
    pub(crate) fn check_access(self, state: &State, organization: &str) -> Outcome<()> {
        self.check_membership(state, organization)?;
        let found = state.store.get(&collections::ORGANIZATIONS, organization);
        let needs_factor = self.kind.collection == USER.collection
            && found.is_some_and(|organization| organization.is_true("isMfaRequired"));
        if needs_factor && state.second_factors(self.id).next().is_none() {
            let description = "organization requires MFA but user has no MFA configured";
            return Err(refuse(403, "access_denied", description));
        }
        Ok(())
    }

    /// Returns the names of the scopes of a resource, by its id.
    ///
    /// Applications have those of their roles in the organization or, without an organization, of those outside of any.
    /// Users have the latter in each case and, without an organization, those of all organizations.
    pub(crate) fn of_resource(self, state: &State, resource: &str, organization: Option<&str>) -> Vec<String> {
        let organizations = match organization {
            None if self.kind.collection == USER.collection => self.organizations(state),
            one => one.into_iter().collect(),
        };
        self.of_resource_in(state, resource, &organizations)
    }

    /// Returns the scopes of a resource that the roles in these organizations permit. The scopes are returned by name.
    pub(crate) fn of_resource_in(self, state: &State, resource: &str, organizations: &[&str]) -> Vec<String> {
        let links = &state.store.links;
        let mut ids: Vec<&str> = Vec::new();
        if self.kind.collection == USER.collection || organizations.is_empty() {
            for role in links.ids(self.kind.roles, "roles", &[(self.kind.collection, self.id)]) {
                ids.extend(links.ids("roles_scopes", "scopes", &[("roles", role)]));
            }
        }
        for role in organizations.iter().flat_map(|organization| self.organization_roles(state, organization)) {
            ids.extend(links.ids("organization_role_resource_scopes", "scopes", &[("organization_roles", role)]));
        }
        let scopes = ids.into_iter().filter_map(|id| state.store.get(&SCOPES, id));
        names(scopes.filter(|scope| scope.text("resourceId") == resource))
    }

    /// Returns the organization scopes that roles in an organization permit, by name.
    pub(crate) fn of_organization(self, state: &State, organization: &str) -> Vec<String> {
        let member = [("organizations", organization), (self.kind.collection, self.id)];
        let ids = state.store.links.organization_scopes(self.kind.organization_roles, &member);
        names(ids.into_iter().filter_map(|id| state.store.get(&ORGANIZATION_SCOPES, id)))
    }

    /// Returns the ids of the holder's organizations. The oldest membership comes first.
    pub(crate) fn organizations(self, state: &'a State) -> Vec<&'a str> {
        let holder = [(self.kind.collection, self.id)];
        let mut ids: Vec<&str> = state.store.links.ids(self.kind.memberships, "organizations", &holder).collect();
        ids.reverse();
        ids
    }

    /// Returns the ids of the roles in an organization.
    pub(crate) fn organization_roles(self, state: &'a State, organization: &str) -> Vec<&'a str> {
        let member = [("organizations", organization), (self.kind.collection, self.id)];
        state.store.links.ids(self.kind.organization_roles, "organization_roles", &member).collect()
    }
}

fn names<'a>(scopes: impl Iterator<Item = &'a Record>) -> Vec<String> {
    let mut names: Vec<String> = scopes.map(|scope| scope.text("name").to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the resource with this indicator.
pub(crate) fn resource<'s>(state: &'s State, indicator: &str) -> Outcome<&'s Record> {
    if !is_url(indicator) {
        return Err(refuse(400, "invalid_target", "resource indicator must be an absolute URI"));
    }
    let resource = state.store.all(&RESOURCES).find(|resource| resource.text("indicator") == indicator);
    resource.ok_or_else(unknown_resource)
}

/// Returns the error for a resource that does not exist or was not requested.
pub(crate) fn unknown_resource() -> crate::errors::Refusal {
    refuse(400, "invalid_target", "resource indicator is missing, or unknown")
}

/// Returns the indicator of the default resource.
pub(crate) fn default_resource(state: &State) -> Option<&str> {
    let resource = state.store.all(&RESOURCES).find(|resource| resource.is_true("isDefault"));
    resource.map(|resource| resource.text("indicator"))
}

/// Returns the scopes in a space-separated list that are also in `permitted`. Keeps the order of the list.
pub(crate) fn common<'a>(wanted: impl Iterator<Item = &'a str>, permitted: &[String]) -> Vec<String> {
    let mut common: Vec<String> = Vec::new();
    for scope in wanted {
        if permitted.iter().any(|name| name == scope) && !common.iter().any(|name| name == scope) {
            common.push(scope.to_owned());
        }
    }
    common
}
