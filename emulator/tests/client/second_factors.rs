//! Sign-ins with second factors, one-time tokens and access control.

use std::time::Duration;

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Get, Post};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;
use sha1::Sha1;

use crate::browser::{Browser, PASSWORD, location};

/// Creates an emulator with a user and a policy for second factors. Returns it with the user's id.
async fn with_policy(policy: &str, factors: &[&str]) -> Result<(Emulator, String)> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = CreateUser { username: Some("ada".into()), password: Some(PASSWORD.into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    let settings = json!({ "mfa": { "policy": policy, "factors": factors } });
    admin.operation("UpdateSignInExp")?.json(&settings).await?;
    Ok((emulator, id))
}

/// Starts a sign-in, and identifies the user by password.
fn identify(browser: &mut Browser) {
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let id = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": id }));
}

fn submit(browser: &mut Browser) -> (u16, Value) {
    browser.experience(Post, "/submit", &Value::Null)
}

/// Computes the code that an authenticator app shows (RFC 6238).
pub(crate) fn code(emulator: &Emulator, secret: &str) -> String {
    let step = emulator.now().as_millis() / 30_000;
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32.decode(secret.as_bytes()).unwrap()).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0xF);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7FFF_FFFF;
    format!("{:06}", number % 1_000_000)
}

async fn factors(admin: &Client, user: &str) -> Result<Value> {
    admin.operation("ListUserMfaVerifications")?.path("userId", user).await
}

#[tokio::test]
async fn mandatory_factors_are_added_and_then_required() -> Result<()> {
    let (emulator, id) = with_policy("Mandatory", &["Totp", "BackupCode"]).await?;
    let mut browser = Browser::open(&emulator).await?;
    identify(&mut browser);
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")));
    let skip = browser.experience(Post, "/profile/mfa/mfa-skipped", &Value::Null);
    assert_eq!(skip, (422, json!("session.mfa.mfa_policy_not_user_controlled")));

    let created = browser.call(Post, "/verification/totp/secret", &Value::Null);
    let secret = created["secret"].as_str().unwrap();
    let by_app = |code: &str| json!({ "verificationId": created["verificationId"], "code": code });
    let wrong = browser.experience(Post, "/verification/totp/verify", &by_app("nope00"));
    assert_eq!(wrong, (400, json!("session.mfa.invalid_totp_code")));
    browser.verify("totp/verify", &by_app(&code(&emulator, secret)));
    browser.call(Post, "/profile/mfa", &json!({ "type": "Totp", "verificationId": created["verificationId"] }));
    assert_eq!(submit(&mut browser), (422, json!("session.mfa.backup_code_required")));
    let codes = browser.call(Post, "/verification/backup-code/generate", &Value::Null);
    browser.call(Post, "/profile/mfa", &json!({ "type": "BackupCode", "verificationId": codes["verificationId"] }));
    let shown = browser.call(Get, "/interaction", &Value::Null);
    assert_eq!(
        shown["mfa"],
        json!({ "mfaEnabled": true, "totp": { "type": "Totp" }, "backupCode": { "type": "BackupCode" } })
    );
    assert!(browser.submit().contains_key("code"));
    let admin = emulator.client()?;
    assert_eq!(factors(&admin, &id).await?[1]["remainCodes"], 10);

    identify(&mut browser);
    assert_eq!(submit(&mut browser), (403, json!("session.mfa.require_mfa_verification")));
    browser.verify("totp/verify", &json!({ "code": code(&emulator, secret) }));
    assert!(browser.submit().contains_key("code"));

    identify(&mut browser);
    let wrong = browser.experience(Post, "/verification/backup-code/verify", &json!({ "code": "nope" }));
    assert_eq!(wrong, (400, json!("session.mfa.invalid_backup_code")));
    browser.verify("backup-code/verify", &json!({ "code": codes["codes"][0] }));
    assert!(browser.submit().contains_key("code"));
    assert_eq!(factors(&admin, &id).await?[1]["remainCodes"], 9);

    identify(&mut browser);
    let again = browser.experience(Post, "/verification/backup-code/verify", &json!({ "code": codes["codes"][0] }));
    assert_eq!(again, (400, json!("session.mfa.invalid_backup_code")));
    let again = browser.experience(Post, "/verification/totp/verify", &json!({ "code": code(&emulator, secret) }));
    assert_eq!(again, (400, json!("session.mfa.invalid_totp_code")), "a code proves the factor once");
    let username = json!({ "type": "username", "value": "lovelace" });
    let unproven = (403, json!("session.mfa.require_mfa_verification"));
    assert_eq!(browser.experience(Post, "/profile", &username), unproven);
    assert_eq!(browser.experience(Post, "/profile/mfa/mfa-enabled", &Value::Null), unproven);
    emulator.advance(Duration::from_secs(30));
    browser.verify("totp/verify", &json!({ "code": code(&emulator, secret) }));
    assert_eq!(browser.experience(Post, "/profile", &username), (422, json!("user.username_exists_in_profile")));
    Ok(())
}

#[tokio::test]
async fn an_address_becomes_a_second_factor() -> Result<()> {
    let (emulator, id) = with_policy("Mandatory", &["EmailVerificationCode", "Totp"]).await?;
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    let mut browser = Browser::open(&emulator).await?;
    identify(&mut browser);
    let unbound = json!({ "type": "EmailVerificationCode", "verificationId": "nope" });
    let missing = (404, json!("session.verification_session_not_found"));
    assert_eq!(browser.experience(Post, "/profile/mfa", &unbound), missing);
    let identifier = json!({ "type": "email", "value": "ada@example.com" });
    let mut record = browser.prove_address(&identifier, "SignIn");
    assert_eq!(emulator.messages().pop().unwrap().usage, "BindMfa");
    record["type"] = json!("EmailVerificationCode");
    browser.call(Post, "/profile/mfa", &record);
    assert!(browser.submit().contains_key("code"));
    assert_eq!(admin.users().get(&id).await?.primary_email.as_deref(), Some("ada@example.com"));
    identify(&mut browser);
    assert_eq!(submit(&mut browser), (403, json!("session.mfa.require_mfa_verification")));
    Ok(())
}

#[tokio::test]
async fn factors_that_replace_passwords_suggest_another_one() -> Result<()> {
    let (emulator, id) = with_policy("Mandatory", &["EmailVerificationCode", "Totp"]).await?;
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    let settings = json!({ "signUp": { "identifiers": ["email"], "password": false, "verify": true } });
    admin.operation("UpdateSignInExp")?.json(&settings).await?;
    let email = json!({ "primaryEmail": "ada@example.com" });
    admin.operation("UpdateUser")?.path("userId", &id).json(&email).await?;
    let mut browser = Browser::open(&emulator).await?;
    let sign_in = |browser: &mut Browser| {
        identify(browser);
        let record = browser.verify("mfa-verification-code", &json!({ "identifierType": "email" }));
        let code = browser.emulator.messages().pop().unwrap().code().unwrap().to_owned();
        let body = json!({ "verificationId": record, "code": code, "identifierType": "email" });
        browser.verify("mfa-verification-code/verify", &body);
    };
    sign_in(&mut browser);
    assert_eq!(submit(&mut browser), (422, json!("session.mfa.suggest_additional_mfa")));
    browser.call(Post, "/profile/mfa/mfa-suggestion-skipped", &Value::Null);
    assert!(browser.submit().contains_key("code"));
    sign_in(&mut browser);
    assert!(browser.submit().contains_key("code"), "the choice is remembered");
    Ok(())
}

#[tokio::test]
async fn new_users_decide_about_second_factors() -> Result<()> {
    let (emulator, _) = with_policy("PromptAtSignInAndSignUp", &["Totp"]).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let identifier = json!({ "type": "username", "value": "grace" });
    let record = browser.verify("new-password-identity", &json!({ "identifier": identifier, "password": PASSWORD }));
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert_eq!(submit(&mut browser), (422, json!("user.suggest_mfa")));
    browser.call(Post, "/profile/mfa/mfa-enabled", &Value::Null);
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")));
    browser.call(Post, "/profile/mfa/mfa-skipped", &Value::Null);
    assert!(browser.submit().contains_key("code"));
    Ok(())
}

#[tokio::test]
async fn organizations_can_require_second_factors() -> Result<()> {
    let (emulator, id) = with_policy("NoPrompt", &["Totp"]).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    let organization = json!({ "name": "Acme", "isMfaRequired": true });
    let organization = admin.operation("CreateOrganization")?.json(&organization).await?["id"].clone();
    let organization = organization.as_str().unwrap();
    admin.organizations().add_users(organization, [id.as_str()]).await?;
    identify(&mut browser);
    assert!(browser.submit().contains_key("code"), "the policy does not follow organizations");
    let mfa = json!({ "policy": "NoPrompt", "factors": ["Totp"], "organizationRequiredMfaPolicy": "Mandatory" });
    admin.operation("UpdateSignInExp")?.json(&json!({ "mfa": mfa })).await?;
    identify(&mut browser);
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")));
    let skip = browser.experience(Post, "/profile/mfa/mfa-skipped", &Value::Null);
    assert_eq!(skip, (422, json!("session.mfa.mfa_policy_not_user_controlled")));
    Ok(())
}

#[tokio::test]
async fn optional_factors_can_be_skipped() -> Result<()> {
    let (emulator, id) = with_policy("UserControlled", &["Totp"]).await?;
    let mut browser = Browser::open(&emulator).await?;
    identify(&mut browser);
    assert_eq!(submit(&mut browser), (422, json!("user.suggest_mfa")));
    browser.call(Post, "/profile/mfa/mfa-skipped", &Value::Null);
    assert!(browser.submit().contains_key("code"));
    let configs = emulator.client()?.operation("ListUserLogtoConfigs")?.path("userId", &id).await?;
    assert_eq!(configs["mfa"]["skipped"], true);
    identify(&mut browser);
    assert!(browser.submit().contains_key("code"), "the choice is remembered");
    Ok(())
}

#[tokio::test]
async fn one_time_tokens_identify_users_once() -> Result<()> {
    let (emulator, id) = with_policy("NoPrompt", &[]).await?;
    let admin = emulator.client()?;
    let email = json!({ "primaryEmail": "ada@example.com" });
    admin.operation("UpdateUser")?.path("userId", &id).json(&email).await?;
    let organization = admin.operation("CreateOrganization")?.json(&json!({ "name": "Acme" })).await?;
    let body = json!({ "email": "ada@example.com", "context": { "jitOrganizationIds": [organization["id"]] } });
    let token = admin.operation("AddOneTimeTokens")?.json(&body).await?["token"].clone();
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let identifier = json!({ "type": "email", "value": "ada@example.com" });
    let with = |token: &Value| json!({ "identifier": identifier, "token": token });
    let path = "/verification/one-time-token/verify";
    let unknown = browser.experience(Post, path, &with(&json!("nope")));
    assert_eq!(unknown, (404, json!("one_time_token.token_not_found")));
    let record = browser.verify("one-time-token/verify", &with(&token));
    assert_eq!(browser.experience(Post, path, &with(&token)), (400, json!("one_time_token.token_consumed")));
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert!(browser.submit().contains_key("code"));
    let organizations = admin.operation("ListUserOrganizations")?.path("userId", &id).await?;
    assert_eq!(organizations[0]["id"], organization["id"]);
    Ok(())
}

#[tokio::test]
async fn applications_with_access_control_refuse_other_users() -> Result<()> {
    let (emulator, id) = with_policy("NoPrompt", &[]).await?;
    let admin = emulator.client()?;
    let other = admin.users().create(CreateUser::default()).await?.id;
    let mut browser = Browser::open(&emulator).await?;
    let rules = |users: &[&str]| json!({ "userIds": users, "userRoleIds": [], "organizationIds": [], "organizationRoleRules": [] });
    let application = browser.application.clone();
    let set = async |users: &[&str]| {
        let call = admin.operation("ReplaceApplicationAccessControl")?.path("applicationId", &application);
        call.json(&rules(users)).await
    };
    set(&[&other]).await?;
    let on = json!({ "appLevelAccessControlEnabled": true, "customClientMetadata": { "allowTokenExchange": true } });
    admin.operation("UpdateApplication")?.path("id", &browser.application).json(&on).await?;
    let subject = async || -> Result<u16> {
        let body = json!({ "userId": id });
        let token = admin.operation("CreateSubjectToken")?.json(&body).await?["subjectToken"].clone();
        let kind = "subject_token_type=urn:ietf:params:oauth:token-type:access_token";
        let grant = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
        Ok(browser.token(&format!("{grant}&{kind}&subject_token={}", token.as_str().unwrap())).0)
    };
    assert_eq!(subject().await?, 400);
    set(&[&other, &id]).await?;
    assert_eq!(subject().await?, 200);
    set(&[&other]).await?;
    identify(&mut browser);
    let target = browser.call(Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    let page = location(&browser.get(&target));
    assert_eq!(page, format!("/consent?app_id={}", browser.application));
    assert_eq!(browser.get(&page).status, 200, "the page shows that the user has no access");
    let refused = browser.get("/api/interaction/consent").body.text();
    assert!(refused.contains("oidc.access_denied"), "{refused}");

    set(&[&other, &id]).await?;
    assert!(browser.follow(&page).contains_key("code"));
    set(&[&other]).await?;
    let target = browser.authorize("scope=openid");
    assert_eq!(browser.follow(&target)["error"], "access_denied");
    Ok(())
}

#[tokio::test]
async fn a_missing_factor_names_those_that_can_be_added() -> Result<()> {
    let factors = json!(["WebAuthn", "Totp"]);
    for (policy, data) in [
        ("Mandatory", json!({ "availableFactors": factors })),
        ("UserControlled", json!({ "availableFactors": factors, "skippable": true })),
    ] {
        let (emulator, _) = with_policy(policy, &["Totp", "WebAuthn", "BackupCode"]).await?;
        let mut browser = Browser::open(&emulator).await?;
        identify(&mut browser);
        browser.call(Post, "/profile/mfa/mfa-enabled", &Value::Null);
        let response = browser.send(Post, "/api/experience/submit", None);
        let body: Value = logto_admin::serde_json::from_str(&response.body.text()).unwrap();
        assert_eq!((response.status, &body["code"], &body["data"]), (422, &json!("user.missing_mfa"), &data));
    }
    Ok(())
}

#[tokio::test]
async fn codes_are_a_second_factor_of_users_with_an_address() -> Result<()> {
    let (emulator, id) = with_policy("Mandatory", &["EmailVerificationCode"]).await?;
    let admin = emulator.client()?;
    let templates: Vec<Value> = ["SignIn", "Register", "ForgotPassword", "Generic", "MfaVerification"]
        .iter()
        .map(|usage| json!({ "usageType": usage, "type": "text/plain", "subject": "s", "content": "{{code}}" }))
        .collect();
    let config = json!({ "apiKey": "k", "fromEmail": "a@b.co", "fromName": "n", "templates": templates });
    let connector = json!({ "connectorId": "mock-email-service", "config": config });
    admin.operation("CreateConnector")?.json(&connector).await?;
    let email = json!({ "primaryEmail": "ada.lovelace@example.com" });
    admin.operation("UpdateUser")?.path("userId", &id).json(&email).await?;

    let mut browser = Browser::open(&emulator).await?;
    identify(&mut browser);
    let response = browser.send(Post, "/api/experience/submit", None);
    let body: Value = logto_admin::serde_json::from_str(&response.body.text()).unwrap();
    assert_eq!(body["data"]["maskedIdentifiers"], json!({ "EmailVerificationCode": "ada.****@example.com" }));
    let record = browser.verify("mfa-verification-code", &json!({ "identifierType": "email" }));
    let code = emulator.messages().last().unwrap().code().unwrap().to_owned();
    let with = |code: &str| json!({ "verificationId": record, "code": code, "identifierType": "email" });
    let wrong = browser.experience(Post, "/verification/mfa-verification-code/verify", &with("nope00"));
    assert_eq!(wrong, (400, json!("verification_code.code_mismatch")));
    browser.verify("mfa-verification-code/verify", &with(&code));
    assert!(browser.submit().contains_key("code"));
    Ok(())
}
