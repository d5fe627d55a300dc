use logto_admin::serde_json::json;

use super::{Collection, EmptyChange, Unknown};

pub(crate) static HOOKS: Collection = Collection {
    name: "hooks",
    path: "/api/hooks",
    blank: || json!({ "tenantId": "default", "name": "", "event": null, "events": [], "config": {}, "enabled": true }),
    stamps: &["createdAt"],
    searchable: &[],
    unknown_on_update: Some(Unknown::Missing),
    empty_change: EmptyChange::RefusedFirst,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
