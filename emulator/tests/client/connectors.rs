use logto_admin::models::{
    AuthorizationRequest, Connector, ConnectorMetadata, CreateConnector, CreateUser, SocialSignInData, TestConnector,
    UpdateConnector,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Patch;
use logto_admin::types::JsonObject;
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::{call, client, object, refused};

/// Returns a valid configuration of a social connector.
fn credentials() -> JsonObject {
    object(json!({ "clientId": "a", "clientSecret": "b" }))
}

fn social(factory: &str) -> CreateConnector {
    CreateConnector { config: Some(credentials()), ..CreateConnector::new(factory) }
}

fn standard(target: &str) -> CreateConnector {
    let config = object(json!({
        "authorizationEndpoint": "https://idp.example.com/auth",
        "tokenEndpoint": "https://idp.example.com/token",
        "userInfoEndpoint": "https://idp.example.com/user",
        "clientId": "a",
        "clientSecret": "b",
    }));
    let metadata = ConnectorMetadata {
        target: Some(target.into()),
        name: Some(object(json!({ "en": "Ours" }))),
        ..Default::default()
    };
    CreateConnector { config: Some(config), metadata: Some(metadata), ..CreateConnector::new("oauth2") }
}

/// Creates a connector that sends emails.
pub(crate) async fn email_connector(client: &Client) -> Result<Connector> {
    http_connector(client, "http-email").await
}

/// Creates a connector that sends text messages.
pub(crate) async fn sms_connector(client: &Client) -> Result<Connector> {
    http_connector(client, "http-sms").await
}

async fn http_connector(client: &Client, factory: &str) -> Result<Connector> {
    let config = object(json!({ "endpoint": "https://example.com/messages" }));
    client.connectors().create(CreateConnector { config: Some(config), ..CreateConnector::new(factory) }).await
}

#[tokio::test]
async fn factories_describe_the_connectors_that_can_be_created() -> Result<()> {
    let client = client();
    let factories = client.connector_factories().list().await?;
    let github = factories.iter().find(|factory| factory.id == "github-universal").unwrap();
    assert_eq!((github.target.as_str(), github.r#type.as_str()), ("github", "Social"));
    assert_eq!(&client.connector_factories().get("github-universal").await?, github);
    let unknown = refused(client.connector_factories().get("nope").await);
    assert_eq!(unknown, (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn connectors_of_a_target_differ_in_their_platform() -> Result<()> {
    let client = client();
    let wechat = |id| {
        let config = Some(object(json!({ "appId": "a", "appSecret": "b" })));
        client.connectors().create(CreateConnector { config, ..CreateConnector::new(id) })
    };
    let (native, web) = (wechat("wechat-native").await?, wechat("wechat-web").await?);
    assert_eq!((native.target.as_str(), web.target.as_str()), ("wechat", "wechat"));
    assert_ne!(native.platform, web.platform);
    Ok(())
}

#[tokio::test]
async fn a_connector_replaces_the_others_that_send_emails() -> Result<()> {
    let client = client();
    let id = "mock-email-service-alternative";
    email_connector(&client).await?;
    let config = Some(JsonObject::new());
    let other = client.connectors().create(CreateConnector { config, ..CreateConnector::new(id) }).await?;
    let listed = client.connectors().list().await?;
    assert_eq!(listed.iter().map(|connector| &connector.id).collect::<Vec<_>>(), [&other.id]);
    Ok(())
}

#[tokio::test]
async fn connectors_have_the_members_of_their_factory() -> Result<()> {
    let client = client();
    assert!(client.connectors().list().await?.is_empty());
    let github = client.connectors().create(social("github-universal")).await?;
    assert_eq!((github.target.as_str(), github.connector_id.as_str()), ("github", "github-universal"));
    assert_eq!((github.sync_profile, github.enable_token_storage), (false, Some(false)));
    assert_eq!(client.connectors().get(&github.id).await?, github);

    let ours = client.connectors().create(CreateConnector { id: Some("ours".into()), ..standard("ours") }).await?;
    assert_eq!((ours.id.as_str(), ours.target.as_str(), &ours.name["en"]), ("ours", "ours", &json!("Ours")));
    let listed = client.connectors().list().target("ours").await?;
    assert_eq!(listed, [ours]);

    client.connectors().delete(&github.id).await?;
    assert_eq!(refused(client.connectors().get(&github.id).await), (404, "entity.not_found".into()));
    assert_eq!(refused(client.connectors().delete("nope").await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn the_factory_checks_the_configuration() -> Result<()> {
    let client = client();
    let invalid = (400, "connector.invalid_config".to_owned());
    let empty = CreateConnector { config: Some(JsonObject::new()), ..CreateConnector::new("github-universal") };
    assert_eq!(refused(client.connectors().create(empty).await), invalid);
    let created = client.connectors().create(social("github-universal")).await?;
    let wrong = object(json!({ "clientId": 5, "clientSecret": "b" }));
    let change = UpdateConnector { config: Some(wrong), ..Default::default() };
    assert_eq!(refused(client.connectors().update(&created.id, change).await), invalid);
    let unknown = refused(client.connectors().create(social("nope")).await);
    assert_eq!(unknown, (422, "connector.not_found_with_connector_id".into()));
    Ok(())
}

#[tokio::test]
async fn only_standard_connectors_have_a_target_of_their_own() -> Result<()> {
    let client = client();
    let connectors = client.connectors();
    let metadata = ConnectorMetadata { target: Some("github".into()), ..Default::default() };
    let named = CreateConnector { metadata: Some(metadata), ..social("github-universal") };
    let code = "connector.cannot_overwrite_metadata_for_non_standard_connector";
    assert_eq!(refused(connectors.create(named).await), (400, code.into()));
    let without = refused(connectors.create(CreateConnector::new("oauth2")).await);
    assert_eq!(without, (400, "connector.should_specify_target".into()));

    let created = connectors.create(standard("ours")).await?;
    let repeated = refused(connectors.create(standard("ours")).await);
    assert_eq!(repeated, (422, "connector.multiple_target_with_same_platform".into()));
    connectors.create(standard("theirs")).await?;
    let metadata = ConnectorMetadata { target: Some("other".into()), ..Default::default() };
    let change = UpdateConnector { metadata: Some(metadata), ..Default::default() };
    let moved = refused(connectors.update(&created.id, change).await);
    assert_eq!(moved, (400, "connector.can_not_modify_target".into()));
    Ok(())
}

#[tokio::test]
async fn a_factory_that_is_not_standard_has_one_connector() -> Result<()> {
    let client = client();
    client.connectors().create(social("mock-social-connector")).await?;
    let second = refused(client.connectors().create(social("mock-social-connector")).await);
    assert_eq!(second, (422, "connector.multiple_instances_not_supported".into()));
    Ok(())
}

#[tokio::test]
async fn a_new_email_connector_replaces_the_previous_one() -> Result<()> {
    let client = client();
    let github = client.connectors().create(social("github-universal")).await?;
    let first = email_connector(&client).await?;
    let second = json!({ "apiKey": "a", "fromEmail": "noreply@example.com", "templates": [] });
    let second = CreateConnector { config: Some(object(second)), ..CreateConnector::new("mock-email-service") };
    let second = client.connectors().create(second).await?;
    let mut ids: Vec<String> = client.connectors().list().await?.into_iter().map(|connector| connector.id).collect();
    ids.sort();
    let mut expected = [github.id, second.id];
    expected.sort();
    assert_eq!(ids, expected, "without {}", first.id);
    Ok(())
}

#[tokio::test]
async fn test_messages_use_the_configuration_in_the_body() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let config = object(json!({ "endpoint": "https://example.com/emails" }));
    let test = TestConnector { email: Some("ada@example.com".into()), ..TestConnector::new(config.clone()) };
    client.connectors().test("http-email", &test).await?;
    let message = &emulator.messages()[0];
    assert_eq!((message.recipient.as_str(), message.code()), ("ada@example.com", Some("000000")));

    let code = |result| refused::<()>(result);
    let empty = TestConnector { config: JsonObject::new(), ..test.clone() };
    assert_eq!(code(client.connectors().test("http-email", empty).await), (400, "connector.invalid_config".into()));
    assert_eq!(code(client.connectors().test("nope", &test).await), (400, "connector.not_found".into()));
    let nobody = TestConnector::new(config);
    assert_eq!(code(client.connectors().test("http-email", nobody).await), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn social_connectors_have_an_authorization_uri() -> Result<()> {
    let client = client();
    let github = client.connectors().create(social("github-universal")).await?;
    let request = AuthorizationRequest::new("s", "https://app.example.com/callback");
    let uri = client.connectors().create_authorization_uri(&github.id, &request).await?.redirect_to;
    let expected = "https://github.com/login/oauth/authorize?client_id=a\
        &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&state=s&scope=read%3Auser+user%3Aemail";
    assert_eq!(uri, expected);
    let mock = client.connectors().create(social("mock-social-connector")).await?;
    let uri = client.connectors().create_authorization_uri(&mock.id, &request).await?.redirect_to;
    assert!(uri.starts_with("http://mock-social/?state=s&redirect_uri="), "{uri}");
    let email = email_connector(&client).await?;
    let wrong = refused(client.connectors().create_authorization_uri(&email.id, &request).await);
    assert_eq!(wrong, (400, "connector.unexpected_type".into()));
    Ok(())
}

#[tokio::test]
async fn the_data_of_a_social_connector_becomes_an_identity() -> Result<()> {
    let client = client();
    let connector = client.connectors().create(social("mock-social-connector")).await?.id;
    let ada = client.users().create(CreateUser::default()).await?.id;
    let grace = client.users().create(CreateUser::default()).await?.id;
    let data = |data: Value| SocialSignInData::new(&*connector, object(data));
    let ours = data(json!({ "code": "c", "userId": "m1", "email": "ada@example.com" }));
    let identities = client.users().create_identity(&ada, &ours).await?;
    assert_eq!(identities["mock-social"].user_id, "m1");
    let taken = refused(client.users().create_identity(&grace, &ours).await);
    assert_eq!(taken, (422, "user.identity_already_in_use".into()));
    let invalid = refused(client.users().create_identity(&grace, data(json!({}))).await);
    assert_eq!(invalid, (400, "connector.invalid_response".into()));
    Ok(())
}

#[tokio::test]
async fn a_change_keeps_the_target_and_profiles_are_social() -> Result<()> {
    let client = client();
    let ours = client.connectors().create(standard("ours")).await?.id;
    let update = async |id: &str, change: Value| -> Result<Value> {
        client.request(Patch, &format!("/api/connectors/{id}")).json(&change).await
    };
    let without_target = update(&ours, json!({ "metadata": { "name": { "en": "New" } } })).await;
    assert_eq!(refused(without_target), (400, "connector.can_not_modify_target".into()));
    let github = client.connectors().create(social("github-universal")).await?.id;
    let metadata = update(&github, json!({ "metadata": {} })).await;
    let code = "connector.cannot_overwrite_metadata_for_non_standard_connector";
    assert_eq!(refused(metadata), (400, code.into()));
    let email = email_connector(&client).await?.id;
    let profile = update(&email, json!({ "syncProfile": true })).await;
    assert_eq!(refused(profile), (422, "connector.invalid_type_for_syncing_profile".into()));

    let config = standard("ours").config;
    let again = client.connectors().create(CreateConnector { config, ..standard("ours") }).await.unwrap_err();
    assert_eq!(again.data().unwrap(), json!({ "connectorId": "oauth2", "connectorName": { "en": "Ours" } }));
    Ok(())
}

#[tokio::test]
async fn calls_of_connectors_need_their_data_and_type() -> Result<()> {
    let client = client();
    let github = client.connectors().create(social("github-universal")).await?.id;
    let empty = AuthorizationRequest::new("", "https://app.example.com/callback");
    let refusal = refused(client.connectors().create_authorization_uri(&github, empty).await);
    assert_eq!(refusal, (400, "session.insufficient_info".into()));
    let config = object(json!({ "endpoint": "https://example.com/emails" }));
    let phone = TestConnector { phone: Some("61412345678".into()), ..TestConnector::new(config) };
    let refusal = refused(client.connectors().test("http-email", phone).await);
    assert_eq!(refusal, (400, "connector.unexpected_type".into()));
    let email = email_connector(&client).await?.id;
    let user = client.users().create(CreateUser::default()).await?.id;
    let data = SocialSignInData::new(&*email, object(json!({ "code": "c" })));
    let refusal = refused(client.users().create_identity(&user, data).await);
    assert_eq!(refusal, (422, "session.invalid_connector_id".into()));
    Ok(())
}

#[tokio::test]
async fn empty_values_of_a_configuration_are_not_stored() -> Result<()> {
    let client = client();
    let config =
        json!({ "clientId": "a", "clientSecret": "b", "scope": "", "more": { "list": ["", null, 1], "none": [] } });
    let stored = json!({ "clientId": "a", "clientSecret": "b", "more": { "list": [1] } });
    let body = json!({ "connectorId": "github-universal", "config": config });
    let created = call(&client, "CreateConnector", &[], body).await?;
    assert_eq!(created["config"], stored);
    let path = [("id", created["id"].as_str().unwrap())];
    let changed = call(&client, "UpdateConnector", &path, json!({ "config": config })).await?;
    assert_eq!(changed["config"], stored);
    Ok(())
}

#[tokio::test]
async fn a_new_connector_is_checked_before_its_id() -> Result<()> {
    let client = client();
    let create = async |id: &str, factory: &str, config: Value| {
        let body = json!({ "connectorId": factory, "id": id, "config": config, "enableTokenStorage": true });
        refused(call(&client, "CreateConnector", &[], body).await)
    };
    client.connectors().create(CreateConnector { id: Some("ours".into()), ..standard("ours") }).await?;
    assert_eq!(create("ours", "wechat-web", json!({})).await, (400, "connector.invalid_config".into()));
    let config = json!({ "appId": "a", "appSecret": "b" });
    assert_eq!(create("ours", "wechat-web", config).await, (422, "connector.token_storage_not_supported".into()));
    let config = json!({ "clientId": "a", "clientSecret": "b" });
    assert_eq!(create("ours", "github-universal", config).await, (500, String::new()));
    Ok(())
}

#[tokio::test]
async fn test_messages_need_a_template() -> Result<()> {
    let client = client();
    let template = |usage: &str| json!({ "usageType": usage, "content": "{{code}}" });
    let test = async |templates: Value| {
        let config =
            json!({ "accountSID": "a", "authToken": "b", "fromMessagingServiceSID": "c", "templates": templates });
        let body = json!({ "phone": "2348012345678", "config": config });
        call(&client, "CreateConnectorTest", &[("factoryId", "mock-short-message-service")], body).await
    };
    let missing = (400, "connector.template_not_found".to_owned());
    assert_eq!(refused(test(json!([template("SignIn")])).await), missing);
    assert_eq!(refused(test(json!([template("Nothing")])).await), (400, "connector.invalid_config".into()));
    test(json!([template("SignIn"), template("Generic")])).await?;

    let body = json!({
        "email": "ada@example.com",
        "config": { "apiKey": "a", "fromEmail": "b@example.com", "templates": [] },
    });
    let email = || call(&client, "CreateConnectorTest", &[("factoryId", "mock-email-service")], body.clone());
    assert_eq!(refused(email().await), missing);
    let stored =
        json!({ "languageTag": "en", "templateType": "Generic", "details": { "subject": "a", "content": "b" } });
    call(&client, "ReplaceEmailTemplates", &[], json!({ "templates": [stored] })).await?;
    email().await?;
    assert_eq!(refused(test(json!([template("SignIn")])).await), missing);
    Ok(())
}

#[tokio::test]
async fn connectors_are_checked_whenever_they_send() -> Result<()> {
    let client = client();
    let create = async |body: Value| call(&client, "CreateConnector", &[], body).await;
    let send = |address: Value| call(&client, "CreateVerificationCode", &[], address);
    // A connector can be created without a configuration, and without the template that a message needs.
    create(json!({ "connectorId": "mock-email-service" })).await?;
    let email = json!({ "email": "ada@example.com" });
    assert_eq!(refused(send(email.clone()).await), (400, "connector.invalid_config".into()));
    let template = json!({ "usageType": "SignIn", "type": "text/plain", "subject": "a", "content": "{{code}}" });
    let without = json!({ "apiKey": "a", "fromEmail": "b@example.com", "templates": [template] });
    create(json!({ "connectorId": "mock-email-service", "config": without.clone() })).await?;
    let missing = send(email.clone()).await.unwrap_err();
    assert_eq!((missing.status(), missing.code()), (Some(400), Some("connector.template_not_found")));

    // Those of Mailgun have another name.
    let deliveries = json!({ "Generic": { "template": "code" } });
    let config = json!({ "apiKey": "a", "domain": "b.example", "from": "c@b.example", "deliveries": deliveries });
    create(json!({ "connectorId": "mailgun-email", "config": config })).await?;
    send(email.clone()).await?;

    create(json!({ "connectorId": "mock-email-service", "config": without })).await?;
    // An email template replaces that of the configuration. The tenant lacks a connector for text messages.
    let stored =
        json!({ "languageTag": "en", "templateType": "Generic", "details": { "subject": "a", "content": "b" } });
    call(&client, "ReplaceEmailTemplates", &[], json!({ "templates": [stored] })).await?;
    send(email).await?;
    let phone = json!({ "phone": "12025550123" });
    assert_eq!(refused(send(phone).await), (501, "connector.not_found".into()));
    Ok(())
}
