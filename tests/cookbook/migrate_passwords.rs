//! Migrate users whose passwords another system hashed in several ways.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use logto_admin::bulk::Concurrency;
use logto_admin::models::CreateUser;
use logto_admin::{Client, PasswordDigest, PasswordSalt, Result};
use logto_admin_emulator::Emulator;

// ANCHOR: digest
/// A password, as the old system stored it.
enum OldPassword {
    Bcrypt(String),
    /// SHA-256 of the salt and the password.
    Salted {
        salt: String,
        hash: String,
    },
    Pbkdf2 {
        salt: Vec<u8>,
        iterations: u32,
        key: String,
    },
}

fn digest(old: &OldPassword) -> Result<PasswordDigest> {
    match old {
        OldPassword::Bcrypt(digest) => PasswordDigest::bcrypt(digest),
        OldPassword::Salted { salt, hash } => PasswordDigest::salt_before("sha256", salt, hash),
        OldPassword::Pbkdf2 { salt, iterations, key } => {
            PasswordDigest::pbkdf2("sha512", PasswordSalt::Bytes(salt), *iterations, key)
        }
    }
}
// ANCHOR_END: digest

// ANCHOR: convert
/// A user of the old system.
struct OldUser {
    id: u64,
    email: String,
    password: OldPassword,
}

fn converted(old: &OldUser) -> Result<CreateUser> {
    let digest = digest(&old.password)?;
    Ok(CreateUser {
        primary_email: Some(old.email.clone()),
        password_algorithm: Some(digest.algorithm().into()),
        password_digest: Some(digest.digest().into()),
        ..Default::default()
    })
}
// ANCHOR_END: convert

// ANCHOR: migrate
/// Creates the users. Returns the id in Logto or the error of each user, by the old id.
async fn migrate(logto: &Client, users: Vec<OldUser>) -> HashMap<u64, Result<String>> {
    let client = logto.clone();
    let create = move |old: OldUser| {
        let client = client.clone();
        async move {
            let created = async { client.users().create(converted(&old)?).await };
            (old.id, created.await.map(|user| user.id))
        }
    };
    logto.for_each(stream::iter(users), Concurrency::default(), create).collect().await
}
// ANCHOR_END: migrate

const PASSWORD: &str = "password123";

fn old_users() -> Vec<OldUser> {
    let bcrypt = "$2b$04$N9qo8uLOickgx2ZMRZoMyeapfzHp47vqd3HHB31mGdP1b4S74jNHa";
    let salted = "c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e";
    let pbkdf2 = "074432fbcfe07ddb1deb7f6b71efb4093bcb1483";
    let passwords = [
        OldPassword::Bcrypt(bcrypt.into()),
        OldPassword::Salted { salt: "salt123".into(), hash: salted.into() },
        OldPassword::Pbkdf2 { salt: vec![0, 1, 2, 255], iterations: 1000, key: pbkdf2.into() },
        OldPassword::Bcrypt("not a digest".into()),
    ];
    let user = |(id, password)| OldUser { id, email: format!("user{id}@example.com"), password };
    (1..).zip(passwords).map(user).collect()
}

#[tokio::test]
async fn users_sign_in_with_their_old_passwords() -> Result<()> {
    let logto = Emulator::new().client()?;
    let migrated = migrate(&logto, old_users()).await;
    for old_id in 1..=3 {
        let id = migrated[&old_id].as_ref().unwrap();
        logto.users().verify_password(id, PASSWORD).await.unwrap_or_else(|error| panic!("{old_id}: {error}"));
        let wrong = logto.users().verify_password(id, "password124").await;
        assert!(wrong.is_err());
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_belongs_to_its_user() -> Result<()> {
    let logto = Emulator::new().client()?;
    let taken = CreateUser { primary_email: Some("user2@example.com".into()), ..Default::default() };
    logto.users().create(taken).await?;
    let migrated = migrate(&logto, old_users()).await;
    assert!(migrated[&1].is_ok() && migrated[&3].is_ok());
    assert!(migrated[&2].as_ref().is_err_and(|error| error.is_conflict()));
    let error = migrated[&4].as_ref().unwrap_err().to_string();
    assert!(error.contains("digest") && !error.contains("not a digest"), "{error}");
    assert_eq!(logto.users().list().await?.total, Some(3), "nothing is sent for the broken digest");
    Ok(())
}
