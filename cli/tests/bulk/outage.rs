//! A server that is gone during an import.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::bulk::Concurrency;
use logto_admin::transport::{HttpTransport, Method, TransportError, TransportErrorKind};
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_cli::users::import::import;
use logto_admin_cli::users::outage::Outage;
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::summary::Summary;
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;

use crate::stage::{Stage, items, named, record};

fn refused() -> TransportError {
    TransportError::new(TransportErrorKind::Connect, "connection refused")
}

/// A transport to a server that is gone after some creations. `noticed` runs when a connection is refused.
fn dying(emulator: &Emulator, creations: usize, noticed: impl Fn() + Send + Sync + 'static) -> ScriptedTransport {
    let (emulator, made, noticed) = (emulator.clone(), AtomicUsize::new(0), Arc::new(noticed));
    ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let number = made.fetch_add(usize::from(creates), Ordering::SeqCst);
        let (emulator, noticed) = (emulator.clone(), Arc::clone(&noticed));
        async move {
            if number < creations {
                return emulator.send(request, &options).await;
            }
            noticed();
            Err(refused())
        }
    })
}

/// Imports users over a transport whose outages are noticed.
async fn imported(
    stage: &Stage,
    transport: impl HttpTransport,
    users: Vec<ImportedUser>,
    interrupt: &Interrupt,
) -> Summary {
    let client = stage.client_over(Outage::default().watch(transport));
    let writer = stage.writer(&client).await;
    import(&writer, items(users), Concurrency::up_to(4), None, interrupt, &mut |_| Ok(())).await.unwrap()
}

fn users() -> Vec<ImportedUser> {
    let names: Vec<String> = (100..200).map(|number| format!("user{number}")).collect();
    named(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Checks that the journal continues the import.
async fn continued(stage: &Stage, users: Vec<ImportedUser>) {
    let all = users.len();
    let report = stage.import(users).await;
    assert_eq!((report.summary.failed, report.summary.skipped), (0, 0), "{report:?}");
    assert_eq!(stage.usernames().await.len(), all);
}

#[tokio::test(start_paused = true)]
async fn an_import_ends_when_the_server_is_gone() {
    let stage = Stage::new();
    let summary = imported(&stage, dying(&stage.emulator, 30, || {}), users(), &Interrupt::default()).await;
    assert!(summary.is_unreachable && summary.is_incomplete, "{summary:?}");
    // As many as were in progress.
    assert_eq!((summary.created, summary.failed), (30, 4), "{summary:?}");
    assert!(summary.has_done_something());
    continued(&stage, users()).await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_leaves_records_that_wait_for_the_server() {
    let stage = Stage::new();
    let interrupt = Interrupt::default();
    let asked = interrupt.clone();
    let summary = imported(&stage, dying(&stage.emulator, 30, move || asked.set()), users(), &interrupt).await;
    assert!(summary.is_incomplete && !summary.is_unreachable, "{summary:?}");
    assert_eq!((summary.created, summary.failed, summary.partial), (30, 0, 0), "{summary:?}");
    continued(&stage, users()).await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_completes_the_call_in_progress_and_leaves_the_rest_of_the_record() {
    let stage = Stage::new();
    stage.call("CreateRole", json!({ "name": "staff", "description": "all" })).await;
    let users = || vec![record(json!({ "username": "ada", "roles": ["staff"] }))];
    let interrupt = Interrupt::default();
    let (emulator, asked) = (stage.emulator.clone(), interrupt.clone());
    let transport = ScriptedTransport::new(move |request, options| {
        let creates = request.method == Method::Post && request.url.ends_with("/api/users");
        let (emulator, asked) = (emulator.clone(), asked.clone());
        async move {
            if creates {
                asked.set();
                // The others have time to notice.
                tokio::task::yield_now().await;
            } else if asked.is_set() {
                return Err(refused());
            }
            emulator.send(request, &options).await
        }
    });
    let summary = imported(&stage, transport, users(), &interrupt).await;
    assert_eq!((summary.records(), summary.partial, summary.is_incomplete), (0, 1, true), "{summary:?}");
    assert!(summary.has_done_something());
    let report = stage.import(users()).await;
    assert_eq!((report.summary.created, stage.usernames().await.len()), (1, 1), "{report:?}");
}
