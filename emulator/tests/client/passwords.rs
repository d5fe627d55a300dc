//! Imported password digests, and passwords that expire.

use std::time::Duration;

use logto_admin::models::Password;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::Browser;
use crate::{call, client, refused};

async fn import(client: &Client, algorithm: &str, digest: &str) -> Result<String> {
    let body = json!({ "passwordAlgorithm": algorithm, "passwordDigest": digest });
    let user = call(client, "CreateUser", &[], body).await?;
    Ok(user["id"].as_str().unwrap().to_owned())
}

async fn algorithm(client: &Client, user: &str) -> Result<Value> {
    let user = client.operation("GetUser")?.path("userId", user).query("includePasswordHash", "1").await?;
    Ok(user["passwordAlgorithm"].clone())
}

#[tokio::test]
async fn imported_digests_are_verified_and_become_argon2i() -> Result<()> {
    let client = client();
    for (kind, digest, password) in [
        ("MD5", "5f4dcc3b5aa765d61d8327deb882cf99", "password"),
        (
            "Argon2id",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "password",
        ),
        (
            "Legacy",
            r#"["sha256",["salt123","@"],"c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e"]"#,
            "password123",
        ),
        (
            "Legacy",
            r#"["pbkdf2",["salt","1000","20","sha512","@"],"0ecb3c32f57685303ff0878481d223bc1a16eb13"]"#,
            "password123",
        ),
    ] {
        let user = import(&client, kind, digest).await?;
        let wrong = client.users().verify_password(&user, Password { password: "wrong".into() }).await;
        assert_eq!(refused(wrong), (422, "session.invalid_credentials".into()), "{digest}");
        assert_eq!(algorithm(&client, &user).await?, kind);
        client.users().verify_password(&user, Password { password: password.into() }).await?;
        assert_eq!(algorithm(&client, &user).await?, "Argon2i");
        client.users().verify_password(&user, Password { password: password.into() }).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_digest_is_none() -> Result<()> {
    let client = client();
    let body = json!({ "password": "secret", "passwordDigest": "", "passwordAlgorithm": "MD5" });
    let user = call(&client, "CreateUser", &[], body).await?["id"].as_str().unwrap().to_owned();
    client.users().verify_password(&user, Password { password: "secret".into() }).await?;
    let without = refused(call(&client, "CreateUser", &[], json!({ "passwordAlgorithm": "Legacy" })).await);
    assert_eq!(without, (400, "password.unsupported_encryption_method".into()));
    Ok(())
}

#[tokio::test]
async fn passwords_expire_only_with_a_policy() -> Result<()> {
    let client = client();
    let user = import(&client, "MD5", "5f4dcc3b5aa765d61d8327deb882cf99").await?;
    let path = [("userId", user.as_str())];
    let expire = || call(&client, "UpdateUserPasswordExpiration", &path, json!({ "isExpired": true }));
    assert_eq!(refused(expire().await), (400, "sign_in_experiences.password_expiration_not_enabled".into()));
    crate::connectors::email_connector(&client).await?;
    let experience = json!({
        "forgotPasswordMethods": ["EmailVerificationCode"],
        "passwordExpiration": { "enabled": true, "validPeriodDays": 90 },
    });
    call(&client, "UpdateSignInExp", &[], experience).await?;
    assert_eq!(expire().await?["id"], user.as_str());
    Ok(())
}

#[tokio::test]
async fn malformed_legacy_digests_are_rejected_at_creation() {
    let client = client();
    for (digest, code) in [
        ("abc", "password.invalid_legacy_password_format"),
        (r#"["sha256", "@", "abc"]"#, "password.invalid_legacy_password_format"),
        (r#"["nope", ["@"], "abc"]"#, "password.unsupported_legacy_hash_algorithm"),
    ] {
        assert_eq!(refused(import(&client, "Legacy", digest).await), (400, code.into()), "{digest}");
    }
}

#[tokio::test]
async fn taken_identifiers_are_found_before_mistakes_in_other_members() -> Result<()> {
    let client = client();
    call(&client, "CreateUser", &[], json!({ "username": "ada" })).await?;
    let digest = |username: &str| json!({ "username": username, "passwordDigest": "x", "passwordAlgorithm": "Legacy" });
    let taken = (422, "user.username_already_in_use".to_owned());
    assert_eq!(refused(call(&client, "CreateUser", &[], digest("ada")).await), taken);
    let malformed = (400, "password.invalid_legacy_password_format".to_owned());
    assert_eq!(refused(call(&client, "CreateUser", &[], digest("grace")).await), malformed);
    let phone = |username: &str| json!({ "username": username, "primaryPhone": "0123" });
    assert_eq!(refused(call(&client, "CreateUser", &[], phone("ada")).await), taken);
    assert_eq!(refused(call(&client, "CreateUser", &[], phone("grace")).await), (422, "user.invalid_phone".into()));
    Ok(())
}

/// Creates a user with a password. Returns the user's id, and an emulator whose passwords expire after a day.
async fn with_expiration(password: &str) -> Result<(Emulator, String)> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    let experience = json!({
        "forgotPasswordMethods": ["EmailVerificationCode"],
        "passwordExpiration": { "enabled": true, "validPeriodDays": 1 },
    });
    call(&admin, "UpdateSignInExp", &[], experience).await?;
    let ada = json!({ "username": "ada", "primaryEmail": "ada@example.com", "password": password });
    let id = call(&admin, "CreateUser", &[], ada).await?["id"].as_str().unwrap().to_owned();
    Ok((emulator, id))
}

/// Proves a password in a new sign-in. Returns the status and the code of the error.
fn prove(browser: &mut Browser, password: &str) -> (u16, Value) {
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": password });
    let (status, answer) = browser.experience(Post, "/verification/password", &body);
    (status, if status < 400 { Value::Null } else { answer })
}

const RIGHT: (u16, Value) = (200, Value::Null);

fn expired() -> (u16, Value) {
    (422, json!("password.expired"))
}

#[tokio::test]
async fn a_password_that_was_marked_as_expired_does_not_sign_in() -> Result<()> {
    let (first, second) = ("violet-anchor-47-kettle", "copper-lantern-82-meadow");
    let (emulator, id) = with_expiration(first).await?;
    let (admin, path) = (emulator.client()?, [("userId", id.as_str())]);
    let mark = |expired: bool| call(&admin, "UpdateUserPasswordExpiration", &path, json!({ "isExpired": expired }));
    let mut browser = Browser::open(&emulator).await?;
    assert_eq!(prove(&mut browser, first), RIGHT);
    mark(true).await?;
    assert_eq!(prove(&mut browser, first), expired());
    assert_eq!(prove(&mut browser, "wrong"), (422, json!("session.invalid_credentials")));
    mark(false).await?;
    assert_eq!(prove(&mut browser, first), RIGHT);
    mark(true).await?;
    call(&admin, "UpdateUserPassword", &path, json!({ "password": second })).await?;
    assert_eq!(prove(&mut browser, second), RIGHT);
    mark(true).await?;
    call(&admin, "UpdateSignInExp", &[], json!({ "passwordExpiration": { "enabled": false } })).await?;
    assert_eq!(prove(&mut browser, second), RIGHT);
    Ok(())
}

#[tokio::test]
async fn an_old_password_expires_until_the_user_resets_it() -> Result<()> {
    let (first, second) = ("violet-anchor-47-kettle", "copper-lantern-82-meadow");
    let (emulator, id) = with_expiration(first).await?;
    let mut browser = Browser::open(&emulator).await?;
    emulator.advance(Duration::from_secs(86_000));
    assert_eq!(prove(&mut browser, first), RIGHT);
    emulator.advance(Duration::from_secs(500));
    assert_eq!(prove(&mut browser, first), expired());
    // The flag is independent of the age.
    let valid = json!({ "isExpired": false });
    call(&emulator.client()?, "UpdateUserPasswordExpiration", &[("userId", &id)], valid).await?;
    assert_eq!(prove(&mut browser, first), expired());

    browser.start("ForgotPassword", "openid");
    let identifier = json!({ "type": "email", "value": "ada@example.com" });
    let record = browser.prove_address(&identifier, "ForgotPassword");
    browser.call(Post, "/identification", &record);
    browser.call(Put, "/profile/password", &json!({ "password": second }));
    browser.call(Post, "/submit", &Value::Null);
    assert_eq!(prove(&mut browser, second), RIGHT);
    Ok(())
}

#[tokio::test]
async fn a_new_digest_of_the_same_password_does_not_make_it_valid_again() -> Result<()> {
    let (emulator, _) = with_expiration("violet-anchor-47-kettle").await?;
    let admin = emulator.client()?;
    let grace = json!({
        "username": "grace", "passwordAlgorithm": "MD5", "passwordDigest": "5f4dcc3b5aa765d61d8327deb882cf99",
    });
    let id = call(&admin, "CreateUser", &[], grace).await?["id"].as_str().unwrap().to_owned();
    call(&admin, "UpdateUserPasswordExpiration", &[("userId", &id)], json!({ "isExpired": true })).await?;
    let mut browser = Browser::open(&emulator).await?;
    let body = json!({ "identifier": { "type": "username", "value": "grace" }, "password": "password" });
    for _ in 0..2 {
        browser.start("SignIn", "openid");
        assert_eq!(browser.experience(Post, "/verification/password", &body), expired());
    }
    assert_eq!(algorithm(&admin, &id).await?, "Argon2i");
    Ok(())
}
