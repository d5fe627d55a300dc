use logto_admin::Result;
use logto_admin::models::{
    CaptchaConfig, CreateUser, RecaptchaEnterpriseConfig, TurnstileConfig, UpdateCaptchaProvider,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::Browser;
use crate::{client, refused};

#[tokio::test]
async fn the_sign_in_page_reads_the_public_settings_of_an_enabled_captcha() -> Result<()> {
    let client = client();
    let recaptcha = CaptchaConfig::RecaptchaEnterprise(RecaptchaEnterpriseConfig::new("site", "secret", "project"));
    client.captcha_provider().update(UpdateCaptchaProvider::new(recaptcha)).await?;
    let read = || client.operation("GetSignInExperienceConfig");
    assert_eq!(read()?.await?.get("captchaConfig"), None, "captchas are disabled");
    client.operation("UpdateSignInExp")?.json(&json!({ "captchaPolicy": { "enabled": true } })).await?;
    assert_eq!(read()?.await?["captchaConfig"], json!({ "type": "RecaptchaEnterprise", "siteKey": "site" }));
    Ok(())
}

#[tokio::test]
async fn there_is_at_most_one_captcha_provider() -> Result<()> {
    let client = client();
    let captcha = client.captcha_provider();
    assert_eq!(refused(captcha.get().await), (404, "entity.not_found".into()));
    let turnstile = CaptchaConfig::Turnstile(TurnstileConfig::new("site", "secret"));
    let first = captcha.update(UpdateCaptchaProvider::new(turnstile)).await?;
    let recaptcha = CaptchaConfig::RecaptchaEnterprise(RecaptchaEnterpriseConfig::new("site", "secret", "project"));
    let second = captcha.update(UpdateCaptchaProvider::new(recaptcha.clone())).await?;
    assert_eq!((second.id, second.updated_at), (first.id, first.updated_at), "only the settings change");
    assert_eq!(captcha.get().await?.config, recaptcha);
    let config = json!({ "type": "Turnstile", "siteKey": "site", "secretKey": "secret", "mode": "checkbox" });
    let sent = client.operation("UpdateCaptchaProvider")?.json(&json!({ "config": config })).await?;
    assert_eq!(sent["config"].get("mode"), None, "unknown members are dropped");
    client.operation("UpdateSignInExp")?.json(&json!({ "captchaPolicy": { "enabled": true } })).await?;
    captcha.delete().await?;
    assert_eq!(client.operation("GetSignInExp")?.await?["captchaPolicy"], json!({ "enabled": false }));
    captcha.delete().await?;
    assert_eq!(refused(captcha.get().await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn sign_ins_and_codes_require_a_captcha_if_the_policy_does() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser { username: Some("ada".into()), password: Some(password.into()), ..Default::default() };
    admin.users().create(ada).await?;
    let mut browser = Browser::open(&emulator).await?;
    let with_token = json!({ "interactionEvent": "SignIn", "captchaToken": "from the widget" });
    browser.authorize("scope=openid&prompt=login");
    let failed = (422, json!("session.captcha_failed"));
    assert_eq!(browser.experience(Method::Put, "", &with_token), failed, "no provider is configured");

    let turnstile = CaptchaConfig::Turnstile(TurnstileConfig::new("site", "secret"));
    admin.captcha_provider().update(UpdateCaptchaProvider::new(turnstile)).await?;
    admin.operation("UpdateSignInExp")?.json(&json!({ "captchaPolicy": { "enabled": true } })).await?;
    let identify = |browser: &mut Browser, begin: &Value| {
        browser.authorize("scope=openid&prompt=login");
        browser.call(Method::Put, "", begin);
        let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": password });
        let record = browser.verify("password", &body);
        browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    };
    let required = (422, json!("session.captcha_required"));
    identify(&mut browser, &json!({ "interactionEvent": "SignIn" }));
    assert_eq!(browser.experience(Method::Post, "/submit", &Value::Null), required);
    identify(&mut browser, &with_token);
    assert!(browser.submit().contains_key("code"));

    browser.start("Register", "openid");
    let code = json!({ "identifier": { "type": "email", "value": "a@b.example" }, "interactionEvent": "Register" });
    assert_eq!(browser.experience(Method::Post, "/verification/verification-code", &code), required);
    assert_eq!(browser.experience(Method::Post, "/identification", &json!({})), required);
    Ok(())
}

#[tokio::test]
async fn other_proofs_skip_the_captcha() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    let skipped = |browser: &mut Browser| {
        browser.call(Method::Get, "/interaction", &Value::Null)["captcha"]["skipped"].as_bool().unwrap()
    };

    let social = json!({ "connectorId": "mock-social-connector", "config": { "clientId": "a", "clientSecret": "b" } });
    let social = admin.operation("CreateConnector")?.json(&social).await?["id"].clone();
    let oidc = json!({ "clientId": "corp", "clientSecret": "s", "issuer": "https://idp.example" });
    let oidc = json!({ "providerName": "OIDC", "connectorName": "Corp", "config": oidc });
    let oidc = admin.operation("CreateSsoConnector")?.json(&oidc).await?["id"].clone();
    for (kind, connector) in [("social", social), ("sso", oidc)] {
        browser.start("SignIn", "openid");
        let path = format!("/verification/{kind}/{}", connector.as_str().unwrap());
        let begin = json!({ "state": "s", "redirectUri": "https://app.example/callback" });
        let begun = browser.call(Method::Post, &format!("{path}/authorization-uri"), &begin);
        assert!(!skipped(&mut browser));
        let data = json!({ "state": "s", "code": "c", "userId": "u" });
        let body = json!({ "verificationId": begun["verificationId"], "connectorData": data });
        browser.call(Method::Post, &format!("{path}/verify"), &body);
        assert!(skipped(&mut browser), "{kind}");
    }

    let token = json!({ "email": "ada@example.com" });
    let token = admin.operation("AddOneTimeTokens")?.json(&token).await?["token"].clone();
    browser.start("SignIn", "openid");
    let identifier = json!({ "type": "email", "value": "ada@example.com" });
    browser.verify("one-time-token/verify", &json!({ "identifier": identifier, "token": token }));
    assert!(skipped(&mut browser));
    Ok(())
}
