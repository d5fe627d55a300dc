use logto_admin::serde_json::json;

use super::connector_factories::{self, Factory};
use super::{Collection, Filter, Key, Order, Test, Unknown};
use crate::record::Record;

pub(crate) static CONNECTORS: Collection = Collection {
    name: "connectors",
    path: "/api/connectors",
    key: Key::Id(12),
    blank: || json!({ "syncProfile": false, "enableTokenStorage": false, "config": {}, "metadata": {} }),
    searchable: &[],
    order: Order::By("id"),
    filters: &[Filter { parameter: "target", test: Test::Is("target") }],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};

/// Returns the factory of a connector.
pub(crate) fn factory_of(connector: &Record) -> Option<Factory> {
    connector_factories::find(connector.text("connectorId"))
}
