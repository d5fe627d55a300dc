//! Import users from another system, with their passwords.

use futures_util::{StreamExt, stream};
use logto_admin::models::{CreateUser, PasswordAlgorithm};
use logto_admin::{Client, Error, Result};
use logto_admin_emulator::Emulator;
use serde_json::{Map, json};

// ANCHOR: convert
/// A user of the old system.
struct OldUser {
    id: u64,
    email: String,
    name: String,
    bcrypt: String,
}

fn converted(old: &OldUser) -> CreateUser {
    CreateUser {
        primary_email: Some(old.email.clone()),
        name: Some(old.name.clone()),
        // The users keep their passwords.
        password_digest: Some(old.bcrypt.clone()),
        password_algorithm: Some(PasswordAlgorithm::Bcrypt),
        custom_data: Some(Map::from_iter([("oldId".to_owned(), json!(old.id))])),
        ..Default::default()
    }
}
// ANCHOR_END: convert

// ANCHOR: import
#[derive(Debug, Default)]
struct Report {
    created: usize,
    existing: usize,
    failed: Vec<(String, Error)>,
}

/// Imports the users, eight at a time. Running it again continues an interrupted import.
async fn import(logto: &Client, users: Vec<OldUser>) -> Report {
    let mut outcomes = stream::iter(users)
        .map(|user| async move {
            // Email addresses are unique, so repeating a creation after a lost answer creates no second user.
            let outcome = logto.users().create(converted(&user)).idempotent(true).await;
            (user.email, outcome)
        })
        .buffer_unordered(8);

    let mut report = Report::default();
    while let Some((email, outcome)) = outcomes.next().await {
        match outcome {
            Ok(_) => report.created += 1,
            Err(error) if error.is_conflict() => report.existing += 1,
            Err(error) => report.failed.push((email, error)),
        }
    }
    report
}
// ANCHOR_END: import

/// The digest of a password, as the old system stored it.
const BCRYPT: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

fn old_users() -> Vec<OldUser> {
    let addresses = ["ada@example.com", "grace@example.com", "not an address"];
    let user = |(id, email): (u64, &str)| OldUser {
        id,
        email: email.to_owned(),
        name: format!("User {id}"),
        bcrypt: BCRYPT.to_owned(),
    };
    (1..).zip(addresses).map(user).collect()
}

#[tokio::test]
async fn users_are_created_once_and_failures_are_reported() -> Result<()> {
    let logto = Emulator::new().client()?;
    let report = import(&logto, old_users()).await;
    assert_eq!((report.created, report.existing, report.failed.len()), (2, 0, 1));
    let (email, error) = &report.failed[0];
    assert!(email == "not an address" && error.is_invalid_input(), "{error}");

    let again = import(&logto, old_users()).await;
    assert_eq!((again.created, again.existing, again.failed.len()), (0, 2, 1));
    assert_eq!(logto.users().list().await?.total, Some(2));
    Ok(())
}

#[tokio::test]
async fn users_keep_their_passwords_and_old_ids() -> Result<()> {
    let logto = Emulator::new().client()?;
    import(&logto, old_users()).await;
    let found = logto.users().list().search_member("primaryEmail", "ada@example.com").await?;
    let ada = logto.users().get(&found[0].id).include_password_hash(true).await?;
    assert_eq!((ada.name.as_deref(), &ada.custom_data["oldId"]), (Some("User 1"), &json!(1)));
    assert_eq!(ada.password_digest.as_deref(), Some(BCRYPT));
    assert_eq!(ada.password_algorithm.value(), Some(&PasswordAlgorithm::Bcrypt));
    Ok(())
}
