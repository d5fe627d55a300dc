use logto_admin::serde_json::json;

use super::{Collection, Filter, InitialLinks, MANAGEMENT_RESOURCE_ID, Order, Test, Unique, UnknownTarget};
use crate::errors::{Outcome, Refusal};
use crate::record::Record;

/// The id of the internal role of applications that are marked as administrators.
pub(crate) const ADMIN_ROLE_ID: &str = "admin-role";
/// The beginning of the names of internal roles. No list shows them.
const INTERNAL: &str = "#internal:";

pub(crate) static ROLES: Collection = Collection {
    name: "roles",
    path: "/api/roles",
    blank: || json!({ "tenantId": "default", "name": "", "description": "", "type": "User", "isDefault": false }),
    unique: &[Unique::new("name", "role.name_in_use")],
    searchable: &["id", "name", "description"],
    order: Order::StoredByType,
    filters: &[
        Filter { parameter: "type", test: Test::Is("type") },
        Filter { parameter: "excludeUserId", test: Test::NotLinked { table: "users_roles", column: "users" } },
        Filter {
            parameter: "excludeApplicationId",
            test: Test::NotLinked { table: "applications_roles", column: "applications" },
        },
    ],
    links: &[InitialLinks {
        unknown: UnknownTarget::Collection,
        fits: scope_fits,
        is_strict: true,
        ..InitialLinks::new("scopeIds", "roles_scopes", "scopes")
    }],
    listed: Some(|role| !role.text("name").starts_with(INTERNAL)),
    ..Collection::DEFAULT
};

/// Rejects scopes of the Management API for user roles.
pub(crate) fn scope_fits(role: &Record, scope: &Record) -> Outcome<()> {
    if role.text("type") == "MachineToMachine" || scope.text("resourceId") != MANAGEMENT_RESOURCE_ID {
        return Ok(());
    }
    let message = "Scopes of the Management API can only be assigned to roles of type MachineToMachine.";
    Err(Refusal::new(400, "role.management_api_scopes_not_assignable_to_user_role", message))
}
