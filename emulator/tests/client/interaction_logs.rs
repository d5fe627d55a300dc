//! Audit logs of the steps of interactions.

use logto_admin::models::{CaptchaConfig, CreateOneTimeToken, CreateUser, TurnstileConfig, UpdateCaptchaProvider};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, PASSWORD, ada};

/// Returns the payloads of the entries with this key, newest first.
async fn payloads(admin: &Client, key: &str) -> Result<Vec<Value>> {
    let logs = admin.operation("ListLogs")?.query("logKey", key).await?;
    Ok(logs.as_array().unwrap().iter().map(|log| log["payload"].clone()).collect())
}

#[tokio::test]
async fn a_captcha_has_an_entry_of_its_own() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    let start = json!({ "interactionEvent": "SignIn", "captchaToken": "from the widget" });
    browser.authorize("scope=openid&prompt=login");
    browser.experience(Put, "", &start);
    let turnstile = CaptchaConfig::Turnstile(TurnstileConfig::new("site", "secret"));
    admin.captcha_provider().update(UpdateCaptchaProvider::new(turnstile)).await?;
    browser.call(Put, "", &start);
    let entries = payloads(&admin, "Interaction.Create.Captcha").await?;
    let results: Vec<_> = entries.iter().map(|entry| (entry["result"].clone(), entry["success"].clone())).collect();
    assert_eq!(results, [(json!("Success"), json!(true)), (json!("Error"), Value::Null)]);
    assert_eq!(entries[1]["error"]["code"], "session.captcha_failed");
    Ok(())
}

#[tokio::test]
async fn a_registration_shows_the_new_user() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    browser.call(Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
    let new = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("new-password-identity", &new);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    let updated = &payloads(&admin, "Interaction.SignIn.Update").await?[0];
    assert_eq!((&updated["interactionEvent"], updated.get("payload")), (&json!("Register"), None));
    let identified = &payloads(&admin, "Interaction.Register.Identifier.Submit").await?[0];
    assert_eq!((&identified["user"]["username"], &identified["userId"]), (&json!("ada"), &identified["user"]["id"]));
    Ok(())
}

#[tokio::test]
async fn data_of_an_identified_user_has_an_entry_of_its_own() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let email = "ada@example.com";
    admin.users().create(CreateUser { primary_email: Some(email.into()), ..Default::default() }).await?;
    let context = json!({ "jitOrganizationIds": ["engines"] });
    let mut token = CreateOneTimeToken::new(email);
    token.context = Some(logto_admin::serde_json::from_value(context.clone()).unwrap());
    let token = admin.one_time_tokens().create(token).await?.token;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "email", "value": email }, "token": token });
    let record = browser.verify("one-time-token/verify", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert_eq!(payloads(&admin, "Interaction.SignIn.Profile.Update").await?[0]["syncedProfile"], context);
    Ok(())
}

#[tokio::test]
async fn steps_that_are_not_admitted_have_no_entry() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let bind = json!({ "type": "Totp", "verificationId": "nope" });
    assert_eq!(browser.experience(Post, "/profile/mfa", &bind).0, 404, "nobody is identified");
    let code = json!({ "identifierType": "email" });
    assert_eq!(browser.experience(Post, "/verification/mfa-verification-code", &code).0, 400);
    let password = browser.experience(Put, "/profile/password", &json!({ "password": PASSWORD }));
    assert_eq!(password, (400, json!("session.invalid_interaction_type")));
    for key in ["BindMfa.Totp.Submit", "Verification.EmailVerificationCode.Create", "Profile.Update"] {
        assert_eq!(payloads(&admin, &format!("Interaction.SignIn.{key}")).await?, [] as [Value; 0], "{key}");
    }

    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert_eq!(browser.experience(Post, "/profile/mfa", &bind).1, "session.verification_session_not_found");
    let refused = &payloads(&admin, "Interaction.SignIn.BindMfa.Totp.Submit").await?[0];
    assert_eq!((&refused["verificationId"], refused.get("payload")), (&json!("nope"), None));
    assert_eq!(refused["error"]["code"], "session.verification_session_not_found");
    Ok(())
}

#[tokio::test]
async fn errors_of_steps_show_their_data() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    assert_eq!(browser.experience(Post, "/identification", &json!({})).0, 422);
    let refused = &payloads(&admin, "Interaction.Register.Identifier.Submit").await?[0];
    assert_eq!(refused["error"]["data"]["missingProfile"], json!(["username", "password"]));
    Ok(())
}
