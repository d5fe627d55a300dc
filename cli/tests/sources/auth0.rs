use logto_admin_cli::users::sources::{Source, SourceOptions, Unverified, auth0_password_hash};
use serde_json::json;

use super::{PASSWORD, assert_signs_in, converted, converted_with, json, records, warnings};

#[test]
fn an_export_job_has_profiles_identities_and_metadata() {
    let users = converted(Source::Auth0, "auth0-export.ndjson");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "auth0|5dea9f9c82dd7c0e76e4ec93",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "name": "Ada Lovelace",
            "avatar": "https://s.gravatar.com/avatar/ada.png",
            "profile": { "givenName": "Ada", "familyName": "Lovelace", "nickname": "ada" },
            "customData": {
                "user_metadata": { "theme": "dark" },
                "app_metadata": { "plan": "pro", "authorization": { "roles": ["editor"] } },
            },
            "identities": { "google": { "userId": "1080", "details": { "email": "ada@gmail.com", "name": "Ada" } } },
            "roles": ["editor"],
        })
    );
    assert_eq!(
        warnings(&users[0]),
        ["multifactor: exports do not contain the second factors, so the user has to set them up again"]
    );
}

#[test]
fn what_logto_cannot_keep_is_a_warning() {
    let users = converted(Source::Auth0, "auth0-export.ndjson");
    assert_eq!(
        json(&users[1]),
        json!({
            "id": "google-oauth2|1081",
            "primaryEmail": "grace@example.com",
            "primaryPhone": "12025550123",
            "name": "Grace Hopper",
            "isSuspended": true,
            "identities": { "google": { "userId": "1081" } },
        })
    );
    assert_eq!(
        warnings(&users[1]),
        [
            "email \"grace@example.com\": not verified in the source, and Logto treats it as verified",
            "identities \"samlp\": Logto creates enterprise identities at the next sign-in, so they are not imported",
        ]
    );
    assert_eq!(json(&users[2]), json!({ "id": "auth0|7", "customData": { "username": "li.wei" } }));
    let message = "Logto usernames have letters, digits and underscores only; it is kept in custom data";
    assert_eq!(warnings(&users[2]), [format!("username \"li.wei\": {message}")]);
}

#[test]
fn unverified_addresses_can_be_left_out() {
    let options = SourceOptions { unverified: Unverified::CustomData, ..Default::default() };
    let users = converted_with(Source::Auth0, "auth0-export.ndjson", &options);
    assert_eq!(users[0].user.primary_email.as_deref(), Some("ada@example.com"));
    assert_eq!(
        (&users[1].user.primary_email, &users[1].user.custom_data["email"]),
        (&None, &json!("grace@example.com"))
    );
    assert!(warnings(&users[1])[0].ends_with("not verified in the source; it is kept in custom data"));
}

#[test]
fn an_address_whose_state_was_not_exported_is_a_warning() {
    let unknown = "the export does not contain whether it is verified, and Logto treats it as verified";
    let identifiers = [("email", "ada@example.com"), ("phone_number", "+12025550123")]
        .map(|(kind, value)| json!({ "type": kind, "value": value }));
    for (record, expected) in [
        (json!({ "email": "ada@example.com" }), vec!["email"]),
        (json!({ "phone_number": "+12025550123", "email_verified": true }), vec!["phone_number"]),
        (json!({ "identifiers": identifiers }), vec!["email", "phone_number"]),
        (json!({ "email": "ada@example.com", "email_verified": true }), vec![]),
        (json!({ "username": "ada" }), vec![]),
    ] {
        // Nothing is moved, as that would be every address if the field was not selected for the export.
        for unverified in [Unverified::Keep, Unverified::CustomData] {
            let options = SourceOptions { unverified, ..Default::default() };
            let user = Source::Auth0.convert(record.clone(), &options).unwrap();
            let expected: Vec<_> = expected.iter().map(|member| format!("{member}: {unknown}")).collect();
            assert_eq!((warnings(&user), user.set_aside), (expected, Vec::new()), "{record}");
        }
    }
}

#[test]
fn the_quote_before_each_text_of_a_csv_file_is_removed() {
    let user = &converted(Source::Auth0, "auth0-users.csv")[0];
    assert_eq!(
        json(user),
        json!({
            "id": "auth0|tom",
            "primaryEmail": "tom@example.com",
            "name": "'t Hooft",
            "customData": { "app_metadata": { "plan": "pro" } },
        })
    );
}

#[tokio::test]
async fn password_hashes_come_in_a_file_of_their_own() {
    let hashes = converted(Source::Auth0, "auth0-hashes.ndjson");
    assert_eq!(hashes[0].user.id.as_deref(), Some("auth0|5dea9f9c82dd7c0e76e4ec93"));
    assert_eq!(
        json(&hashes[1]),
        json!({
            "id": "auth0|euclid",
            "username": "grace",
            "primaryEmail": "grace@example.com",
            "primaryPhone": "12025550123",
            "passwordAlgorithm": "Bcrypt",
        })
    );
    assert_signs_in(&hashes[1].user, PASSWORD).await;

    // Together with the export job.
    let mut options = SourceOptions::default();
    let hashes = records(Source::Auth0, "auth0-hashes.ndjson").into_iter();
    options.auth0_hashes.extend(hashes.map(|record| auth0_password_hash(record).unwrap()));
    assert!(!format!("{options:?}").contains("$2b$"));
    let users = converted_with(Source::Auth0, "auth0-export.ndjson", &options);
    assert_signs_in(&users[0].user, PASSWORD).await;
    assert_eq!(users[1].user.password_digest, None);
}

#[tokio::test]
async fn import_files_have_hashes_of_several_algorithms() {
    let users = converted(Source::Auth0, "auth0-import.json");
    let algorithms: Vec<_> = users.iter().map(|user| user.user.password_algorithm.as_deref()).collect();
    let legacy = Some("Legacy");
    assert_eq!(algorithms, [Some("Bcrypt"), legacy, legacy, legacy, legacy, None]);
    for user in &users[..5] {
        assert_signs_in(&user.user, PASSWORD).await;
    }
    assert_eq!(
        warnings(&users[5]),
        ["custom_password_hash: Logto cannot verify Auth0 scrypt hashes, so the user has to set a new password"]
    );
}

#[test]
fn second_factors_of_import_files_are_kept() {
    let user = &converted(Source::Auth0, "auth0-import.json")[0];
    assert_eq!(json(user)["mfa"], json!([{ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" }]));
    assert_eq!(
        warnings(user),
        ["mfa_factors \"phone\": Logto uses the user's own email address and phone number as second factors"]
    );
    assert!(!format!("{user:?}").contains("JBSWY"));
}

#[test]
fn a_user_without_a_hash_in_the_file_of_hashes_is_a_warning() {
    let mut options = SourceOptions::default();
    options.auth0_hashes.insert("auth0|other".to_owned(), "$2b$10$x".to_owned());
    for (id, count) in [("auth0|ada", 1), ("google-oauth2|ada", 0)] {
        let record = json!({ "user_id": id, "email": "ada@example.com" });
        let user = Source::Auth0.convert(record, &options).unwrap();
        let missing = warnings(&user).iter().filter(|warning| warning.contains("hashes has none")).count();
        assert_eq!(missing, count, "{user:?}");
    }
}
