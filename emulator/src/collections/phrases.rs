use logto_admin::serde_json::json;

use super::{Collection, Key, Order, Unknown};
use crate::errors::Refusal;
use crate::operations::default_language;

pub(crate) static CUSTOM_PHRASES: Collection = Collection {
    name: "custom_phrases",
    path: "/api/custom-phrases",
    key: Key::Member { name: "languageTag", taken: "entity.unique_integrity_violation" },
    blank: || json!({ "tenantId": "default", "id": null, "languageTag": "", "translation": {} }),
    searchable: &[],
    order: Order::By("languageTag"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    deletable: |call, phrase| {
        let language = phrase.text("languageTag");
        if language != default_language(call.state) {
            return Ok(());
        }
        let message = format!("{language} is set as your default language and can’t be deleted.");
        Err(Refusal::new(409, "localization.cannot_delete_default_language", message))
    },
    ..Collection::DEFAULT
};
