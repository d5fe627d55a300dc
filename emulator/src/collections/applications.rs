use logto_admin::serde_json::{Value, json};

use super::{Collection, EmptyChange, Filter, Key, Order, Owner, Test};
use crate::record::{Members, Record};

pub(crate) static APPLICATIONS: Collection = Collection {
    name: "applications",
    path: "/api/applications",
    blank: || {
        json!({
            "tenantId": "default",
            "name": "",
            "description": null,
            "type": "Native",
            "oidcClientMetadata": { "redirectUris": [], "postLogoutRedirectUris": [] },
            "customClientMetadata": {},
            "protectedAppMetadata": null,
            "customData": {},
            "isThirdParty": false,
            "appLevelAccessControlEnabled": false,
        })
    },
    stamps: &["createdAt"],
    searchable: &["id", "name", "description"],
    filters: &[
        Filter { parameter: "types", test: Test::Is("type") },
        Filter { parameter: "isThirdParty", test: Test::Is("isThirdParty") },
        Filter { parameter: "excludeRoleId", test: Test::NotLinked { table: "applications_roles", column: "roles" } },
        Filter {
            parameter: "excludeOrganizationId",
            test: Test::NotLinked { table: "organization_applications", column: "organizations" },
        },
    ],
    exclusive: &["excludeRoleId", "excludeOrganizationId"],
    empty_change: EmptyChange::Accepted,
    ..Collection::DEFAULT
};

pub(crate) static APPLICATION_SECRETS: Collection = Collection {
    name: "application_secrets",
    path: "/api/applications/{}/secrets",
    key: Key::Member { name: "name", taken: "application.secret_name_exists" },
    owner: Some(Owner::new(&APPLICATIONS, "applicationId")),
    blank: || json!({ "tenantId": "default", "name": "", "expiresAt": null }),
    stamps: &["createdAt"],
    order: Order::By("name"),
    unknown: super::Unknown::Plain,
    unknown_on_update: Some(super::Unknown::Missing),
    unknown_on_delete: super::Unknown::Plain,
    ..Collection::DEFAULT
};

/// The links that hold the access rules of applications, and the column of the ids.
pub(crate) const ACCESS_RULES: [(&str, &str); 4] = [
    ("application_access_users", "users"),
    ("application_access_roles", "roles"),
    ("application_access_organizations", "organizations"),
    ("application_access_organization_roles", "organizations"),
];

/// The hidden member of an application that holds its sign-in experience.
pub(crate) const APPLICATION_EXPERIENCE: &str = "signInExperience";

/// Returns the sign-in experience of an application.
pub(crate) fn experience_of(application: &Record) -> Option<&Members> {
    application.hidden.get(APPLICATION_EXPERIENCE).and_then(Value::as_object)
}
