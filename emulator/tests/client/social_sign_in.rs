//! Sign-ins and registrations with social providers.

use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Get, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::Browser;
use crate::refused;

/// Creates an emulator with a social connector. Returns it with the connector's id.
async fn with_connector(more: Value) -> Result<(Emulator, String)> {
    let emulator = Emulator::new();
    let mut connector =
        json!({ "connectorId": "mock-social-connector", "config": { "clientId": "a", "clientSecret": "b" } });
    connector.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id =
        emulator.client()?.operation("CreateConnector")?.json(&connector).await?["id"].as_str().unwrap().to_owned();
    Ok((emulator, id))
}

/// Signs in at the provider as this account. Returns the body with the verification record.
fn verify(browser: &mut Browser, connector: &str, account: &Value) -> Value {
    let path = format!("/verification/social/{connector}");
    let begin = json!({ "state": "s", "redirectUri": "https://app.example/social" });
    let begun = browser.call(Post, &format!("{path}/authorization-uri"), &begin);
    assert!(begun["authorizationUri"].as_str().unwrap().contains("state=s"), "{begun}");
    let body = json!({ "verificationId": begun["verificationId"], "connectorData": account });
    browser.call(Post, &format!("{path}/verify"), &body)
}

fn grace() -> Value {
    json!({ "code": "c", "userId": "grace-1", "email": "grace@example.com", "name": "Grace", "avatar": "https://a.example/g" })
}

async fn user(admin: &Client, username: &str) -> Result<Value> {
    let users = admin.operation("ListUsers")?.query("search.username", username).await?;
    Ok(users[0].clone())
}

#[tokio::test]
async fn users_register_and_sign_in_with_a_provider() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let captcha = |browser: &mut Browser| browser.call(Get, "/interaction", &Value::Null)["captcha"].clone();
    assert_eq!(captcha(&mut browser), json!({ "verified": false, "skipped": false }));
    let record = verify(&mut browser, &connector, &grace());
    assert_eq!(captcha(&mut browser), json!({ "verified": false, "skipped": true }));
    assert_eq!(browser.experience(Post, "/identification", &record), (404, json!("user.identity_not_exist")));

    browser.call(Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
    assert_eq!(browser.experience(Post, "/identification", &record), (422, json!("user.missing_profile")));
    browser.call(Post, "/profile", &json!({ "type": "username", "value": "grace" }));
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    let created = user(&admin, "grace").await?;
    assert_eq!(created["identities"]["mock-social"]["userId"], "grace-1");
    assert_eq!((&created["name"], &created["primaryEmail"]), (&json!("Grace"), &json!("grace@example.com")));

    browser.start("SignIn", "openid");
    let mut account = grace();
    account["phone"] = json!("15550100");
    let record = verify(&mut browser, &connector, &account);
    browser.call(Post, "/identification", &record);
    let shown = browser.call(Get, "/interaction", &Value::Null);
    let info = &shown["verificationRecords"][0]["socialUserInfo"];
    assert_eq!(info["id"], "grace-1");
    for member in ["email", "phone", "name", "avatar"] {
        assert_eq!(info[member], account[member], "{member}");
    }
    assert_eq!(shown["userId"], created["id"]);
    assert!(browser.submit().contains_key("code"));
    Ok(())
}

#[tokio::test]
async fn records_belong_to_their_connector_and_need_the_data_of_the_provider() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let path = format!("/verification/social/{connector}");
    let begin = json!({ "state": "s", "redirectUri": "https://app.example/social" });
    let nowhere = json!({ "state": "", "redirectUri": "https://app.example/social" });
    for path in [path.as_str(), "/verification/social/nope"] {
        let refused = browser.experience(Post, &format!("{path}/authorization-uri"), &nowhere);
        assert_eq!(refused, (400, json!("session.insufficient_info")));
    }
    let begun = browser.call(Post, &format!("{path}/authorization-uri"), &begin);
    let record = json!({ "verificationId": begun["verificationId"] });
    assert_eq!(browser.experience(Post, "/identification", &record), (400, json!("session.verification_failed")));
    let bad = json!({ "verificationId": begun["verificationId"], "connectorData": { "bad": 1 } });
    let invalid = (400, json!("connector.invalid_response"));
    assert_eq!(browser.experience(Post, &format!("{path}/verify"), &bad), invalid);
    let unknown = (422, json!("session.invalid_connector_id"));
    assert_eq!(browser.experience(Post, "/verification/social/nope/verify", &bad), unknown);
    let missing = (404, json!("entity.not_found"));
    assert_eq!(browser.experience(Post, "/verification/social/nope/authorization-uri", &begin), missing);
    let missing = (404, json!("session.verification_session_not_found"));
    for other in [json!({ "verificationId": "nope", "connectorData": grace() }), json!({ "connectorData": grace() })] {
        assert_eq!(browser.experience(Post, &format!("{path}/verify"), &other), missing);
    }
    // The pop-up of Google begins by itself.
    let google = json!({ "connectorId": "google-universal", "config": { "clientId": "a", "clientSecret": "b" } });
    let google = emulator.client()?.operation("CreateConnector")?.json(&google).await?["id"].clone();
    let path = format!("/verification/social/{}/verify", google.as_str().unwrap());
    let unasked = browser.call(Post, &path, &json!({ "connectorData": { "code": "c", "credential": "from Google" } }));
    assert_eq!(browser.experience(Post, "/identification", &unasked), (404, json!("user.identity_not_exist")));
    Ok(())
}

#[tokio::test]
async fn known_addresses_link_accounts_on_request() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let admin = emulator.client()?;
    let known = CreateUser {
        username: Some("ada".into()),
        primary_email: Some("grace@example.com".into()),
        ..Default::default()
    };
    let id = admin.users().create(known).await?.id;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let record = verify(&mut browser, &connector, &grace());
    let missing = browser.send(Post, "/api/experience/identification", Some(&record)).body.text();
    assert!(missing.contains(r#""relatedUser":{"type":"email","value":"grace@example.com"}"#), "{missing}");
    browser.call(
        Post,
        "/identification",
        &json!({ "verificationId": record["verificationId"], "linkSocialIdentity": true }),
    );
    assert!(browser.submit().contains_key("code"));
    let linked = user(&admin, "ada").await?;
    assert_eq!((&linked["id"], &linked["name"]), (&json!(id), &Value::Null), "the profile is not synchronized");
    assert_eq!(linked["identities"]["mock-social"]["details"]["email"], "grace@example.com");
    Ok(())
}

#[tokio::test]
async fn a_known_phone_number_links_rather_than_an_address() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let admin = emulator.client()?;
    for known in [json!({ "primaryEmail": "grace@example.com" }), json!({ "primaryPhone": "16505550100" })] {
        admin.operation("CreateUser")?.json(&known).await?;
    }
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let mut account = grace();
    account["phone"] = json!("16505550100");
    let record = verify(&mut browser, &connector, &account);
    let missing = browser.send(Post, "/api/experience/identification", Some(&record)).body.text();
    assert!(missing.contains(r#""relatedUser":{"type":"phone","value":"16505550100"}"#), "{missing}");
    Ok(())
}

#[tokio::test]
async fn connectors_can_synchronize_profiles_and_store_tokens() -> Result<()> {
    let (emulator, connector) = with_connector(json!({ "syncProfile": true, "enableTokenStorage": true })).await?;
    let admin = emulator.client()?;
    let ada = CreateUser { username: Some("ada".into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    let mut account = grace();
    let identity = json!({ "connectorId": connector, "connectorData": account });
    admin.operation("CreateUserIdentity")?.path("userId", &id).json(&identity).await?;
    account["tokenResponse"] =
        json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 60, "scope": "email" });
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let record = verify(&mut browser, &connector, &account);
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    assert_eq!(user(&admin, "ada").await?["name"], "Grace");
    let identity = admin.operation("GetUserIdentity")?.path("userId", &id).path("target", "mock-social");
    let identity = identity.query("includeTokenSecret", "true").await?;
    assert_eq!(identity["tokenSecret"]["metadata"]["scope"], "email");
    // The tokens are deleted with the identity.
    let secret = identity["tokenSecret"]["id"].as_str().unwrap();
    admin.users().delete_identity(&id, "mock-social").await?;
    let deleted = admin.operation("DeleteSecret")?.path("id", secret).await;
    assert_eq!(refused(deleted), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn an_identity_belongs_to_one_user() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let admin = emulator.client()?;
    let owner = admin.users().create(CreateUser { username: Some("owner".into()), ..Default::default() }).await?.id;
    let identity = json!({ "connectorId": connector, "connectorData": grace() });
    admin.operation("CreateUserIdentity")?.path("userId", &owner).json(&identity).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let record = verify(&mut browser, &connector, &grace());
    let taken = (422, json!("user.identity_already_in_use"));
    browser.call(Post, "/profile", &json!({ "type": "username", "value": "grace" }));
    assert_eq!(browser.experience(Post, "/identification", &record), taken);
    let add = json!({ "type": "social", "verificationId": record["verificationId"] });
    assert_eq!(browser.experience(Post, "/profile", &add), taken);
    Ok(())
}

#[tokio::test]
async fn social_identities_complete_an_account() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let admin = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser { username: Some("ada".into()), password: Some(password.into()), ..Default::default() };
    admin.users().create(ada).await?;
    let mut browser = Browser::open(&emulator).await?;
    let identify = |browser: &mut Browser| {
        browser.start("SignIn", "openid");
        let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": password });
        let id = browser.verify("password", &body);
        browser.call(Post, "/identification", &json!({ "verificationId": id }));
    };
    identify(&mut browser);
    let record = verify(&mut browser, &connector, &grace());
    let add = json!({ "type": "social", "verificationId": record["verificationId"] });
    browser.call(Post, "/profile", &add);
    assert!(browser.submit().contains_key("code"));
    assert_eq!(user(&admin, "ada").await?["identities"]["mock-social"]["userId"], "grace-1");

    identify(&mut browser);
    let record = verify(&mut browser, &connector, &grace());
    let add = json!({ "type": "social", "verificationId": record["verificationId"] });
    assert_eq!(browser.experience(Post, "/profile", &add), (422, json!("user.identity_already_in_use")));
    Ok(())
}

#[tokio::test]
async fn required_identifiers_can_be_skipped() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let skip = json!({ "socialSignIn": { "skipRequiredIdentifiers": true } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&skip).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let record = verify(&mut browser, &connector, &grace());
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    Ok(())
}

#[tokio::test]
async fn blocked_addresses_of_providers_do_not_register() -> Result<()> {
    let (emulator, connector) = with_connector(json!({})).await?;
    let policy = json!({ "emailBlocklistPolicy": { "customBlocklist": ["@example.com"] } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&policy).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    browser.call(Post, "/profile", &json!({ "type": "username", "value": "grace" }));
    let blocked = (422, json!("session.email_blocklist.email_not_allowed"));
    let record = verify(&mut browser, &connector, &grace());
    assert_eq!(browser.experience(Post, "/identification", &record), blocked);
    let mut profile = record;
    profile["type"] = json!("social");
    assert_eq!(browser.experience(Post, "/profile", &profile), blocked);
    let record = verify(&mut browser, &connector, &json!({ "code": "c", "userId": "grace-1" }));
    browser.call(Post, "/identification", &record);
    Ok(())
}
