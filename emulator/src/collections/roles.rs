use logto_admin::serde_json::{Value, json};

use super::{APPLICATIONS, Collection, Filter, InitialLinks, Order, Shape, Test, USERS, Unique, UnknownTarget, View};
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record};
use crate::state::seed::{ADMIN_ROLE_ID, MANAGEMENT_RESOURCE_ID};

pub(crate) static ROLES: Collection = Collection {
    name: "roles",
    path: "/api/roles",
    blank: || json!({ "tenantId": "default", "name": "", "description": "", "type": "User", "isDefault": false }),
    unique: &[Unique::new("name", "role.name_in_use")],
    searchable: &["id", "name", "description"],
    order: Order::By("name"),
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
        ..InitialLinks::new("scopeIds", "roles_scopes", "scopes")
    }],
    listed: Some(|role| role.id != ADMIN_ROLE_ID),
    present,
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

/// Maximum number of users or applications that a list shows per entity.
const FEATURED: usize = 3;

fn present(view: &View<'_>, role: &Record, members: &mut Members) {
    if view.shape != Shape::Listed {
        return;
    }
    let kinds = [
        ("usersCount", "featuredUsers", "users_roles", &USERS, ["id", "avatar", "name"]),
        ("applicationsCount", "featuredApplications", "applications_roles", &APPLICATIONS, ["id", "name", "type"]),
    ];
    for (count, featured, table, holders, shown) in kinds {
        let (number, first) = featured_of(view, table, ("roles", &role.id), holders, &shown);
        members.insert(count.to_owned(), number.into());
        members.insert(featured.to_owned(), first);
    }
}

/// Returns the number of linked entities, and the first few of them.
pub(super) fn featured_of(
    view: &View<'_>,
    table: &str,
    condition: (&str, &str),
    holders: &Collection,
    shown: &[&str],
) -> (usize, Value) {
    let store = &view.state.store;
    let conditions = [condition];
    let ids: Vec<&str> = store.links.ids(table, holders.name, &conditions).collect();
    let first = ids.iter().take(FEATURED).filter_map(|id| store.get(holders, id)).map(|holder| holder.part(shown));
    (ids.len(), first.collect())
}
