use logto_admin::serde_json::json;

use super::{Collection, Order, Unique};

pub(crate) static DOMAINS: Collection = Collection {
    name: "domains",
    path: "/api/domains",
    blank: || json!({ "domain": "", "status": "PendingVerification", "errorMessage": null, "dnsRecords": [] }),
    stamps: &["createdAt"],
    unique: &[Unique::new("domain", "domain.domain_in_use")],
    searchable: &[],
    order: Order::Oldest,
    ..Collection::DEFAULT
};
