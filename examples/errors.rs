//! Errors: handle them by their meaning, and log everything that helps.

#![allow(clippy::print_stdout, reason = "examples print their results")]

use logto_admin::models::CreateUser;
use logto_admin::{Client, Error, ErrorKind};
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let named = |name: &str| CreateUser { username: Some(name.into()), ..Default::default() };

    // Test for the meaning of an error, not for its status, which varies.
    if let Err(error) = client.users().get("nobody").await {
        assert!(error.is_not_found());
        show("unknown user id", &error);
    }
    client.users().create(named("ada")).await?;
    if let Err(error) = client.users().create(named("ada")).await {
        assert!(error.is_conflict());
        show("username already taken", &error);
    }

    // If Logto rejects a body, the error contains the place and the reason.
    if let Err(error) = client.users().create(named("1 2 3")).await {
        assert!(error.is_invalid_input());
        show("invalid username", &error);
        println!("  details   {}", error.details().unwrap_or_default());
    }

    // The client rejects invalid arguments before it sends anything.
    if let Err(error) = client.users().delete("").await {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0));
        show("empty id, which would reach another route", &error);
    }

    // Common setup mistakes have a hint.
    let elsewhere = emulator.endpoint().with_resource("https://my-tenant.logto.app/api");
    let client = Client::builder(elsewhere).client_credentials("emulator-app", "emulator-secret");
    if let Err(error) = client.transport(emulator).build()?.users().list().await {
        show("resource of another server", &error);
        println!("  hint      {}", error.hint().unwrap_or_default());
    }
    Ok(())
}

fn show(what: &str, error: &Error) {
    println!("\n{what}");
    println!("  kind      {:?}", error.kind());
    println!("  status    {:?}, code {:?}", error.status(), error.code());
    println!("  request   {:?} of {:?}", error.request_id(), error.operation());
    println!("  display   {error}");
}
