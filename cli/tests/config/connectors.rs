//! Connectors and SSO connectors.

use std::ops::ControlFlow;

use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_cli::failure::{Exit, Result};
use logto_admin_emulator::Emulator;

use crate::folder::{Folder, NOBODY, apply, export, plan, prune, written};
use crate::tenants::{connect, list};

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

const SENDGRID: &str = "\
- connectorId: sendgrid-email-service
  config:
    apiKey: key
    fromEmail: mail@example.com
    templates: []
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
    let folder = Folder::with(&[("connectors.yaml", "- connectorId: google-universe\n")]);
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert_eq!(
        folder.short(error),
        "connectors.yaml:1: the server does not have the connector \"google-universe\"; did you mean `google-universal`?"
    );
}

const SMTP: &str = "- connectorId: simple-mail-transfer-protocol\n  config: {}\n";

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
