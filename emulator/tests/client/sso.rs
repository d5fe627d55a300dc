use logto_admin::models::{
    CreateConnector, CreateOrganization, CreateSsoConnector, CreateSsoConnectorSigningKey, ForgotPasswordMethod,
    SsoConnectorIds, UpdateSignInExperience, UpdateSsoConnector, UpdateSsoConnectorSigningKey,
};
use logto_admin::operation::Release;
use logto_admin::serde_json::json;
use logto_admin::types::{JsonObject, Patch};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::connectors::email_connector;
use crate::{call, client, object, refused};

fn oidc(name: &str) -> CreateSsoConnector {
    let config = json!({ "clientId": "a", "clientSecret": "b", "issuer": "https://idp.example.com" });
    CreateSsoConnector { config: Some(object(config)), ..CreateSsoConnector::new("OIDC", name) }
}

/// A certificate that expires on 2036-11-23.
const CERTIFICATE: &str = include_str!("certificate.txt");

fn saml(name: &str) -> CreateSsoConnector {
    let config = json!({
        "entityId": "https://idp.example.com/saml",
        "signInEndpoint": "https://idp.example.com/sso",
        "x509Certificate": CERTIFICATE.trim(),
    });
    CreateSsoConnector { config: Some(object(config)), ..CreateSsoConnector::new("SAML", name) }
}

async fn refused_config(client: &Client, provider: &str, config: JsonObject) -> (u16, String) {
    let connector = CreateSsoConnector { config: Some(config), ..CreateSsoConnector::new(provider, "wrong") };
    refused(client.sso_connectors().create(connector).await)
}

#[tokio::test]
async fn sso_connectors_are_stored() -> Result<()> {
    let client = client();
    let names = client.sso_connector_providers().list().await?.into_iter().map(|provider| provider.name);
    assert_eq!(names.count(), 6);
    let created = client.sso_connectors().create(oidc("Corp")).await?;
    assert_eq!((created.provider_config, &created.domains[..]), (None, &[][..]));
    assert_eq!(created.config["trustUnverifiedEmail"], false);
    let details = client.sso_connectors().get(&created.id).await?.provider_config.unwrap();
    assert_eq!(details["authorizationEndpoint"], "https://idp.example.com/auth");

    let change = UpdateSsoConnector { connector_name: Some("Corporation".into()), ..Default::default() };
    let changed = client.sso_connectors().update(&created.id, change).await?;
    assert_eq!((changed.connector_name.as_str(), &changed.config), ("Corporation", &created.config));
    client.sso_connectors().create(oidc("Corp")).await?;
    assert_eq!(client.sso_connectors().list().await?.len(), 2);
    assert_eq!(client.sso_connectors().list().page_size(1).await?.total, Some(2));

    client.sso_connectors().delete(&created.id).await?;
    let unknown = (404, "entity.not_exists_with_id".to_owned());
    assert_eq!(refused(client.sso_connectors().get(&created.id).await), unknown);
    assert_eq!(refused(client.sso_connectors().delete(&created.id).await), unknown);
    Ok(())
}

#[tokio::test]
async fn names_of_sso_connectors_are_unique() -> Result<()> {
    let client = client();
    let duplicate = (409, "single_sign_on.duplicate_connector_name".to_owned());
    let first = client.sso_connectors().create(oidc("Corp")).await?;
    assert_eq!(refused(client.sso_connectors().create(oidc("Corp")).await), duplicate);
    let second = client.sso_connectors().create(oidc("Other")).await?;
    let change = UpdateSsoConnector { connector_name: Some(first.connector_name.clone()), ..Default::default() };
    assert_eq!(refused(client.sso_connectors().update(&second.id, &change).await), duplicate);
    client.sso_connectors().update(&first.id, change).await?;
    Ok(())
}

#[tokio::test]
async fn domains_are_lower_case_and_belong_to_enterprises() -> Result<()> {
    let client = client();
    let with = |name: &str, domains: &[&str]| {
        let domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
        client.sso_connectors().create(CreateSsoConnector { domains: Some(domains), ..oidc(name) })
    };
    assert_eq!(with("a", &["Corp.Example"]).await?.domains, ["corp.example"]);
    assert_eq!(refused(with("b", &["Gmail.com"]).await), (422, "single_sign_on.forbidden_domains".into()));
    let repeated = refused(with("b", &["corp.example", "CORP.example"]).await);
    assert_eq!(repeated, (422, "single_sign_on.duplicated_domains".into()));
    Ok(())
}

#[tokio::test]
async fn the_provider_checks_the_configuration() -> Result<()> {
    let client = client();
    let invalid = (400, "connector.invalid_config".to_owned());
    let unknown = refused(client.sso_connectors().create(CreateSsoConnector::new("Nope", "a")).await);
    assert_eq!(unknown, (422, "connector.not_found".into()));
    let bare = client.sso_connectors().create(CreateSsoConnector::new("OIDC", "bare")).await?;
    assert_eq!(client.sso_connectors().get(&bare.id).await?.provider_config, None);

    assert_eq!(refused_config(&client, "OIDC", object(json!({ "issuer": 5 }))).await, invalid);
    let issuer = json!({ "clientId": "a", "clientSecret": "b", "issuer": "nope" });
    assert_eq!(refused_config(&client, "OIDC", object(issuer)).await, invalid);
    let google = json!({ "clientId": "a", "clientSecret": "b" });
    let google =
        CreateSsoConnector { config: Some(object(google)), ..CreateSsoConnector::new("GoogleWorkspace", "google") };
    client.sso_connectors().create(google).await?;
    let certificate = (400, "connector.invalid_certificate".to_owned());
    assert_eq!(refused_config(&client, "SAML", object(json!({ "metadata": "<x/>" }))).await, certificate);
    let metadata = refused_config(&client, "SAML", object(json!({ "metadata": "nope" }))).await;
    assert_eq!(metadata, (400, "connector.invalid_metadata".into()));
    Ok(())
}

#[tokio::test]
async fn saml_connectors_show_both_providers() -> Result<()> {
    let client = client();
    let connector = client.sso_connectors().create(saml("Corp")).await?;
    let details = client.sso_connectors().get(&connector.id).await?.provider_config.unwrap();
    let acs = details["serviceProvider"]["assertionConsumerServiceUrl"].as_str().unwrap();
    assert!(acs.ends_with(&format!("/api/authn/single-sign-on/saml/{}", connector.id)), "{acs}");
    let provider = &details["identityProvider"];
    assert_eq!(
        (&provider["certificateExpiresAt"], &provider["isCertificateValid"]),
        (&json!(2_111_037_422_000_u64), &true.into())
    );
    Ok(())
}

#[tokio::test]
async fn one_signing_key_of_a_saml_connector_is_active() -> Result<()> {
    let client = Emulator::builder().release(Release::NEXT).build().client()?;
    let connectors = client.sso_connectors();
    let connector = connectors.create(saml("Corp")).await?.id;
    let key = |active| connectors.create_signing_key(&connector, CreateSsoConnectorSigningKey { active: Some(active) });
    let (first, second) = (key(true).await?, key(false).await?);
    assert!(first.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    connectors.update_signing_key(&connector, &second.id, UpdateSsoConnectorSigningKey { active: true }).await?;
    let active: Vec<bool> = connectors.list_signing_keys(&connector).await?.iter().map(|key| key.active).collect();
    assert_eq!(active, [false, true]);
    let refusal = refused(connectors.delete_signing_key(&connector, &second.id).await);
    assert_eq!(refusal, (400, "single_sign_on.can_not_delete_active_signing_key".into()));
    connectors.delete_signing_key(&connector, &first.id).await?;
    let other = connectors.create(oidc("Other")).await?.id;
    assert_eq!(refused(connectors.list_signing_keys(&other).await), (404, "connector.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn organizations_have_sso_connectors_for_provisioning() -> Result<()> {
    let client = client();
    let organization = client.organizations().create(CreateOrganization::new("o")).await?.id;
    let (one, other) = (
        client.sso_connectors().create(oidc("one")).await?.id,
        client.sso_connectors().create(oidc("other")).await?.id,
    );
    let organizations = client.organizations();
    organizations.add_jit_sso_connectors(&organization, SsoConnectorIds::new(vec![one.clone()])).await?;
    let unknown = SsoConnectorIds::new(vec!["nope".into()]);
    let refusal = refused(organizations.add_jit_sso_connectors(&organization, unknown).await);
    assert_eq!(refusal, (422, "entity.relation_foreign_key_not_found".into()));
    organizations
        .replace_jit_sso_connectors(&organization, SsoConnectorIds::new(vec![one.clone(), other.clone()]))
        .await?;
    organizations.remove_jit_sso_connector(&organization, &one).await?;
    let listed = organizations.list_jit_sso_connectors(&organization).await?.items;
    assert_eq!(listed.iter().map(|connector| connector.id.as_str()).collect::<Vec<_>>(), [&other]);
    client.sso_connectors().delete(&other).await?;
    assert!(organizations.list_jit_sso_connectors(&organization).await?.items.is_empty());
    Ok(())
}

#[tokio::test]
async fn hasura_gets_the_caller_and_the_expected_role() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let variables = client.authn().get_hasura_auth(emulator.resource()).unauthorized_role("anonymous").await?;
    assert_eq!((variables.x_hasura_user_id, variables.x_hasura_role), (None, Some("anonymous".into())));
    assert_eq!(client.authn().get_hasura_auth(emulator.resource()).await?.x_hasura_role, None);
    let expected = client.authn().get_hasura_auth(emulator.resource()).header("expected-role", "clerk").await;
    assert_eq!(refused(expected), (401, "auth.expected_role_not_found".into()));
    Ok(())
}

#[tokio::test]
async fn the_sign_in_page_shows_the_available_connectors() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    email_connector(&client).await?;
    let config = object(json!({ "clientId": "a", "clientSecret": "b" }));
    let social = CreateConnector { config: Some(config), ..CreateConnector::new("github-universal") };
    let social = client.connectors().create(social).await?.id;
    let domains = Some(vec!["corp.example".to_owned()]);
    let complete =
        client.sso_connectors().create(CreateSsoConnector { domains: domains.clone(), ..oidc("a") }).await?.id;
    let bare = CreateSsoConnector { domains, ..CreateSsoConnector::new("OIDC", "b") };
    client.sso_connectors().create(bare).await?;

    let hidden = client.well_known().get_experience().await?;
    assert!(hidden.social_connectors.is_empty() && hidden.sso_connectors.is_empty() && !hidden.forgot_password.email);
    let change = UpdateSignInExperience {
        social_sign_in_connector_targets: Some(vec!["github".into(), "nope".into()]),
        single_sign_on_enabled: Some(true),
        forgot_password_methods: Patch::Value(vec![ForgotPasswordMethod::EmailVerificationCode]),
        ..Default::default()
    };
    let changed = client.sign_in_experience().update(change).await?;
    assert_eq!(changed.social_sign_in_connector_targets, ["github"]);
    let shown = client.well_known().get_experience().await?;
    assert_eq!(shown.social_connectors.iter().map(|one| &one.id).collect::<Vec<_>>(), [&social]);
    assert_eq!(shown.sso_connectors.iter().map(|one| &one.id).collect::<Vec<_>>(), [&complete]);
    assert_eq!((shown.forgot_password.email, shown.forgot_password.phone), (true, false));

    client.connectors().delete(&social).await?;
    assert!(client.sign_in_experience().get().await?.social_sign_in_connector_targets.is_empty());
    Ok(())
}

#[tokio::test]
async fn only_connectors_with_oidc_store_tokens() -> Result<()> {
    let client = client();
    let connectors = client.sso_connectors();
    let not_supported = (400, "connector.token_storage_not_supported".to_owned());
    let stores = CreateSsoConnector { enable_token_storage: Some(true), ..saml("a") };
    assert_eq!(refused(connectors.create(stores).await), not_supported);
    let id = connectors.create(saml("a")).await?.id;
    let change = UpdateSsoConnector { enable_token_storage: Some(true), ..Default::default() };
    assert_eq!(refused(connectors.update(&id, &change).await), not_supported);
    assert_eq!(connectors.update(&id, UpdateSsoConnector::default()).await?.id, id, "an empty change changes nothing");
    let id = connectors.create(oidc("b")).await?.id;
    assert_eq!(connectors.update(&id, &change).await?.enable_token_storage, Some(true));
    Ok(())
}

#[tokio::test]
async fn the_name_of_a_new_connector_is_checked_after_its_configuration() -> Result<()> {
    let client = client();
    let body = json!({ "connectorName": "first", "config": { "entityId": 1 }, "enableTokenStorage": true });
    client.sso_connectors().create(saml("first")).await?;
    let second = client.sso_connectors().create(saml("second")).await?.id;
    let mut new = body.clone();
    new["providerName"] = "SAML".into();
    let invalid = (400, "connector.invalid_config".to_owned());
    assert_eq!(refused(call(&client, "CreateSsoConnector", &[], new.clone()).await), invalid);
    new.as_object_mut().unwrap().remove("config");
    let taken = (409, "single_sign_on.duplicate_connector_name".to_owned());
    assert_eq!(refused(call(&client, "CreateSsoConnector", &[], new).await), taken);
    assert_eq!(refused(call(&client, "UpdateSsoConnector", &[("id", &second)], body).await), taken);
    Ok(())
}
