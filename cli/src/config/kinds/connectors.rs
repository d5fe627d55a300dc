//! Connectors and SSO connectors.

use serde_json::Value;

use super::super::entity_members::{Members, member};
use super::{Kind, Read, Replacement, Standing, write};

// The server adds defaults to the configuration of connectors, so it is merged with that of a file.

pub(super) static CONNECTORS: Kind = Kind {
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
    secret_names: true,
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
    }),
    confidential: |connector| {
        let items = connector.get("formItems").and_then(Value::as_array).into_iter().flatten();
        let confidential = items.filter(|item| item.get("isConfidential") == Some(&Value::Bool(true)));
        confidential.filter_map(|item| item.get("key")?.as_str().map(str::to_owned)).collect()
    },
    ..Kind::DEFAULT
};

pub(super) static SSO_CONNECTORS: Kind = Kind {
    file: "sso-connectors",
    noun: "SSO connector",
    key: &["connectorName"],
    members: &[
        member("connectorName").at_least(1).at_most(128).required(),
        member("providerName").at_least(1).at_most(128).fixed().required(),
        member("domains").texts().set(),
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
    secret_names: true,
    ..Kind::DEFAULT
};
