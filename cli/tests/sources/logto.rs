use logto_admin_cli::users::sources::{Source, SourceOptions};
use serde_json::{Value, json};

use super::{PASSWORD, assert_signs_in, converted, json, warnings};

fn rejected(record: Value) -> Vec<String> {
    let problems = Source::Logto.convert(record, &SourceOptions::default()).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_export_is_read_unchanged() {
    let users = converted(Source::Logto, "logto-users.ndjson");
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "8yrtxfqcf2ut",
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "passwordAlgorithm": "Bcrypt",
            "customData": { "plan": "pro" },
            "roles": ["admin"],
            "organizations": [{ "name": "Acme", "roles": ["member"] }],
        })
    );
    assert_signs_in(&users[0].user, PASSWORD).await;
    let message = "factors without a secret cannot be imported, so the user has to set them up again";
    assert_eq!(warnings(&users[0]), [format!("mfa: {message}")]);
}

#[test]
fn users_of_the_api_are_read_without_what_the_server_sets() {
    let user = &converted(Source::Logto, "logto-users.ndjson")[1];
    assert_eq!(
        json(user),
        json!({
            "id": "9yrtxfqcf2ut",
            "primaryEmail": "grace@example.com",
            "isSuspended": true,
            "identities": { "google": { "userId": "1080" } },
        })
    );
    let members: Vec<&str> = user.warnings.iter().map(|warning| warning.member.as_str()).collect();
    assert_eq!(members, ["ssoIdentities", "mfaVerificationFactors"]);
}

#[test]
fn unknown_members_are_rejected_with_a_suggestion() {
    assert_eq!(
        rejected(json!({ "primaryMail": "a@b.c", "username": "ada" })),
        ["primaryMail: unknown member; did you mean \"primaryEmail\"?"]
    );
    // The same name in another case, and not `username`.
    assert_eq!(rejected(json!({ "Name": "A" })), ["Name: unknown member; did you mean \"name\"?"]);
    assert_eq!(rejected(json!({ "zzz": 1 })), ["zzz: unknown member"]);
}

#[test]
fn members_of_a_wrong_type_are_named_without_their_value() {
    for (record, member) in [
        (json!({ "password": ["hunter2"] }), "password: "),
        (json!({ "customData": "hunter2" }), "customData: "),
        (json!({ "organizations": [{ "name": "Acme" }, { "title": "hunter2" }] }), "organizations[1]"),
        (json!({ "mfa": [{ "type": "hunter2" }] }), "mfa[0]"),
    ] {
        let message = rejected(record).remove(0);
        assert!(message.starts_with(member) && !message.contains("hunter2"), "{message}");
    }
}

#[test]
fn every_member_of_a_wrong_type_is_named_with_what_is_expected() {
    let record = json!({
        "username": 7, "isSuspended": "yes", "customData": [], "roles": ["a", 1], "organizations": "Acme", "mfa": {},
    });
    let mut found = rejected(record);
    found.sort();
    assert_eq!(
        found,
        [
            "customData: expected a JSON object",
            "isSuspended: expected true or false",
            "mfa: expected a list of objects with `type`: `Totp`, `BackupCode` or `WebAuthn`",
            "organizations: expected a list of objects with `name` and `roles`",
            "roles: expected a list of names",
            "username: expected a text",
        ]
    );
}

#[test]
fn an_export_as_csv_has_json_in_its_cells() {
    let record = json!({
        "username": "ada",
        "isSuspended": "true",
        "customData": "{\"plan\":\"pro\"}",
        "roles": "[\"admin\"]",
        "organizations": "[{\"name\":\"Acme\",\"roles\":[\"member\"]}]",
    });
    let expected = json!({
        "username": "ada",
        "isSuspended": true,
        "customData": { "plan": "pro" },
        "roles": ["admin"],
        "organizations": [{ "name": "Acme", "roles": ["member"] }],
    });
    for source in [Source::Logto, Source::Csv] {
        let user = source.convert(record.clone(), &SourceOptions::default()).unwrap();
        assert_eq!(json(&user), expected, "{source}");
    }
}
