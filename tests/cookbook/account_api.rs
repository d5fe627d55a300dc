//! Let users manage their own account.

use logto_admin::models::{
    AccountCenterFieldControl, AccountCenterFields, AccountCenterSettings, Password, Profile,
    UpdateAccountCenterSettings, UpdateProfile,
};
use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::transport::HttpTransport;
use logto_admin::{Client, Endpoint, Result};
use logto_admin_emulator::Emulator;

use crate::{builder, recorded, sign_up};

// ANCHOR: enable
/// Enables the account API. Run this once per tenant. Fields that are left out are off.
async fn enable(admin: &Client) -> Result<AccountCenterSettings> {
    let fields = AccountCenterFields {
        name: Some(AccountCenterFieldControl::Edit),
        password: Some(AccountCenterFieldControl::Edit),
        email: Some(AccountCenterFieldControl::ReadOnly),
        ..Default::default()
    };
    let settings = UpdateAccountCenterSettings { enabled: Some(true), fields: Some(fields), ..Default::default() };
    admin.account_center().update_settings(settings).await
}
// ANCHOR_END: enable

// ANCHOR: clients
/// Builds a client per user. They share the connections of the transport.
struct Accounts<T> {
    endpoint: Endpoint,
    transport: T,
}

impl<T: HttpTransport + Clone> Accounts<T> {
    /// Returns the client of the user with this access token. Building it does no I/O.
    fn of(&self, access_token: &str) -> Result<Client> {
        Client::builder(self.endpoint.clone()).transport(self.transport.clone()).user_token(access_token).build()
    }
}
// ANCHOR_END: clients

// ANCHOR: profile
/// Changes the name that others see.
async fn rename(me: &Client, name: &str) -> Result<Profile> {
    let change = UpdateProfile { name: name.into(), ..Default::default() };
    me.my_account().update_profile(change).await
}
// ANCHOR_END: profile

// ANCHOR: password
/// Changes the password. The user proves who they are with the old one.
async fn change_password(me: &Client, old: &str, new: &str) -> Result<()> {
    let proof = me.verifications().create_by_password(Password { password: old.into() }).await?;
    let change = me.my_account().update_password(Password { password: new.into() });
    change.header("logto-verification-id", &proof.verification_record_id).await
}
// ANCHOR_END: password

/// Returns a user's access token. A real application gets it when the user signs in.
async fn access_token(emulator: &Emulator, user_id: &str) -> Result<String> {
    let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
    let exchange = TokenExchange::impersonating(emulator.client()?, user_id, application).scope("openid profile");
    let client = Client::builder(emulator.endpoint()).transport(emulator.clone()).token_source(exchange).build()?;
    Ok(client.access_token().await?.secret().to_owned())
}

#[tokio::test]
async fn users_change_their_own_name_and_password() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    assert!(enable(&admin).await?.enabled);
    let ada = sign_up(&admin, "ada@example.com").await?;
    let grace = sign_up(&admin, "grace@example.com").await?;
    admin.users().update_password(&ada.id, Password { password: "old password".into() }).await?;

    let transport = recorded(&emulator);
    let accounts = Accounts { endpoint: emulator.endpoint(), transport: transport.clone() };
    let me = accounts.of(&access_token(&emulator, &ada.id).await?)?;
    assert_eq!(rename(&me, "Ada").await?.name.as_deref(), Some("Ada"));
    change_password(&me, "old password", "new password").await?;

    assert_eq!(admin.users().get(&ada.id).await?.name.as_deref(), Some("Ada"));
    assert_eq!(admin.users().get(&grace.id).await?.name, None);
    admin.users().verify_password(&ada.id, Password { password: "new password".into() }).await?;
    let calls = transport.api_calls();
    let change = calls.iter().find(|call| call.url.ends_with("/my-account/password")).expect("a change");
    assert!(change.headers.contains("logto-verification-id"));
    Ok(())
}

#[tokio::test]
async fn invalid_tokens_are_refused() -> Result<()> {
    let emulator = Emulator::new();
    let accounts = Accounts { endpoint: emulator.endpoint(), transport: emulator.clone() };
    let error = rename(&accounts.of("not-a-token-of-a-user")?, "Mallory").await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    Ok(())
}

#[tokio::test]
async fn applications_cannot_call_the_account_api() -> Result<()> {
    let emulator = Emulator::new();
    let application = builder(&emulator, emulator.clone()).build()?;
    let error = rename(&application, "Mallory").await.unwrap_err();
    assert_eq!(error.attempts(), 0);
    Ok(())
}
