use logto_admin::serde_json::json;

use super::{Collection, Filter, Test, Unknown};

pub(crate) static ONE_TIME_TOKENS: Collection = Collection {
    name: "one_time_tokens",
    path: "/api/one-time-tokens",
    blank: || json!({ "tenantId": "default", "email": "", "token": "", "context": {}, "status": "active" }),
    stamps: &["createdAt"],
    searchable: &[],
    filters: &[
        Filter { parameter: "email", test: Test::Is("email") },
        Filter { parameter: "status", test: Test::Is("status") },
    ],
    total_ignores_filters: true,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
