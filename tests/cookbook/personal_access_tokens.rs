//! Let scripts act as a user, with personal access tokens.

use std::time::Duration;

use logto_admin::models::{CreateSecret, PersonalAccessToken, User};
use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::{Client, ClientBuilder, Error, ErrorKind, Result, Timestamp};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;

use crate::account_api::enable_account_api;
use crate::impersonation::exchanging_application;
use crate::{builder, recorded, sign_up};

// ANCHOR: create
/// Creates a token of a user. The answer contains the token as `value`.
async fn create_token(admin: &Client, user_id: &str, name: &str, expires_at: Timestamp) -> Result<PersonalAccessToken> {
    let token = CreateSecret { expires_at: expires_at.into(), ..CreateSecret::new(name) };
    admin.users().create_personal_access_token(user_id, token).await
}
// ANCHOR_END: create

// ANCHOR: exchange
/// Returns a client that acts as the user of a personal access token.
fn act_with(token: &str, application: ClientCredentials, builder: ClientBuilder) -> Result<Client> {
    let exchange = TokenExchange::personal_access_token(application, token).scope("openid profile email");
    builder.token_source(exchange).build()
}
// ANCHOR_END: exchange

// ANCHOR: list
/// Deletes the expired tokens of a user, and returns the names of the others.
async fn valid_tokens(admin: &Client, user_id: &str, now: Timestamp) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for token in admin.users().list_personal_access_tokens(user_id).await? {
        if token.expires_at.is_some_and(|expires_at| expires_at <= now) {
            delete_token(admin, user_id, &token.name).await?;
        } else {
            names.push(token.name);
        }
    }
    Ok(names)
}

/// Deletes a token. Returns whether it existed.
async fn delete_token(admin: &Client, user_id: &str, name: &str) -> Result<bool> {
    match admin.users().delete_personal_access_token(user_id, name).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: list

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A user who may use the account API.
struct Tenant {
    emulator: Emulator,
    admin: Client,
    ada: User,
    application: ClientCredentials,
}

impl Tenant {
    async fn new() -> Result<Self> {
        let emulator = Emulator::new();
        let admin = emulator.client()?;
        enable_account_api(&admin).await?;
        let ada = sign_up(&admin, "ada@example.com").await?;
        let application = exchanging_application(&admin).await?;
        Ok(Self { emulator, admin, ada, application })
    }

    /// Creates a token that expires after this time.
    async fn token(&self, name: &str, lifetime: Duration) -> Result<PersonalAccessToken> {
        create_token(&self.admin, &self.ada.id, name, self.emulator.now() + lifetime).await
    }

    /// Returns a client that acts with a token, and its transport.
    fn client(&self, token: &PersonalAccessToken) -> Result<(Client, ScriptedTransport)> {
        let transport = recorded(&self.emulator);
        let client = act_with(&token.value, self.application.clone(), builder(&self.emulator, transport.clone()))?;
        Ok((client, transport))
    }
}

/// The type of the token, as in a form.
const PERSONAL_ACCESS_TOKEN: &str = "urn%3Alogto%3Atoken-type%3Apersonal_access_token";

/// Whether the token endpoint rejected a personal access token.
fn is_rejected(error: &Error) -> bool {
    error.kind() == ErrorKind::Token && error.code() == Some("invalid_grant") && error.is_unauthorized()
}

#[tokio::test]
async fn a_token_acts_as_its_user_and_can_be_exchanged_again() -> Result<()> {
    let tenant = Tenant::new().await?;
    let token = tenant.token("laptop", HOUR * 24).await?;
    assert!(!format!("{token:?}").contains(&token.value));
    let (as_ada, transport) = tenant.client(&token)?;
    assert_eq!(as_ada.my_account().get_profile().await?.id, Some(tenant.ada.id.clone()));

    // The access token expires after an hour. The client exchanges the same personal access token again.
    tenant.emulator.advance(HOUR * 2);
    assert_eq!(as_ada.my_account().get_profile().await?.id, Some(tenant.ada.id.clone()));
    let calls = transport.token_calls();
    assert_eq!(calls.len(), 2);
    for call in calls {
        let form = call.body.text();
        assert!(form.contains(&token.value) && form.contains(PERSONAL_ACCESS_TOKEN), "{form}");
    }
    Ok(())
}

#[tokio::test]
async fn expired_tokens_are_rejected_until_they_are_deleted() -> Result<()> {
    let tenant = Tenant::new().await?;
    let short = tenant.token("short", HOUR).await?;
    tenant.token("long", HOUR * 24).await?;
    let (as_ada, _) = tenant.client(&short)?;
    as_ada.my_account().get_profile().await?;

    tenant.emulator.advance(HOUR * 2);
    let error = as_ada.my_account().get_profile().await.unwrap_err();
    assert!(is_rejected(&error), "{error}");
    let left = valid_tokens(&tenant.admin, &tenant.ada.id, tenant.emulator.now()).await?;
    assert_eq!(left, ["long"]);
    let kept = tenant.admin.users().list_personal_access_tokens(&tenant.ada.id).await?;
    assert_eq!(kept.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(), ["long"]);
    Ok(())
}

#[tokio::test]
async fn deleted_tokens_are_rejected() -> Result<()> {
    let tenant = Tenant::new().await?;
    let token = tenant.token("CI / main #1", HOUR).await?;
    assert!(delete_token(&tenant.admin, &tenant.ada.id, &token.name).await?);
    assert!(!delete_token(&tenant.admin, &tenant.ada.id, &token.name).await?);
    let (as_ada, _) = tenant.client(&token)?;
    let error = as_ada.my_account().get_profile().await.unwrap_err();
    assert!(is_rejected(&error), "{error}");
    Ok(())
}

#[tokio::test]
async fn names_are_unique_and_the_expiry_is_in_the_future() -> Result<()> {
    let tenant = Tenant::new().await?;
    let first = tenant.token("laptop", HOUR).await?;
    let error = tenant.token("laptop", HOUR).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let past = create_token(&tenant.admin, &tenant.ada.id, "past", first.created_at).await;
    let error = past.unwrap_err();
    assert!(error.is_invalid_input() && !error.is_conflict(), "{error}");
    let kept = tenant.admin.users().list_personal_access_tokens(&tenant.ada.id).await?;
    assert_eq!(kept.iter().map(|token| &token.value).collect::<Vec<_>>(), [&first.value]);
    Ok(())
}
