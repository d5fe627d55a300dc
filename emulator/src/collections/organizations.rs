use logto_admin::serde_json::json;

use super::{Collection, EmptyChange, InitialLinks, Key, Order, Owner, Unique, Unknown};

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
    searchable: &["id", "name"],
    unknown_on_delete: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    empty_change: EmptyChange::RefusedFirst,
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
    ..Collection::DEFAULT
};

pub(crate) static ORGANIZATION_SCOPES: Collection = Collection {
    name: "organization_scopes",
    path: "/api/organization-scopes",
    blank: || json!({ "tenantId": "default", "name": "", "description": null }),
    unique: &[Unique::new("name", TAKEN)],
    searchable: &["name"],
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
    owner: Some(Owner {
        has_checked_list: false,
        foreign_key: Some(422),
        ..Owner::new(&ORGANIZATIONS, "organizationId")
    }),
    blank: || json!({ "tenantId": "default", "emailDomain": "" }),
    searchable: &["emailDomain"],
    order: Order::By("emailDomain"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
