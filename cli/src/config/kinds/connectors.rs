//! Connectors and SSO connectors.

use serde_json::Value;

use super::super::entity_members::{Members, member};
use super::access::text;
use super::{Kind, Read, Replacement, Standing, text_rules, write};

// The server adds defaults to the configuration of connectors, so it is merged with that of a file.

pub(in super::super) static CONNECTORS: Kind = Kind {
    file: "connectors",
    noun: "connector",
    // Connectors of a standard protocol (OAuth, OIDC, SAML) have a target of their own. There is one of every other.
    key: &["connectorId", "metadata.target"],
    members: &[
        member("connectorId").at_least(1).at_most(128).fixed().required(),
        member("metadata.target"),
        member("metadata.name").object(),
        member("metadata.logo"),
        member("metadata.logoDark"),
        member("syncProfile").flag(),
        member("enableTokenStorage").flag().since(25),
        member("config.*").any(),
    ],
    read: Read::List("ListConnectors"),
    create: write("CreateConnector"),
    update: write("UpdateConnector"),
    delete: Some("DeleteConnector"),
    secret_names: &["config"],
    arrange: |connector| {
        // The server lists no metadata of its own for all other connectors.
        if connector.get("metadata").and_then(Value::as_object).is_some_and(Members::is_empty) {
            connector.remove("metadata");
        }
    },
    standing: |connector| match connector.get("isDemo") {
        Some(Value::Bool(true)) => Standing::BuiltIn(None),
        _ => Standing::Own,
    },
    replacement: Some(Replacement {
        models: "ListConnectorFactories",
        model: "connectorId",
        group: "type",
        groups: &["Email", "Sms"],
        conflict: metadata,
    }),
    // The server sends the members of the model with those of a connector.
    conflict: |connector| connector.contains_key("target").then(|| metadata(connector, connector)).flatten(),
    confidential: |connector| {
        let items = connector.get("formItems").and_then(Value::as_array).into_iter().flatten();
        let confidential = items.filter(|item| item.get("isConfidential") == Some(&Value::Bool(true)));
        confidential.filter_map(|item| item.get("key")?.as_str().map(str::to_owned)).collect()
    },
    ..Kind::DEFAULT
};

/// Returns what is wrong with the metadata of a connector. Only connectors of a standard protocol have some.
fn metadata(model: &Members, connector: &Members) -> Option<(&'static str, String)> {
    let metadata = connector.get("metadata").and_then(Value::as_object);
    let has_metadata = metadata.is_some_and(|metadata| metadata.values().any(|value| !value.is_null()));
    let has_target = metadata.is_some_and(|metadata| !text(metadata, "target").is_empty());
    match model.get("isStandard") == Some(&Value::Bool(true)) {
        true if !has_target => {
            Some(("metadata", "a connector of a standard protocol requires `metadata.target`".to_owned()))
        }
        false if has_metadata => {
            Some(("metadata", "`metadata` is only for connectors of a standard protocol, such as oidc".to_owned()))
        }
        _ => None,
    }
}

pub(super) static SSO_CONNECTORS: Kind = Kind {
    file: "sso-connectors",
    noun: "SSO connector",
    key: &["connectorName"],
    members: &[
        member("connectorName").at_least(1).at_most(128).required(),
        member("providerName").at_least(1).at_most(128).fixed().required(),
        member("domains").unless(text_rules::of_domains).texts().set().distinct(),
        member("branding.displayName"),
        member("branding.logo"),
        member("branding.darkLogo"),
        member("syncProfile").flag(),
        member("enableTokenStorage").flag().since(25),
        member("config.*").any(),
    ],
    read: Read::List("ListSsoConnectors"),
    create: write("CreateSsoConnector"),
    update: write("UpdateSsoConnector"),
    delete: Some("DeleteSsoConnector"),
    secret_names: &["config"],
    ..Kind::DEFAULT
};
