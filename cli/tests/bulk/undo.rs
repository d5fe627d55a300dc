use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::models::UpdateUser;
use logto_admin::transport::{HttpResponse, HttpTransport, Method};
use logto_admin_cli::failure::Exit;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::journal::{Entry, Identifiers};
use logto_admin_cli::users::outage::Outage;
use logto_admin_cli::users::undo::{self, Undone};
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;
use tokio::sync::Barrier;

use crate::stage::{Stage, named};

#[tokio::test]
async fn an_undo_deletes_what_the_import_created_and_nothing_else() {
    let stage = Stage::new();
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    stage.import(named(&["ada", "grace", "alan"])).await;
    let mut journal = stage.open_journal();
    let client = stage.client();
    let users = undo::users(&client, &journal).await.unwrap().created;
    assert_eq!(users.len(), 2);
    // A user that changed since the import is deleted, too.
    let renamed = UpdateUser { username: "hopper".to_owned().into(), ..Default::default() };
    client.users().update(&users[0].id, renamed).await.unwrap();
    let undone = undo::delete(&client, &mut journal, users.clone(), &Interrupt::default(), &mut || ()).await.unwrap();
    assert_eq!(undone, Undone { deleted: 2, ..Undone::default() });
    assert_eq!(stage.usernames().await, ["ada"]);
    let again = undo::delete(&client, &mut journal, users.clone(), &Interrupt::default(), &mut || ()).await.unwrap();
    assert_eq!(again, Undone { gone: 2, ..Undone::default() });
    drop(journal);
    // The import can run again, and can be undone only once.
    assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap().created, []);
    assert_eq!(stage.import(named(&["grace"])).await.summary.created, 1);
}

#[tokio::test]
async fn a_creation_with_an_unknown_end_is_unclear_if_the_user_is_new() {
    let stage = Stage::new();
    let user = stage.call("CreateUser", json!({ "username": "ada" })).await;
    let created_at = user["createdAt"].as_i64().unwrap();
    let identifiers = || Identifiers::from([("username".to_owned(), "ada".to_owned())]);
    let hour = 3_600_000;
    for (at, expected) in [(created_at + hour, 0), (created_at - hour, 0), (created_at, 1)] {
        let mut journal = stage.open_journal();
        journal
            .add(&Entry::Started { key: "username:ada".to_owned(), at, identifiers: identifiers(), digest: None })
            .unwrap();
        drop(journal);
        let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
        assert_eq!((users.created.len(), users.unclear.len()), (0, expected), "{at}");
    }
}

#[tokio::test]
async fn a_failed_deletion_stops_an_undo_after_the_calls_in_progress() {
    let stage = Stage::new();
    let names: Vec<String> = (10..40).map(|number| format!("user{number}")).collect();
    stage.import(named(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    // Four deletions run at the same time; the first of them fails.
    let (emulator, together, deletions) =
        (stage.emulator.clone(), Arc::new(Barrier::new(4)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&deletions);
    let transport = ScriptedTransport::new(move |request, options| {
        let number = (request.method == Method::Delete).then(|| counted.fetch_add(1, Ordering::SeqCst));
        let (emulator, together) = (emulator.clone(), Arc::clone(&together));
        async move {
            if number.is_some_and(|number| number < 4) {
                together.wait().await;
            }
            if number == Some(0) { Ok(HttpResponse::json(403, "{}")) } else { emulator.send(request, &options).await }
        }
    });
    let mut journal = stage.open_journal();
    let client = stage.client_over(transport);
    let users = undo::users(&client, &journal).await.unwrap().created;
    let undone = undo::delete(&client, &mut journal, users, &Interrupt::default(), &mut || ()).await;
    let left = stage.usernames().await.len();
    // While the failure arrives, other deletions can start, at most as many as run at the same time.
    assert!((20..=27).contains(&left), "{left}");
    let message = undone.unwrap_err().to_string();
    assert!(message.starts_with(&format!("deleted {} of 30 users", 30 - left)), "{message}");
    assert_eq!(deletions.load(Ordering::SeqCst), 31 - left);
    drop(journal);
    assert_eq!(undo::users(&stage.client(), &stage.open_journal()).await.unwrap().created.len(), left);
}

#[tokio::test]
async fn a_deletion_without_a_clear_answer_is_counted_and_another_undo_completes_it() {
    let stage = Stage::new();
    stage.import(named(&["ada", "grace"])).await;
    // Both deletions run at the same time. One is refused, and a gateway hides that the other succeeds.
    let (emulator, together, deletions) =
        (stage.emulator.clone(), Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let transport = ScriptedTransport::new(move |request, options| {
        let number = (request.method == Method::Delete).then(|| deletions.fetch_add(1, Ordering::SeqCst));
        let (emulator, together) = (emulator.clone(), Arc::clone(&together));
        async move {
            if number.is_some() {
                together.wait().await;
            }
            match number {
                Some(0) => Ok(HttpResponse::json(403, "{}")),
                Some(_) => emulator.send(request, &options).await.map(|_| HttpResponse::new(501)),
                None => emulator.send(request, &options).await,
            }
        }
    });
    let mut journal = stage.open_journal();
    let client = stage.client_over(transport);
    let users = undo::users(&client, &journal).await.unwrap().created;
    let undone = undo::delete(&client, &mut journal, users, &Interrupt::default(), &mut || ()).await;
    let failure = undone.unwrap_err();
    assert_eq!(failure.exit, Exit::Partly, "{failure}");
    assert!(failure.message().starts_with("deleted 0 of 2 users, and maybe 1 more: "), "{failure}");
    assert!(failure.hint().is_some_and(|hint| hint.starts_with("run the same command again")), "{failure}");
    drop(journal);

    let (client, mut journal) = (stage.client(), stage.open_journal());
    let users = undo::users(&client, &journal).await.unwrap().created;
    let undone = undo::delete(&client, &mut journal, users, &Interrupt::default(), &mut || ()).await.unwrap();
    assert_eq!(undone, Undone { deleted: 1, gone: 1, unclear: 0 });
    drop(journal);
    assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap(), undo::Users::default());
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_leaves_deletions_that_wait_for_another_attempt() {
    for (status, unclear) in [(503, 2), (429, 0)] {
        let stage = Stage::new();
        stage.import(named(&["ada", "grace", "alan"])).await;
        // All three run at the same time. One succeeds, and the others wait for another attempt.
        let (emulator, together, interrupt) = (stage.emulator.clone(), Arc::new(Barrier::new(3)), Interrupt::default());
        let (deletions, asked) = (Arc::new(AtomicUsize::new(0)), interrupt.clone());
        let counted = Arc::clone(&deletions);
        let transport = ScriptedTransport::new(move |request, options| {
            let number = (request.method == Method::Delete).then(|| counted.fetch_add(1, Ordering::SeqCst));
            let (emulator, together, asked) = (emulator.clone(), Arc::clone(&together), asked.clone());
            async move {
                if let Some(number @ 0..3) = number {
                    together.wait().await;
                    asked.set();
                    if number > 0 {
                        return Ok(HttpResponse::new(status));
                    }
                }
                emulator.send(request, &options).await
            }
        });
        let mut journal = stage.open_journal();
        let client = stage.client_over(Outage::default().watch(transport));
        let users = undo::users(&client, &journal).await.unwrap().created;
        let undone = undo::delete(&client, &mut journal, users, &interrupt, &mut || ()).await.unwrap();
        assert_eq!(
            (undone, deletions.load(Ordering::SeqCst)),
            (Undone { deleted: 1, gone: 0, unclear }, 3),
            "{status}"
        );
        drop(journal);
        // The journal continues the undo.
        assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap().created.len(), 2);
    }
}

#[tokio::test]
async fn a_record_that_belongs_to_several_users_does_not_block_an_undo() {
    let stage = Stage::new();
    stage.import(named(&["grace"])).await;
    let at = stage.call("CreateUser", json!({ "username": "ada" })).await["createdAt"].as_i64().unwrap();
    stage.call("CreateUser", json!({ "username": "alan", "primaryEmail": "ada@example.com" })).await;
    let identifiers =
        Identifiers::from([("username".into(), "ada".into()), ("primaryEmail".into(), "ada@example.com".into())]);
    stage
        .open_journal()
        .add(&Entry::Started { key: "username:ada".to_owned(), at, identifiers, digest: None })
        .unwrap();
    let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
    let keys: Vec<&str> = users.created.iter().map(|user| user.key.as_str()).collect();
    assert_eq!((keys, users.unclear[0].key.as_str()), (vec!["username:grace"], "username:ada"));
}

#[tokio::test]
async fn a_user_is_not_gone_because_something_else_than_logto_answers_404() {
    for answer in ["404 page not found", r#"{"code":"NotFound","message":"no route"}"#] {
        let stage = Stage::new();
        stage.import(named(&["ada"])).await;
        let emulator = stage.emulator.clone();
        let transport = ScriptedTransport::new(move |request, options| {
            let emulator = emulator.clone();
            async move {
                match request.method {
                    Method::Delete => Ok(HttpResponse::new(404).body(answer)),
                    _ => emulator.send(request, &options).await,
                }
            }
        });
        let (mut journal, client) = (stage.open_journal(), stage.client_over(transport));
        let users = undo::users(&client, &journal).await.unwrap().created;
        let undone = undo::delete(&client, &mut journal, users, &Interrupt::default(), &mut || ()).await;
        assert!(undone.unwrap_err().message().contains("404"), "{answer}");
        drop(journal);
        assert_eq!(undo::users(&stage.client(), &stage.open_journal()).await.unwrap().created.len(), 1);
    }
}
