use logto_admin::serde_json::json;

use super::{Collection, Key, Order, Owner, Unique, Unknown};

/// The id of the Management API's resource.
pub(crate) const MANAGEMENT_RESOURCE_ID: &str = "management-api";
/// The scope of the Management API, which permits everything.
pub(crate) const MANAGEMENT_SCOPE: &str = "all";

pub(crate) static RESOURCES: Collection = Collection {
    name: "resources",
    path: "/api/resources",
    blank: || json!({ "tenantId": "default", "name": "", "indicator": "", "isDefault": false, "accessTokenTtl": 3600 }),
    unique: &[Unique::new("indicator", "resource.resource_identifier_in_use")],
    searchable: &["name", "indicator"],
    order: Order::Stored,
    ..Collection::DEFAULT
};

pub(crate) static SCOPES: Collection = Collection {
    name: "scopes",
    path: "/api/resources/{}/scopes",
    key: Key::Id(21),
    owner: Some(Owner { has_checked_list: false, ..Owner::new(&RESOURCES, "resourceId") }),
    blank: || json!({ "tenantId": "default", "name": "", "description": null }),
    stamps: &["createdAt"],
    searchable: &["id", "name", "description"],
    order: Order::By("id"),
    unknown_on_update: Some(Unknown::Missing),
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
