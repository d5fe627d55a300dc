//! A user's own account, accessed with a token in exchange for a subject token.

use base64::Engine;
use logto_admin::models::{
    AccountCenterFieldControl, AccountCenterFields, CreateOrganization, CreateSubjectToken, CreateUser,
    UpdateAccountCenterSettings, UpdateProfile,
};
use logto_admin::serde_json::{self, Value};
use logto_admin::token::{ClientCredentials, FixedToken, TokenExchange, TokenKind};
use logto_admin::{Client, Patch, Result};
use logto_admin_emulator::Emulator;

use crate::refused;

/// Creates a user. Returns a client that acts as that user, the user's id and the subject token.
async fn user(emulator: &Emulator) -> Result<(Client, String, String)> {
    let admin = emulator.client()?;
    let ada = CreateUser { username: Some("ada".into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    let subject = admin.subject_tokens().create(CreateSubjectToken::new(id.as_str())).await?.subject_token;
    let client = exchange(emulator, &subject)?;
    Ok((client, id, subject))
}

fn exchange(emulator: &Emulator, subject: &str) -> Result<Client> {
    let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
    let source = TokenExchange::new(application, subject).scope("openid profile");
    Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()
}

#[tokio::test]
async fn the_account_api_requires_the_scope_openid() -> Result<()> {
    let emulator = Emulator::new();
    let (_, id, _) = user(&emulator).await?;
    let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
    let source = TokenExchange::impersonating(emulator.client()?, id, application).scope("profile");
    let client = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()?;
    let error = client.my_account().get_profile().await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(403), Some("auth.forbidden")));
    assert!(error.hint().is_some_and(|hint| hint.contains("`openid`")), "{error}");
    Ok(())
}

#[tokio::test]
async fn users_can_read_and_update_their_account() -> Result<()> {
    let emulator = Emulator::new();
    let (client, id, subject) = user(&emulator).await?;
    let fields = AccountCenterFields { name: Some(AccountCenterFieldControl::Edit), ..Default::default() };
    let settings = UpdateAccountCenterSettings { enabled: Some(true), fields: Some(fields), ..Default::default() };
    emulator.client()?.account_center().update_settings(settings).await?;
    assert_eq!(client.my_account().get_profile().await?.id.as_deref(), Some(id.as_str()));
    let change = UpdateProfile { name: Patch::from("Ada"), ..Default::default() };
    client.my_account().update_profile(change).await?;
    assert_eq!(emulator.client()?.users().get(&id).await?.name.as_deref(), Some("Ada"));
    // A subject token can only be exchanged once.
    let again = exchange(&emulator, &subject)?.my_account().get_profile().await;
    assert_eq!(refused(again), (400, "invalid_grant".into()));
    Ok(())
}

#[tokio::test]
async fn users_get_organization_tokens_only_as_members() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let (_, id, _) = user(&emulator).await?;
    let organization = admin.organizations().create(CreateOrganization::new("Acme")).await?.id;
    let token = async || {
        let subject = admin.subject_tokens().create(CreateSubjectToken::new(id.as_str())).await?.subject_token;
        let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
        let source = TokenExchange::new(application, subject).for_organization(organization.as_str());
        let client = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()?;
        client.access_token().await
    };
    assert_eq!(refused(token().await), (403, "access_denied".into()));
    admin.organizations().add_users(&organization, [id.as_str()]).await?;
    let token = token().await?;
    let claims = token.secret().split('.').nth(1).unwrap_or_default();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["sub"], id.as_str());
    assert_eq!(claims["aud"], format!("urn:logto:organization:{organization}"));
    let token = FixedToken::new(token.secret()).with_kind(TokenKind::Unknown);
    let client = Client::builder(emulator.endpoint()).token_source(token).transport(emulator.clone()).build()?;
    assert_eq!(refused(client.users().list().await), (401, "auth.unauthorized".into()), "the Management API");
    Ok(())
}

#[tokio::test]
async fn tokens_are_not_valid_for_the_other_api() -> Result<()> {
    let emulator = Emulator::new();
    let (user, ..) = user(&emulator).await?;
    let with = |token: &str| {
        let source = FixedToken::new(token).with_kind(TokenKind::Unknown);
        Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()
    };
    let own = with(user.access_token().await?.secret())?;
    assert_eq!(refused(own.users().list().await), (401, "auth.unauthorized".into()));
    let management = with(emulator.client()?.access_token().await?.secret())?;
    assert_eq!(refused(management.my_account().get_profile().await), (401, "auth.unauthorized".into()));
    Ok(())
}
