use logto_admin::serde_json::json;

use super::Collection;

/// There is at most one provider.
pub(crate) static CAPTCHA_PROVIDERS: Collection = Collection {
    name: "captcha_providers",
    path: "/api/captcha-provider",
    blank: || json!({ "tenantId": "default", "config": {} }),
    stamps: &["createdAt", "updatedAt"],
    searchable: &[],
    ..Collection::DEFAULT
};
