use logto_admin::serde_json::json;

use super::{Collection, Filter, Order, Test};

pub(crate) static EMAIL_TEMPLATES: Collection = Collection {
    name: "email_templates",
    path: "/api/email-templates",
    blank: || json!({ "tenantId": "default", "languageTag": "", "templateType": "", "details": {} }),
    stamps: &["createdAt"],
    searchable: &[],
    order: Order::ByBoth("languageTag", "templateType"),
    filters: &[
        Filter { parameter: "languageTag", test: Test::Is("languageTag") },
        Filter { parameter: "templateType", test: Test::Is("templateType") },
    ],
    ..Collection::DEFAULT
};
