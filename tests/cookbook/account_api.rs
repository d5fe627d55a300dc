//! Let users manage their own account.

use logto_admin::models::{
    AccountCenterFieldControl, AccountCenterFields, AccountCenterSettings, CheckVerificationCode,
    CreateVerificationCodeRecord, Identifier, IdentifierType, Password, Profile, UpdateAccountCenterSettings,
    UpdatePrimaryEmail, UpdateProfile,
};
use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::transport::{HttpRequest, HttpTransport, Method};
use logto_admin::{Client, Endpoint, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::{Value, json};

use crate::{builder, recorded, sign_up};

// ANCHOR: enable
/// Enables the account API. Run this once per tenant. Fields that are left out are off.
async fn enable(admin: &Client) -> Result<AccountCenterSettings> {
    let fields = AccountCenterFields {
        name: Some(AccountCenterFieldControl::Edit),
        password: Some(AccountCenterFieldControl::Edit),
        email: Some(AccountCenterFieldControl::Edit),
        username: Some(AccountCenterFieldControl::ReadOnly),
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
/// Creates a verification record: the user proves who they are with their password. Returns its id.
async fn prove(me: &Client, password: &str) -> Result<String> {
    let proof = me.verifications().create_by_password(Password::new(password)).await?;
    Ok(proof.verification_record_id)
}

/// Changes the password. `proof` is the id of a verification record of the user.
async fn change_password(me: &Client, proof: &str, password: &str) -> Result<()> {
    me.my_account().update_password(Password::new(password)).verification_record(proof).await
}
// ANCHOR_END: password

// ANCHOR: email
/// Sends a code to a new address. Returns the id of a record, which the code makes valid.
async fn send_code(me: &Client, email: &str) -> Result<String> {
    let address = Identifier::new(IdentifierType::Email, email);
    let record = me.verifications().create_by_verification_code(CreateVerificationCodeRecord::new(address)).await?;
    Ok(record.verification_record_id)
}

/// Changes the email address. `record` is the id that `send_code` returned, and `code` is what the user entered.
async fn change_email(me: &Client, proof: &str, email: &str, record: &str, code: &str) -> Result<()> {
    let address = Identifier::new(IdentifierType::Email, email);
    me.verifications().verify_by_verification_code(CheckVerificationCode::new(address, record, code)).await?;
    me.my_account().update_primary_email(UpdatePrimaryEmail::new(email, record)).verification_record(proof).await
}
// ANCHOR_END: email

/// Enables the account API, for the tests of other recipes.
pub(crate) async fn enable_account_api(admin: &Client) -> Result<()> {
    enable(admin).await?;
    Ok(())
}

/// Returns a user's access token. A real application gets it when the user signs in.
async fn access_token(emulator: &Emulator, user_id: &str) -> Result<String> {
    let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
    let exchange = TokenExchange::impersonating(emulator.client()?, user_id, application).scope("openid profile email");
    let client = Client::builder(emulator.endpoint()).transport(emulator.clone()).token_source(exchange).build()?;
    Ok(client.access_token().await?.secret().to_owned())
}

/// Returns the call whose path ends like this.
fn call(transport: &ScriptedTransport, path: &str) -> HttpRequest {
    transport.api_calls().into_iter().find(|call| call.url.ends_with(path)).expect("a call")
}

const OLD_PASSWORD: &str = "violet-anchor-47-kettle";
const NEW_PASSWORD: &str = "copper-lantern-82-meadow";

#[tokio::test]
async fn users_change_their_own_name_and_password() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    assert!(enable(&admin).await?.enabled);
    let ada = sign_up(&admin, "ada@example.com").await?;
    let grace = sign_up(&admin, "grace@example.com").await?;
    admin.users().update_password(&ada.id, Password::new(OLD_PASSWORD)).await?;

    let transport = recorded(&emulator);
    let accounts = Accounts { endpoint: emulator.endpoint(), transport: transport.clone() };
    let me = accounts.of(&access_token(&emulator, &ada.id).await?)?;
    assert_eq!(rename(&me, "Ada").await?.name.as_deref(), Some("Ada"));
    let proof = prove(&me, OLD_PASSWORD).await?;
    change_password(&me, &proof, NEW_PASSWORD).await?;

    assert_eq!(admin.users().get(&ada.id).await?.name.as_deref(), Some("Ada"));
    assert_eq!(admin.users().get(&grace.id).await?.name, None);
    admin.users().verify_password(&ada.id, Password::new(NEW_PASSWORD)).await?;
    let change = call(&transport, "/my-account/password");
    assert_eq!(change.headers.get("logto-verification-id"), Some(proof.as_str()));
    Ok(())
}

#[tokio::test]
async fn a_new_address_is_proven_by_a_record_of_its_own() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    enable(&admin).await?;
    let ada = sign_up(&admin, "ada@example.com").await?;
    admin.users().update_password(&ada.id, Password::new(OLD_PASSWORD)).await?;

    let transport = recorded(&emulator);
    let accounts = Accounts { endpoint: emulator.endpoint(), transport: transport.clone() };
    let me = accounts.of(&access_token(&emulator, &ada.id).await?)?;
    let proof = prove(&me, OLD_PASSWORD).await?;
    // Without an email connector, Logto cannot send the code.
    assert_eq!(send_code(&me, "ada@new.example").await.unwrap_err().status(), Some(501));
    let config = json!({ "endpoint": "https://app.example/emails" });
    let connector = json!({ "connectorId": "http-email", "config": config });
    let _: Value = admin.request(Method::Post, "/api/connectors").json(&connector).await?;
    let record = send_code(&me, "ada@new.example").await?;
    assert_ne!(record, proof);
    let message = emulator.messages().pop().expect("a message");
    let code = message.code().expect("a code");
    change_email(&me, &proof, "ada@new.example", &record, code).await?;
    assert_eq!(admin.users().get(&ada.id).await?.primary_email.as_deref(), Some("ada@new.example"));

    let checked: Value = serde_json::from_slice(&call(&transport, "/verification-code/verify").body.bytes()).unwrap();
    assert_eq!(checked["verificationId"], record);
    assert_eq!(checked["code"], code);
    let change = call(&transport, "/my-account/primary-email");
    assert_eq!(change.headers.get("logto-verification-id"), Some(proof.as_str()));
    let changed: Value = serde_json::from_slice(&change.body.bytes()).unwrap();
    assert_eq!(changed["newIdentifierVerificationRecordId"], record);
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
