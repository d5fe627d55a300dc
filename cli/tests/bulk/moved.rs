//! Identifiers that move to another person, and users that change meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};

use logto_admin::bulk::Concurrency;
use logto_admin::transport::HttpTransport;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::import::import;
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::record_result::{Outcome, RecordResult};
use logto_admin_cli::users::write::{OnConflict, Writer};
use logto_admin_test_support::ScriptedTransport;
use serde_json::{Value, json};

use crate::stage::{Stage, items, record};

/// Imports, and returns outcomes and codes in the order of the file.
async fn outcomes(writer: &Writer, users: Vec<ImportedUser>, concurrency: usize) -> Vec<(Outcome, Option<String>)> {
    let mut lines = Vec::new();
    let mut report = |line: &RecordResult| {
        lines.push((line.location.clone(), (line.outcome, line.code.clone())));
        Ok(())
    };
    let (concurrency, interrupt) = (Concurrency::up_to(concurrency), Interrupt::default());
    import(writer, items(users), concurrency, None, &interrupt, &mut report).await.unwrap();
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The address or the username of the first person goes to the second one.
#[tokio::test]
async fn an_identifier_that_moves_to_another_record_does_not_move_the_account() {
    let with_ids: [Value; 3] = [
        json!({ "id": "1", "primaryEmail": "a@example.com", "name": "One" }),
        json!({ "id": "1", "primaryEmail": "b@example.com", "name": "One" }),
        json!({ "id": "2", "primaryEmail": "a@example.com", "name": "Two", "password": "violet-anchor-47-kettle" }),
    ];
    let without_ids: [Value; 3] = [
        json!({ "primaryEmail": "a@example.com", "username": "one", "name": "One" }),
        json!({ "primaryEmail": "a@example.com", "username": "uno", "name": "One" }),
        json!({ "primaryEmail": "b@example.com", "username": "one", "name": "Two" }),
    ];
    for [first, changed, other] in [with_ids, without_ids] {
        for (concurrency, is_reversed) in [(1, false), (1, true), (32, false), (32, true)] {
            let mut stage = Stage::new();
            let created = stage.import(vec![record(first.clone())]).await;
            let id = created.lines[0].id.clone().unwrap();
            stage.on_conflict = OnConflict::Update;
            let again = async |is_dry_run| {
                let mut users = vec![record(changed.clone()), record(other.clone())];
                if is_reversed {
                    users.reverse();
                }
                let writer = Writer { is_dry_run, ..stage.writer(&stage.client()).await };
                let mut outcomes = outcomes(&writer, users, concurrency).await;
                if is_reversed {
                    outcomes.reverse();
                }
                outcomes
            };
            let failed = (Outcome::Failed, Some("user.several_records".to_owned()));
            let expected = vec![(Outcome::Updated, None), failed];
            assert_eq!(again(true).await, expected, "{changed} {concurrency} {is_reversed}");
            assert_eq!(again(false).await, expected, "{changed} {concurrency} {is_reversed}");
            let user = stage.client().users().get(&id).await.unwrap();
            assert_eq!((user.name.as_deref(), user.has_password), (Some("One"), Some(false)));
            // The identifier is free now.
            assert_eq!(again(false).await, [(Outcome::Journaled, None), (Outcome::Created, None)]);
        }
    }
}

/// A record without id that has a better key than in the earlier run.
#[tokio::test]
async fn a_record_that_gains_an_identifier_is_the_same_record() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    for (members, expected) in [
        (json!({ "username": "ada" }), Outcome::Created),
        (json!({ "username": "ada", "primaryEmail": "Ada@example.com" }), Outcome::Updated),
        (json!({ "id": "1", "primaryEmail": "ada@example.com", "name": "Ada" }), Outcome::Updated),
    ] {
        let report = stage.import(vec![record(members)]).await;
        assert_eq!(report.lines[0].outcome, expected, "{report:?}");
    }
}

/// The address of the user was wrong, and is corrected after the first run.
#[tokio::test]
async fn a_skipped_record_is_looked_up_again_if_its_user_has_changed() {
    for (on_conflict, is_taken, expected) in [
        (OnConflict::Update, false, Outcome::Created),
        (OnConflict::Fail, false, Outcome::Created),
        (OnConflict::Update, true, Outcome::Updated),
        (OnConflict::Fail, true, Outcome::Failed),
    ] {
        let mut stage = Stage::new();
        let ann = stage.call("CreateUser", json!({ "primaryEmail": "bob@example.com", "name": "Ann" })).await;
        let bob = || vec![record(json!({ "id": "1", "primaryEmail": "bob@example.com", "name": "Bob" }))];
        assert_eq!(stage.import(bob()).await.lines[0].outcome, Outcome::Skipped);
        let (client, id) = (stage.client(), ann["id"].as_str().unwrap());
        let change = client.operation("UpdateUser").unwrap().path("userId", id);
        change.json(&json!({ "primaryEmail": "ann@example.com" })).await.unwrap();
        if is_taken {
            stage.call("CreateUser", json!({ "primaryEmail": "bob@example.com" })).await;
        }
        stage.on_conflict = on_conflict;
        let line = stage.import(bob()).await.lines[0].clone();
        assert_eq!(line.outcome, expected, "{line:?}");
        assert_ne!(line.id.as_deref(), Some(id));
        assert_eq!(client.users().get(id).await.unwrap().name.as_deref(), Some("Ann"));
    }
}

/// A transport that changes a user right after the first search.
fn changing_after_search(stage: &Stage, id: &str, operation: &'static str, change: &Value) -> ScriptedTransport {
    let (emulator, id, change, is_changed) =
        (stage.emulator.clone(), id.to_owned(), change.clone(), AtomicBool::new(false));
    ScriptedTransport::new(move |request, options| {
        let changes = request.url.contains("/api/users?") && !is_changed.swap(true, Ordering::SeqCst);
        let (emulator, id, change) = (emulator.clone(), id.clone(), change.clone());
        async move {
            let answer = emulator.send(request, &options).await;
            if changes {
                let client = emulator.client().unwrap();
                let call = client.operation(operation).unwrap().path("userId", &id);
                let call = if change.is_null() { call } else { call.json(&change) };
                call.await.unwrap();
            }
            answer
        }
    })
}

#[tokio::test]
async fn an_update_keeps_what_others_changed_after_the_search() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    let old = json!({ "username": "ada", "customData": { "plan": "free" }, "profile": { "nickname": "A" } });
    let id = stage.call("CreateUser", old).await["id"].as_str().unwrap().to_owned();
    let change = json!({ "customData": { "plan": "pro", "seen": 1 }, "profile": { "nickname": "Ada" } });
    let transport = changing_after_search(&stage, &id, "UpdateUser", &change);
    let writer = stage.writer(&stage.client_over(transport)).await;
    let ada =
        json!({ "username": "ada", "customData": { "team": "x" }, "profile": { "website": "https://ada.example" } });
    let report = stage.import_with(&writer, vec![record(ada)], None).await;
    assert_eq!(report.lines[0].outcome, Outcome::Updated, "{report:?}");
    let user = stage.client().users().get(&id).await.unwrap();
    assert_eq!(Value::Object(user.custom_data), json!({ "plan": "pro", "seen": 1, "team": "x" }));
    assert_eq!(
        serde_json::to_value(user.profile).unwrap(),
        json!({ "nickname": "Ada", "website": "https://ada.example" })
    );
}

#[tokio::test]
async fn a_user_that_becomes_somebody_else_after_the_search_is_not_updated() {
    for (operation, change) in [("UpdateUser", json!({ "username": "grace" })), ("DeleteUser", Value::Null)] {
        let mut stage = Stage::new();
        stage.on_conflict = OnConflict::Update;
        let id = stage.call("CreateUser", json!({ "username": "ada" })).await["id"].as_str().unwrap().to_owned();
        let transport = changing_after_search(&stage, &id, operation, &change);
        let writer = stage.writer(&stage.client_over(transport)).await;
        let ada = || vec![record(json!({ "username": "ada", "name": "Ada" }))];
        let line = stage.import_with(&writer, ada(), None).await.lines[0].clone();
        drop(writer);
        assert_eq!(
            (line.outcome, line.code.as_deref(), line.is_partial),
            (Outcome::Failed, Some("user.changed_meanwhile"), false),
            "{line:?}"
        );
        assert_eq!(stage.import(ada()).await.lines[0].outcome, Outcome::Created, "{operation}");
        let grace = stage.client().users().list().await.unwrap().items.into_iter().find(|user| user.id == id);
        assert!(grace.is_none_or(|grace| grace.name.is_none()), "{operation}");
    }
}
