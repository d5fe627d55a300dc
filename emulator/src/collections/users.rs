use logto_admin::serde_json::json;

use super::{Case, Collection, Filter, Key, Order, Owner, Test, Unique, Unknown};

const USERNAME: Unique = Unique { case: Case::OfUsernames, ..Unique::new("username", "user.username_already_in_use") };
const EMAIL: Unique = Unique { case: Case::Ignored, ..Unique::new("primaryEmail", "user.email_already_in_use") };
const PHONE: Unique = Unique::new("primaryPhone", "user.phone_already_in_use");

pub(crate) static USERS: Collection = Collection {
    name: "users",
    path: "/api/users",
    key: Key::Id(12),
    blank: || {
        json!({
            "username": null,
            "primaryEmail": null,
            "primaryPhone": null,
            "name": null,
            "avatar": null,
            "customData": {},
            "identities": {},
            "lastSignInAt": null,
            "profile": {},
            "applicationId": null,
            "isSuspended": false,
        })
    },
    stamps: &["createdAt", "updatedAt"],
    touched: Some("updatedAt"),
    unique: &[USERNAME, EMAIL, PHONE],
    unique_on_update: Some(&[EMAIL, PHONE, USERNAME]),
    searchable: &["id", "primaryEmail", "primaryPhone", "username", "name"],
    filters: &[
        Filter { parameter: "excludeRoleId", test: Test::NotLinked { table: "users_roles", column: "roles" } },
        Filter {
            parameter: "excludeOrganizationId",
            test: Test::NotLinked { table: "organization_users", column: "organizations" },
        },
    ],
    exclusive: &["excludeRoleId", "excludeOrganizationId"],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};

pub(crate) static PERSONAL_ACCESS_TOKENS: Collection = Collection {
    name: "personal_access_tokens",
    path: "/api/users/{}/personal-access-tokens",
    key: Key::Member { name: "name", taken: "user.personal_access_token_name_exists" },
    owner: Some(Owner { foreign_key: Some(404), ..Owner::new(&USERS, "userId") }),
    blank: || json!({ "tenantId": "default", "name": "", "expiresAt": null }),
    stamps: &["createdAt"],
    order: Order::By("name"),
    unknown: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
