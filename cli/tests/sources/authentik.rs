use logto_admin_cli::users::sources::{Groups, Source, SourceOptions};
use serde_json::json;

use super::{PASSWORD, assert_signs_in, converted, converted_with, json, warnings};

#[tokio::test]
async fn a_dump_has_password_hashes() {
    let users = converted(Source::Authentik, "authentik-dump.json");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "0d0a1c6e-0001",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "name": "Ada Lovelace",
            "passwordAlgorithm": "Legacy",
            "customData": { "attributes": { "department": "R&D" } },
        })
    );
    assert_signs_in(&users[0].user, PASSWORD).await;

    assert!(users[1].user.is_suspended);
    assert_eq!(users[1].user.custom_data["username"], json!("grace.hopper"));
    assert_eq!(users[1].user.password_algorithm.as_deref(), Some("Argon2id"));
    assert_signs_in(&users[1].user, "password").await;
}

#[test]
fn service_accounts_are_skipped() {
    let user = &converted(Source::Authentik, "authentik-dump.json")[2];
    assert_eq!((user.skip, &user.user.password_digest), (Some("a service account"), &None));
    assert!(warnings(user).is_empty());
}

#[test]
fn users_of_the_api_have_groups() {
    let user = &converted(Source::Authentik, "authentik-users.json")[0];
    assert_eq!(
        json(user),
        json!({
            "id": "0d0a1c6e-0001",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "name": "Ada Lovelace",
            "customData": { "groups": ["staff"] },
        })
    );
    let options = SourceOptions { groups: Groups::Organizations, ..Default::default() };
    let user = &converted_with(Source::Authentik, "authentik-users.json", &options)[0];
    assert_eq!(user.user.organizations[0].name, "staff");
}
