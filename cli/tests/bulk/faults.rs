use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::Timestamp;
use logto_admin::bulk::Concurrency;
use logto_admin::transport::{HttpResponse, HttpTransport, Method, TransportError, TransportErrorKind};
use logto_admin_cli::failure::{Exit, Failure};
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::import::import;
use logto_admin_cli::users::journal::{Entry, Identifiers};
use logto_admin_cli::users::record_result::{Outcome, RecordResult};
use logto_admin_cli::users::undo;
use logto_admin_cli::users::write::OnConflict;
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::stage::{Stage, items, named, record};

/// A transport that loses its first answers to creations. The server has created the users before.
fn losing(
    emulator: &Emulator,
    lost: usize,
    error: impl Fn() -> Result<HttpResponse, TransportError> + Send + Sync + 'static,
) -> ScriptedTransport {
    let (emulator, creations, error) = (emulator.clone(), AtomicUsize::new(0), Arc::new(error));
    ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let is_lost = creates && creations.fetch_add(1, Ordering::SeqCst) < lost;
        let (emulator, error) = (emulator.clone(), Arc::clone(&error));
        async move {
            let answer = emulator.send(request, &options).await;
            if is_lost { error() } else { answer }
        }
    })
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_looked_up() {
    type Fault = fn() -> Result<HttpResponse, TransportError>;
    let faults: [Fault; 4] = [
        || Ok(HttpResponse::new(502)),
        || Ok(HttpResponse::new(503).header("retry-after", "0")),
        || Err(TransportError::new(TransportErrorKind::Timeout, "timed out")),
        || Err(TransportError::new(TransportErrorKind::Other, "connection reset")),
    ];
    for fault in faults {
        let stage = Stage::new();
        let client = stage.client_over(losing(&stage.emulator, 2, fault));
        let report = stage.import_with(&stage.writer(&client).await, named(&["ada", "grace", "alan"]), None).await;
        assert_eq!((report.summary.created, report.summary.unclear), (1, 2), "{report:?}");
        assert_eq!(stage.usernames().await, ["ada", "alan", "grace"]);
        // Somebody else might have created the others, so an undo leaves them.
        let users = undo::users(&client, &stage.open_journal()).await.unwrap();
        assert_eq!((users.created.len(), users.unclear.len()), (1, 2), "{users:?}");
    }
}

/// A server that accepts no creations for some time.
#[tokio::test(start_paused = true)]
async fn a_busy_server_is_asked_for_a_creation_again_later() {
    let stage = Stage::new();
    let (emulator, creations) = (stage.emulator.clone(), AtomicUsize::new(0));
    let busy = ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let is_refused = creates && creations.fetch_add(1, Ordering::SeqCst) < 6;
        let emulator = emulator.clone();
        async move { if is_refused { Ok(HttpResponse::new(503)) } else { emulator.send(request, &options).await } }
    });
    let client = stage.client_over(busy);
    let writer = stage.writer(&client).await;
    let start = tokio::time::Instant::now();
    let report = stage.import_with(&writer, named(&["ada"]), None).await;
    assert_eq!((report.summary.created, report.summary.failed), (1, 0), "{report:?}");
    // 0.25, 0.5, 1, 2, 4 and 8 seconds.
    assert_eq!(start.elapsed().as_millis(), 15_750);
}

#[tokio::test]
async fn rate_limits_and_overload_lose_no_user() {
    let stage = Stage::new();
    let (emulator, calls) = (stage.emulator.clone(), AtomicUsize::new(0));
    let storm = ScriptedTransport::new(move |request, options| {
        let is_refused = !options.token_call && calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(3);
        let emulator = emulator.clone();
        async move {
            match is_refused {
                true => Ok(HttpResponse::new(429).header("retry-after", "0")),
                false => emulator.send(request, &options).await,
            }
        }
    });
    let names: Vec<String> = (10..40).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let client = stage.client_over(storm);
    let report = stage.import_with(&stage.writer(&client).await, named(&names), None).await;
    assert_eq!((report.summary.created, report.summary.failed), (30, 0), "{report:?}");
    assert_eq!(stage.usernames().await, names);
}

/// A transport that stops for ever after a number of calls to the API.
fn crashing(emulator: &Emulator, calls: usize, crash: &Arc<Notify>) -> ScriptedTransport {
    let (emulator, crash, made) = (emulator.clone(), Arc::clone(crash), AtomicUsize::new(0));
    ScriptedTransport::new(move |request, options| {
        let number = if options.token_call { 0 } else { made.fetch_add(1, Ordering::SeqCst) + 1 };
        let (emulator, crash) = (emulator.clone(), Arc::clone(&crash));
        async move {
            let answer = emulator.send(request, &options).await;
            if number > calls {
                crash.notify_one();
                return std::future::pending().await;
            }
            answer
        }
    })
}

/// Ends the process after each number of calls, and runs the import again.
#[tokio::test]
async fn a_crash_at_any_point_loses_no_user_and_doubles_none() {
    const NAMES: [&str; 3] = ["ada", "alan", "grace"];
    for calls in 0..8 {
        let stage = Stage::new();
        stage.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
        let users = || NAMES.iter().map(|name| record(json!({ "username": name, "roles": ["staff"] }))).collect();
        let crash = Arc::new(Notify::new());
        {
            let client = stage.client_over(crashing(&stage.emulator, calls, &crash));
            let writer = stage.writer(&client).await;
            tokio::select! {
                _ = stage.import_with(&writer, users(), None) => {}
                () = crash.notified() => {}
            }
        }
        let report = stage.import(users()).await;
        assert_eq!(report.summary.failed, 0, "{calls}: {report:?}");
        assert_eq!(stage.usernames().await, NAMES, "{calls}");
        let roles = stage.client().operation("ListRoles").unwrap().query("search", "staff").await.unwrap();
        assert_eq!(roles[0]["usersCount"], 3, "{calls}: {roles}");
        let again = stage.import(users()).await;
        assert!(again.lines.iter().all(|line| line.outcome == Outcome::Journaled), "{calls}: {again:?}");
    }
}

/// A transport that creates the user of another system, and counts creations. It creates the user right after the first
/// search for it.
fn racing(emulator: &Emulator, other: Value, status: Option<u16>) -> (ScriptedTransport, Arc<AtomicUsize>) {
    let (emulator, creations) = (emulator.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&creations);
    let transport = ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let is_first = creates && counted.fetch_add(1, Ordering::SeqCst) == 0;
        let (emulator, other) = (emulator.clone(), other.clone());
        async move {
            if is_first && !other.is_null() {
                let client = emulator.client().unwrap();
                client.operation("CreateUser").unwrap().json(&other).await.unwrap();
            }
            let answer = emulator.send(request, &options).await;
            match status {
                Some(status) if creates => Ok(HttpResponse::new(status)),
                _ => answer,
            }
        }
    });
    (transport, creations)
}

#[tokio::test]
async fn a_user_of_others_is_neither_taken_over_nor_undone_after_a_refusal() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Fail;
    let (transport, _) = racing(&stage.emulator, json!({ "username": "ada" }), None);
    let client = stage.client_over(transport);
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    assert_eq!(report.lines[0].code.as_deref(), Some("user.exists"), "{report:?}");
    assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap(), undo::Users::default());
    let again = stage.import(named(&["ada"])).await;
    assert_eq!(again.lines[0].code.as_deref(), Some("user.exists"), "{again:?}");
}

/// A gateway that sends creations twice, and returns the second answer.
fn repeating(emulator: &Emulator) -> ScriptedTransport {
    let emulator = emulator.clone();
    ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let emulator = emulator.clone();
        async move {
            if creates {
                emulator.send(request.clone(), &options).await?;
            }
            emulator.send(request, &options).await
        }
    })
}

#[tokio::test]
async fn a_creation_that_conflicts_with_itself_is_unclear_and_completed() {
    for (on_conflict, expected) in [
        (OnConflict::Skip, Outcome::Unclear),
        (OnConflict::Update, Outcome::Unclear),
        (OnConflict::Fail, Outcome::Failed),
    ] {
        let mut stage = Stage::new();
        stage.on_conflict = on_conflict;
        let writer = stage.writer(&stage.client_over(repeating(&stage.emulator))).await;
        let ada = record(json!({ "username": "ada", "isSuspended": true }));
        let report = stage.import_with(&writer, vec![ada], None).await;
        drop(writer);
        assert_eq!(report.lines[0].outcome, expected, "{report:?}");
        let is_complete = expected == Outcome::Unclear;
        assert_eq!(stage.client().users().list().await.unwrap().items[0].is_suspended, is_complete);
        let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
        assert_eq!(users.unclear.len(), usize::from(is_complete), "{users:?}");
    }
}

/// Another user with one identifier of the record appears after the search.
#[tokio::test]
async fn a_user_that_others_created_meanwhile_is_skipped() {
    let stage = Stage::new();
    let (transport, _) = racing(&stage.emulator, json!({ "username": "ada" }), None);
    let writer = stage.writer(&stage.client_over(transport)).await;
    let ada = record(json!({ "username": "ada", "primaryEmail": "ada@example.com", "isSuspended": true }));
    let report = stage.import_with(&writer, vec![ada], None).await;
    assert_eq!(report.lines[0].outcome, Outcome::Skipped, "{report:?}");
    assert!(!stage.client().users().list().await.unwrap().items[0].is_suspended);
}

/// The journal of a run that was killed during a creation. The server had not carried it out yet.
fn killed_during_creation(stage: &Stage) {
    let identifiers = Identifiers::from([("username".to_owned(), "ada".to_owned())]);
    let at = Timestamp::now().as_millis();
    let started = Entry::Started { key: "username:ada".to_owned(), at, identifiers, digest: None };
    stage.open_journal().add(&started).unwrap();
}

#[tokio::test]
async fn a_creation_of_a_killed_run_that_ends_during_the_next_one_is_completed() {
    for on_conflict in [OnConflict::Skip, OnConflict::Update, OnConflict::Fail] {
        let mut stage = Stage::new();
        stage.on_conflict = on_conflict;
        killed_during_creation(&stage);
        let (transport, _) = racing(&stage.emulator, json!({ "username": "ada" }), None);
        let writer = stage.writer(&stage.client_over(transport)).await;
        let ada = record(json!({ "username": "ada", "isSuspended": true }));
        let report = stage.import_with(&writer, vec![ada], None).await;
        drop(writer);
        assert_eq!(report.lines[0].outcome, Outcome::Unclear, "{report:?}");
        assert!(stage.client().users().list().await.unwrap().items[0].is_suspended);
        let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
        assert_eq!((users.created.len(), users.unclear.len()), (0, 1), "{users:?}");
    }
}

#[tokio::test]
async fn a_refusal_does_not_end_the_creation_of_a_killed_run() {
    let stage = Stage::new();
    killed_during_creation(&stage);
    // The server refuses the second run, and carries out the creation of the first one.
    let (transport, _) = racing(&stage.emulator, Value::Null, Some(400));
    let client = stage.client_over(transport);
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    assert_eq!(report.summary.failed, 1, "{report:?}");
    let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
    assert_eq!(users.unclear.len(), 1, "{users:?}");
    assert_eq!(stage.import(named(&["ada"])).await.lines[0].outcome, Outcome::Unclear);
}

#[tokio::test]
async fn an_invalid_record_leaves_no_attempt_behind() {
    let stage = Stage::new();
    let (transport, _) = racing(&stage.emulator, Value::Null, Some(400));
    // The server refuses, and somebody else creates the user.
    let client = stage.client_over(transport);
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    assert_eq!(report.summary.failed, 1, "{report:?}");
    assert_eq!(stage.usernames().await, ["ada"]);
    assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap(), undo::Users::default());
    assert_eq!(stage.import(named(&["ada"])).await.lines[0].outcome, Outcome::Skipped);
}

#[tokio::test]
async fn a_user_that_existed_before_is_foreign_although_answers_are_lost() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Fail;
    stage.call("CreateUser", json!({ "username": "ada" })).await;
    let (transport, creations) = racing(&stage.emulator, Value::Null, Some(502));
    let client = stage.client_over(transport);
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    assert_eq!(report.lines[0].code.as_deref(), Some("user.exists"), "{report:?}");
    assert_eq!(creations.load(Ordering::SeqCst), 0);
    assert_eq!(undo::users(&client, &stage.open_journal()).await.unwrap(), undo::Users::default());
}

#[tokio::test]
async fn a_record_without_identifiers_is_not_created_twice() {
    let stage = Stage::new();
    let users = || vec![record(json!({ "name": "Ada", "identities": { "google": { "userId": "1", "details": {} } } }))];
    let (transport, creations) = racing(&stage.emulator, Value::Null, Some(502));
    let client = stage.client_over(transport);
    let first = stage.import_with(&stage.writer(&client).await, users(), None).await;
    let again = stage.import(users()).await;
    for report in [first, again] {
        assert_eq!(report.lines[0].code.as_deref(), Some("user.unknown"), "{report:?}");
    }
    assert_eq!(creations.load(Ordering::SeqCst), 1);
    assert_eq!(stage.client().users().list().await.unwrap().items.len(), 1);
    let users = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
    assert_eq!((users.created.len(), users.unclear.len()), (0, 1));
}

#[tokio::test]
async fn a_creation_whose_answer_has_no_id_is_looked_up() {
    let stage = Stage::new();
    let client = stage.client_over(losing(&stage.emulator, 1, || Ok(HttpResponse::json(200, "{}"))));
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    let id = stage.client().users().list().await.unwrap().items[0].id.clone();
    assert_eq!((report.summary.unclear, report.lines[0].id.as_ref()), (1, Some(&id)), "{report:?}");
    assert_eq!(stage.import(named(&["ada"])).await.summary.journaled, 1);
}

#[tokio::test]
async fn a_confirmed_creation_without_id_and_user_fails() {
    let stage = Stage::new();
    let emulator = stage.emulator.clone();
    let transport = ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        async move {
            if request.method == Method::Post && request.url.ends_with("/api/users") {
                return Ok(HttpResponse::json(200, "{}"));
            }
            emulator.send(request, &options).await
        }
    });
    let client = stage.client_over(transport);
    let report = stage.import_with(&stage.writer(&client).await, named(&["ada"]), None).await;
    assert_eq!((report.lines[0].outcome, report.lines[0].code.as_deref()), (Outcome::Failed, Some("user.unknown")));
}

/// The first run creates the user and ends. Then the file changes.
#[tokio::test]
async fn a_record_that_changes_before_its_import_is_done_is_not_lost() {
    let mut stage = Stage::new();
    stage.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
    let ada = |name: &str| vec![record(json!({ "username": "ada", "name": name, "roles": ["staff"] }))];
    let crash = Arc::new(Notify::new());
    {
        // The call after the search and the creation.
        let client = stage.client_over(crashing(&stage.emulator, 2, &crash));
        let writer = stage.writer(&client).await;
        tokio::select! {
            _ = stage.import_with(&writer, ada("Old"), None) => {}
            () = crash.notified() => {}
        }
    }
    let report = stage.import(ada("New")).await;
    let user = stage.client().users().list().await.unwrap().items[0].clone();
    assert_eq!((report.lines[0].outcome, user.name.as_deref()), (Outcome::Updated, Some("New")), "{report:?}");
    stage.on_conflict = OnConflict::Update;
    assert_eq!(stage.import(ada("New")).await.summary.journaled, 1);
}

#[tokio::test]
async fn an_unclear_user_of_a_record_that_changed_is_left_until_an_update() {
    let mut stage = Stage::new();
    stage.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
    let ada = |name: &str| vec![record(json!({ "username": "ada", "name": name, "roles": ["staff"] }))];
    let crash = Arc::new(Notify::new());
    {
        // The call after the search is the creation, whose answer is lost.
        let client = stage.client_over(crashing(&stage.emulator, 1, &crash));
        let writer = stage.writer(&client).await;
        tokio::select! {
            _ = stage.import_with(&writer, ada("Old"), None) => {}
            () = crash.notified() => {}
        }
    }
    for (on_conflict, expected, name) in [
        (OnConflict::Skip, Outcome::Outdated, "Old"),
        (OnConflict::Skip, Outcome::Outdated, "Old"),
        (OnConflict::Update, Outcome::Updated, "New"),
    ] {
        stage.on_conflict = on_conflict;
        let report = stage.import(ada("New")).await;
        let user = stage.client().users().list().await.unwrap().items[0].clone();
        assert_eq!((report.lines[0].outcome, user.name.as_deref()), (expected, Some(name)), "{report:?}");
    }
}

#[tokio::test]
async fn an_import_whose_report_fails_notes_what_the_calls_in_progress_did() {
    let stage = Stage::new();
    let emulator = stage.emulator.clone();
    let client = stage.client_over(ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        async move {
            let answer = emulator.send(request, &options).await;
            // The other calls go on before the answer arrives.
            tokio::task::yield_now().await;
            answer
        }
    }));
    let writer = stage.writer(&client).await;
    let mut report = |_: &RecordResult| Err(Failure::new("cannot write the report"));
    let users = items(named(&["ada", "grace", "mary", "joan", "jean", "kay"]));
    let imported = import(&writer, users, Concurrency::up_to(4), None, &Interrupt::default(), &mut report).await;
    let failure = imported.unwrap_err();
    assert_eq!((failure.message(), failure.exit), ("cannot write the report", Exit::Partly));
    drop(writer);
    let noted = undo::users(&stage.client(), &stage.open_journal()).await.unwrap();
    let created = stage.usernames().await;
    assert!(created.len() > 1 && noted.created.len() == created.len() && noted.unclear.is_empty(), "{created:?}");
}
