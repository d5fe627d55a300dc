//! The interaction API, which the Experience API has replaced.

use logto_admin::Result;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::{self, Delete, Get, Patch, Post, Put};
use logto_admin_emulator::Emulator;

use crate::authenticator::Authenticator;
use crate::browser::{Browser, PASSWORD, ada};
use crate::connectors::email_connector;

fn emulator() -> Emulator {
    Emulator::new()
}

/// Makes a call, and returns the status and the body or, of an error, its code.
pub(crate) fn send(browser: &mut Browser, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let response = browser.send(method, &format!("/api/interaction{path}"), Some(body).filter(|body| !body.is_null()));
    let answer: Value = serde_json::from_str(&response.body.text()).unwrap_or_default();
    (response.status, if response.status < 400 { answer } else { answer["code"].clone() })
}

/// Makes a call that must succeed.
pub(crate) fn call(browser: &mut Browser, method: Method, path: &str, body: Value) -> Value {
    let (status, answer) = send(browser, method, path, &body);
    assert!(status < 300, "{path}: {status} {answer}");
    answer
}

pub(crate) fn begin(browser: &mut Browser, body: Value) {
    browser.authorize("scope=openid&prompt=login");
    call(browser, Put, "", body);
}

/// Opens a browser whose user has forgotten the password. The user has an email address.
pub(crate) async fn forgotten(emulator: &Emulator) -> Result<Browser> {
    let id = ada(emulator).await?;
    let admin = emulator.client()?;
    email_connector(&admin).await?;
    admin.operation("UpdateUser")?.path("userId", &id).json(&json!({ "primaryEmail": "ada@example.com" })).await?;
    let mut browser = Browser::open(emulator).await?;
    begin(&mut browser, json!({ "event": "ForgotPassword" }));
    Ok(browser)
}

pub(crate) fn submit(browser: &mut Browser) -> (u16, Value) {
    send(browser, Post, "/submit", &Value::Null)
}

/// Submits the interaction, and returns to the application.
pub(crate) fn finish(browser: &mut Browser) {
    let target = call(browser, Post, "/submit", Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    assert!(browser.follow(&target).contains_key("code"));
}

#[tokio::test]
async fn users_sign_in_with_a_password() -> Result<()> {
    let emulator = emulator();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let none = (400, json!("session.not_found"));
    assert_eq!(send(&mut browser, Put, "", &json!({ "event": "SignIn" })), none);
    begin(&mut browser, json!({ "event": "SignIn" }));
    assert_eq!(submit(&mut browser), (404, json!("session.identifier_not_found")));
    let wrong = json!({ "username": "ada", "password": "wrong" });
    let refused = (422, json!("session.invalid_credentials"));
    assert_eq!(send(&mut browser, Patch, "/identifiers", &wrong), refused);
    call(&mut browser, Put, "/event", json!({ "event": "Register" }));
    call(&mut browser, Put, "/event", json!({ "event": "SignIn" }));
    let forgotten = (404, json!("session.interaction_not_found"));
    assert_eq!(send(&mut browser, Put, "/event", &json!({ "event": "ForgotPassword" })), forgotten);
    call(&mut browser, Patch, "/identifiers", json!({ "username": "ada", "password": PASSWORD }));
    finish(&mut browser);

    begin(&mut browser, json!({ "event": "SignIn", "identifier": { "username": "ada", "password": PASSWORD } }));
    call(&mut browser, Delete, "", Value::Null);
    assert_eq!(submit(&mut browser), (404, json!("session.verification_session_not_found")));
    Ok(())
}

#[tokio::test]
async fn users_register_with_a_profile() -> Result<()> {
    let emulator = emulator();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, json!({ "event": "Register", "profile": { "username": "ada", "password": PASSWORD } }));
    assert_eq!(submit(&mut browser), (422, json!("user.username_already_in_use")));
    call(&mut browser, Delete, "/profile", Value::Null);
    assert_eq!(submit(&mut browser), (422, json!("user.missing_profile")));
    call(&mut browser, Put, "/profile", json!({ "username": "grace", "password": PASSWORD }));
    call(&mut browser, Patch, "/profile", json!({ "username": "grace2" }));
    finish(&mut browser);
    browser.sign_in("grace2", PASSWORD, "openid");
    Ok(())
}

#[tokio::test]
async fn codes_prove_addresses() -> Result<()> {
    let emulator = emulator();
    let mut browser = forgotten(&emulator).await?;
    call(&mut browser, Post, "/verification/verification-code", json!({ "email": "ada@example.com" }));
    let by_code = |code: &str| json!({ "email": "ada@example.com", "verificationCode": code });
    let wrong = (400, json!("verification_code.code_mismatch"));
    assert_eq!(send(&mut browser, Patch, "/identifiers", &by_code("nope")), wrong);
    let code = emulator.messages().last().unwrap().code().unwrap().to_owned();
    call(&mut browser, Patch, "/identifiers", by_code(&code));
    assert_eq!(submit(&mut browser), (422, json!("user.new_password_required_in_profile")));
    call(&mut browser, Put, "/profile", json!({ "password": "copper-lantern-82-meadow" }));
    assert_eq!(submit(&mut browser), (204, Value::Null));
    browser.sign_in("ada", "copper-lantern-82-meadow", "openid");

    let sign_up = json!({ "identifiers": ["email"], "password": false, "verify": true });
    emulator.client()?.operation("UpdateSignInExp")?.json(&json!({ "signUp": sign_up })).await?;
    begin(&mut browser, json!({ "event": "Register", "profile": { "email": "new@example.com" } }));
    assert_eq!(submit(&mut browser), (404, json!("session.verification_session_not_found")));
    Ok(())
}

#[tokio::test]
async fn users_sign_in_at_providers() -> Result<()> {
    let emulator = emulator();
    let admin = emulator.client()?;
    let social = json!({ "connectorId": "mock-social-connector", "config": { "clientId": "a", "clientSecret": "b" } });
    let social = admin.operation("CreateConnector")?.json(&social).await?["id"].clone();
    let mut browser = Browser::open(&emulator).await?;
    let uri =
        |connector: &Value| json!({ "connectorId": connector, "state": "s", "redirectUri": "https://app.example/x" });
    begin(&mut browser, json!({ "event": "SignIn" }));
    let path = "/verification/social-authorization-uri";
    assert!(call(&mut browser, Post, path, uri(&social))["redirectTo"].is_string());
    let unknown = (404, json!("entity.not_found"));
    assert_eq!(send(&mut browser, Post, path, &uri(&json!("nope"))), unknown);
    let account = json!({ "code": "c", "userId": "grace-1", "name": "Grace" });
    call(&mut browser, Patch, "/identifiers", json!({ "connectorId": social, "connectorData": account }));
    assert_eq!(submit(&mut browser), (422, json!("user.identity_not_exist")));
    call(&mut browser, Put, "/event", json!({ "event": "Register" }));
    call(&mut browser, Patch, "/profile", json!({ "connectorId": social }));
    assert_eq!(submit(&mut browser), (422, json!("user.missing_profile")));
    call(&mut browser, Patch, "/profile", json!({ "username": "grace" }));
    finish(&mut browser);

    let config = json!({ "clientId": "corp", "clientSecret": "s", "issuer": "https://idp.example" });
    let corp =
        json!({ "providerName": "OIDC", "connectorName": "Corp", "config": config, "domains": ["corp.example"] });
    let corp = admin.operation("CreateSsoConnector")?.json(&corp).await?["id"].as_str().unwrap().to_owned();
    admin.operation("UpdateSignInExp")?.json(&json!({ "singleSignOnEnabled": true })).await?;
    begin(&mut browser, json!({ "event": "SignIn" }));
    let found = call(&mut browser, Get, "/single-sign-on/connectors?email=bob@corp.example", Value::Null);
    assert_eq!(found, json!([corp]));
    let path = format!("/single-sign-on/{corp}");
    let ask = json!({ "state": "s5", "redirectUri": "https://app.example/q" });
    let bob = json!({ "state": "s5", "code": "c", "userId": "bob", "email": "bob@corp.example" });
    call(&mut browser, Post, &format!("{path}/authorization-url"), ask.clone());
    let missing = (422, json!("user.identity_not_exist"));
    assert_eq!(send(&mut browser, Post, &format!("{path}/authentication"), &bob), missing);
    let target = call(&mut browser, Post, &format!("{path}/registration"), Value::Null)["redirectTo"].clone();
    assert!(browser.follow(target.as_str().unwrap()).contains_key("code"));
    begin(&mut browser, json!({ "event": "SignIn" }));
    call(&mut browser, Post, &format!("{path}/authorization-url"), ask);
    let target = call(&mut browser, Post, &format!("{path}/authentication"), bob)["redirectTo"].clone();
    assert!(browser.follow(target.as_str().unwrap()).contains_key("code"));
    Ok(())
}

#[tokio::test]
async fn second_factors_are_added_and_required() -> Result<()> {
    let emulator = emulator();
    ada(&emulator).await?;
    let mfa = json!({ "mfa": { "policy": "UserControlled", "factors": ["WebAuthn", "BackupCode"] } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&mfa).await?;
    let mut browser = Browser::open(&emulator).await?;
    let sign_in = json!({ "event": "SignIn", "identifier": { "username": "ada", "password": PASSWORD } });
    begin(&mut browser, sign_in.clone());
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")));
    let mut key = Authenticator::new(emulator.endpoint().url().trim_end_matches('/'));
    let options = call(&mut browser, Post, "/verification/webauthn-registration", Value::Null);
    let payload = key.create(&options);
    call(&mut browser, Post, "/bind-mfa", payload.clone());
    assert_eq!(send(&mut browser, Post, "/bind-mfa", &payload), (400, json!("session.mfa.bind_mfa_existed")));
    let response = browser.send(Post, "/api/interaction/submit", None);
    let refused: Value = serde_json::from_str(&response.body.text()).unwrap();
    assert_eq!((response.status, &refused["code"]), (400, &json!("session.mfa.backup_code_required")));
    call(&mut browser, Post, "/bind-mfa", json!({ "type": "BackupCode" }));
    finish(&mut browser);

    begin(&mut browser, sign_in.clone());
    assert_eq!(submit(&mut browser), (403, json!("session.mfa.require_mfa_verification")));
    let options = call(&mut browser, Post, "/verification/webauthn-authentication", Value::Null);
    call(&mut browser, Put, "/mfa", key.get(&options));
    finish(&mut browser);

    begin(&mut browser, sign_in);
    call(&mut browser, Put, "/mfa", json!({ "type": "BackupCode", "code": refused["data"]["codes"][0] }));
    finish(&mut browser);
    Ok(())
}

#[tokio::test]
async fn second_factors_can_be_skipped() -> Result<()> {
    let emulator = emulator();
    ada(&emulator).await?;
    let mfa = json!({ "mfa": { "policy": "UserControlled", "factors": ["Totp"] } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&mfa).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, json!({ "event": "SignIn", "identifier": { "username": "ada", "password": PASSWORD } }));
    let created = call(&mut browser, Post, "/verification/totp", Value::Null);
    assert!(created["secret"].is_string());
    let wrong = json!({ "type": "Totp", "code": "nope" });
    assert_eq!(send(&mut browser, Post, "/bind-mfa", &wrong), (400, json!("session.mfa.invalid_totp_code")));
    call(&mut browser, Put, "/mfa-skipped", json!({ "mfaSkipped": true }));
    finish(&mut browser);
    Ok(())
}
