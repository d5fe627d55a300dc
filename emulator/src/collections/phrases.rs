use logto_admin::serde_json::json;

use super::{Collection, Key, Order, Unknown};

pub(crate) static CUSTOM_PHRASES: Collection = Collection {
    name: "custom_phrases",
    path: "/api/custom-phrases",
    key: Key::Member { name: "languageTag", taken: "entity.unique_integrity_violation" },
    blank: || json!({ "tenantId": "default", "id": null, "languageTag": "", "translation": {} }),
    searchable: &[],
    order: Order::By("languageTag"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
