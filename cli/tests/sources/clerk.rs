use logto_admin_cli::users::sources::Source;
use serde_json::json;

use super::{PASSWORD, assert_signs_in, converted, json, warnings};

#[tokio::test]
async fn the_csv_export_has_passwords_and_totp_secrets() {
    let users = converted(Source::Clerk, "clerk-users.csv");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "user_1",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "12025550123",
            "name": "Ada Lovelace",
            "passwordAlgorithm": "Bcrypt",
            "profile": { "givenName": "Ada", "familyName": "Lovelace" },
            "customData": { "email_addresses": ["ada@work.example"] },
            "mfa": [{ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" }],
        })
    );
    let message = "Logto keeps one address per user; the others are kept in custom data";
    assert_eq!(warnings(&users[0]), [format!("email_addresses: {message}")]);
    for user in &users[..6] {
        assert_signs_in(&user.user, PASSWORD).await;
    }
    assert_eq!(
        warnings(&users[6]),
        ["password_digest: Logto cannot verify Clerk phpass hashes, so the user has to set a new password"]
    );
}

#[test]
fn unverified_addresses_are_a_warning() {
    let user = &converted(Source::Clerk, "clerk-users.csv")[1];
    assert_eq!(user.user.primary_email.as_deref(), Some("grace@example.com"));
    let message = "not verified in the source, and Logto treats it as verified";
    assert_eq!(warnings(user), [format!("primary_email_address \"grace@example.com\": {message}")]);
}

#[test]
fn users_of_the_api_have_metadata_and_organizations() {
    let user = &converted(Source::Clerk, "clerk-users.json")[0];
    assert_eq!(
        json(user),
        json!({
            "id": "user_1",
            "primaryEmail": "ada@example.com",
            "name": "Ada Lovelace",
            "avatar": "https://img.clerk.com/ada",
            "isSuspended": true,
            "profile": { "givenName": "Ada", "familyName": "Lovelace" },
            "customData": {
                "email_addresses": ["old@example.com"],
                "external_id": "4711",
                "public_metadata": { "plan": "pro" },
                "unsafe_metadata": { "theme": "dark" },
            },
            "identities": { "google": { "userId": "1080", "details": { "email": "ada@gmail.com" } } },
            "organizations": [{ "name": "Acme", "roles": ["admin"] }],
        })
    );
    let members: Vec<&str> = user.warnings.iter().map(|warning| warning.member.as_str()).collect();
    let expected = [
        "email_addresses",
        "primary_email_address",
        "password_digest",
        "totp_enabled",
        "backup_code_enabled",
        "passkeys",
    ];
    assert_eq!(members, expected);
}
