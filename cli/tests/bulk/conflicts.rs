use logto_admin_cli::users::journal::{Entry, Identifiers};
use logto_admin_cli::users::record_result::Outcome;
use logto_admin_cli::users::undo;
use logto_admin_cli::users::write::OnConflict;
use serde_json::json;

use crate::stage::{Stage, named, record};

#[tokio::test]
async fn users_come_with_everything_that_belongs_to_them() {
    let stage = Stage::new();
    stage.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
    stage.call("CreateOrganization", json!({ "name": "Acme" })).await;
    stage.call("CreateOrganizationRole", json!({ "name": "editor" })).await;
    let ada = record(json!({
        "id": "old-1", "username": "ada", "primaryEmail": "ada@example.com", "isSuspended": true,
        "customData": { "plan": "pro" }, "profile": { "nickname": "A" }, "roles": ["staff"],
        "organizations": [{ "name": "Acme", "roles": ["editor"] }],
        "identities": { "google": { "userId": "g-1", "details": {} } },
        "mfa": [{ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" }],
    }));
    let report = stage.import(vec![ada]).await;
    assert_eq!((report.summary.created, report.summary.failed), (1, 0), "{report:?}");
    let id = report.lines[0].id.clone().unwrap();
    let client = stage.client();
    let user = client.users().get(&id).await.unwrap();
    assert!(user.is_suspended && user.custom_data["plan"] == "pro" && user.identities.contains_key("google"));
    let get = async |operation: &str| client.operation(operation).unwrap().path("userId", &id).await.unwrap();
    assert_eq!(get("ListUserRoles").await[0]["name"], "staff");
    let organizations = get("ListUserOrganizations").await;
    assert_eq!(
        (&organizations[0]["name"], &organizations[0]["organizationRoles"][0]["name"]),
        (&json!("Acme"), &json!("editor"))
    );
    assert_eq!(get("ListUserMfaVerifications").await[0]["type"], "Totp");
}

#[tokio::test]
async fn users_that_exist_are_skipped_updated_or_reported() {
    for (on_conflict, expected) in [
        (OnConflict::Skip, Outcome::Skipped),
        (OnConflict::Update, Outcome::Updated),
        (OnConflict::Fail, Outcome::Failed),
    ] {
        let mut stage = Stage::new();
        stage.call("CreateUser", json!({ "username": "ada", "name": "Old", "customData": { "kept": 1 } })).await;
        stage.on_conflict = on_conflict;
        let report = stage
            .import(vec![record(json!({ "username": "ada", "name": "New", "customData": { "plan": "pro" } }))])
            .await;
        assert_eq!(report.lines[0].outcome, expected, "{report:?}");
        let user = stage.client().users().list().await.unwrap().items[0].clone();
        let is_new = on_conflict == OnConflict::Update;
        assert_eq!(user.name.as_deref(), Some(if is_new { "New" } else { "Old" }));
        assert_eq!((user.custom_data["kept"].clone(), user.custom_data.contains_key("plan")), (json!(1), is_new));
    }
}

#[tokio::test]
async fn an_update_suspends_a_user_and_lifts_no_suspension() {
    let mut stage = Stage::new();
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    stage.on_conflict = OnConflict::Update;
    for is_suspended in [true, false] {
        let report = stage.import(vec![record(json!({ "username": "ada", "isSuspended": is_suspended }))]).await;
        assert_eq!(report.lines[0].outcome, Outcome::Updated, "{report:?}");
        assert!(stage.client().users().list().await.unwrap().items[0].is_suspended);
    }
}

#[tokio::test]
async fn an_update_does_not_change_the_password() {
    let mut stage = Stage::new();
    let (old, new) = ("violet-anchor-47-kettle", "password");
    let id = stage.call("CreateUser", json!({ "username": "ada", "password": old })).await["id"].clone();
    stage.on_conflict = OnConflict::Update;
    let digest = "5f4dcc3b5aa765d61d8327deb882cf99";
    let ada = json!({ "username": "ada", "name": "Ada", "passwordAlgorithm": "MD5", "passwordDigest": digest });
    let report = stage.import(vec![record(ada)]).await;
    assert_eq!(report.lines[0].outcome, Outcome::Updated, "{report:?}");
    let client = stage.client();
    for (password, is_right) in [(old, true), (new, false)] {
        let verify = client.operation("VerifyUserPassword").unwrap().path("userId", id.as_str().unwrap());
        assert_eq!(verify.json(&json!({ "password": password })).await.is_ok(), is_right, "{password}");
    }
}

#[tokio::test]
async fn a_user_with_another_identifier_than_the_record_is_named_in_a_warning() {
    for on_conflict in [OnConflict::Skip, OnConflict::Update] {
        let mut stage = Stage::new();
        let bob = json!({ "username": "bob", "primaryEmail": "bob@example.com", "primaryPhone": "12025550123" });
        stage.call("CreateUser", bob).await;
        stage.on_conflict = on_conflict;
        let id = stage.client().users().list().await.unwrap().items[0].id.clone();
        let warning = async |members| stage.import(vec![record(members)]).await.lines[0].message.clone();
        assert_eq!(warning(json!({ "username": "bob", "name": "Bob" })).await, None);
        for (record, same, other) in [
            (json!({ "username": "bob", "primaryEmail": "mallory@example.com" }), "username", "primaryEmail"),
            (json!({ "username": "bob", "primaryPhone": "12025550124" }), "username", "primaryPhone"),
        ] {
            let expected =
                format!("the user {id} has the {same} of the record, but another {other}: is it the same person?");
            assert_eq!(warning(record).await, Some(expected), "{on_conflict:?}");
        }
    }
}

/// Exports of another tenant can contain the id of somebody else.
#[tokio::test]
async fn an_id_alone_does_not_prove_that_it_is_the_same_person() {
    for (username, email, warning) in [
        ("bob", "bob@example.org", None),
        ("ada", "ada@example.com", Some("has the id of the record, but another primaryEmail and username")),
    ] {
        let stage = Stage::new();
        let bob = stage.call("CreateUser", json!({ "username": "bob", "primaryEmail": "bob@example.com" })).await;
        let mut writer = stage.writer(&stage.client()).await;
        writer.matches_ids = true;
        let found = record(json!({ "id": bob["id"], "username": username, "primaryEmail": email }));
        let message = stage.import_with(&writer, vec![found], None).await.lines[0].message.clone();
        let id = bob["id"].as_str().unwrap();
        let expected = warning.map(|warning| format!("the user {id} {warning}: is it the same person?"));
        assert_eq!(message, expected, "{username}");
    }
}

#[tokio::test]
async fn a_record_that_changed_since_the_earlier_run_is_updated_on_demand() {
    let mut stage = Stage::new();
    let ada = |name: &str| vec![record(json!({ "username": "ada", "name": name }))];
    let mut names = Vec::new();
    for (on_conflict, name, expected) in [
        (OnConflict::Skip, "Old", Outcome::Created),
        (OnConflict::Update, "Old", Outcome::Journaled),
        (OnConflict::Skip, "New", Outcome::Outdated),
        (OnConflict::Fail, "New", Outcome::Failed),
        (OnConflict::Update, "New", Outcome::Updated),
        (OnConflict::Update, "New", Outcome::Journaled),
    ] {
        stage.on_conflict = on_conflict;
        let report = stage.import(ada(name)).await;
        assert_eq!(report.lines[0].outcome, expected, "{report:?}");
        names.push(stage.client().users().list().await.unwrap().items[0].name.clone().unwrap());
    }
    assert_eq!(names, ["Old", "Old", "Old", "Old", "New", "New"]);
    // The import has created the user, so an undo still deletes it.
    let created = undo::users(&stage.client(), &stage.open_journal()).await.unwrap().created;
    assert_eq!(created.len(), 1);
}

/// The first content of the record had the address of somebody else.
#[tokio::test]
async fn a_skipped_record_that_is_corrected_does_not_change_the_user_that_it_was_skipped_for() {
    for on_conflict in [OnConflict::Skip, OnConflict::Fail, OnConflict::Update] {
        let mut stage = Stage::new();
        let ann = stage.call("CreateUser", json!({ "primaryEmail": "ann@example.com", "name": "Ann" })).await;
        let bob = |email: &str| vec![record(json!({ "id": "1", "primaryEmail": email, "name": "Bob" }))];
        assert_eq!(stage.import(bob("ann@example.com")).await.lines[0].outcome, Outcome::Skipped);
        stage.on_conflict = on_conflict;
        let report = stage.import(bob("bob@example.com")).await;
        assert_eq!((report.lines[0].outcome, &report.lines[0].message), (Outcome::Created, &None), "{on_conflict:?}");
        let same = stage.client().users().get(ann["id"].as_str().unwrap()).await.unwrap();
        assert_eq!((same.name.as_deref(), same.primary_email.as_deref()), (Some("Ann"), Some("ann@example.com")));
    }
}

/// The two contents of the record have different addresses. The first had that of somebody else, or the person has
/// another address now.
#[tokio::test]
async fn an_updated_record_that_is_corrected_does_not_change_the_user_of_its_first_content() {
    for (second, expected, name) in [
        (json!({ "id": "1", "primaryEmail": "bob@example.com", "name": "Bob" }), Outcome::Failed, "Ann"),
        (
            json!({ "id": "1", "primaryEmail": "new@example.com", "username": "ann", "name": "A" }),
            Outcome::Updated,
            "A",
        ),
    ] {
        let mut stage = Stage::new();
        stage.on_conflict = OnConflict::Update;
        stage.call("CreateUser", json!({ "primaryEmail": "ann@example.com", "username": "ann" })).await;
        let first = json!({ "id": "1", "primaryEmail": "ann@example.com", "name": "Ann" });
        assert_eq!(stage.import(vec![record(first)]).await.lines[0].outcome, Outcome::Updated);
        let line = stage.import(vec![record(second)]).await.lines[0].clone();
        let ann = stage.client().users().list().await.unwrap().items[0].clone();
        assert_eq!((line.outcome, ann.name.as_deref()), (expected, Some(name)), "{line:?}");
        let message = line.message.unwrap();
        assert!(message.contains(&ann.id) && message.contains("somebody else") == (name == "Ann"), "{message}");
    }
}

#[tokio::test]
async fn an_update_that_leaves_second_factors_has_a_warning() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    let totp = |secret: &str| json!({ "type": "Totp", "secret": secret });
    let codes: Vec<String> = (0..10).map(|number| format!("{number:010x}")).collect();
    let codes = json!({ "type": "BackupCode", "codes": codes });
    let ada = |name: &str, factors| vec![record(json!({ "username": "ada", "name": name, "mfa": factors }))];
    let id = stage.call("CreateUser", json!({ "username": "ada" })).await["id"].as_str().unwrap().to_owned();
    let factors = async || {
        let list = stage.client().operation("ListUserMfaVerifications").unwrap().path("userId", &id).await.unwrap();
        let mut all = list.as_array().unwrap().iter().map(|factor| factor["id"].to_string()).collect::<Vec<_>>();
        all.sort();
        all
    };
    let first = stage.import(ada("Ada", json!([totp("JBSWY3DPEHPK3PXP"), codes]))).await.lines[0].clone();
    assert_eq!((first.outcome, first.message), (Outcome::Updated, None));
    let before = factors().await;
    assert_eq!(before.len(), 2);
    let again = stage.import(ada("A", json!([totp("GEZDGNBVGY3TQOJQ"), codes]))).await.lines[0].clone();
    let expected = format!("the user {id} keeps its Totp and BackupCode: an update replaces no second factor");
    assert_eq!((again.outcome, again.message), (Outcome::Updated, Some(expected)));
    assert_eq!(factors().await, before);
}

#[tokio::test]
async fn a_user_that_was_skipped_is_looked_at_again_with_another_action() {
    let mut stage = Stage::new();
    let name = async |stage: &Stage| stage.client().users().list().await.unwrap().items[0].name.clone();
    stage.call("CreateUser", json!({ "username": "ada", "name": "Old", "primaryEmail": "ada@example.com" })).await;
    let ada = || vec![record(json!({ "username": "ada", "name": "New", "primaryEmail": "countess@example.com" }))];
    for (on_conflict, expected, is_warned) in [
        (OnConflict::Skip, Outcome::Skipped, true),
        (OnConflict::Skip, Outcome::Journaled, false),
        (OnConflict::Fail, Outcome::Failed, true),
        (OnConflict::Update, Outcome::Updated, true),
        (OnConflict::Update, Outcome::Journaled, false),
        (OnConflict::Fail, Outcome::Journaled, false),
    ] {
        stage.on_conflict = on_conflict;
        let line = stage.import(ada()).await.lines[0].clone();
        assert_eq!((line.outcome, line.message.is_some()), (expected, is_warned), "{line:?}");
    }
    assert_eq!(name(&stage).await.as_deref(), Some("New"));
    assert_eq!(undo::users(&stage.client(), &stage.open_journal()).await.unwrap(), undo::Users::default());
}

#[tokio::test]
async fn a_skipped_user_that_is_gone_is_created_with_another_action() {
    let mut stage = Stage::new();
    let id = stage.call("CreateUser", json!({ "username": "ada" })).await["id"].as_str().unwrap().to_owned();
    stage.import(named(&["ada"])).await;
    stage.client().users().delete(&id).await.unwrap();
    stage.on_conflict = OnConflict::Update;
    assert_eq!(stage.import(named(&["ada"])).await.lines[0].outcome, Outcome::Created);
}

#[tokio::test]
async fn a_changed_record_whose_user_is_gone_creates_the_user_again() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    let first = stage.import(named(&["ada"])).await;
    stage.client().users().delete(first.lines[0].id.as_deref().unwrap()).await.unwrap();
    let report = stage.import(vec![record(json!({ "username": "ada", "name": "Ada" }))]).await;
    assert_eq!((report.lines[0].outcome, stage.usernames().await), (Outcome::Created, vec!["ada".to_owned()]));
}

#[tokio::test]
async fn a_record_that_belongs_to_two_users_is_reported() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    stage.call("CreateUser", json!({ "primaryEmail": "ada@example.com" })).await;
    let report = stage.import(vec![record(json!({ "username": "ada", "primaryEmail": "ada@example.com" }))]).await;
    assert_eq!((report.summary.failed, report.lines[0].field.as_deref()), (1, Some("username")), "{report:?}");
}

#[tokio::test]
async fn a_record_with_the_identity_of_another_user_leaves_no_user() {
    let stage = Stage::new();
    let other = stage.call("CreateUser", json!({ "username": "other" })).await["id"].as_str().unwrap().to_owned();
    let link =
        |operation: &str| stage.client().operation(operation).unwrap().path("userId", &other).path("target", "google");
    link("ReplaceUserIdentity").json(&json!({ "userId": "g-1" })).await.unwrap();
    let ada = json!({ "username": "ada", "identities": { "google": { "userId": "g-1" } }, "isSuspended": true });
    let import = async || stage.import(vec![record(ada.clone())]).await;
    let line = import().await.lines[0].clone();
    assert_eq!(
        (line.outcome, line.code.as_deref(), line.field.as_deref()),
        (Outcome::Failed, Some("user.identity_already_in_use"), Some("identities.google")),
        "{line:?}"
    );
    assert!(!line.is_partial, "the user is gone again");
    let message = line.message.unwrap_or_default();
    assert!(message.ends_with("; the user that was created for the record was deleted again"), "{message}");
    assert_eq!(stage.usernames().await, ["other"]);
    let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
    assert_eq!(users, undo::Users::default());
    // The next run tries again.
    link("DeleteUserIdentity").await.unwrap();
    assert_eq!(import().await.lines[0].outcome, Outcome::Created);
    assert_eq!(stage.usernames().await, ["ada", "other"]);
}

#[tokio::test]
async fn a_user_of_somebody_else_is_left_if_an_identity_is_taken() {
    // The creation got no answer, and somebody else created the user meanwhile.
    let stage = Stage::new();
    let other = stage.call("CreateUser", json!({ "username": "other" })).await["id"].as_str().unwrap().to_owned();
    let client = stage.client();
    let link = client.operation("ReplaceUserIdentity").unwrap().path("userId", &other).path("target", "google");
    link.json(&json!({ "userId": "g-1" })).await.unwrap();
    let at = stage.call("CreateUser", json!({ "username": "ada" })).await["createdAt"].as_i64().unwrap();
    let started = Entry::Started {
        key: "username:ada".to_owned(),
        at,
        identifiers: Identifiers::from([("username".to_owned(), "ada".to_owned())]),
        digest: None,
    };
    stage.open_journal().add(&started).unwrap();
    let ada = record(json!({ "username": "ada", "identities": { "google": { "userId": "g-1" } } }));
    let line = stage.import(vec![ada]).await.lines[0].clone();
    assert_eq!((line.outcome, line.field.as_deref()), (Outcome::Failed, Some("identities.google")), "{line:?}");
    assert!(line.message.as_deref().is_some_and(|message| message.contains("was left")), "{line:?}");
    let users = undo::users(&client, &stage.open_journal()).await.unwrap();
    assert_eq!((users.created.len(), users.unclear.len()), (0, 1));
    assert_eq!(stage.usernames().await, ["ada", "other"]);
}

#[tokio::test]
async fn a_user_from_another_time_than_the_attempt_is_unclear_and_not_skipped() {
    let stage = Stage::new();
    let at = stage.call("CreateUser", json!({ "username": "ada" })).await["createdAt"].as_i64().unwrap();
    let identifiers = Identifiers::from([("username".to_owned(), "ada".to_owned())]);
    let started = Entry::Started { key: "username:ada".to_owned(), at: at - 3_600_000, identifiers, digest: None };
    stage.open_journal().add(&started).unwrap();
    let line = stage.import(named(&["ada"])).await.lines[0].clone();
    assert_eq!((line.outcome, line.code.as_deref()), (Outcome::Failed, Some("user.unknown")), "{line:?}");
}

#[tokio::test]
async fn a_user_that_exists_keeps_its_account_if_an_identity_is_taken() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    let other = stage.call("CreateUser", json!({ "username": "other" })).await["id"].as_str().unwrap().to_owned();
    let client = stage.client();
    let link = client.operation("ReplaceUserIdentity").unwrap().path("userId", &other).path("target", "google");
    link.json(&json!({ "userId": "g-1" })).await.unwrap();
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    let ada = record(json!({ "username": "ada", "identities": { "google": { "userId": "g-1" } } }));
    let line = stage.import(vec![ada]).await.lines[0].clone();
    assert_eq!((line.outcome, line.field.as_deref()), (Outcome::Failed, Some("identities.google")), "{line:?}");
    assert!(line.is_partial, "{line:?}");
    assert_eq!(stage.usernames().await, ["ada", "other"]);
}

#[tokio::test]
async fn an_interrupted_record_whose_user_is_gone_creates_the_user_again() {
    let stage = Stage::new();
    let ada = || vec![record(json!({ "username": "ada", "isSuspended": true }))];
    let first = stage.import(ada()).await;
    let id = first.lines[0].id.clone().unwrap();
    // As after a crash before the record was done.
    let text = std::fs::read_to_string(&stage.journal).unwrap();
    let cut: Vec<&str> = text.lines().filter(|line| !line.contains(r#""state":"done""#)).collect();
    std::fs::write(&stage.journal, cut.join("\n") + "\n").unwrap();
    stage.client().users().delete(&id).await.unwrap();
    assert_eq!(stage.import(ada()).await.lines[0].outcome, Outcome::Created);
    assert_eq!(stage.usernames().await, ["ada"]);
}

#[tokio::test]
async fn failures_name_code_and_member() {
    let stage = Stage::new();
    let report = stage.import(vec![record(json!({ "username": "not a name" }))]).await;
    let line = &report.lines[0];
    assert_eq!(
        (line.code.as_deref(), line.field.as_deref()),
        (Some("guard.invalid_input"), Some("username")),
        "{line:?}"
    );
    assert_eq!(line.location, "users.ndjson:1");
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    let stage = Stage::new();
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    let mut writer = stage.writer(&stage.client()).await;
    writer.is_dry_run = true;
    let before = std::fs::read(&stage.journal).unwrap();
    let report = stage.import_with(&writer, named(&["ada", "grace"]), None).await;
    assert_eq!((report.summary.created, report.summary.skipped), (1, 1));
    assert_eq!((stage.usernames().await, std::fs::read(&stage.journal).unwrap()), (vec!["ada".to_owned()], before));
}

#[tokio::test]
async fn an_import_stops_after_too_many_failures() {
    let stage = Stage::new();
    let names: Vec<String> = (0..50).map(|number| format!("not a name {number}")).collect();
    let writer = stage.writer(&stage.client()).await;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let report = stage.import_with(&writer, named(&names), Some(3)).await;
    assert!(report.summary.is_incomplete && (3..=8).contains(&report.summary.failed), "{:?}", report.summary);
}

#[tokio::test]
async fn a_user_with_the_id_of_a_record_is_the_same_user_under_another_name() {
    for is_dry in [true, false] {
        let mut stage = Stage::new();
        stage.on_conflict = OnConflict::Update;
        let id = stage.call("CreateUser", json!({ "username": "ada" })).await["id"].clone();
        let mut writer = stage.writer(&stage.client()).await;
        writer.matches_ids = true;
        writer.is_dry_run = is_dry;
        let report = stage.import_with(&writer, vec![record(json!({ "id": id, "username": "lovelace" }))], None).await;
        assert_eq!(report.lines[0].outcome, Outcome::Updated, "{report:?}");
        assert_eq!(stage.usernames().await, [if is_dry { "ada" } else { "lovelace" }]);
    }
}

#[tokio::test]
async fn records_that_belong_to_the_same_user_fail_but_for_the_first() {
    for (on_conflict, first) in [(OnConflict::Skip, Outcome::Skipped), (OnConflict::Update, Outcome::Updated)] {
        let mut stage = Stage::new();
        stage.call("CreateUser", json!({ "username": "eva", "primaryEmail": "eva@example.com" })).await;
        stage.on_conflict = on_conflict;
        let eva = record(json!({ "username": "eva", "name": "Eva" }));
        let other = record(json!({ "username": "second", "primaryEmail": "eva@example.com" }));
        let report = stage.import(vec![eva, other]).await;
        let outcomes: Vec<_> = report.lines.iter().map(|line| line.outcome).collect();
        assert_eq!(outcomes, [first, Outcome::Failed], "{report:?}");
        assert_eq!(report.lines[1].code.as_deref(), Some("user.several_records"));
        assert_eq!(stage.usernames().await, ["eva"]);
    }
}
