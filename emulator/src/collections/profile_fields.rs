use logto_admin::serde_json::json;

use super::{Collection, Key, Order, Unknown};

pub(crate) static PROFILE_FIELDS: Collection = Collection {
    name: "custom_profile_fields",
    path: "/api/custom-profile-fields",
    key: Key::Member { name: "name", taken: "custom_profile_fields.name_exists" },
    blank: || {
        json!({
            "tenantId": "default",
            "id": null,
            "name": "",
            "type": "",
            "label": "",
            "description": null,
            "required": false,
            "config": {},
        })
    },
    stamps: &["createdAt"],
    searchable: &[],
    order: Order::By("sieOrder"),
    unknown: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
