use logto_admin::serde_json::Value;

use super::role_summaries::featured_of;
use super::{Rules, Shape, View};
use crate::collections::{Collection, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, RESOURCES, SCOPES, USERS};
use crate::record::{Members, Record};

pub(super) static RULES: Rules = Rules {
    present: |view, organization, members| {
        if view.shape == Shape::Listed && view.query.is_true("showFeatured") {
            let condition = ("organizations", organization.id.as_str());
            let (count, first) = featured_of(view, "organization_users", condition, &USERS, &["id", "avatar", "name"]);
            members.insert("usersCount".to_owned(), count.into());
            members.insert("featuredUsers".to_owned(), first);
        }
    },
    ..Rules::NONE
};

pub(super) static ROLE_RULES: Rules = Rules {
    present: |view, role, members| {
        if view.shape == Shape::Listed {
            members.insert("scopes".to_owned(), role_scopes(view, role));
            members.insert("resourceScopes".to_owned(), resource_scopes(view, role));
        }
    },
    ..Rules::NONE
};

/// Returns the ids and names of the organization roles in a table of links.
pub(crate) fn role_names(view: &View<'_>, table: &str, conditions: &[(&str, &str)]) -> Value {
    let store = &view.state.store;
    let roles = store.links.ids(table, "organization_roles", conditions);
    let mut roles: Vec<&Record> = roles.filter_map(|id| store.get(&ORGANIZATION_ROLES, id)).collect();
    roles.sort_by_key(|role| role.text("name"));
    roles.into_iter().map(|role| role.part(&["id", "name"])).collect()
}

/// Returns the scopes of a role by their id.
fn scopes_of<'v>(
    view: &View<'v>,
    role: &Record,
    table: &str,
    scopes: &Collection,
) -> impl Iterator<Item = &'v Record> + use<'v> {
    let store = &view.state.store;
    let mut ids: Vec<&str> = store.links.ids(table, scopes.name, &[("organization_roles", &role.id)]).collect();
    ids.sort_unstable();
    let found: Vec<&Record> = ids.into_iter().filter_map(|id| store.get(scopes, id)).collect();
    found.into_iter()
}

fn role_scopes(view: &View<'_>, role: &Record) -> Value {
    let scopes = scopes_of(view, role, "organization_role_scopes", &ORGANIZATION_SCOPES);
    scopes.map(|scope| scope.part(&["id", "name"])).collect()
}

fn resource_scopes(view: &View<'_>, role: &Record) -> Value {
    let shown = scopes_of(view, role, "organization_role_resource_scopes", &SCOPES).map(|scope| {
        let resource =
            view.state.store.get(&RESOURCES, scope.text("resourceId")).map(|resource| resource.part(&["id", "name"]));
        let mut members = Members::new();
        members.insert("id".to_owned(), scope.id.clone().into());
        members.insert("name".to_owned(), scope.text("name").into());
        members.insert("resource".to_owned(), resource.unwrap_or_default());
        Value::Object(members)
    });
    shown.collect()
}
