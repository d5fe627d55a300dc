//! Errors of the interaction API, and whom the input of a user identifies.

use logto_admin::models::CreateUser;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::{Delete, Patch, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, PASSWORD, ada};
use crate::connectors::email_connector;
use crate::interaction::{begin, call, finish, forgotten, send, submit};
use crate::second_factors;

/// The start of a sign-in by password.
fn sign_in() -> Value {
    json!({ "event": "SignIn", "identifier": { "username": "ada", "password": PASSWORD } })
}

async fn set(admin: &Client, settings: Value) -> Result<()> {
    admin.operation("UpdateSignInExp")?.json(&settings).await.map(|_: Value| ())
}

/// Permits codes for email addresses, in sign-ins and registrations.
async fn use_email(admin: &Client) -> Result<()> {
    email_connector(admin).await?;
    let method = |identifier: &str, by_code: bool| json!({ "identifier": identifier, "password": true, "verificationCode": by_code, "isPasswordPrimary": true });
    let sign_up = json!({ "identifiers": ["email"], "password": false, "verify": true });
    set(
        admin,
        json!({ "signUp": sign_up, "signIn": { "methods": [method("username", false), method("email", true)] } }),
    )
    .await
}

/// Sends a code, and returns the identifier with it.
fn by_code(emulator: &Emulator, browser: &mut Browser, email: &str) -> Value {
    call(browser, Post, "/verification/verification-code", json!({ "email": email }));
    json!({ "email": email, "verificationCode": emulator.messages().last().unwrap().code() })
}

/// Submits the interaction, and returns the data of the error.
fn problem(browser: &mut Browser) -> Value {
    let response = browser.send(Post, "/api/interaction/submit", None);
    let body: Value = serde_json::from_str(&response.body.text()).unwrap();
    body["data"].clone()
}

#[tokio::test]
async fn settings_are_checked_at_once() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.authorize("scope=openid&prompt=login");
    let missing = (404, json!("session.verification_session_not_found"));
    assert_eq!(send(&mut browser, Put, "/event", &json!({ "event": "SignIn" })), missing);
    let disabled = (422, json!("user.sign_in_method_not_enabled"));
    let by_email = json!({ "email": "ada@example.com", "password": PASSWORD });
    let started = json!({ "event": "SignIn", "identifier": by_email });
    assert_eq!(send(&mut browser, Put, "", &started), disabled);
    assert_eq!(send(&mut browser, Patch, "/identifiers", &by_email), missing, "a refused start starts nothing");
    let profile = json!({ "email": "new@example.com" });
    let started = json!({ "event": "Register", "profile": profile });
    assert_eq!(send(&mut browser, Put, "", &started), disabled);
    let weak = (400, json!("password.rejected"));
    let started = json!({ "event": "Register", "profile": { "username": "grace", "password": "grace" } });
    assert_eq!(send(&mut browser, Put, "", &started), weak);

    call(&mut browser, Put, "", json!({ "event": "Register" }));
    for method in [Put, Patch] {
        assert_eq!(send(&mut browser, method, "/profile", &profile), disabled);
        assert_eq!(send(&mut browser, method, "/profile", &json!({ "password": "a" })), weak);
    }
    assert_eq!(send(&mut browser, Patch, "/identifiers", &by_email), disabled);
    call(&mut browser, Delete, "", Value::Null);
    call(&mut browser, Delete, "", Value::Null);

    let forbidden = (403, json!("auth.forbidden"));
    set(&admin, json!({ "signInMode": "SignIn" })).await?;
    assert_eq!(send(&mut browser, Put, "", &json!({ "event": "Register" })), forbidden);
    call(&mut browser, Put, "", json!({ "event": "SignIn" }));
    assert_eq!(send(&mut browser, Put, "/event", &json!({ "event": "Register" })), forbidden);
    set(&admin, json!({ "signInMode": "Register" })).await?;
    assert_eq!(send(&mut browser, Put, "", &sign_in()), forbidden);
    Ok(())
}

#[tokio::test]
async fn applications_learn_that_a_sign_in_was_aborted() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, sign_in());
    call(&mut browser, Delete, "", Value::Null);
    let target = format!("/oidc/auth/{}", browser.interaction());
    let answer = browser.follow(&target);
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("oidc.aborted", "here"));
    assert!(!answer.contains_key("code") && !answer.contains_key("error_description"), "{answer:?}");

    begin(&mut browser, json!({ "event": "SignIn" }));
    call(&mut browser, Delete, "", Value::Null);
    call(&mut browser, Put, "", sign_in());
    finish(&mut browser);
    Ok(())
}

#[tokio::test]
async fn steps_are_logged() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, json!({ "event": "SignIn" }));
    send(&mut browser, Patch, "/identifiers", &json!({ "username": "ada", "password": "wrong" }));
    send(&mut browser, Patch, "/identifiers", &json!({ "email": "ada@example.com", "password": "wrong" }));
    send(&mut browser, Put, "/mfa", &json!({ "type": "Totp", "code": "123456" }));
    begin(&mut browser, json!({ "event": "Register" }));
    call(&mut browser, Patch, "/profile", json!({ "username": "grace", "password": PASSWORD }));
    begin(&mut browser, sign_in());
    finish(&mut browser);
    let logs = emulator.client()?.operation("ListLogs")?.query("page_size", "50").await?;
    let logs = logs.as_array().unwrap();
    let steps = logs.iter().rev().filter(|log| log["key"].as_str().is_some_and(|key| key.matches('.').count() > 1));
    let steps: Vec<(&str, &str)> = steps
        .map(|log| (log["key"].as_str().unwrap(), log["payload"]["error"]["code"].as_str().unwrap_or_default()))
        .collect();
    let expected = [
        ("Interaction.SignIn.Update", ""),
        ("Interaction.SignIn.Update", "session.invalid_credentials"),
        ("Interaction.SignIn.Identifier.Password.Submit", "session.invalid_credentials"),
        ("Interaction.SignIn.Update", "user.sign_in_method_not_enabled"),
        ("Interaction.SignIn.Mfa.Totp.Submit", "session.identifier_not_found"),
        ("Interaction.Register.Update", ""),
        ("Interaction.Register.Profile.Update", ""),
        ("Interaction.SignIn.Update", ""),
        ("Interaction.SignIn.Identifier.Password.Submit", ""),
        ("Interaction.SignIn.Submit", ""),
    ];
    assert_eq!(steps, expected);
    let of = |key: &str| logs.iter().find(|log| log["key"] == key).unwrap()["payload"].clone();
    assert_eq!(of("Interaction.SignIn.Submit")["userId"], id);
    assert_eq!(of("Interaction.SignIn.Identifier.Password.Submit")["username"], "ada");
    let profile = of("Interaction.Register.Profile.Update")["profile"].clone();
    assert_eq!(profile, json!({ "username": "grace", "password": "******" }));
    Ok(())
}

#[tokio::test]
async fn only_codes_prove_who_has_forgotten_a_password() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = forgotten(&emulator).await?;
    let unsupported = (400, json!("session.not_supported_for_forgot_password"));
    let password = json!({ "username": "ada", "password": PASSWORD });
    assert_eq!(send(&mut browser, Patch, "/identifiers", &password), unsupported);
    for path in ["/verification/totp", "/verification/webauthn-registration"] {
        assert_eq!(send(&mut browser, Post, path, &Value::Null), unsupported, "{path}");
    }
    let uri = json!({ "connectorId": "nope", "state": "s", "redirectUri": "https://app.example/x" });
    assert_eq!(send(&mut browser, Post, "/verification/social-authorization-uri", &uri), unsupported);

    let stranger = by_code(&emulator, &mut browser, "nobody@example.com");
    call(&mut browser, Patch, "/identifiers", stranger);
    assert_eq!(submit(&mut browser), (404, json!("user.user_not_exist")));
    assert_eq!(problem(&mut browser), json!({ "identifier": "nobody@example.com" }));
    let known = by_code(&emulator, &mut browser, "ada@example.com");
    call(&mut browser, Patch, "/identifiers", known);
    call(&mut browser, Put, "/profile", json!({ "password": PASSWORD }));
    assert_eq!(submit(&mut browser), (422, json!("user.same_password")));
    Ok(())
}

#[tokio::test]
async fn all_proofs_are_about_one_user() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let admin = emulator.client()?;
    use_email(&admin).await?;
    let bob = CreateUser { primary_email: Some("bob@example.com".into()), ..Default::default() };
    admin.users().create(bob).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, sign_in());
    assert_eq!(submit(&mut browser), (422, json!("user.missing_profile")));
    assert_eq!(problem(&mut browser), json!({ "missingProfile": ["email"] }));
    let unproven = json!({ "email": "ada@example.com" });
    call(&mut browser, Put, "/profile", unproven.clone());
    assert_eq!(submit(&mut browser), (404, json!("session.verification_session_not_found")));
    let of_bob = by_code(&emulator, &mut browser, "bob@example.com");
    call(&mut browser, Patch, "/identifiers", of_bob);
    assert_eq!(submit(&mut browser), (400, json!("session.verification_failed")));
    // An address of the profile need not be that of the user.
    let of_ada = by_code(&emulator, &mut browser, "ada@example.com");
    call(&mut browser, Patch, "/identifiers", of_ada);
    finish(&mut browser);

    begin(&mut browser, sign_in());
    let other = by_code(&emulator, &mut browser, "other@example.com");
    call(&mut browser, Patch, "/identifiers", other);
    call(&mut browser, Put, "/profile", json!({ "email": "other@example.com" }));
    assert_eq!(submit(&mut browser), (400, json!("user.email_exists_in_profile")));
    call(&mut browser, Put, "/profile", json!({ "connectorId": "nope" }));
    assert_eq!(submit(&mut browser), (404, json!("user.user_not_exist")), "the address counts again");
    Ok(())
}

#[tokio::test]
async fn codes_belong_to_the_interaction_and_its_purpose() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    use_email(&emulator.client()?).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, json!({ "event": "SignIn" }));
    let none = (400, json!("verification_code.not_found"));
    let made_up = json!({ "email": "new@example.com", "verificationCode": "123456" });
    assert_eq!(send(&mut browser, Patch, "/identifiers", &made_up), none);
    let given = by_code(&emulator, &mut browser, "new@example.com");
    call(&mut browser, Put, "/event", json!({ "event": "Register" }));
    assert_eq!(send(&mut browser, Patch, "/identifiers", &given), none, "the code is for a sign-in");
    // A start keeps the codes of the one before.
    let given = by_code(&emulator, &mut browser, "new@example.com");
    let started = json!({ "event": "Register", "identifier": given, "profile": { "email": "new@example.com" } });
    call(&mut browser, Put, "", started);
    finish(&mut browser);
    Ok(())
}

#[tokio::test]
async fn social_accounts_of_strangers_can_be_linked() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let admin = emulator.client()?;
    admin.operation("UpdateUser")?.path("userId", &id).json(&json!({ "primaryEmail": "ada@example.com" })).await?;
    let social = json!({ "connectorId": "mock-social-connector", "config": { "clientId": "a", "clientSecret": "b" } });
    let social = admin.operation("CreateConnector")?.json(&social).await?["id"].clone();
    let mut browser = Browser::open(&emulator).await?;
    let data = json!({ "code": "c", "userId": "ada-1", "email": "ada@example.com" });
    begin(&mut browser, json!({ "event": "SignIn" }));
    let link = json!({ "connectorId": social, "email": "ada@example.com" });
    let none = (400, json!("session.connector_session_not_found"));
    assert_eq!(send(&mut browser, Patch, "/identifiers", &link), none);
    call(&mut browser, Patch, "/identifiers", json!({ "connectorId": social, "connectorData": data }));
    assert_eq!(submit(&mut browser), (422, json!("user.identity_not_exist")));
    assert_eq!(problem(&mut browser)["relatedUser"], json!({ "type": "email", "value": "ada@example.com" }));
    let other = json!({ "connectorId": social, "email": "eve@example.com" });
    assert_eq!(send(&mut browser, Patch, "/identifiers", &other), none);
    call(&mut browser, Patch, "/identifiers", link);
    call(&mut browser, Put, "/profile", json!({ "connectorId": social }));
    finish(&mut browser);
    let user: Value = admin.operation("GetUser")?.path("userId", &id).await?;
    assert_eq!(user["identities"]["mock-social"]["userId"], "ada-1", "{user}");

    begin(&mut browser, json!({ "event": "Register", "profile": { "connectorId": "nope" } }));
    assert_eq!(submit(&mut browser), (404, json!("session.connector_session_not_found")));
    Ok(())
}

#[tokio::test]
async fn new_users_add_required_factors_before_they_exist() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    set(&admin, json!({ "mfa": { "policy": "Mandatory", "factors": ["Totp", "BackupCode"] } })).await?;
    let mut browser = Browser::open(&emulator).await?;
    begin(&mut browser, json!({ "event": "Register", "profile": { "username": "grace", "password": PASSWORD } }));
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")));
    assert_eq!(problem(&mut browser), json!({ "availableFactors": ["Totp"] }));
    assert!(admin.users().list().await?.is_empty());
    let totp = json!({ "type": "Totp", "code": "123456" });
    let codes = json!({ "type": "BackupCode" });
    assert_eq!(send(&mut browser, Post, "/bind-mfa", &totp), (400, json!("session.mfa.pending_info_not_found")));
    let alone = (400, json!("session.mfa.backup_code_can_not_be_alone"));
    assert_eq!(send(&mut browser, Post, "/bind-mfa", &codes), alone);
    let skipped = json!({ "mfaSkipped": true });
    let mandatory = (422, json!("session.mfa.mfa_policy_not_user_controlled"));
    assert_eq!(send(&mut browser, Put, "/mfa-skipped", &skipped), mandatory);
    let only_sign_in = (400, json!("session.mfa.mfa_sign_in_only"));
    assert_eq!(send(&mut browser, Put, "/mfa", &totp), only_sign_in);

    let secret = call(&mut browser, Post, "/verification/totp", Value::Null)["secret"].as_str().unwrap().to_owned();
    let totp = json!({ "type": "Totp", "code": second_factors::code(&emulator, &secret) });
    call(&mut browser, Post, "/bind-mfa", totp.clone());
    assert_eq!(submit(&mut browser), (400, json!("session.mfa.backup_code_required")));
    call(&mut browser, Post, "/bind-mfa", codes);
    finish(&mut browser);

    let sign_in = json!({ "event": "SignIn", "identifier": { "username": "grace", "password": PASSWORD } });
    begin(&mut browser, sign_in);
    let path = "/verification/webauthn-authentication";
    assert_eq!(send(&mut browser, Post, path, &Value::Null), only_sign_in, "the user is not identified yet");
    assert_eq!(submit(&mut browser), (403, json!("session.mfa.require_mfa_verification")));
    assert_eq!(problem(&mut browser), json!({ "availableFactors": ["Totp", "BackupCode"] }));
    call(&mut browser, Put, "/mfa", totp);
    finish(&mut browser);

    set(&admin, json!({ "mfa": { "policy": "NoPrompt", "factors": [] } })).await?;
    begin(&mut browser, json!({ "event": "SignIn" }));
    let disabled = (422, json!("user.sign_in_method_not_enabled"));
    assert_eq!(send(&mut browser, Post, "/bind-mfa", &json!({ "type": "BackupCode" })), disabled);
    Ok(())
}

#[tokio::test]
async fn enterprise_accounts_register_unless_registrations_are_off() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let config = json!({ "clientId": "corp", "clientSecret": "s", "issuer": "https://idp.example" });
    let corp =
        json!({ "providerName": "OIDC", "connectorName": "Corp", "config": config, "domains": ["corp.example"] });
    let corp = admin.operation("CreateSsoConnector")?.json(&corp).await?["id"].as_str().unwrap().to_owned();
    set(&admin, json!({ "singleSignOnEnabled": true, "signInMode": "SignIn" })).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.authorize("scope=openid&prompt=login");
    let path = format!("/single-sign-on/{corp}");
    // No other call has to start the sign-in.
    let ask = json!({ "state": "s5", "redirectUri": "https://app.example/q" });
    call(&mut browser, Post, &format!("{path}/authorization-url"), ask);
    let forbidden = (403, json!("auth.forbidden"));
    assert_eq!(send(&mut browser, Post, &format!("{path}/registration"), &Value::Null), forbidden);
    set(&admin, json!({ "signInMode": "SignInAndRegister" })).await?;
    call(&mut browser, Put, "/event", json!({ "event": "Register" }));
    let bob = json!({ "state": "s5", "code": "c", "userId": "bob", "email": "bob@corp.example" });
    let none = (400, json!("session.connector_session_not_found"));
    assert_eq!(send(&mut browser, Post, &format!("{path}/authentication"), &bob), none);
    let by_email = json!({ "event": "SignIn", "identifier": { "email": "eve@corp.example", "password": "x" } });
    let method =
        json!({ "identifier": "email", "password": true, "verificationCode": false, "isPasswordPrimary": true });
    set(&admin, json!({ "signIn": { "methods": [method] } })).await?;
    assert_eq!(send(&mut browser, Put, "", &by_email), (422, json!("session.sso_enabled")));
    Ok(())
}
