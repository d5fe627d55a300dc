//! Testing your own code against the emulator. No network, no server, reproducible results.
//!
//! ```toml
//! [dev-dependencies]
//! logto-admin-emulator = "0.1"
//! ```

#![allow(clippy::print_stdout, reason = "examples print their results")]

use std::time::Duration;

use logto_admin::models::{CreateConnector, CreateUser, User, VerificationCodeRecipient};
use logto_admin::types::JsonObject;
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

/// The code under test receives a client, and does not depend on whether it calls an emulator.
async fn sign_up(logto: &Client, email: &str) -> Result<Option<User>> {
    let user = CreateUser { primary_email: Some(email.into()), ..Default::default() };
    match logto.users().create(user).await {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // Each test has its own emulator. The seed determines the ids.
    let emulator = Emulator::builder().seed(7).build();
    let client = emulator.client()?;

    let ada = sign_up(&client, "ada@example.com").await?;
    assert!(sign_up(&client, "ada@example.com").await?.is_none(), "an address can only sign up once");
    println!("signed up: {:?}", ada.map(|user| user.id));

    // Clients share the state of the emulator, so a second client can check what the code did.
    assert_eq!(emulator.client()?.users().list().await?.total, Some(1));

    // You advance the clock: the token expires, and the client renews it.
    emulator.advance(Duration::from_secs(24 * 60 * 60));
    assert!(sign_up(&client, "grace@example.com").await?.is_some());

    // The emulator keeps messages instead of sending them, so that a test can read codes and links.
    let config = JsonObject::from_iter([("endpoint".to_owned(), "https://example.com/emails".into())]);
    let connector = CreateConnector { config: Some(config), ..CreateConnector::new("http-email") };
    client.connectors().create(connector).await?;
    let recipient = VerificationCodeRecipient { email: Some("ada@example.com".into()), phone: None };
    client.verification_codes().send(recipient).await?;
    println!("sent code: {:?}", emulator.messages().first().and_then(|message| message.code()));
    Ok(())
}
