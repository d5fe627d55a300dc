use logto_admin::serde_json::Value;

use super::role_summaries::featured_of;
use super::{Rules, Shape, View};
use crate::collections::{ORGANIZATION_ROLES, ORGANIZATION_SCOPES, RESOURCES, SCOPES, USERS};
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
    roles.filter_map(|id| store.get(&ORGANIZATION_ROLES, id)).map(|role| role.part(&["id", "name"])).collect()
}

fn role_scopes(view: &View<'_>, role: &Record) -> Value {
    let store = &view.state.store;
    let conditions = [("organization_roles", role.id.as_str())];
    let scopes = store.links.ids("organization_role_scopes", "organization_scopes", &conditions);
    scopes.filter_map(|id| store.get(&ORGANIZATION_SCOPES, id)).map(|scope| scope.part(&["id", "name"])).collect()
}

fn resource_scopes(view: &View<'_>, role: &Record) -> Value {
    let store = &view.state.store;
    let conditions = [("organization_roles", role.id.as_str())];
    let scopes = store.links.ids("organization_role_resource_scopes", "scopes", &conditions);
    let shown = scopes.filter_map(|id| store.get(&SCOPES, id)).map(|scope| {
        let resource = store.get(&RESOURCES, scope.text("resourceId")).map(|resource| resource.part(&["id", "name"]));
        let mut members = Members::new();
        members.insert("id".to_owned(), scope.id.clone().into());
        members.insert("name".to_owned(), scope.text("name").into());
        members.insert("resource".to_owned(), resource.unwrap_or_default());
        Value::Object(members)
    });
    shown.collect()
}
