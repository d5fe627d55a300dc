use logto_admin::FirebaseScrypt;
use logto_admin_cli::users::sources::{Source, SourceOptions};
use serde_json::json;

use super::{PASSWORD, assert_signs_in, converted, converted_with, json, warnings};

pub(super) fn project() -> SourceOptions {
    let signer_key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let project =
        FirebaseScrypt { signer_key: signer_key.into(), salt_separator: "Bw==".into(), rounds: 8, mem_cost: 4 };
    SourceOptions { firebase: Some(project), ..Default::default() }
}

#[tokio::test]
async fn json_and_csv_exports_are_converted() {
    let users = converted_with(Source::Firebase, "firebase-users.json", &project());
    assert_eq!(
        json(&users[0]),
        json!({
            "id": "aVUAs1b4Ra",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "12025550123",
            "name": "Ada Lovelace",
            "avatar": "https://example.com/ada.png",
            "passwordAlgorithm": "Legacy",
            "customData": { "customAttributes": { "admin": true } },
            "identities": { "google": { "userId": "1080", "details": { "email": "ada@gmail.com", "name": "Ada" } } },
        })
    );
    assert_eq!(warnings(&users[0]), [""; 0]);
    assert_signs_in(&users[0].user, PASSWORD).await;
    assert!(users[1].user.is_suspended && users[1].user.password_digest.is_none());

    let rows = converted_with(Source::Firebase, "firebase-users.csv", &project());
    let mut expected = users[0].user.clone();
    expected.name = Some("Lovelace, Ada".into());
    expected.avatar = None;
    assert_eq!(rows[0].user, expected);
    assert_eq!(
        json(&rows[1]),
        json!({ "id": "bVUAs1b4Ra", "isSuspended": true, "identities": { "github": { "userId": "4711", "details": { "name": "grace" } } } })
    );
}

#[test]
fn without_the_hash_parameters_there_are_no_passwords() {
    let users = converted(Source::Firebase, "firebase-users.json");
    assert_eq!(users[0].user.password_digest, None);
    assert!(
        warnings(&users[0])[0].starts_with("passwordHash: the hash parameters of the Firebase project are missing")
    );
}

#[test]
fn parameters_of_another_project_are_noticed() {
    let mut options = project();
    if let Some(project) = &mut options.firebase {
        project.signer_key = "AAAA".into();
    }
    let users = converted_with(Source::Firebase, "firebase-users.json", &options);
    let message = "a Firebase hash of 64 bytes does not belong to a signer key of 3 bytes";
    assert_eq!(warnings(&users[0]), [format!("passwordHash: {message}; the user has to set a new password")]);
}

#[test]
fn game_services_keep_their_names_with_a_warning() {
    let info = [("playgames.google.com", "1"), ("gc.apple.com", "2"), ("google.com", "3"), ("yahoo.com", "4")]
        .map(|(provider, id)| json!({ "providerId": provider, "rawId": id }));
    let user = Source::Firebase.convert(json!({ "providerUserInfo": info }), &SourceOptions::default()).unwrap();
    let targets: Vec<_> = user.user.identities.keys().map(String::as_str).collect();
    assert_eq!(targets, ["playgames.google.com", "gc.apple.com", "google", "yahoo"]);
    let warning = |target| {
        format!("providerUserInfo: Logto has no connector for {target}: to sign in with it, add one with this target")
    };
    assert_eq!(warnings(&user), [warning("playgames.google.com"), warning("gc.apple.com")]);
}
