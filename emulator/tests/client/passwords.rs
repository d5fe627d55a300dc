//! Imported password digests.

use logto_admin::models::Password;
use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Result};

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
