use logto_admin::Result;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Post, Put};
use logto_admin_emulator::Emulator;

use crate::account_center::Account;
use crate::browser::Browser;
use crate::connectors::{email_connector, sms_connector};

/// Returns the variables of the last message, without the code.
fn variables(emulator: &Emulator) -> Value {
    let mut payload = emulator.messages().pop().unwrap().payload;
    payload.remove("code");
    payload.into()
}

#[tokio::test]
async fn codes_of_sign_ins_show_the_application_and_the_organization() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    email_connector(&admin).await?;
    sms_connector(&admin).await?;
    let organization = admin.operation("CreateOrganization")?.json(&json!({ "name": "engines" })).await?;
    let organization = organization["id"].as_str().unwrap();
    let mut browser = Browser::open(&emulator).await?;
    let experience = json!({ "displayName": "Engines", "branding": { "logoUrl": "https://engines.example/logo" } });
    let path = format!("/api/applications/{}/sign-in-experience", browser.application);
    let _: Value = admin.request(Put, &path).json(&experience).await?;
    let send = |browser: &mut Browser, kind: &str, value: &str, more: &str| {
        browser.authorize(&format!("scope=openid&prompt=login{more}"));
        browser.call(Put, "", &json!({ "interactionEvent": "SignIn" }));
        let identifier = json!({ "type": kind, "value": value });
        let body = json!({ "identifier": identifier, "interactionEvent": "SignIn" });
        browser.verify("verification-code", &body);
        variables(&browser.emulator)
    };
    let languages = json!({ "locale": "fr", "uiLocales": "xx fr-CA" });
    let more = format!("&organization_id={organization}&ui_locales=xx fr-CA");
    assert_eq!(send(&mut browser, "phone", "12025550123", &more), languages, "text messages show no entities");
    let mut expected = languages.clone();
    let shown = json!({
        "application": {
            "id": browser.application,
            "name": "web",
            "branding": { "logoUrl": "https://engines.example/logo" },
            "displayName": "Engines",
        },
        "organization": { "id": organization, "name": "engines", "branding": {} },
    });
    expected.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
    assert_eq!(send(&mut browser, "email", "ada@example.com", &more), expected);
    let unknown = "&organization_id=unknown&ui_locales=xx fr-CA";
    assert_eq!(send(&mut browser, "email", "ada@example.com", unknown), languages, "all or nothing");
    Ok(())
}

#[tokio::test]
async fn codes_of_the_account_api_show_the_user_and_the_application() -> Result<()> {
    let account = Account::new().await?;
    email_connector(&account.admin).await?;
    let body = json!({ "identifier": { "type": "email", "value": "ada@new.example" } });
    account.call(Post, "/verifications/verification-code", &body, "").await?;
    let application = account.admin.applications().get(account.emulator.app_id()).await?;
    let user = json!({
        "id": account.id, "avatar": null, "name": null, "primaryEmail": "ada@example.com", "primaryPhone": null,
        "username": "ada", "profile": {},
    });
    let application = json!({ "id": application.id, "name": application.name });
    assert_eq!(variables(&account.emulator), json!({ "locale": "en", "user": user, "application": application }));
    Ok(())
}

#[tokio::test]
async fn codes_of_the_management_api_show_nothing() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    email_connector(&admin).await?;
    admin.operation("CreateVerificationCode")?.json(&json!({ "email": "ada@example.com" })).await?;
    assert_eq!(variables(&emulator), json!({}));
    Ok(())
}

#[tokio::test]
async fn invitations_show_the_organization_and_the_inviter() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    email_connector(&admin).await?;
    let organization = admin.operation("CreateOrganization")?.json(&json!({ "name": "engines" })).await?;
    let inviter = admin.operation("CreateUser")?.json(&json!({ "username": "ada" })).await?;
    let mut invitation = json!({
        "organizationId": organization["id"], "inviterId": inviter["id"], "invitee": "grace@example.com",
        "expiresAt": 4_000_000_000_000_i64, "messagePayload": { "link": "https://engines.example" },
    });
    let created = admin.operation("CreateOrganizationInvitation")?.json(&invitation).await?;
    let inviter = json!({
        "id": inviter["id"], "avatar": null, "name": null, "primaryEmail": null, "primaryPhone": null,
        "username": "ada", "profile": {},
    });
    let organization_shown = json!({ "id": organization["id"], "name": "engines", "branding": {} });
    let expected = json!({ "link": "https://engines.example", "organization": organization_shown, "inviter": inviter });
    assert_eq!(variables(&emulator), expected);

    let given = json!({ "organization": "ours", "locale": "de" });
    let path = format!("/api/organization-invitations/{}/message", created["id"].as_str().unwrap());
    admin.request(Post, &path).json(&given).await?;
    assert_eq!(
        variables(&emulator),
        json!({ "organization": "ours", "locale": "de", "inviter": inviter }),
        "the caller's variables win"
    );

    invitation["invitee"] = json!("eve@example.com");
    invitation.as_object_mut().unwrap().remove("inviterId");
    admin.operation("CreateOrganizationInvitation")?.json(&invitation).await?;
    assert_eq!(variables(&emulator), json!({ "link": "https://engines.example", "organization": organization_shown }));
    Ok(())
}

#[tokio::test]
async fn test_messages_show_the_language() -> Result<()> {
    let emulator = Emulator::new();
    let test = json!({ "email": "ada@example.com", "locale": "de", "config": { "endpoint": "https://e.example" } });
    let test = emulator.client()?.request(Post, "/api/connectors/http-email/test").json(&test);
    test.await?;
    assert_eq!(variables(&emulator), json!({ "locale": "de" }));
    Ok(())
}
