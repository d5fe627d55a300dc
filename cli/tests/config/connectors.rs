//! Connectors and SSO connectors.

use std::ops::ControlFlow;

use logto_admin::Client;
use logto_admin::operation::Release;
use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_cli::failure::{Exit, Result};
use logto_admin_emulator::Emulator;
use serde_json::{Map, Value, json};

use crate::folder::{Folder, NOBODY, apply, apply_all, export, plan, prune, written};
use crate::tenants::{call, connect, list};

/// The variables of an export, with the secrets of the tenant.
fn secrets(name: &str) -> Result<Option<String>> {
    let secret = match name {
        "CONNECTOR_GOOGLE_UNIVERSAL_CLIENT_SECRET" => "google-secret",
        "CONNECTOR_SIMPLE_MAIL_TRANSFER_PROTOCOL_AUTH_PASS" => "smtp-secret",
        "CONNECTOR_OAUTH2_PARTNER_CLIENT_SECRET" => "partner-secret",
        "CONNECTOR_OAUTH2_SUPPLIER_CLIENT_SECRET" => "supplier-secret",
        "SSO_CONNECTOR_ACME_CLIENT_SECRET" => "acme-secret",
        _ => return Ok(None),
    };
    Ok(Some(secret.to_owned()))
}

#[tokio::test]
async fn connectors_move_to_another_tenant_with_secrets_from_the_environment() {
    let (tenant, empty) = (Emulator::new().client().unwrap(), Emulator::builder().seed(1).build().client().unwrap());
    connect(&tenant).await;
    let selection = Selection::new(&["connectors", "sso-connectors"], &[]).unwrap();
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &selection, false).await.unwrap();
    let mut variables = exported.variables;
    variables.sort();
    assert_eq!(
        variables,
        [
            "CONNECTOR_GOOGLE_UNIVERSAL_CLIENT_SECRET",
            "CONNECTOR_OAUTH2_PARTNER_CLIENT_SECRET",
            "CONNECTOR_OAUTH2_SUPPLIER_CLIENT_SECRET",
            "CONNECTOR_SIMPLE_MAIL_TRANSFER_PROTOCOL_AUTH_PASS",
            "SSO_CONNECTOR_ACME_CLIENT_SECRET",
        ]
    );
    for name in folder.names() {
        assert!(!folder.get(&name).contains("-secret"), "{name}");
    }

    let plan = config::plan(&empty, NOBODY, folder.path(), &selection, Undeclared::Delete, &secrets).await.unwrap();
    assert!(!written(&plan).contains("-secret"), "{}", written(&plan));
    config::apply(&empty, &plan, &mut |_, _| ControlFlow::Continue(())).await.unwrap();
    let again = config::plan(&empty, NOBODY, folder.path(), &selection, Undeclared::Delete, &secrets).await.unwrap();
    assert!(again.is_empty(), "{}", written(&again));
    let configs = [list(&tenant, "ListConnectors").await, list(&empty, "ListConnectors").await].map(|connectors| {
        let mut configs: Vec<_> = connectors.iter().map(|connector| connector["config"].clone()).collect();
        configs.sort_by_key(|config| [&config["clientSecret"], &config["host"]].map(ToString::to_string));
        configs
    });
    assert_eq!(configs[0], configs[1]);
}

#[tokio::test]
async fn connectors_of_a_standard_protocol_are_matched_by_target() {
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.replace("connectors.yaml", "en: supplier", "en: Our suppliers");
    let plan = plan(&tenant, &folder).await.unwrap();
    let names: Vec<String> = plan.changes().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["connector \"oauth2 / supplier\""]);
    apply(&tenant, &plan).await.unwrap();
}

#[tokio::test]
async fn defaults_that_the_server_adds_are_no_difference() {
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let file = "connectorName: Acme\nproviderName: OIDC\nconfig:\n  clientId: id\n  issuer: https://idp.acme.example\n";
    let folder = Folder::with(&[("sso-connectors.yaml", file)]);
    let plan = plan(&tenant, &folder).await.unwrap();
    assert!(plan.is_empty(), "{}", written(&plan));
}

#[tokio::test]
async fn empty_values_that_the_server_drops_are_no_difference() {
    let tenant = Emulator::new().client().unwrap();
    let file = |scope: &str, logo: &str| {
        let empty = "prompts: [], oneTap: { a: '', b: [''] }";
        let google = format!(
            "- connectorId: google-universal\n  config: {{ clientId: a, clientSecret: b, scope: {scope}, {empty} }}\n"
        );
        let config = "authorizationEndpoint: https://a.example, tokenEndpoint: https://a.example, \
                      userInfoEndpoint: https://a.example, clientId: a, clientSecret: b";
        let metadata = format!("target: mine, logo: {logo}, name: {{ en: Mine, de: '' }}");
        format!("{google}- connectorId: oauth2\n  metadata: {{ {metadata} }}\n  config: {{ {config} }}\n")
    };
    let folder = Folder::with(&[("connectors.yaml", &file("''", "''"))]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 2);
    let stored = list(&tenant, "ListConnectors").await;
    let google = stored.iter().find(|connector| connector["connectorId"] == "google-universal").unwrap();
    assert_eq!(google["config"], json!({ "clientId": "a", "clientSecret": "b" }));
    // An empty value removes the present one.
    folder.put("connectors.yaml", &file("email", "https://a.example/logo.png"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 2);
    folder.put("connectors.yaml", &file("''", "''"));
    assert!(written(&plan(&tenant, &folder).await.unwrap()).contains("-     scope: email\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 2);
}

const WRONG: &str = "\
- connectorId: google-universal
  config:
    clientId: 1
    prompts: consent
    offlineAccess: 'yes'
- connectorId: simple-mail-transfer-protocol
  config:
    port: ${env:PORT}
    auth: login
    templates: {}
";

#[tokio::test]
async fn the_configuration_of_a_connector_has_the_types_of_its_form() {
    let port = |_: &str| Ok(Some("587".to_owned()));
    let problems = async |tenant: &Client, file: &str| {
        let folder = Folder::with(&[("connectors.yaml", file)]);
        let plan = config::plan(tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &port).await;
        let error = plan.unwrap_err();
        assert_eq!(error.exit, Exit::Usage);
        folder.short(error).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let tenant = Emulator::new().client().unwrap();
    let types = [
        "connectors.yaml:3: `config.clientId` must be a text; write it in quotes",
        "connectors.yaml:4: `config.prompts` must be a list",
        "connectors.yaml:5: `config.offlineAccess` must be true or false",
        "connectors.yaml:8: `config.port` must be a number; a variable is a text",
        "connectors.yaml:9: `config.auth` must be an object",
        "connectors.yaml:10: `config.templates` must be a list",
    ];
    // The members that a new connector lacks are problems too.
    let lacks = |line: u32, name: &str| format!("connectors.yaml:{line}: `config` requires `{name}`");
    let found = problems(&tenant, WRONG).await;
    let lacking = [lacks(2, "clientSecret"), lacks(7, "host"), lacks(7, "fromEmail")];
    assert!(types.iter().all(|problem| found.iter().any(|found| found == problem)), "{found:?}");
    assert!(lacking.iter().all(|problem| found.contains(problem)) && found.len() == 9, "{found:?}");
    connect(&tenant).await;
    assert_eq!(problems(&tenant, WRONG).await, types);
    // Null removes a member, also one that a server might not show.
    for name in ["clientId", "clientSecret"] {
        let null = format!("- connectorId: google-universal\n  config: {{ {name}: null }}\n");
        assert_eq!(problems(&tenant, &null).await, [lacks(2, name)]);
    }
}

/// Returns a value that an item of a form accepts.
fn sample(item: &Value) -> Value {
    match (item["type"].as_str().unwrap(), item.get("defaultValue")) {
        (_, Some(default)) => default.clone(),
        ("Number", _) => json!(1),
        ("Switch", _) => json!(true),
        ("MultiSelect", _) => json!([]),
        _ => json!("a"),
    }
}

#[tokio::test]
async fn a_plan_refuses_a_configuration_only_if_the_server_does() {
    let selection = Selection::new(&["connectors"], &[]).unwrap();
    let (tenant, mut refused) = (Emulator::new().client().unwrap(), 0);
    let factories = list(&tenant, "ListConnectorFactories").await.into_iter();
    // They have all types of items but numbers. All factories would take long.
    let is_tried =
        |factory: &Value| ["google-universal", "http-email", "oauth2"].map(Value::from).contains(&factory["id"]);
    for factory in factories.filter(is_tried) {
        let items = factory["formItems"].as_array().into_iter().flatten();
        let whole: Map<String, Value> =
            items.clone().map(|item| (item["key"].as_str().unwrap().to_owned(), sample(item))).collect();
        for key in items.map(|item| item["key"].as_str().unwrap()) {
            for value in [None, Some(json!(1)), Some(json!({})), Some(json!("a"))] {
                let mut config = whole.clone();
                config.remove(key);
                config.extend(value.map(|value| (key.to_owned(), value)));
                let mut connector = json!({ "connectorId": factory["id"], "config": config });
                if factory["isStandard"] == true {
                    connector["metadata"] = json!({ "target": "a" });
                }
                // JSON is YAML.
                let folder = Folder::with(&[("connectors.yaml", &json!([connector]).to_string())]);
                let planned = config::plan(&tenant, NOBODY, folder.path(), &selection, Undeclared::Keep, &|_| Ok(None));
                if let Err(error) = planned.await {
                    let created = tenant.operation("CreateConnector").unwrap().json(&connector).await;
                    assert_eq!(created.unwrap_err().code(), Some("connector.invalid_config"), "{error}: {connector}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 30, "{refused}");
}

#[tokio::test]
async fn a_configuration_that_the_server_accepts_is_not_refused() {
    let file = |google: &str| format!("- connectorId: google-universal\n{google}- connectorId: http-email\n");
    let tenant = Emulator::new().client().unwrap();
    let config = "  config: { clientId: a, clientSecret: b, scope: null, oneTap: { isEnabled: true } }\n";
    let folder = Folder::with(&[("connectors.yaml", &file(config))]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 2);
    folder.put("connectors.yaml", &file("  config: { prompts: [consent] }\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

/// The templates that every tenant needs.
const TEMPLATES: &str = "templates: [{ usageType: SignIn, contentType: text/plain, subject: Code, content: code }, { usageType: Register, contentType: text/plain, subject: Code, content: code }, { usageType: ForgotPassword, contentType: text/plain, subject: Code, content: code }, { usageType: Generic, contentType: text/plain, subject: Code, content: code }]";

#[tokio::test]
async fn a_misspelt_setting_is_a_warning_until_it_is_removed() {
    let file = |more: &str| {
        let config = format!("    port: 25\n    host: a\n    fromEmail: a@example.com\n    {TEMPLATES}\n{more}");
        format!("- connectorId: simple-mail-transfer-protocol\n  config:\n    auth: {{ user: a, pass: b }}\n{config}")
    };
    let warnings = async |tenant: &Client, text: &str| {
        let folder = Folder::with(&[("connectors.yaml", text)]);
        let planned = plan(tenant, &folder).await.unwrap();
        let warnings: Vec<String> = planned
            .warnings()
            .iter()
            .map(|warning| warning.replace(&format!("{}/", folder.path().display()), ""))
            .collect();
        apply(tenant, &planned).await.unwrap();
        warnings
    };
    let tenant = Emulator::new().client().unwrap();
    let misspelt = file("    replyTo: a@example.com\n    hst: a\n    somethingElse: 1\n");
    let expected = ["connectors.yaml:9: the connector has no setting `hst`; did you mean `host`?"];
    for _ in ["new", "present"] {
        assert_eq!(warnings(&tenant, &misspelt).await, expected);
    }
    let of_tenant = "connectors.yaml:2: the tenant has `hst`, which is not a setting of the connector; did you mean `host`? \
                     `hst: null` removes it";
    assert_eq!(warnings(&tenant, &file("")).await, [of_tenant]);
    assert!(warnings(&tenant, &file("    hst: null\n")).await.is_empty());
    assert!(warnings(&tenant, &file("")).await.is_empty());
}

#[tokio::test]
async fn the_configuration_of_an_sso_connector_has_the_types_of_its_provider() {
    let file = |provider: &str, config: &str| {
        let required = if config.contains("issuer:") { "" } else { ", issuer: 'https://a.example'" };
        let required = format!("clientId: a, clientSecret: b{required}");
        format!("- connectorName: A\n  providerName: {provider}\n  config: {{ {required},\n\n    {config} }}\n")
    };
    let oidc = "issuer: 'https://a.example'";
    for exists in [false, true] {
        for (provider, config, expected) in [
            ("OIDC", "issuer: 5", "`config.issuer` must be a text; write it in quotes"),
            ("OIDC", "issuer: idp.example.com", "`config.issuer` cannot be `idp.example.com`: it is not a URL"),
            ("OIDC", "trustUnverifiedEmail: 'no'", "`config.trustUnverifiedEmail` must be true or false"),
            ("OIDC", "prompts: login", "`config.prompts` must be a list"),
            ("SAML", "metadata: { a: b }", "`config.metadata` must be a text"),
            ("SAML", "attributeMapping: id", "`config.attributeMapping` must be an object"),
        ] {
            if exists && provider == "SAML" {
                continue;
            }
            let tenant = Emulator::new().client().unwrap();
            let folder = Folder::with(&[("sso-connectors.yaml", &file(provider, oidc))]);
            if exists {
                apply_all(&tenant, &folder).await;
            }
            folder.put("sso-connectors.yaml", &file(provider, config));
            let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
            assert_eq!(error, format!("sso-connectors.yaml:5: {expected}"));
        }
    }
}

#[tokio::test]
async fn a_setting_with_choices_has_one_of_them() {
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let file = |target: &str| {
        format!(
            "- connectorId: oauth2\n  metadata: {{ target: {target} }}\n  config:\n    tokenEndpointAuthMethod: client_secret\n"
        )
    };
    let expected = "`config.tokenEndpointAuthMethod` must be one of client_secret_post, client_secret_basic, \
                    client_secret_jwt";
    for (target, lacking) in [("partner", 0), ("new", 5)] {
        let folder = Folder::with(&[("connectors.yaml", &file(target))]);
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert!(error.lines().any(|line| line == format!("connectors.yaml:4: {expected}")), "{error}");
        assert_eq!(error.lines().filter(|line| line.contains("`config` requires")).count(), lacking, "{error}");
    }
}

#[tokio::test]
async fn an_sso_connector_lacks_no_setting_unless_it_lacks_all() {
    let tenant = Emulator::new().client().unwrap();
    let file = |config: &str| format!("- connectorName: A\n  providerName: OIDC\n  config: {config}\n");
    let whole = "{ clientId: a, clientSecret: b, issuer: https://a.example }";
    let lacks = |name: &str| format!("sso-connectors.yaml:3: `config` requires `{name}`");
    for exists in [false, true] {
        for (config, name) in [
            ("{ clientSecret: null, clientId: a, issuer: 'https://a.example' }", "clientSecret"),
            ("{ issuer: null, clientId: a, clientSecret: b }", "issuer"),
        ] {
            let folder = Folder::with(&[("sso-connectors.yaml", &file(config))]);
            assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), lacks(name), "{exists}");
        }
        if !exists {
            let folder = Folder::with(&[("sso-connectors.yaml", &file("{}"))]);
            apply_all(&tenant, &folder).await;
            folder.put("sso-connectors.yaml", &file(whole));
            apply_all(&tenant, &folder).await;
        }
    }
    let workspace = "- connectorName: G\n  providerName: GoogleWorkspace\n  config: { clientId: a, clientSecret: b }\n";
    assert_eq!(apply_all(&tenant, &Folder::with(&[("sso-connectors.yaml", workspace)])).await.created, 1);
}

#[tokio::test]
async fn two_connectors_have_no_target_in_common() {
    let tenant = Emulator::new().client().unwrap();
    let standard = |id: &str, target: &str| format!("- connectorId: {id}\n  metadata: {{ target: {target} }}\n");
    let google = "- connectorId: google-universal\n";
    let folder = Folder::with(&[(
        "connectors.yaml",
        &[google, &standard("oidc", "google"), &standard("oauth2", "a"), &standard("oidc", "a")].concat(),
    )]);
    let expected = [
        "connectors.yaml:2: the target `google` on Universal belongs to the connector \"google-universal\"",
        "connectors.yaml:6: the target `a` on Universal belongs to the connector \"oauth2 / a\"",
    ];
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()).lines().collect::<Vec<_>>(), expected);
    connect(&tenant).await;
    folder.put("connectors.yaml", &standard("oidc", "google"));
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected[0].replace("yaml:2", "yaml:1"));
}

#[tokio::test]
async fn only_social_connectors_copy_profiles() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("connectors.yaml", "- connectorId: http-email\n  syncProfile: true\n")]);
    let expected = "connectors.yaml:2: `syncProfile` is only for social connectors";
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
    let http = json!({ "connectorId": "http-email", "config": { "endpoint": "https://a.example" } });
    call(&tenant, "CreateConnector", &[], http).await;
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
}

#[tokio::test]
async fn only_some_connectors_store_tokens() {
    let expected = "connectors.yaml:2: a connector of this kind cannot store tokens";
    let folder = Folder::with(&[("connectors.yaml", "- connectorId: http-email\n  enableTokenStorage: true\n")]);
    let tenant = Emulator::new().client().unwrap();
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
    let http = json!({ "connectorId": "http-email", "config": { "endpoint": "https://a.example" } });
    call(&tenant, "CreateConnector", &[], http).await;
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
    // An old server does not have the member.
    let old = Emulator::builder().release(Release::new(24)).build().client().unwrap();
    assert_eq!(plan(&old, &folder).await.unwrap().changes().len(), 1);
    let google =
        "- connectorId: google-universal\n  enableTokenStorage: true\n  config: { clientId: a, clientSecret: b }\n";
    folder.put("connectors.yaml", google);
    assert_eq!(apply_all(&tenant, &folder).await.created, 1);
}

const SENDGRID: &str = "\
- connectorId: sendgrid-email-service
  config:
    apiKey: key
    fromEmail: mail@example.com
    templates: [{ usageType: SignIn, type: text/plain, subject: Code, content: code }, { usageType: Register, type: text/plain, subject: Code, content: code }, { usageType: ForgotPassword, type: text/plain, subject: Code, content: code }, { usageType: Generic, type: text/plain, subject: Code, content: code }]
";

#[tokio::test]
async fn a_connector_that_would_replace_another_one_needs_prune() {
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let folder = Folder::with(&[("connectors.yaml", SENDGRID)]);
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert_eq!(
        folder.short(error),
        "connectors.yaml:1: the connector \"sendgrid-email-service\" would replace \"simple-mail-transfer-protocol\", \
         because there can be only one of type Email; plan with --prune to replace it"
    );
    let pruning = prune(&tenant, &folder).await.unwrap();
    assert_eq!(pruning.count(config::Action::Delete), 4, "{}", written(&pruning));
    assert!(written(&pruning).contains("- connector \"simple-mail-transfer-protocol\""));
    apply(&tenant, &pruning).await.unwrap();
    assert!(prune(&tenant, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_connector_that_the_server_does_not_have_is_found_before_anything_changes() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("sso-connectors.yaml", "- connectorName: A\n  providerName: Oidc\n")]);
    let expected = "`providerName` must be one of OIDC, SAML, AzureAD, AzureAdOidc, GoogleWorkspace, Okta";
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), format!("sso-connectors.yaml:2: {expected}"));
    let folder = Folder::with(&[("connectors.yaml", "- connectorId: google-universe\n")]);
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert_eq!(
        folder.short(error),
        "connectors.yaml:1: `connectorId` cannot be `google-universe`; did you mean `google-universal`?"
    );
}

const SMTP: &str = "- connectorId: simple-mail-transfer-protocol\n";

#[tokio::test]
async fn files_declare_only_one_connector_of_a_type_that_replaces_others() {
    let expected = "the connector \"simple-mail-transfer-protocol\" would replace \"sendgrid-email-service\", \
                    because there can be only one of type Email; declare only one";
    let folder = Folder::with(&[("connectors.yaml", &format!("{SENDGRID}{SMTP}"))]);
    let empty = Emulator::new().client().unwrap();
    let error = plan(&empty, &folder).await.unwrap_err();
    assert_eq!(error.exit, Exit::Usage);
    assert_eq!(folder.short(error), format!("connectors.yaml:6: {expected}"));

    // One of the two exists.
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let error = plan(&tenant, &folder).await.unwrap_err();
    let (line, hint) = ("connectors.yaml:1: ", "; declare only one");
    let text = folder.short(error);
    assert!(text.starts_with(line) && text.ends_with(hint) && text.lines().count() == 1, "{text}");
}
