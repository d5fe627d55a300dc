//! Tests of your own code against the emulator: no network, no server, the same every time.
//!
//! ```toml
//! [dev-dependencies]
//! logto-admin-emulator = "0.1"
//! ```

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use std::time::Duration;

use logto_admin::models::{CreateUser, User};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

/// The code under test takes a client, and does not know whose.
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
    // Each test has an emulator of its own; the seed decides its ids.
    let emulator = Emulator::builder().seed(7).build();
    let client = emulator.client()?;

    let ada = sign_up(&client, "ada@example.com").await?;
    assert!(sign_up(&client, "ada@example.com").await?.is_none(), "an address signs up once");
    println!("signed up: {:?}", ada.map(|user| user.id));

    // Clients share the emulator's state: what the code did can be looked at by another one.
    assert_eq!(emulator.client()?.users().list().await?.total, Some(1));

    // Time passes when you say so: the token expires, and is renewed without anybody noticing.
    emulator.advance(Duration::from_secs(24 * 60 * 60));
    assert!(sign_up(&client, "grace@example.com").await?.is_some());

    // What the emulator does not keep it makes up, in the right shape.
    println!("users are kept: {}, hooks are kept: {}", Emulator::keeps("CreateUser"), Emulator::keeps("CreateHook"));
    println!("{} hook, made up", client.hooks().list().await?.len());
    Ok(())
}
