//! Sign-ins with enterprise single sign-on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::{Get, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, location};

/// Creates an emulator with single sign-on for a domain. Returns it with the connector's id.
async fn with_connector(provider: &str, config: Value, more: Value) -> Result<(Emulator, String)> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut connector =
        json!({ "providerName": provider, "connectorName": "Corp", "config": config, "domains": ["corp.example"] });
    connector.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = admin.operation("CreateSsoConnector")?.json(&connector).await?["id"].as_str().unwrap().to_owned();
    admin.operation("UpdateSignInExp")?.json(&json!({ "singleSignOnEnabled": true })).await?;
    Ok((emulator, id))
}

async fn with_oidc(more: Value) -> Result<(Emulator, String)> {
    let config = json!({ "clientId": "corp", "clientSecret": "s", "issuer": "https://idp.example" });
    with_connector("OIDC", config, more).await
}

fn begin(browser: &mut Browser, connector: &str) -> Value {
    let begin = json!({ "state": "s3", "redirectUri": "https://app.example/sso" });
    browser.call(Post, &format!("/verification/sso/{connector}/authorization-uri"), &begin)
}

/// Signs in at the provider as this account. Returns the body with the verification record.
fn verify(browser: &mut Browser, connector: &str, account: &Value) -> Value {
    let begun = begin(browser, connector);
    let body = json!({ "verificationId": begun["verificationId"], "connectorData": account });
    browser.call(Post, &format!("/verification/sso/{connector}/verify"), &body)
}

fn ann() -> Value {
    json!({ "state": "s3", "code": "c", "userId": "ann-1", "email": "ann@corp.example", "name": "Ann", "department": "ops" })
}

async fn found(admin: &Client, search: &str) -> Result<Value> {
    Ok(admin.operation("ListUsers")?.query("search", search).await?[0].clone())
}

#[tokio::test]
async fn users_register_and_sign_in_at_their_enterprise() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({ "enableTokenStorage": true })).await?;
    let admin = emulator.client()?;
    let organization = admin.operation("CreateOrganization")?.json(&json!({ "name": "Corp" })).await?["id"].clone();
    let provision = admin.operation("CreateOrganizationJitSsoConnector")?.path("id", organization.as_str().unwrap());
    provision.json(&json!({ "ssoConnectorIds": [connector] })).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid identities");
    let known = browser.call(Get, "/sso-connectors?email=ann@corp.example", &Value::Null);
    assert_eq!(known["connectorIds"], json!([connector]));
    let uri = begin(&mut browser, &connector)["authorizationUri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("https://idp.example/auth?state=s3&nonce="), "{uri}");
    let mut account = ann();
    account["tokenResponse"] =
        json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 60, "scope": "openid" });
    let record = verify(&mut browser, &connector, &account);
    assert_eq!(browser.experience(Post, "/identification", &record), (404, json!("user.sso_identity_not_exist")));

    browser.call(Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
    browser.call(Post, "/identification", &record);
    let code = browser.submit().remove("code").expect("an enterprise user needs neither username nor password");
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let tokens = browser.token(&form).1;
    let about: Value = serde_json::from_str(&browser.userinfo(&tokens).body.text()).unwrap();
    let identity = &about["sso_identities"][0];
    assert_eq!((&identity["issuer"], &identity["identityId"]), (&json!("https://idp.example"), &json!("ann-1")));
    let user = found(&admin, "%ann@corp.example%").await?;
    let id = user["id"].as_str().unwrap();
    let identity = admin.operation("GetUserSsoIdentity")?.path("userId", id).path("ssoConnectorId", &connector);
    let identity = identity.query("includeTokenSecret", "true").await?;
    assert_eq!(identity["ssoIdentity"]["identityId"], "ann-1");
    assert_eq!(identity["ssoIdentity"]["detail"]["department"], "ops");
    assert_eq!(identity["ssoIdentity"]["issuer"], "https://idp.example");
    assert_eq!(identity["tokenSecret"]["metadata"]["scope"], "openid");
    let shown = admin.operation("GetUser")?.path("userId", id).query("includeSsoIdentities", "true").await?;
    assert_eq!(shown["ssoIdentities"][0]["identityId"], "ann-1");
    let organizations = admin.operation("ListUserOrganizations")?.path("userId", id).await?;
    assert_eq!(organizations[0]["id"], organization);

    browser.start("SignIn", "openid");
    let mut changed = ann();
    changed["department"] = json!("sales");
    let record = verify(&mut browser, &connector, &changed);
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    let identity = admin.operation("GetUserSsoIdentity")?.path("userId", id).path("ssoConnectorId", &connector).await?;
    assert_eq!(identity["ssoIdentity"]["detail"]["department"], "sales");
    Ok(())
}

#[tokio::test]
async fn enterprise_addresses_are_checked_when_users_register() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let admin = emulator.client()?;
    let policy = json!({ "emailBlocklistPolicy": { "customBlocklist": ["ann@corp.example"] } });
    admin.operation("UpdateSignInExp")?.json(&policy).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let record = verify(&mut browser, &connector, &ann());
    let blocked = (422, json!("session.email_blocklist.email_not_allowed"));
    assert_eq!(browser.experience(Post, "/identification", &record), blocked);
    let policy = json!({ "emailBlocklistPolicy": { "customBlocklist": [] } });
    admin.operation("UpdateSignInExp")?.json(&policy).await?;
    let known = CreateUser { primary_email: Some("ann@corp.example".into()), ..Default::default() };
    admin.users().create(known).await?;
    let taken = (422, json!("user.email_already_in_use"));
    assert_eq!(browser.experience(Post, "/identification", &record), taken);
    admin.operation("UpdateSignInExp")?.json(&json!({ "singleSignOnEnabled": false })).await?;
    browser.start("SignIn", "openid");
    let record = verify(&mut browser, &connector, &ann());
    let off = (422, json!("user.sign_in_method_not_enabled"));
    assert_eq!(browser.experience(Post, "/identification", &record), off);
    Ok(())
}

#[tokio::test]
async fn known_email_addresses_are_linked() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({ "syncProfile": true })).await?;
    let admin = emulator.client()?;
    let known = CreateUser { primary_email: Some("ann@corp.example".into()), ..Default::default() };
    let id = admin.users().create(known).await?.id;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let record = verify(&mut browser, &connector, &ann());
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    assert_eq!(admin.users().get(&id).await?.name.as_deref(), Some("Ann"));
    let all = admin.operation("ListUserAllIdentities")?.path("userId", &id).await?;
    assert_eq!(all["ssoIdentities"][0]["ssoConnectorId"], connector);
    Ok(())
}

#[tokio::test]
async fn unverified_addresses_need_trust() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let admin = emulator.client()?;
    admin.users().create(CreateUser { primary_email: Some("ann@corp.example".into()), ..Default::default() }).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let mut account = ann();
    account["emailVerified"] = json!(false);
    let record = verify(&mut browser, &connector, &account);
    assert_eq!(browser.experience(Post, "/identification", &record), (404, json!("user.sso_identity_not_exist")));
    Ok(())
}

#[tokio::test]
async fn the_data_of_the_provider_can_be_standard_claims() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let admin = emulator.client()?;
    for (sub, verified, email) in [("ann-1", true, json!("ann-1@corp.example")), ("ann-2", false, Value::Null)] {
        let mut browser = Browser::open(&emulator).await?;
        browser.start("Register", "openid");
        let claims = json!({
            "sub": sub, "name": sub, "picture": "https://corp.example/a.png", "email": format!("{sub}@corp.example"),
            "email_verified": verified, "phone": null, "department": "ops",
        });
        let record = verify(&mut browser, &connector, &claims);
        browser.call(Post, "/identification", &record);
        assert!(browser.submit().contains_key("code"));
        let user = found(&admin, sub).await?;
        assert_eq!((&user["primaryEmail"], &user["avatar"]), (&email, &json!("https://corp.example/a.png")));
    }
    Ok(())
}

#[tokio::test]
async fn the_state_is_that_of_the_sign_in() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let begun = begin(&mut browser, &connector);
    let path = format!("/verification/sso/{connector}/verify");
    let mut account = ann();
    account["state"] = json!("other");
    let body = json!({ "verificationId": begun["verificationId"], "connectorData": account });
    assert_eq!(browser.experience(Post, &path, &body), (500, json!("connector.authorization_failed")));
    let unknown = json!({ "verificationId": "nope", "connectorData": ann() });
    assert_eq!(browser.experience(Post, &path, &unknown), (404, json!("session.verification_session_not_found")));
    let begin = json!({ "state": "s3", "redirectUri": "https://app.example/sso" });
    let missing = (404, json!("entity.not_exists_with_id"));
    assert_eq!(browser.experience(Post, "/verification/sso/nope/authorization-uri", &begin), missing);
    Ok(())
}

#[tokio::test]
async fn domains_with_single_sign_on_refuse_other_methods() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let admin = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let mut ann = CreateUser { username: Some("ann".into()), password: Some(password.into()), ..Default::default() };
    ann.primary_email = Some("ann@corp.example".into());
    admin.users().create(ann).await?;
    let methods = json!({ "signIn": { "methods": [
        { "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true },
        { "identifier": "email", "password": true, "verificationCode": false, "isPasswordPrimary": true },
    ] } });
    admin.operation("UpdateSignInExp")?.json(&methods).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let by = |kind: &str, value: &str| json!({ "identifier": { "type": kind, "value": value }, "password": password });
    let id = browser.verify("password", &by("email", "ann@corp.example"));
    let body = json!({ "verificationId": id });
    let refused = browser.send(Post, "/api/experience/identification", Some(&body));
    assert_eq!(refused.status, 422);
    let text = refused.body.text();
    assert!(text.contains("session.sso_enabled") && text.contains(&connector), "{text}");
    let id = browser.verify("password", &by("username", "ann"));
    browser.call(Post, "/identification", &json!({ "verificationId": id }));

    admin.operation("UpdateSignInExp")?.json(&json!({ "singleSignOnEnabled": false })).await?;
    let id = browser.verify("password", &by("email", "ann@corp.example"));
    browser.call(Post, "/identification", &json!({ "verificationId": id }));
    Ok(())
}

#[tokio::test]
async fn saml_providers_respond_with_an_assertion() -> Result<()> {
    let config = json!({
        "entityId": "https://idp.example/saml",
        "signInEndpoint": "https://idp.example/sso",
        "x509Certificate": include_str!("certificate.txt").trim(),
    });
    let (emulator, connector) = with_connector("SAML", config, json!({})).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let begun = begin(&mut browser, &connector);
    let uri = begun["authorizationUri"].as_str().unwrap();
    assert!(uri.starts_with("https://idp.example/sso?SAMLRequest="), "{uri}");
    let relay = uri.split("RelayState=").nth(1).unwrap().replace("%2D", "-").replace("%5F", "_");
    let response = STANDARD.encode(
        "<Response><Assertion><Subject><NameID>sam@saml.example</NameID></Subject><AttributeStatement>\
         <Attribute Name=\"email\"><AttributeValue>sam@saml.example</AttributeValue></Attribute>\
         <Attribute Name=\"name\"><AttributeValue>Sam</AttributeValue></Attribute>\
         </AttributeStatement></Assertion></Response>",
    );
    let path = format!("/api/authn/single-sign-on/saml/{connector}");
    let assert_at = |browser: &mut Browser, path: &str, body: Value| {
        let answer = browser.send(Post, path, Some(&body));
        (answer.status, serde_json::from_str::<Value>(&answer.body.text()).unwrap()["code"].clone())
    };
    let no_session = json!("session.connector_validation_session_not_found");
    let foreign = assert_at(&mut browser, &path, json!({ "RelayState": "nope", "SAMLResponse": response }));
    assert_eq!(foreign, (400, json!("session.not_found")));
    let unasked = assert_at(&mut browser, &path, json!({ "SAMLResponse": response }));
    assert_eq!(unasked, (404, no_session.clone()));
    let other = json!({ "providerName": "SAML", "connectorName": "Other", "config": {}, "domains": ["other.example"] });
    let other = emulator.client()?.operation("CreateSsoConnector")?.json(&other).await?["id"].clone();
    let elsewhere = format!("/api/authn/single-sign-on/saml/{}", other.as_str().unwrap());
    let elsewhere = assert_at(&mut browser, &elsewhere, json!({ "RelayState": relay, "SAMLResponse": response }));
    assert_eq!(elsewhere, (404, no_session.clone()));
    let mut idle = Browser::open(&emulator).await?;
    idle.start("Register", "openid");
    let idle = idle.interaction();
    let idle = assert_at(&mut browser, &path, json!({ "RelayState": idle, "SAMLResponse": response }));
    assert_eq!(idle, (400, no_session));
    let oidc = json!({ "providerName": "OIDC", "connectorName": "Modern" });
    let oidc = emulator.client()?.operation("CreateSsoConnector")?.json(&oidc).await?["id"].clone();
    let oidc = format!("/api/authn/single-sign-on/saml/{}", oidc.as_str().unwrap());
    let oidc = assert_at(&mut browser, &oidc, json!({ "RelayState": relay, "SAMLResponse": response }));
    assert_eq!(oidc, (400, json!("connector.unexpected_type")));
    let answer = browser.send(Post, &path, Some(&json!({ "RelayState": relay, "SAMLResponse": response })));
    assert_eq!(location(&answer), "https://app.example/sso?state=s3");
    let body = json!({ "verificationId": begun["verificationId"], "connectorData": { "state": "s3" } });
    let record = browser.call(Post, &format!("/verification/sso/{connector}/verify"), &body);
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    let user = found(&emulator.client()?, "%sam@saml.example%").await?;
    assert_eq!((&user["name"], &user["primaryEmail"]), (&json!("Sam"), &json!("sam@saml.example")));
    Ok(())
}

#[tokio::test]
async fn sign_ins_at_an_enterprise_have_entries_of_their_own() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    verify(&mut browser, &connector, &ann());
    let wrong = json!({ "verificationId": "nope", "connectorData": ann() });
    assert_eq!(browser.experience(Post, &format!("/verification/sso/{connector}/verify"), &wrong).0, 404);
    let payloads = async |key: &str| -> Result<Vec<Value>> {
        let key = format!("Interaction.SignIn.Identifier.SingleSignOn.{key}");
        let logs = admin.operation("ListLogs")?.query("logKey", &key).await?;
        Ok(logs.as_array().unwrap().iter().map(|log| log["payload"].clone()).collect())
    };
    let created = payloads("Create").await?;
    let begun = json!({ "state": "s3", "redirectUri": "https://app.example/sso" });
    assert_eq!((&created[0]["connectorId"], &created[0]["payload"]), (&json!(connector), &begun));
    let submitted = payloads("Submit").await?;
    assert_eq!(submitted.len(), 1, "the server looks for the record first");
    let submitted = &submitted[0];
    assert_eq!((&submitted["issuer"], &submitted["userInfo"]["id"]), (&json!("https://idp.example"), &json!("ann-1")));
    assert_eq!((&submitted["data"]["userId"], &submitted["data"]["code"]), (&json!("ann-1"), &json!("c")));
    Ok(())
}

#[tokio::test]
async fn each_start_at_an_enterprise_is_good_for_one_response() -> Result<()> {
    let (emulator, connector) = with_oidc(json!({})).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let mut body = verify(&mut browser, &connector, &ann());
    body["connectorData"] = ann();
    let again = browser.experience(Post, &format!("/verification/sso/{connector}/verify"), &body);
    assert_eq!(again, (400, json!("session.connector_validation_session_not_found")));
    browser.call(Post, "/identification", &body);
    Ok(())
}
