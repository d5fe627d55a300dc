use logto_admin::serde_json::json;

use super::{Collection, EmptyChange, Key, Order, Owner};

pub(crate) static SSO_CONNECTORS: Collection = Collection {
    name: "sso_connectors",
    path: "/api/sso-connectors",
    key: Key::Id(12),
    blank: || {
        json!({
            "tenantId": "default",
            "providerName": "",
            "connectorName": "",
            "config": {},
            "domains": [],
            "branding": {},
            "syncProfile": false,
            "enableTokenStorage": false,
        })
    },
    stamps: &["createdAt"],
    searchable: &[],
    order: Order::By("id"),
    empty_change: EmptyChange::Accepted,
    ..Collection::DEFAULT
};

/// The keys that sign requests to the identity provider of a SAML connector.
pub(crate) static SSO_SIGNING_KEYS: Collection = Collection {
    name: "sso_connector_signing_keys",
    path: "/api/sso-connectors/{}/signing-keys",
    owner: Some(Owner::new(&SSO_CONNECTORS, "ssoConnectorId")),
    blank: || json!({ "active": false }),
    stamps: &["createdAt"],
    searchable: &[],
    order: Order::Oldest,
    unknown: super::Unknown::Plain,
    unknown_on_delete: super::Unknown::Plain,
    ..Collection::DEFAULT
};
