//! Failures in the middle, and interruptions.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logto_admin::Client;
use logto_admin::transport::{HttpTransport, Method};
use logto_admin_cli::config::{self, Outcome, Selection, Undeclared};
use logto_admin_cli::failure::Exit;
use logto_admin_cli::interrupt::Interrupt;
use logto_admin_emulator::{Emulator, Service};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};
use serde_json::json;

use crate::folder::{Folder, NOBODY, apply, apply_all, plan};
use crate::tenants::{connect, fill, furnish, names};

const ROLES: &str = "\
- name: one
  description: One
- name: two
  description: Two
- name: three
  description: Three
";

/// Returns a client whose calls are refused after some that write.
fn failing(emulator: &Emulator, after: usize) -> Client {
    failing_with(emulator, after, &[(422, "role.invalid")])
}

/// Returns a client whose calls have these answers after some that write. Each answer has a status code and a code of
/// Logto. The server carries the calls out.
fn failing_with(emulator: &Emulator, after: usize, answers: &[(u16, &'static str)]) -> Client {
    let emulator = emulator.clone();
    let endpoint = emulator.endpoint();
    let (id, secret) = (emulator.app_id().to_owned(), emulator.app_secret().to_owned());
    let (written, answers) = (Arc::new(AtomicUsize::new(0)), answers.to_vec());
    let transport = ScriptedTransport::new(move |request, options| {
        let writes = !options.token_call && request.method != Method::Get;
        let failed = writes.then(|| written.fetch_add(1, Ordering::SeqCst).checked_sub(after)).flatten();
        let failure = failed.and_then(|at| answers.get(at).or(answers.last()).copied());
        let emulator = emulator.clone();
        async move {
            let mut answer = emulator.send(request, &options).await?;
            if let Some((status, code)) = failure {
                answer.status = status;
                answer.body = json!({ "code": code, "message": "The server refuses." }).to_string().into();
            }
            Ok(answer)
        }
    });
    Client::builder(endpoint)
        .client_credentials(id, secret)
        .transport(transport)
        .runtime(FakeRuntime::skipping(Duration::from_secs(10)).spawning(|task| drop(tokio::spawn(task))))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_failure_in_the_middle_reports_what_was_done_and_can_be_run_again() {
    let emulator = Emulator::new();
    let tenant = emulator.client().unwrap();
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    let planned = plan(&tenant, &folder).await.unwrap();
    let mut seen = Vec::new();
    let failing = failing(&emulator, 1);
    let error = config::apply(&failing, &planned, &mut |change, outcome| {
        seen.push((change.to_string(), outcome));
        ControlFlow::Continue(())
    })
    .await
    .unwrap_err();
    assert_eq!(error.exit, Exit::Partly);
    let message = error.to_string();
    assert!(message.starts_with("cannot create the role \"two\": "), "{message}");
    assert!(message.ends_with("; 1 of 3 changes were made before it; the next plan shows what is left"), "{message}");
    assert_eq!(seen, [("role \"one\"".to_owned(), Outcome::Done), ("role \"two\"".to_owned(), Outcome::Failed)]);

    // The server might have made the change whose answer was an error.
    let rest = plan(&tenant, &folder).await.unwrap();
    assert!(rest.changes().len() < 3);
    apply_all(&tenant, &folder).await;
}

#[tokio::test]
async fn a_failure_before_anything_was_changed_is_not_partly_done() {
    // The roles of an application are set by a call of their own.
    let folder = Folder::with(&[(
        "applications.yaml",
        "- name: Job\n  type: MachineToMachine\n  roles: [Logto Management API access]\n",
    )]);
    let role = "; it was created, but `roles` failed";
    for (calls, expected, done) in [(0, Exit::Failed, ""), (1, Exit::Partly, role)] {
        let emulator = Emulator::new();
        let planned = plan(&emulator.client().unwrap(), &folder).await.unwrap();
        let error = apply(&failing(&emulator, calls), &planned).await.unwrap_err();
        assert_eq!(error.exit, expected, "{error}");
        let end = format!("{done}; no change was made before it; the next plan shows what is left");
        assert!(error.message().ends_with(&end) && error.message().contains("; it was") != done.is_empty(), "{error}");
    }
}

#[tokio::test]
async fn a_failure_within_a_change_names_the_members_that_were_set() {
    let emulator = Emulator::new();
    let tenant = emulator.client().unwrap();
    let folder = Folder::with(&[("applications.yaml", "- name: Job\n  type: MachineToMachine\n")]);
    apply_all(&tenant, &folder).await;
    let changed = "- name: Job\n  description: Runs\n  roles: [Logto Management API access]\n";
    let folder = Folder::with(&[("applications.yaml", changed)]);
    let planned = plan(&tenant, &folder).await.unwrap();
    let error = apply(&failing(&emulator, 1), &planned).await.unwrap_err();
    assert_eq!(error.exit, Exit::Partly);
    assert!(
        error.message().contains("; `description` succeeded, but `roles` failed; no change was made before it"),
        "{error}"
    );
}

#[tokio::test]
async fn a_change_with_an_unknown_outcome_might_have_been_made() {
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    let (failed, refused) = ((500, "internal"), (422, "role.invalid"));
    for (answers, expected) in [(vec![failed], Exit::Partly), (vec![refused], Exit::Failed)] {
        let emulator = Emulator::new();
        let planned = plan(&emulator.client().unwrap(), &folder).await.unwrap();
        let error = apply(&failing_with(&emulator, 0, &answers), &planned).await.unwrap_err();
        assert_eq!(error.exit, expected, "{error}");
    }
    // A deletion is repeated. The second attempt is refused, and the first might have been carried out.
    for (answers, expected) in [(vec![failed, refused], Exit::Partly), (vec![refused], Exit::Failed)] {
        let emulator = Emulator::new();
        let tenant = emulator.client().unwrap();
        apply_all(&tenant, &folder).await;
        let pruning = crate::folder::prune(&tenant, &Folder::with(&[("roles.yaml", "[]\n")])).await.unwrap();
        let error = apply(&failing_with(&emulator, 0, &answers), &pruning).await.unwrap_err();
        assert_eq!(error.exit, expected, "{error}");
    }
}

#[tokio::test]
async fn the_hint_of_a_failure_comes_after_its_message() {
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    for (status, code, hint) in [
        (403, "auth.forbidden", "check the roles of the machine-to-machine application"),
        (422, "entity.unique_integrity_violation", "change or delete the entity"),
        (500, "internal", "plan again: the server might have made this change"),
    ] {
        let emulator = Emulator::new();
        let planned = plan(&emulator.client().unwrap(), &folder).await.unwrap();
        let error = apply(&failing_with(&emulator, 0, &[(status, code)]), &planned).await.unwrap_err();
        assert!(
            error.message().ends_with("; no change was made before it; the next plan shows what is left"),
            "{error}"
        );
        assert!(error.hint().unwrap().starts_with(hint), "{error}");
    }
}

#[tokio::test]
async fn an_observer_can_end_a_run() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    let planned = plan(&tenant, &folder).await.unwrap();
    let applied = config::apply(&tenant, &planned, &mut |_, _| ControlFlow::Break(())).await.unwrap();
    assert_eq!((applied.created, applied.left), (1, 2));
    assert_eq!(apply_all(&tenant, &folder).await.created, 2);
}

/// A run that ends between two calls leaves what the first of them has done.
#[tokio::test]
async fn a_run_that_ends_after_any_call_is_completed_by_the_next() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let (folder, everything) = (Folder::new(), Selection::all());
    config::export(&tenant, NOBODY, folder.path(), &everything, true).await.unwrap();
    for calls in 0.. {
        let emulator = Emulator::builder().seed(calls).build();
        let client = emulator.client().unwrap();
        let planned = plan(&client, &folder).await.unwrap();
        let ended = apply(&failing(&emulator, usize::try_from(calls).unwrap()), &planned).await;
        // The next run needs nothing but the files.
        apply_all(&client, &folder).await;
        if ended.is_ok() {
            assert!(calls > 15, "{calls}");
            break;
        }
    }
}

#[tokio::test]
async fn an_interrupted_export_ends_after_a_file_and_can_be_repeated() {
    let tenant = Emulator::new().client().unwrap();
    let (folder, everything) = (Folder::new(), Selection::all());
    let prepare = || config::prepare_export(&tenant, NOBODY, folder.path(), &everything, false);
    let interrupt = Interrupt::default();
    let prepared = prepare().await.unwrap();
    let writing = prepared.write(&interrupt);
    let (exported, ()) = tokio::join!(writing, async {
        while folder.names().is_empty() {
            tokio::task::yield_now().await;
        }
        interrupt.set();
    });
    let exported = exported.unwrap();
    assert!(!exported.files.is_empty() && exported.left > 0, "{exported:?}");
    assert_eq!(exported.files.len(), folder.names().len());
    let rest = prepare().await.unwrap().write(&Interrupt::default()).await.unwrap();
    assert_eq!((rest.left, rest.files.len()), (0, exported.files.len() + exported.left));
}

#[tokio::test]
async fn a_plan_writes_nothing() {
    let emulator = Emulator::new();
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    let refusing = failing(&emulator, 0);
    plan(&refusing, &folder).await.unwrap();
    assert_eq!(names(&emulator.client().unwrap(), "ListRoles").await, ["Logto Management API access"]);
}

/// The credentials of a drift check can be read-only.
#[tokio::test]
async fn plans_and_exports_only_read() {
    let full = Emulator::builder().service(Service::Domains).build();
    let empty = Emulator::builder().seed(1).service(Service::Domains).build();
    let (tenant, own) = (full.client().unwrap(), full.app_id().to_owned());
    fill(&tenant).await;
    furnish(&tenant).await;
    connect(&tenant).await;
    let (folder, everything) = (Folder::new(), Selection::all());
    let from = full.requests().len();
    config::export(&tenant, &own, folder.path(), &everything, true).await.unwrap();
    let mut requests = full.requests().split_off(from);
    for (emulator, is_same) in [(&full, true), (&empty, false)] {
        let from = emulator.requests().len();
        let client = emulator.client().unwrap();
        let planned =
            config::plan(&client, &own, folder.path(), &everything, Undeclared::Delete, &|_| Ok(None)).await.unwrap();
        assert_eq!(planned.is_empty(), is_same, "{planned:?}");
        requests.extend(emulator.requests().split_off(from));
    }
    let reads = requests.iter().filter(|request| request.method == Method::Get).count();
    let others: Vec<_> = requests.iter().filter(|request| request.method != Method::Get).collect();
    assert!(reads > 60 && others.iter().all(|request| request.path == "/oidc/token"), "{reads} {others:?}");
}

#[tokio::test]
async fn what_is_already_deleted_is_no_failure() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", ROLES)]);
    apply_all(&tenant, &folder).await;
    folder.put("roles.yaml", "[]\n");
    let pruning = crate::folder::prune(&tenant, &folder).await.unwrap();
    apply(&tenant, &pruning).await.unwrap();
    assert_eq!(apply(&tenant, &pruning).await.unwrap().deleted, 3);
}
