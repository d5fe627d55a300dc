use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::models::{
    ApplicationType, CreateApplication, CreateSamlApplication, CreateSamlApplicationSecret,
    SamlAssertionConsumerService, UpdateApplication, UpdateSamlApplication, UpdateSamlApplicationSecret,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin::types::Patch;
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, location};
use crate::{client, refused};

const SERVICE: &str = "https://sp.example.com/metadata";
const REQUEST: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\">\
    <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://sp.example.com/metadata</saml:Issuer>\
    </samlp:AuthnRequest>";

async fn create(client: &Client, name: &str) -> Result<String> {
    let application =
        CreateSamlApplication { entity_id: Patch::Value(SERVICE.into()), ..CreateSamlApplication::new(name) };
    Ok(client.saml_applications().create(application).await?.id)
}

/// Sends a request as a browser does, without a token.
fn browse(emulator: &Emulator, method: Method, path: &str, form: &str) -> HttpResponse {
    let mut request = HttpRequest::new(method, format!("http://localhost:3001{path}"));
    request.headers.set("content-type", "application/x-www-form-urlencoded");
    request.body = form.to_owned().into();
    emulator.handle(&request)
}

fn code(response: &HttpResponse) -> (u16, String) {
    let body: logto_admin::serde_json::Value =
        logto_admin::serde_json::from_str(&response.body.text()).unwrap_or_default();
    (response.status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn saml_applications_are_stored() -> Result<()> {
    let client = client();
    let created = client.saml_applications().create(CreateSamlApplication::new("Payroll")).await?;
    assert_eq!((created.name.as_str(), &created.entity_id, &created.acs_url), ("Payroll", &None, &None));
    let acs = SamlAssertionConsumerService::new(
        "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST".into(),
        "https://sp.example.com/acs",
    );
    let change = UpdateSamlApplication {
        entity_id: Patch::Value(SERVICE.into()),
        acs_url: Patch::Value(acs.clone()),
        ..Default::default()
    };
    let changed = client.saml_applications().update(&created.id, change).await?;
    assert_eq!((changed.entity_id.as_deref(), &changed.acs_url), (Some(SERVICE), &Some(acs)));
    assert_eq!(client.saml_applications().get(&created.id).await?, changed);
    let id = created.id.as_str();
    for (sent, stored) in [(json!({ "a": 1 }), json!({ "a": 1 })), (json!({ "b": 2 }), json!({ "a": 1, "b": 2 }))] {
        let change = json!({ "customData": sent });
        let changed = client.operation("UpdateSamlApplication")?.path("id", id).json(&change).await?;
        assert_eq!(changed["customData"], stored);
    }
    client.saml_applications().delete(&created.id).await?;
    let unknown = refused(client.saml_applications().get(&created.id).await);
    assert_eq!(unknown, (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn a_self_hosted_server_has_three_saml_applications() -> Result<()> {
    let client = client();
    let first = create(&client, "1").await?;
    create(&client, "2").await?;
    create(&client, "3").await?;
    assert_eq!(refused(create(&client, "4").await), (403, "application.saml.reach_oss_limit".into()));
    client.saml_applications().delete(&first).await?;
    create(&client, "4").await?;
    Ok(())
}

#[tokio::test]
async fn other_bindings_than_post_are_not_supported() {
    let acs = SamlAssertionConsumerService::new(
        "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect".into(),
        "https://sp.example.com/acs",
    );
    let application = CreateSamlApplication { acs_url: Patch::Value(acs), ..CreateSamlApplication::new("a") };
    let refusal = refused(client().saml_applications().create(application).await);
    assert_eq!(refusal, (422, "application.saml.acs_url_binding_not_supported".into()));
}

#[tokio::test]
async fn encrypted_assertions_require_a_certificate() -> Result<()> {
    let client = client();
    let create = |encryption: Value| {
        let (client, application) = (&client, json!({ "name": "a", "encryption": encryption }));
        async move { client.operation("CreateSamlApplication")?.json(&application).await }
    };
    let missing = create(json!({ "encryptAssertion": true, "encryptThenSign": false })).await;
    assert_eq!(refused(missing), (400, "guard.invalid_input".into()));
    create(json!({ "encryptAssertion": false })).await?;
    Ok(())
}

#[tokio::test]
async fn each_api_changes_only_its_applications() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let id = create(&client, "a").await?;
    assert_eq!(client.applications().get(&id).await?.r#type.as_str(), "SAML");
    let wrong_api = (400, "application.saml.use_saml_app_api".to_owned());
    assert_eq!(refused(client.applications().delete(&id).await), wrong_api);
    let change = UpdateApplication { name: Some("b".into()), ..Default::default() };
    assert_eq!(refused(client.applications().update(&id, change).await), wrong_api);

    let saml_only = (422, "application.saml.saml_application_only".to_owned());
    assert_eq!(refused(client.saml_applications().get(emulator.app_id()).await), saml_only);
    assert_eq!(refused(client.saml_applications().delete(emulator.app_id()).await), saml_only);
    Ok(())
}

#[tokio::test]
async fn the_secrets_of_an_unknown_application_are_an_empty_list() -> Result<()> {
    let client = client();
    assert!(client.saml_applications().list_secrets("nope").await?.is_empty());
    let created = client.operation("CreateSamlApplicationSecret")?.path("id", "nope");
    let created = created.json(&json!({ "lifeSpanInYears": 1 })).await;
    assert_eq!(refused(created), (404, "entity.relation_foreign_key_not_found".into()));
    Ok(())
}

#[tokio::test]
async fn one_secret_of_a_saml_application_is_active() -> Result<()> {
    let client = client();
    let id = create(&client, "a").await?;
    let applications = client.saml_applications();
    let first = applications.list_secrets(&id).await?.remove(0);
    assert!(first.active && first.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    let second = applications.create_secret(&id, CreateSamlApplicationSecret::new(1)).await?;
    assert!(!second.active && second.expires_at < first.expires_at);
    let refusal = refused(applications.delete_secret(&id, &first.id).await);
    assert_eq!(refusal, (400, "application.saml.can_not_delete_active_secret".into()));

    applications.update_secret(&id, &second.id, UpdateSamlApplicationSecret { active: true }).await?;
    applications.delete_secret(&id, &first.id).await?;
    let secrets = applications.list_secrets(&id).await?;
    assert_eq!(secrets.iter().map(|secret| (&secret.id, secret.active)).collect::<Vec<_>>(), [(&second.id, true)]);
    let unknown = refused(applications.delete_secret(&id, "nope").await);
    assert_eq!(unknown, (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn metadata_contain_the_active_certificate() -> Result<()> {
    let client = client();
    let id = create(&client, "a").await?;
    let secret = client.saml_applications().list_secrets(&id).await?.remove(0);
    let metadata = client.saml_applications().get_metadata(&id).await?;
    let line = secret.certificate.lines().nth(1).unwrap();
    assert!(metadata.contains(line) && metadata.contains(&format!("/api/saml/{id}/authn")), "{metadata}");
    client.saml_applications().update_secret(&id, &secret.id, UpdateSamlApplicationSecret { active: false }).await?;
    let without = refused(client.saml_applications().get_metadata(&id).await);
    assert_eq!(without, (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn requests_of_the_service_provider_lead_to_the_sign_in() -> Result<()> {
    let emulator = Emulator::new();
    let id = create(&emulator.client()?, "a").await?;
    let path = format!("/api/saml/{id}/authn");
    let post = |request: &str| {
        let encoded = STANDARD.encode(request).replace('+', "%2B");
        browse(&emulator, Method::Post, &path, &format!("SAMLRequest={encoded}"))
    };
    let response = post(REQUEST);
    let location = response.headers.get("location").unwrap();
    assert_eq!(response.status, 302);
    assert!(
        location.starts_with(&format!("http://localhost:3001/oidc/auth?client_id={id}&redirect_uri=")),
        "{location}"
    );
    assert_eq!(code(&post("nope")), (400, "application.saml.invalid_saml_request".into()));
    let other = REQUEST.replace(SERVICE, "https://other.example.com");
    assert_eq!(code(&post(&other)), (400, "application.saml.auth_request_issuer_not_match".into()));

    // An uncompressed block of DEFLATE.
    let length = u16::try_from(REQUEST.len()).unwrap();
    let block = [&[1], &length.to_le_bytes()[..], &(!length).to_le_bytes(), REQUEST.as_bytes()].concat();
    let encoded = STANDARD.encode(block).replace('+', "%2B");
    assert_eq!(browse(&emulator, Method::Get, &format!("{path}?SAMLRequest={encoded}"), "").status, 302);
    assert_eq!(browse(&emulator, Method::Get, &format!("{path}?SAMLRequest=bad"), "").status, 500);
    Ok(())
}

#[tokio::test]
async fn the_callback_needs_a_sign_in_of_the_service_provider() -> Result<()> {
    let emulator = Emulator::new();
    let id = create(&emulator.client()?, "a").await?;
    let path = format!("/api/saml-applications/{id}/callback");
    let call = |query: &str| code(&browse(&emulator, Method::Get, &format!("{path}?{query}"), ""));
    assert_eq!(call(""), (400, "guard.invalid_input".into()));
    assert_eq!(call("error=access_denied"), (400, "oidc.invalid_request".into()));
    let unknown = "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies";
    assert_eq!(call("code=a&state=b"), (400, unknown.into()));
    Ok(())
}

#[tokio::test]
async fn users_sign_in_to_a_service_provider() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mapping = json!({ "email": "mail" });
    let acs =
        json!({ "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "https://sp.example.com/acs" });
    let format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    let application = json!({
        "name": "Payroll", "entityId": SERVICE, "acsUrl": acs, "nameIdFormat": format, "attributeMapping": mapping,
    });
    let id = admin.operation("CreateSamlApplication")?.json(&application).await?["id"].as_str().unwrap().to_owned();
    let user = json!({ "username": "ada", "primaryEmail": "ada@example.com", "password": "violet-anchor-47-kettle" });
    admin.operation("CreateUser")?.json(&user).await?;

    let mut browser = Browser::open(&emulator).await?;
    let request = json!({ "SAMLRequest": STANDARD.encode(REQUEST), "RelayState": "rs" });
    let begun = browser.send(Method::Post, &format!("/api/saml/{id}/authn"), Some(&request));
    let page = browser.get(&location(&begun));
    assert_eq!(location(&page), format!("/sign-in?app_id={id}"));
    browser.call(Method::Put, "", &json!({ "interactionEvent": "SignIn" }));
    let password =
        json!({ "identifier": { "type": "username", "value": "ada" }, "password": "violet-anchor-47-kettle" });
    let record = browser.verify("password", &password);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let submitted = browser.call(Method::Post, "/submit", &Value::Null);
    let mut target = submitted["redirectTo"].as_str().unwrap().to_owned();
    while !target.contains("/callback") {
        target = location(&browser.get(&target));
    }
    let answer = browser.get(&target);
    let page = answer.body.text();
    assert!(page.contains("<form id=\"redirectForm\""), "{page}");
    assert!(page.contains("action=\"https://sp.example.com/acs\"") && page.contains("value=\"rs\""), "{page}");
    let response = page.split("name=\"SAMLResponse\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let response = String::from_utf8(STANDARD.decode(response).unwrap()).unwrap();
    for part in [
        "InResponseTo=\"_1\"",
        &format!("<saml:NameID Format=\"{format}\">ada@example.com</saml:NameID>"),
        "<saml:Attribute Name=\"mail\"",
        " xsi:type=\"xs:string\">ada@example.com</saml:AttributeValue>",
        " SessionNotOnOrAfter=\"2025-01-01T01:00:00.",
        &format!("<saml:Audience>{SERVICE}</saml:Audience>"),
    ] {
        assert!(response.contains(part), "{part}: {response}");
    }
    let certificate = admin.saml_applications().list_secrets(&id).await?.remove(0).certificate;
    assert!(response.contains(certificate.lines().nth(1).unwrap()));
    let logs = admin.audit_logs().list().log_key("SamlApplication.Callback").await?;
    assert_eq!(logs.total, Some(1));
    let again = "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies";
    assert_eq!(code(&browser.get(&target)), (400, again.into()));
    Ok(())
}

#[tokio::test]
async fn other_applications_have_no_saml_secrets() -> Result<()> {
    let client = client();
    let other = client.applications().create(CreateApplication::new("site", ApplicationType::Spa)).await?.id;
    let applications = client.saml_applications();
    for (id, status, code) in
        [(other.as_str(), 422, "entity.db_constraint_violated"), ("nope", 404, "entity.relation_foreign_key_not_found")]
    {
        let created = applications.create_secret(id, CreateSamlApplicationSecret::new(1)).await;
        assert_eq!(refused(created), (status, code.into()));
        assert!(applications.list_secrets(id).await?.is_empty());
        let not_found = (404, "entity.not_found".to_owned());
        let changed = applications.update_secret(id, "nope", UpdateSamlApplicationSecret::new(true)).await;
        assert_eq!(refused(changed), not_found);
        assert_eq!(refused(applications.delete_secret(id, "nope").await), not_found);
    }
    Ok(())
}

#[tokio::test]
async fn the_server_fails_if_a_secret_stays_as_it_is() -> Result<()> {
    let client = client();
    let id = create(&client, "Payroll").await?;
    let secret = client.saml_applications().list_secrets(&id).await?.remove(0).id;
    let same = client.saml_applications().update_secret(&id, secret, UpdateSamlApplicationSecret::new(true)).await;
    assert_eq!(refused(same), (500, String::new()));
    Ok(())
}

#[tokio::test]
async fn rules_of_access_control_are_looked_for_before_the_application() -> Result<()> {
    let client = client();
    let update = async |change: Value| {
        let update = client.operation("UpdateSamlApplication").unwrap().path("id", "nope");
        refused(update.json(&change).await)
    };
    assert_eq!(update(json!({ "appLevelAccessControlEnabled": true })).await, (422, "request.invalid_input".into()));
    assert_eq!(update(json!({ "appLevelAccessControlEnabled": false })).await.0, 404);
    Ok(())
}
