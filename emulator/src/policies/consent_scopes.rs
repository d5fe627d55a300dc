//! The scopes that users can grant to a third-party application.

use crate::collections::{CONSENT_USER_SCOPES, Collection, ORGANIZATION_SCOPES, SCOPES};
use crate::record::Record;
use crate::store::Store;

/// A kind of scopes that are entities.
pub(crate) struct Kind {
    pub table: &'static str,
    pub scopes: &'static Collection,
}

pub(crate) static OF_ORGANIZATIONS: Kind =
    Kind { table: "application_consent_organization_scopes", scopes: &ORGANIZATION_SCOPES };
/// Scopes of resources, for use outside of organizations.
pub(crate) static OF_RESOURCES: Kind = Kind { table: "application_consent_resource_scopes", scopes: &SCOPES };
/// Scopes of resources, for use in organizations.
pub(crate) static IN_ORGANIZATIONS: Kind =
    Kind { table: "application_consent_organization_resource_scopes", scopes: &SCOPES };

impl Kind {
    /// Returns the scopes that were assigned to an application.
    pub(crate) fn of<'s>(&self, store: &'s Store, application: &str) -> impl Iterator<Item = &'s Record> {
        let ids: Vec<&str> = store.links.ids(self.table, self.scopes.name, &[("applications", application)]).collect();
        let scopes = self.scopes;
        ids.into_iter().filter_map(move |id| store.get(scopes, id))
    }
}

/// Returns the scopes of `OpenID` Connect that were assigned to an application.
pub(crate) fn of_users<'s>(store: &'s Store, application: &str) -> impl Iterator<Item = &'s Record> {
    store.all(&CONSENT_USER_SCOPES).filter(move |scope| scope.text("applicationId") == application)
}
