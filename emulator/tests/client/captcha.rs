use logto_admin::Result;
use logto_admin::models::{
    CaptchaConfig, CreateUser, RecaptchaEnterpriseConfig, TurnstileConfig, UpdateCaptchaProvider,
};
use logto_admin::serde_json::json;
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
async fn sign_ins_accept_the_token_of_a_captcha_and_never_require_it() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let turnstile = CaptchaConfig::Turnstile(TurnstileConfig::new("site", "secret"));
    admin.captcha_provider().update(UpdateCaptchaProvider::new(turnstile)).await?;
    admin.operation("UpdateSignInExp")?.json(&json!({ "captchaPolicy": { "enabled": true } })).await?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser { username: Some("ada".into()), password: Some(password.into()), ..Default::default() };
    admin.users().create(ada).await?;
    let mut browser = Browser::open(&emulator).await?;
    for begin in [
        json!({ "interactionEvent": "SignIn" }),
        json!({ "interactionEvent": "SignIn", "captchaToken": "from the widget" }),
    ] {
        browser.authorize("scope=openid&prompt=login");
        browser.call(Method::Put, "", &begin);
        let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": password });
        let record = browser.verify("password", &body);
        browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
        assert!(browser.submit().contains_key("code"), "{begin}");
    }
    Ok(())
}
