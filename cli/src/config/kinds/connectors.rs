//! Connectors and SSO connectors.

use serde_json::Value;

use super::super::entity_members::{Form, Members, Setting, member};
use super::access::text;
use super::{Kind, Models, Read, Standing, text_rules, write};

// The server adds defaults to the configuration of connectors, so it is merged with that of a file.

pub(in super::super) static CONNECTORS: Kind = Kind {
    file: "connectors",
    noun: "connector",
    // Connectors of a standard protocol (OAuth, OIDC, SAML) have a target of their own. There is one of every other.
    key: &["connectorId", "metadata.target"],
    members: &[
        member("connectorId").at_least(1).at_most(128).fixed().required(),
        member("metadata.target"),
        member("metadata.name").object().sparse(),
        member("metadata.logo").sparse(),
        member("metadata.logoDark").sparse(),
        member("syncProfile").flag(),
        member("enableTokenStorage").flag().since(25),
        member("config.*").any().sparse(),
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
    models: Some(Models {
        list: "ListConnectorFactories",
        id: "id",
        member: "connectorId",
        group: "type",
        single_groups: &["Email", "Sms"],
        unique: target,
        conflict,
    }),
    // The server sends the members of the model with those of a connector.
    conflict: |connector| connector.contains_key("target").then(|| conflict(connector, connector)).flatten(),
    confidential: |connector| {
        let items = connector.get("formItems").and_then(Value::as_array).into_iter().flatten();
        let confidential = items.filter(|item| item.get("isConfidential") == Some(&Value::Bool(true)));
        confidential.filter_map(|item| item.get("key")?.as_str().map(str::to_owned)).collect()
    },
    settings: |connector| {
        let items = connector.get("formItems").and_then(Value::as_array).into_iter().flatten();
        items.filter_map(of_form).collect()
    },
    ..Kind::DEFAULT
};

/// Returns the setting of an item in the form of a connector.
fn of_form(item: &Value) -> Option<Setting> {
    let (kind, default) = (item.get("type")?.as_str()?, item.get("defaultValue"));
    let form = match (kind, default) {
        ("Text" | "MultilineText" | "Select", _) => Form::Text,
        ("Number", _) => Form::Number,
        ("Switch", _) => Form::Flag,
        ("MultiSelect", _) | ("Json", Some(Value::Array(_))) => Form::List,
        ("Json", Some(Value::Object(_))) => Form::Object,
        _ => Form::Any,
    };
    // The server fills in some defaults, and does not require items that the form hides. The default of JSON is an example.
    let is_optional = kind != "Json" && default.is_some() || item.get("showConditions").is_some();
    let choices = item.get("selectItems").and_then(Value::as_array).into_iter().flatten();
    let values = choices.filter(|_| kind == "Select").filter_map(|choice| choice.get("value")?.as_str());
    Some(Setting {
        path: format!("config.{}", item.get("key")?.as_str()?),
        form,
        values: values.map(str::to_owned).collect(),
        refusal: |_| None,
        required: item.get("required") == Some(&Value::Bool(true)) && !is_optional,
    })
}

/// Returns target and platform of a social connector. Only connectors of a standard protocol have a target of their own.
fn target(model: &Members, connector: &Members) -> Option<String> {
    let own = connector.get("metadata").and_then(|metadata| metadata.get("target")?.as_str()).unwrap_or_default();
    let target = if own.is_empty() { text(model, "target") } else { own };
    (text(model, "type") == "Social").then(|| format!("the target `{target}` on {}", text(model, "platform")))
}

/// Returns a member of a connector that does not fit its model, and why. Only connectors of a standard protocol have
/// metadata, only social connectors copy profiles, and only some of them store tokens.
fn conflict(model: &Members, connector: &Members) -> Option<(&'static str, String)> {
    let is_true = |members: &Members, name: &str| members.get(name) == Some(&Value::Bool(true));
    if is_true(connector, "enableTokenStorage") && !is_true(model, "isTokenStorageSupported") {
        return Some(("enableTokenStorage", "a connector of this kind cannot store tokens".to_owned()));
    }
    if is_true(connector, "syncProfile") && text(model, "type") != "Social" {
        return Some(("syncProfile", "`syncProfile` is only for social connectors".to_owned()));
    }
    let metadata = connector.get("metadata").and_then(Value::as_object);
    let has_metadata = metadata.is_some_and(|metadata| metadata.values().any(|value| !value.is_null()));
    let has_target = metadata.is_some_and(|metadata| !text(metadata, "target").is_empty());
    match is_true(model, "isStandard") {
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
    models: Some(Models {
        list: "ListSsoConnectorProviders",
        id: "providerName",
        member: "providerName",
        group: "providerType",
        single_groups: &[],
        unique: |_, _| None,
        conflict: lacks_setting,
    }),
    // The server sends the members of the model with those of a connector.
    conflict: |connector| lacks_setting(connector, connector),
    settings: |connector| {
        let settings = match text(connector, "providerType") {
            "oidc" => OIDC,
            "saml" => SAML,
            _ => &[],
        };
        let setting = |&(name, form): &(&str, Form)| Setting {
            path: format!("config.{name}"),
            form,
            values: Vec::new(),
            refusal: if name == "issuer" { text_rules::of_urls } else { |_| None },
            required: false,
        };
        settings.iter().map(setting).collect()
    },
    ..Kind::DEFAULT
};

/// Returns a setting that an SSO connector lacks. It can be without any, but not without some.
fn lacks_setting(model: &Members, connector: &Members) -> Option<(&'static str, String)> {
    let config = connector.get("config")?.as_object().filter(|config| !config.is_empty())?;
    let required: &[&str] = match (text(model, "providerType"), text(connector, "providerName")) {
        // Google has the same issuer for everybody.
        ("oidc", "GoogleWorkspace") => &["clientId", "clientSecret"],
        ("oidc", _) => &["clientId", "clientSecret", "issuer"],
        _ => &[],
    };
    let lacking = required.iter().find(|name| config.get(**name).is_none_or(Value::is_null))?;
    Some(("config", format!("`config` requires `{lacking}`")))
}

const OIDC: &[(&str, Form)] = &[
    ("clientId", Form::Text),
    ("clientSecret", Form::Text),
    ("issuer", Form::Text),
    ("scope", Form::Text),
    ("trustUnverifiedEmail", Form::Flag),
    ("offlineAccess", Form::Flag),
    ("prompts", Form::List),
];

const SAML: &[(&str, Form)] = &[
    ("attributeMapping", Form::Object),
    ("metadata", Form::Text),
    ("metadataUrl", Form::Text),
    ("entityId", Form::Text),
    ("signInEndpoint", Form::Text),
    ("x509Certificate", Form::Text),
];
