use logto_admin_cli::users::sources::{Groups, Source, SourceOptions, Unverified};
use serde_json::json;

use super::{PASSWORD, assert_signs_in, converted, converted_with, json, warnings};

#[test]
fn the_users_of_a_realm_export_are_converted() {
    let users = converted(Source::Keycloak, "keycloak-realm.json");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "b2cf0e5c-0001",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "12025550123",
            "name": "Ada Lovelace",
            "passwordAlgorithm": "Legacy",
            "profile": { "givenName": "Ada", "familyName": "Lovelace", "locale": "en" },
            "customData": {
                "attributes": { "locale": ["en"], "phoneNumber": ["+1 202 555 0123"], "department": ["R&D"] },
                "groups": ["staff/engineering"],
                "clientRoles": { "shop": ["buyer"] },
            },
            "identities": { "google": { "userId": "1080" } },
            "roles": ["admin"],
            // Base 32 of the secret, which is text.
            "mfa": [{ "type": "Totp", "secret": "JBRVO4DDGVTUYQTOKEZEC4JQORKGUR3E" }],
        })
    );
    assert_eq!(
        warnings(&users[0]),
        [
            "attributes.phoneNumber \"12025550123\": not verified in the source, and Logto treats it as verified",
            "credentials: passkeys belong to the old address, so the user has to add new ones",
            "clientRoles: Logto roles belong to no application; client roles are kept in custom data",
        ]
    );
}

#[test]
fn required_actions_are_a_warning() {
    let record = json!({ "username": "ada", "requiredActions": ["UPDATE_PASSWORD"] });
    let user = Source::Keycloak.convert(record, &SourceOptions::default()).unwrap();
    let expected = "requiredActions \"UPDATE_PASSWORD\": Logto has no required actions, so it is not imported";
    assert_eq!((json(&user), warnings(&user)), (json!({ "username": "ada" }), vec![expected.to_owned()]));
}

#[test]
fn a_phone_number_is_verified_only_if_an_attribute_says_so() {
    let options = SourceOptions { unverified: Unverified::CustomData, ..Default::default() };
    for (verified, expected) in [(json!(["true"]), Some("12025550123")), (json!(["false"]), None), (json!([]), None)] {
        let attributes = json!({ "phoneNumber": ["+12025550123"], "phoneNumberVerified": verified });
        let user = Source::Keycloak.convert(json!({ "username": "ada", "attributes": attributes }), &options).unwrap();
        assert_eq!(user.user.primary_phone.as_deref(), expected, "{user:?}");
    }
}

#[tokio::test]
async fn users_keep_their_passwords() {
    let users = converted(Source::Keycloak, "keycloak-realm.json");
    assert_signs_in(&users[0].user, PASSWORD).await;
    assert_signs_in(&users[1].user, PASSWORD).await;
    assert_eq!(users[2].user.password_algorithm.as_deref(), Some("Argon2id"));
    assert_signs_in(&users[2].user, "password").await;
}

#[tokio::test]
async fn credentials_of_old_releases_are_converted() {
    let record = json!({
        "username": "ada",
        "credentials": [{
            "type": "password",
            "hashedSaltedValue": "czeA9PjzXvL3OnQLpYlo5qwcNCM=",
            "salt": "Dx4tPEtaaXiHlqW0w9Lh8A==",
            "hashIterations": 1000,
            "algorithm": "pbkdf2",
        }],
    });
    let user = Source::Keycloak.convert(record, &SourceOptions::default()).unwrap();
    assert_signs_in(&user.user, PASSWORD).await;
}

#[test]
fn temporary_passwords_are_kept_with_a_warning() {
    let user = |temporary| {
        let credential = json!({ "type": "password", "value": "s3cret-Passw0rd", "temporary": temporary });
        let record = json!({ "username": "ada", "credentials": [credential] });
        Source::Keycloak.convert(record, &SourceOptions::default()).unwrap()
    };
    let expected = "credentials.password: the password is temporary, and Logto does not ask for a new one";
    assert_eq!((warnings(&user(true)), warnings(&user(false))), (vec![expected.to_owned()], Vec::new()));
    assert_eq!(user(true).user.password.as_deref(), Some("s3cret-Passw0rd"));
}

#[test]
fn disabled_users_are_suspended() {
    let user = &converted(Source::Keycloak, "keycloak-realm.json")[1];
    assert!(user.user.is_suspended);
    assert_eq!(
        warnings(user),
        ["email \"grace@example.com\": not verified in the source, and Logto treats it as verified"]
    );
}

#[test]
fn one_time_passwords_are_kept_if_logto_has_them() {
    let users = converted(Source::Keycloak, "keycloak-realm.json");
    assert_eq!(json(&users[2])["mfa"], json!([{ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" }]));
    assert!(users[3].user.mfa.is_empty());
    assert_eq!(
        warnings(&users[3]),
        [
            "credentials: Logto has TOTP with 6 digits, 30 seconds and SHA-1 only, so it is not imported",
            "federationLink: the password is in a user federation, so the user has to set a new password",
        ]
    );
}

#[test]
fn service_accounts_are_skipped() {
    let users = converted(Source::Keycloak, "keycloak-realm.json");
    let skipped: Vec<_> = users.iter().map(|user| user.skip).collect();
    assert_eq!(skipped, [None, None, None, None, Some("a service account")]);
}

#[test]
fn groups_can_become_roles_or_organizations() {
    let with = |groups| {
        converted_with(Source::Keycloak, "keycloak-realm.json", &SourceOptions { groups, ..Default::default() })
    };
    let user = json(&with(Groups::Roles)[0]);
    assert_eq!((&user["roles"], user["customData"].get("groups")), (&json!(["admin", "staff/engineering"]), None));
    let user = json(&with(Groups::Organizations)[0]);
    assert_eq!(user["organizations"], json!([{ "name": "staff/engineering" }]));
}
