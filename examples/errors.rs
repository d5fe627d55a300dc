//! Errors: told apart by what they mean, with everything that a log needs.

#![allow(clippy::print_stdout, reason = "it shows what it does")]

use logto_admin::models::CreateUser;
use logto_admin::{Client, Error, ErrorKind};
use logto_admin_emulator::Emulator;

#[tokio::main]
async fn main() -> logto_admin::Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let named = |name: &str| CreateUser { username: Some(name.into()), ..Default::default() };

    // Ask what an error means rather than for its status, which varies.
    if let Err(error) = client.users().get("nobody").await {
        assert!(error.is_not_found());
        show("nobody has this id", &error);
    }
    client.users().create(named("ada")).await?;
    if let Err(error) = client.users().create(named("ada")).await {
        assert!(error.is_conflict());
        show("the name is taken", &error);
    }

    // A refused body comes with the place and the reason.
    if let Err(error) = client.users().create(named("1 2 3")).await {
        assert!(error.is_invalid_input());
        show("no username looks like this", &error);
        println!("  details   {}", error.details().unwrap_or_default());
    }

    // What cannot be right is refused before anything is sent.
    if let Err(error) = client.users().delete("").await {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0));
        show("an empty id would reach another route", &error);
    }

    // The usual mistakes of a first day have a hint.
    let elsewhere = emulator.endpoint().with_resource("https://my-tenant.logto.app/api");
    let client = Client::builder(elsewhere).client_credentials("emulator-app", "emulator-secret");
    if let Err(error) = client.transport(emulator).build()?.users().list().await {
        show("the resource is another server's", &error);
        println!("  hint      {}", error.hint().unwrap_or_default());
    }
    Ok(())
}

fn show(what: &str, error: &Error) {
    println!("\n{what}");
    println!("  kind      {:?}", error.kind());
    println!("  status    {:?}, code {:?}", error.status(), error.code());
    println!("  request   {:?} of {:?}", error.request_id(), error.operation());
    println!("  all of it {error}");
}
