//! Changes of the sign-in experience that the server refuses, or completes.

use std::time::Duration;

use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Delete, Get, Patch, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::{client, refused};

async fn update(client: &Client, change: Value) -> Result<Value> {
    client.request(Patch, "/api/sign-in-exp").json(&change).await
}

/// Returns the status and the code of a refused change. The prefix of the codes is removed.
async fn refuses(client: &Client, change: Value) -> (u16, String) {
    let (status, code) = refused(update(client, change).await);
    (status, code.replace("sign_in_experiences.", ""))
}

async fn add_email_connector(client: &Client) -> Result<Value> {
    let config = json!({ "apiKey": "k", "fromEmail": "a@example.com", "fromName": "A", "templates": [] });
    client
        .request(Post, "/api/connectors")
        .json(&json!({ "connectorId": "mock-email-service", "config": config }))
        .await
}

async fn add_field(client: &Client, name: &str) -> Result<Value> {
    let field = json!({ "name": name, "type": "Text", "required": false });
    client.request(Post, "/api/custom-profile-fields").json(&field).await
}

#[tokio::test]
async fn identifiers_of_a_registration_fit_together() -> Result<()> {
    let client = client();
    add_email_connector(&client).await?;
    let sign_up = |identifiers: Value, verify: bool, secondary: Value| json!({ "signUp": { "identifiers": identifiers, "password": true, "verify": verify, "secondaryIdentifiers": secondary } });
    for (change, problem) in [
        (sign_up(json!(["email", "email"]), true, json!([])), "duplicated_sign_up_identifiers"),
        (
            sign_up(json!(["email"]), true, json!([{ "identifier": "emailOrPhone", "verify": true }])),
            "duplicated_sign_up_identifiers",
        ),
        (sign_up(json!(["email"]), false, json!([])), "passwordless_requires_verify"),
        (sign_up(json!(["username"]), true, json!([{ "identifier": "email" }])), "passwordless_requires_verify"),
        (
            sign_up(json!(["username"]), true, json!([{ "identifier": "emailOrPhone", "verify": true }])),
            "enabled_connector_not_found",
        ),
    ] {
        assert_eq!(refuses(&client, change.clone()).await, (400, problem.to_owned()), "{change}");
    }
    update(&client, sign_up(json!(["username"]), true, json!([{ "identifier": "email", "verify": true }]))).await?;
    Ok(())
}

#[tokio::test]
async fn users_without_passwords_sign_in_with_codes() -> Result<()> {
    let client = client();
    add_email_connector(&client).await?;
    let method = |code: bool| json!({ "methods": [{ "identifier": "email", "password": true, "verificationCode": code, "isPasswordPrimary": true }] });
    let sign_up = json!({ "identifiers": ["email"], "password": false, "verify": true });
    let change = |code: bool| json!({ "signUp": sign_up, "signIn": method(code) });
    assert_eq!(refuses(&client, change(false)).await, (400, "code_sign_in_must_be_enabled".into()));
    update(&client, change(true)).await?;
    let factor =
        json!({ "mfa": { "factors": ["EmailVerificationCode"], "policy": "Mandatory" }, "signIn": method(true) });
    let both = (400, "email_verification_code_cannot_be_used_for_sign_in".to_owned());
    assert_eq!(refuses(&client, factor).await, both);
    Ok(())
}

#[tokio::test]
async fn adaptive_factors_and_policies_require_each_other() -> Result<()> {
    let client = client();
    let mfa = |policy: &str| json!({ "factors": ["Totp"], "policy": policy });
    let mandatory = "PromptOnlyAtSignInMandatory";
    let adapts = json!({ "adaptiveMfa": { "enabled": true } });
    assert_eq!(refuses(&client, adapts.clone()).await, (422, "adaptive_mfa_requires_mfa".into()));
    let skippable = (422, "non_adaptive_mfa_requires_skippable_policy".to_owned());
    assert_eq!(refuses(&client, json!({ "mfa": mfa(mandatory) })).await, skippable);
    update(&client, json!({ "mfa": mfa("Mandatory") })).await?;
    assert_eq!(refuses(&client, adapts).await, (422, "adaptive_mfa_requires_non_skippable_policy".into()));
    update(&client, json!({ "mfa": mfa(mandatory), "adaptiveMfa": { "enabled": true } })).await?;
    assert_eq!(refuses(&client, json!({ "adaptiveMfa": { "enabled": false } })).await, skippable);
    let none = update(&client, json!({ "mfa": { "factors": [], "policy": mandatory } })).await?;
    assert_eq!(none["adaptiveMfa"], json!({ "enabled": false }));
    Ok(())
}

#[tokio::test]
async fn the_start_of_password_expiration_is_kept_while_it_is_enabled() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let connector = add_email_connector(&client).await?;
    update(&client, json!({ "forgotPasswordMethods": ["EmailVerificationCode"] })).await?;
    let expiration =
        |days: u32| json!({ "passwordExpiration": { "enabled": true, "validPeriodDays": days, "enabledAt": 1 } });
    let first = update(&client, expiration(30)).await?["passwordExpiration"].clone();
    emulator.advance(Duration::from_secs(60));
    let second = update(&client, expiration(60)).await?["passwordExpiration"].clone();
    assert_eq!((&second["validPeriodDays"], &second["enabledAt"]), (&json!(60), &first["enabledAt"]));
    assert!(first["enabledAt"].as_i64() > Some(1));

    let required = (422, "password_expiration_requires_forgot_password".to_owned());
    assert_eq!(refuses(&client, json!({ "forgotPasswordMethods": [] })).await, required);
    let path = format!("/api/connectors/{}", connector["id"].as_str().unwrap());
    let (status, code) = refused(client.request(Delete, &path).await);
    assert_eq!((status, code), (422, "sign_in_experiences.password_expiration_requires_forgot_password".into()));

    let ended = update(&client, json!({ "passwordExpiration": { "enabled": false } })).await?;
    assert_eq!(ended["passwordExpiration"], json!({ "enabled": false }));
    client.request(Delete, &path).raw().await?;
    assert_eq!(
        refuses(&client, json!({ "passwordExpiration": { "enabled": true, "validPeriodDays": 0 } })).await.0,
        400
    );
    Ok(())
}

#[tokio::test]
async fn features_of_the_cloud_are_refused() -> Result<()> {
    let client = client();
    for change in [
        json!({ "hideLogtoBranding": true }),
        json!({ "emailBlocklistPolicy": { "blockDisposableAddresses": true } }),
        json!({ "customUiCsp": { "scriptSrc": ["https://cdn.example"] } }),
    ] {
        assert_eq!(refused(update(&client, change.clone()).await), (400, "request.invalid_input".into()), "{change}");
    }
    assert_eq!(update(&client, json!({ "customUiCsp": { "scriptSrc": [] } })).await?["customUiCsp"], json!({}));
    Ok(())
}

#[tokio::test]
async fn the_default_language_has_phrases() -> Result<()> {
    let client = client();
    let language = |tag: &str| json!({ "languageInfo": { "autoDetect": true, "fallbackLanguage": tag } });
    assert_eq!(refuses(&client, language("br-FR")).await, (400, "unsupported_default_language".into()));
    let phrases = json!({ "action": { "sign_in": "Kevreañ" } });
    let _: Value = client.request(Put, "/api/custom-phrases/br-FR").json(&phrases).await?;
    update(&client, language("br-FR")).await?;
    update(&client, language("cs")).await?;
    Ok(())
}

#[tokio::test]
async fn blocklists_have_wildcards_and_no_repetitions() -> Result<()> {
    let client = client();
    let blocklist = |entries: Value| json!({ "emailBlocklistPolicy": { "customBlocklist": entries } });
    let changed = update(&client, blocklist(json!(["@*.example.com", "a@b.example", "a@b.example"]))).await?;
    assert_eq!(changed["emailBlocklistPolicy"]["customBlocklist"], json!(["@*.example.com", "a@b.example"]));
    let invalid = refuses(&client, blocklist(json!(["a@-b.example"]))).await;
    assert_eq!(invalid, (400, "invalid_custom_email_blocklist_format".into()));
    Ok(())
}

#[tokio::test]
async fn a_policy_for_usernames_permits_some_and_keeps_existing_ones_apart() -> Result<()> {
    let client = client();
    let policy = |least: u32, letters: bool, case_sensitive: bool| {
        let characters = json!({ "lowercase": letters, "uppercase": letters, "numbers": true, "underscore": false });
        json!({ "usernamePolicy": { "caseSensitive": case_sensitive, "minLength": least, "maxLength": 9, "allowedChars": characters } })
    };
    for change in [policy(10, true, true), policy(0, true, true), policy(1, false, true)] {
        assert_eq!(refused(update(&client, change.clone()).await), (400, "guard.invalid_input".into()), "{change}");
    }
    for name in ["ada", "Ada"] {
        client.users().create(CreateUser { username: Some(name.into()), ..Default::default() }).await?;
    }
    let conflict = update(&client, policy(1, true, false)).await.unwrap_err();
    assert_eq!(conflict.code(), Some("sign_in_experiences.username_policy_case_conflicts_exist"));
    assert_eq!((conflict.status(), &conflict.data().unwrap()["totalConflicts"]), (Some(409), &json!(1)));
    let path = "/api/sign-in-exp/username-policy/case-sensitivity-conflicts";
    assert_eq!(refused(client.request(Get, path).query("limit", 101).await), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn pages_list_existing_profile_fields_once() -> Result<()> {
    let client = client();
    add_field(&client, "company").await?;
    add_field(&client, "seats").await?;
    let listed = |names: &[&str]| -> Value { names.iter().map(|name| json!({ "name": name })).collect() };
    for (path, member) in [("/api/sign-in-exp", "signUpProfileFields"), ("/api/account-center", "profileFields")] {
        let set = async |names: &[&str]| -> Result<Value> {
            client.request(Patch, path).json(&json!({ member: listed(names) })).await
        };
        let unknown = (400, "custom_profile_fields.entity_not_exists_with_names".to_owned());
        assert_eq!(refused(set(&["nope"]).await), unknown);
        assert_eq!(refused(set(&["seats", "seats"]).await), (400, "request.invalid_input".into()));
        assert_eq!(set(&["seats", "company"]).await?[member], listed(&["seats", "company"]));
    }
    client.request(Delete, "/api/custom-profile-fields/seats").raw().await?;
    for (path, member) in [("/api/sign-in-exp", "signUpProfileFields"), ("/api/account-center", "profileFields")] {
        assert_eq!(client.request(Get, path).await.map(|shown: Value| shown[member].clone())?, listed(&["company"]));
    }
    Ok(())
}

#[tokio::test]
async fn the_account_center_is_completed() -> Result<()> {
    let client = client();
    let change =
        json!({ "deleteAccountUrl": "", "webauthnRelatedOrigins": ["https://a.example", "https://a.example"] });
    let changed: Value = client.request(Patch, "/api/account-center").json(&change).await?;
    let shown = (&changed["deleteAccountUrl"], &changed["webauthnRelatedOrigins"]);
    assert_eq!(shown, (&Value::Null, &json!(["https://a.example"])));
    for url in ["ftp://a.example", "nope"] {
        let refused = refused::<Value>(
            client.request(Patch, "/api/account-center").json(&json!({ "deleteAccountUrl": url })).await,
        );
        assert_eq!(refused, (400, "guard.invalid_input".into()), "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn the_sign_in_page_offers_google_one_tap_beside_google() -> Result<()> {
    let client = client();
    let config = json!({ "clientId": "a", "clientSecret": "b", "oneTap": { "isEnabled": true } });
    let google = json!({ "connectorId": "google-universal", "config": config });
    let google: Value = client.request(Post, "/api/connectors").json(&google).await?;
    let shown = || client.request(Get, "/api/.well-known/sign-in-exp");
    assert_eq!(shown().await.map(|shown: Value| shown["googleOneTap"].clone())?, Value::Null);
    update(&client, json!({ "socialSignInConnectorTargets": ["google"] })).await?;
    let settings = json!({ "isEnabled": true, "clientId": "a", "connectorId": google["id"] });
    assert_eq!(shown().await.map(|shown: Value| shown["googleOneTap"].clone())?, settings);
    Ok(())
}
