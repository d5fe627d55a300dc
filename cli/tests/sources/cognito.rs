use logto_admin_cli::users::sources::Source;
use serde_json::json;

use super::{converted, json, warnings};

#[test]
fn attributes_become_members_and_custom_data() {
    let users = converted(Source::Cognito, "cognito-users.json");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "b6f9a1f0-1111-4222-8333-444455556666",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "12025550123",
            "name": "Ada Lovelace",
            "profile": {
                "givenName": "Ada",
                "familyName": "Lovelace",
                "zoneinfo": "Europe/London",
                "address": { "streetAddress": "12 St James's Square", "country": "UK" },
            },
            "customData": { "plan": "pro" },
        })
    );
    assert_eq!(
        warnings(&users[0]),
        [
            "phone_number \"12025550123\": not verified in the source, and Logto treats it as verified",
            "UserMFASettingList: Cognito exports no secrets of second factors; the user has to set them up again",
        ]
    );
}

#[test]
fn users_of_a_provider_get_an_identity_in_place_of_the_made_up_username() {
    let users = converted(Source::Cognito, "cognito-users.json");
    assert_eq!(
        json(&users[1]),
        json!({
            "id": "b6f9a1f0-1111-4222-8333-444455557777",
            "primaryEmail": "grace@example.com",
            "isSuspended": true,
            "identities": { "google": { "userId": "1081" } },
        })
    );
    assert_eq!(
        warnings(&users[1]),
        [
            "email \"grace@example.com\": not verified in the source, and Logto treats it as verified",
            "identities \"AcmeSAML\": Logto creates enterprise identities at the next sign-in, so they are not imported",
        ]
    );
}

#[test]
fn csv_files_have_attributes_as_columns() {
    let users = converted(Source::Cognito, "cognito-users.csv");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "ada",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "12025550123",
            "name": "Ada Lovelace",
            "profile": {
                "givenName": "Ada",
                "familyName": "Lovelace",
                "birthdate": "1815-12-10",
                "address": { "formatted": "12 St James's Square" },
            },
        })
    );
    assert!(warnings(&users[0]).is_empty());
}

#[test]
fn a_note_says_that_there_are_no_passwords() {
    assert!(Source::Cognito.limits()[0].note.contains("no password hashes"));
}
