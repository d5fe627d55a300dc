use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::{
    CreateOneTimeToken, CreateOrganization, CreateUser, OneTimeTokenContext, OneTimeTokenStatus,
    ReplaceOneTimeTokenStatus, VerifyOneTimeToken,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, location};
use crate::{client, refused};

const EMAIL: &str = "ada@example.com";

#[tokio::test]
async fn a_one_time_token_can_be_used_once() -> Result<()> {
    let client = client();
    let tokens = client.one_time_tokens();
    let created = tokens.create(CreateOneTimeToken::new(EMAIL)).await?;
    let lifetime = created.expires_at.duration_since(created.created_at);
    assert_eq!((created.status, lifetime), (OneTimeTokenStatus::Active, Duration::from_secs(600)));
    let unknown = tokens.verify(VerifyOneTimeToken::new("nope", EMAIL)).await;
    assert_eq!(refused(unknown), (404, "one_time_token.token_not_found".into()));
    let wrong = tokens.verify(VerifyOneTimeToken::new(created.token.as_str(), "bob@example.com")).await;
    assert_eq!(refused(wrong), (400, "one_time_token.email_mismatch".into()));
    let verify = VerifyOneTimeToken::new(created.token.as_str(), EMAIL);
    assert_eq!(tokens.verify(&verify).await?.status, OneTimeTokenStatus::Consumed);
    assert_eq!(refused(tokens.verify(&verify).await), (400, "one_time_token.token_consumed".into()));
    assert_eq!(tokens.get(&created.id).await?.status, OneTimeTokenStatus::Consumed);
    Ok(())
}

#[tokio::test]
async fn users_sign_in_with_a_one_time_token_and_join_organizations() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let organization = client.organizations().create(CreateOrganization::new("Engines")).await?.id;
    let context = OneTimeTokenContext { jit_organization_ids: Some(vec![organization.clone()]), ..Default::default() };
    let link = CreateOneTimeToken { context: Some(context), ..CreateOneTimeToken::new(EMAIL) };
    let token = client.one_time_tokens().create(link).await?.token;
    let other = json!({ "email": "bob@example.com", "context": { "interactionEvent": "Register" } });
    let other = client.operation("AddOneTimeTokens")?.json(&other).await?["token"].clone();
    let to_register = json!({ "identifier": { "type": "email", "value": "bob@example.com" }, "token": other });
    let ada = CreateUser {
        username: Some("ada".into()),
        primary_email: Some(EMAIL.into()),
        password: Some("violet-anchor-47-kettle".into()),
        ..Default::default()
    };
    let id = client.users().create(ada).await?.id;

    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let body = |email: &str| json!({ "identifier": { "type": "email", "value": email }, "token": token });
    let wrong = browser.experience(Method::Post, "/verification/one-time-token/verify", &body("bob@example.com"));
    assert_eq!(wrong, (400, json!("one_time_token.email_mismatch")));
    let wrong = browser.experience(Method::Post, "/verification/one-time-token/verify", &to_register);
    assert_eq!(wrong, (400, json!("one_time_token.interaction_event_mismatch")));
    let record = browser.call(Method::Post, "/verification/one-time-token/verify", &body(EMAIL));
    browser.call(Method::Post, "/identification", &record);
    assert!(browser.call(Method::Post, "/submit", &Value::Null)["redirectTo"].is_string());
    let members = client.organizations().list_users(&organization).await?.items;
    assert_eq!(members.into_iter().map(|user| user.id).collect::<Vec<_>>(), [id]);

    // Invited users register even if others cannot.
    let only_sign_in =
        json!({ "signInMode": "SignIn", "signUp": { "identifiers": ["email"], "password": false, "verify": true } });
    crate::connectors::email_connector(&client).await?;
    client.operation("UpdateSignInExp")?.json(&only_sign_in).await?;
    browser.start("Register", "openid");
    let forbidden = (403, json!("auth.forbidden"));
    assert_eq!(browser.experience(Method::Post, "/identification", &json!({})), forbidden);
    let record = browser.call(Method::Post, "/verification/one-time-token/verify", &to_register);
    browser.call(Method::Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"));
    let again = client.one_time_tokens().verify(VerifyOneTimeToken::new(token.as_str(), EMAIL)).await;
    assert_eq!(refused(again), (400, "one_time_token.token_consumed".into()));
    Ok(())
}

#[tokio::test]
async fn one_time_tokens_expire() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let short = CreateOneTimeToken { expires_in: Some(60), ..CreateOneTimeToken::new(EMAIL) };
    let created = client.one_time_tokens().create(short).await?;
    emulator.advance(Duration::from_secs(61));
    let active = client.one_time_tokens().list().status(OneTimeTokenStatus::Active).await?.items;
    assert_eq!(
        active.iter().map(|token| &token.status).collect::<Vec<_>>(),
        [&OneTimeTokenStatus::Expired],
        "by stored status"
    );
    let late = client.one_time_tokens().verify(VerifyOneTimeToken::new(created.token.as_str(), EMAIL)).await;
    assert_eq!(refused(late), (400, "one_time_token.token_expired".into()));
    assert_eq!(client.one_time_tokens().get(&created.id).await?.status, OneTimeTokenStatus::Expired);
    let active = client.one_time_tokens().list().status(OneTimeTokenStatus::Active).await?.items;
    assert!(active.is_empty(), "the late use marks the token");
    let next = client.one_time_tokens().create(CreateOneTimeToken::new(EMAIL)).await?;
    assert!(
        client
            .one_time_tokens()
            .list()
            .status(OneTimeTokenStatus::Active)
            .await?
            .items
            .iter()
            .all(|token| token.id == next.id)
    );
    assert_eq!(client.one_time_tokens().get(&next.id).await?.status, OneTimeTokenStatus::Active);
    emulator.advance(Duration::from_secs(601));
    let used = VerifyOneTimeToken::new(next.token.as_str(), EMAIL);
    let revoked = ReplaceOneTimeTokenStatus::new(OneTimeTokenStatus::Revoked);
    client.one_time_tokens().replace_status(&next.id, revoked).await?;
    let late = client.one_time_tokens().verify(used).await;
    assert_eq!(refused(late), (400, "one_time_token.token_expired".into()), "before anything else");
    let negative = CreateOneTimeToken { expires_in: Some(0), ..CreateOneTimeToken::new(EMAIL) };
    assert_eq!(refused(client.one_time_tokens().create(negative).await), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn a_revoked_one_time_token_stays_revoked() -> Result<()> {
    let client = client();
    let tokens = client.one_time_tokens();
    let created = tokens.create(CreateOneTimeToken::new(EMAIL)).await?;
    let status = |status| ReplaceOneTimeTokenStatus::new(status);
    tokens.replace_status(&created.id, status(OneTimeTokenStatus::Revoked)).await?;
    let used = tokens.verify(VerifyOneTimeToken::new(created.token.as_str(), EMAIL)).await;
    assert_eq!(refused(used), (400, "one_time_token.token_revoked".into()));
    let again = tokens.replace_status(&created.id, status(OneTimeTokenStatus::Active)).await;
    assert_eq!(refused(again), (400, "one_time_token.cannot_reactivate_token".into()));
    let unknown = tokens.replace_status("nope", status(OneTimeTokenStatus::Revoked)).await;
    assert_eq!(refused(unknown), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn one_time_tokens_are_listed_newest_first() -> Result<()> {
    let client = client();
    let tokens = client.one_time_tokens();
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        tokens.create(CreateOneTimeToken::new(email)).await?;
    }
    let all = tokens.list().await?;
    assert_eq!(all.items[0].email, "c@example.com");
    let some = tokens.list().email("a@example.com").page_size(5).await?;
    assert_eq!((some.items.len(), some.total), (1, Some(3)), "the total number ignores the filters");
    tokens.delete(&all.items[0].id).await?;
    assert_eq!(refused(tokens.delete(&all.items[0].id).await), (404, "entity.not_found".into()));
    assert_eq!(refused(tokens.get(&all.items[0].id).await), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn a_signed_in_user_is_sent_to_the_page_that_suits_the_token() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser {
        username: Some("ada".into()),
        primary_email: Some(EMAIL.into()),
        password: Some(password.into()),
        ..Default::default()
    };
    client.users().create(ada).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", password, "openid");
    let mut go = |email: &str, token: &str| {
        let page = browser.authorize(&format!("scope=openid profile&login_hint={email}&one_time_token={token}"));
        assert_eq!(page, format!("/consent?app_id={}", browser.application));
        location(&browser.get(&page))
    };
    let token = client.one_time_tokens().create(CreateOneTimeToken::new(EMAIL)).await?.token;
    let query = |email: &str| format!("?login_hint={email}%40example.com&one_time_token={token}");
    assert_eq!(go("bob@example.com", &token), format!("switch-account{}", query("bob")));
    assert_eq!(go(EMAIL, &token), format!("one-time-token{}", query("ada")));
    assert!(go(EMAIL, "nope").starts_with("one-time-token?errorMessage=Token+nope"));
    client.one_time_tokens().verify(VerifyOneTimeToken::new(token.as_str(), EMAIL)).await?;
    let continued = go(EMAIL, &token);
    assert!(continued.contains("/oidc/auth/"), "{continued}");
    Ok(())
}
