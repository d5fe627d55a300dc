use logto_admin::serde_json::{Value, json};

use super::roles::featured_of;
use super::{
    Collection, EmptyChange, InitialLinks, Key, Order, Owner, RESOURCES, SCOPES, Shape, USERS, Unique, Unknown, View,
};
use crate::record::{Members, Record};

/// The error code for duplicates, shared by several unique members.
const TAKEN: &str = "entity.unique_integrity_violation";

pub(crate) static ORGANIZATIONS: Collection = Collection {
    name: "organizations",
    path: "/api/organizations",
    key: Key::Id(12),
    blank: || {
        json!({
            "tenantId": "default",
            "name": "",
            "description": null,
            "customData": {},
            "isMfaRequired": false,
            "color": {},
            "branding": {},
            "customCss": null,
        })
    },
    stamps: &["createdAt"],
    searchable: &["id", "name", "description"],
    unknown_on_delete: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    empty_change: EmptyChange::RefusedFirst,
    present: |view, organization, members| {
        if view.shape == Shape::Listed && view.query.is_true("showFeatured") {
            let condition = ("organizations", organization.id.as_str());
            let (count, first) = featured_of(view, "organization_users", condition, &USERS, &["id", "avatar", "name"]);
            members.insert("usersCount".to_owned(), count.into());
            members.insert("featuredUsers".to_owned(), first);
        }
    },
    ..Collection::DEFAULT
};

pub(crate) static ORGANIZATION_ROLES: Collection = Collection {
    name: "organization_roles",
    path: "/api/organization-roles",
    blank: || json!({ "tenantId": "default", "name": "", "description": null, "type": "User" }),
    unique: &[Unique::new("name", TAKEN)],
    searchable: &["id", "name", "description"],
    order: Order::By("name"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    empty_change: EmptyChange::RefusedFirst,
    links_or_nothing: true,
    links: &[
        InitialLinks::new("organizationScopeIds", "organization_role_scopes", "organization_scopes"),
        InitialLinks::new("resourceScopeIds", "organization_role_resource_scopes", "scopes"),
    ],
    present: |view, role, members| {
        if view.shape == Shape::Listed {
            members.insert("scopes".to_owned(), role_scopes(view, role));
            members.insert("resourceScopes".to_owned(), resource_scopes(view, role));
        }
    },
    ..Collection::DEFAULT
};

pub(crate) static ORGANIZATION_SCOPES: Collection = Collection {
    name: "organization_scopes",
    path: "/api/organization-scopes",
    blank: || json!({ "tenantId": "default", "name": "", "description": null }),
    unique: &[Unique::new("name", TAKEN)],
    searchable: &["id", "name", "description"],
    order: Order::By("name"),
    unknown_on_delete: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    empty_change: EmptyChange::RefusedFirst,
    ..Collection::DEFAULT
};

pub(crate) static JIT_EMAIL_DOMAINS: Collection = Collection {
    name: "organization_jit_email_domains",
    path: "/api/organizations/{}/jit/email-domains",
    key: Key::Member { name: "emailDomain", taken: TAKEN },
    owner: Some(Owner { collection: &ORGANIZATIONS, member: "organizationId", has_checked_list: false }),
    blank: || json!({ "tenantId": "default", "emailDomain": "" }),
    searchable: &["emailDomain"],
    order: Order::By("emailDomain"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
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
