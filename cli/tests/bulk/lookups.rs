use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::transport::{HttpResponse, HttpTransport, Method};
use logto_admin_cli::lookup;
use logto_admin_cli::username_case::UsernameCase;
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::record_result::Outcome;
use logto_admin_cli::users::write::{OnConflict, Writer};
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;

use crate::stage::{Stage, record};

/// Users with three identifiers each.
fn people(count: usize) -> Vec<ImportedUser> {
    let person = |number: usize| {
        record(json!({
            "username": format!("user{number}"), "primaryEmail": format!("{number}@example.com"),
            "primaryPhone": format!("49151{number:07}"),
        }))
    };
    (10..10 + count).map(person).collect()
}

/// A transport that counts calls to the API. Refuses searches with more than `longest` characters.
fn counting(stage: &Stage, longest: usize) -> (ScriptedTransport, Arc<AtomicUsize>) {
    let (emulator, calls) = (stage.emulator.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    let transport = ScriptedTransport::new(move |request, options| {
        if !options.token_call {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        let is_long = request.method == Method::Get && request.url.len() > longest;
        let emulator = emulator.clone();
        async move { if is_long { Ok(HttpResponse::new(414)) } else { emulator.send(request, &options).await } }
    });
    (transport, calls)
}

#[tokio::test]
async fn one_search_looks_up_twenty_records_with_all_their_identifiers() {
    let stage = Stage::new();
    let (transport, calls) = counting(&stage, usize::MAX);
    let writer = stage.writer(&stage.client_over(transport)).await;
    let report = stage.import_with(&writer, people(40), None).await;
    assert_eq!((report.summary.created, calls.load(Ordering::SeqCst)), (40, 42), "{report:?}");
    // Records of the journal are not looked up.
    drop(writer);
    let (transport, calls) = counting(&stage, usize::MAX);
    let report = stage.import_with(&stage.writer(&stage.client_over(transport)).await, people(41), None).await;
    assert_eq!((report.summary.journaled, report.summary.created), (40, 1));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn records_are_looked_up_one_by_one_if_the_server_refuses_long_searches() {
    let stage = Stage::new();
    stage.call("CreateUser", json!({ "primaryEmail": "12@example.com" })).await;
    let (transport, calls) = counting(&stage, 300);
    let report = stage.import_with(&stage.writer(&stage.client_over(transport)).await, people(10), None).await;
    assert_eq!((report.summary.created, report.summary.skipped), (9, 1), "{report:?}");
    assert_eq!(calls.load(Ordering::SeqCst), 1 + 10 + 9);
}

#[tokio::test]
async fn each_record_of_a_search_has_its_own_user() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    for number in [10, 12] {
        stage
            .call("CreateUser", json!({ "primaryPhone": format!("49151{number:07}"), "username": "x".repeat(number) }))
            .await;
    }
    let users = (10..13)
        .map(|number| record(json!({ "primaryPhone": format!("49151{number:07}"), "name": number.to_string() })));
    let report = stage.import(users.collect()).await;
    assert_eq!((report.summary.updated, report.summary.created), (2, 1), "{report:?}");
    for user in stage.client().users().list().await.unwrap().items {
        let (phone, name) = (user.primary_phone.unwrap(), user.name.unwrap());
        assert!(phone.ends_with(&name), "{phone} {name}");
    }
}

#[tokio::test]
async fn usernames_that_differ_in_case_are_different_users() {
    let mut stage = Stage::new();
    stage.on_conflict = OnConflict::Update;
    stage.call("CreateUser", json!({ "username": "Ada", "name": "another" })).await;
    let report = stage.import(vec![record(json!({ "username": "ada", "name": "Ada" }))]).await;
    assert_eq!(report.lines[0].outcome, Outcome::Created, "{report:?}");
    assert_eq!(stage.usernames().await, ["Ada", "ada"]);
    let again = stage.import(vec![record(json!({ "username": "Ada", "name": "New" }))]).await;
    assert_eq!(again.lines[0].outcome, Outcome::Updated, "{again:?}");
}

#[tokio::test]
async fn a_tenant_that_ignores_the_case_of_usernames_has_the_user() {
    let stage = Stage::new();
    stage.ignore_username_case().await;
    let user = stage.call("CreateUser", json!({ "username": "Ada" })).await;
    let report = stage.import(vec![record(json!({ "username": "ada" }))]).await;
    assert_eq!(report.lines[0].outcome, Outcome::Skipped, "{report:?}");
    assert_eq!(report.lines[0].id.as_deref(), user["id"].as_str());
    let client = stage.client();
    let dry = Writer { is_dry_run: true, journal: None, ..stage.writer(&client).await };
    let dry = stage.import_with(&dry, vec![record(json!({ "username": "aDA" }))], None).await;
    assert_eq!((dry.lines[0].outcome, &dry.lines[0].id), (Outcome::Skipped, &report.lines[0].id), "{dry:?}");
    // If the setting could not be read, the refusal of the server shows it.
    let refused = Writer { username_case: UsernameCase::Matters, ..stage.writer(&client).await };
    let refused = stage.import_with(&refused, vec![record(json!({ "username": "ADA" }))], None).await;
    assert_eq!((refused.lines[0].outcome, &refused.lines[0].id), (Outcome::Skipped, &report.lines[0].id));
}

#[tokio::test]
async fn the_case_of_usernames_matters_without_the_setting_or_the_permission_to_read_it() {
    let stage = Stage::new();
    stage.ignore_username_case().await;
    let answered = async |status: u16, body: Option<&'static str>| {
        let emulator = stage.emulator.clone();
        let client = stage.client_over(ScriptedTransport::new(move |request, options| {
            let emulator = emulator.clone();
            async move {
                match body.filter(|_| request.url.ends_with("/api/sign-in-exp")) {
                    Some(body) => Ok(HttpResponse::json(status, body)),
                    None => emulator.send(request, &options).await,
                }
            }
        }));
        UsernameCase::load(&client).await
    };
    assert_eq!(answered(200, None).await.unwrap(), UsernameCase::Ignored);
    assert_eq!(answered(200, Some("{}")).await.unwrap(), UsernameCase::Matters);
    assert_eq!(answered(403, Some(r#"{"code":"auth.forbidden"}"#)).await.unwrap(), UsernameCase::Matters);
    assert!(answered(400, Some("{}")).await.is_err());
}

#[tokio::test]
async fn an_id_that_no_user_can_have_is_not_searched_for() {
    let stage = Stage::new();
    let (transport, calls) = counting(&stage, usize::MAX);
    let mut writer = stage.writer(&stage.client_over(transport)).await;
    writer.matches_ids = true;
    let users = ["", "a\0"].map(|id| record(json!({ "id": id, "username": format!("user{}", id.len()) })));
    let report = stage.import_with(&writer, users.into(), None).await;
    assert_eq!((report.summary.created, calls.load(Ordering::SeqCst)), (2, 3), "{report:?}");
}

#[tokio::test]
async fn email_addresses_are_found_without_case() {
    let stage = Stage::new();
    stage.call("CreateUser", json!({ "primaryEmail": "Ada@Example.com" })).await;
    let report = stage.import(vec![record(json!({ "primaryEmail": "ada@example.com" }))]).await;
    assert_eq!(report.lines[0].outcome, Outcome::Skipped, "{report:?}");
}

/// A gateway can drop the query. Then a search returns all users.
#[tokio::test]
async fn a_user_without_the_identifier_is_never_the_one_that_was_meant() {
    let stage = Stage::new();
    let ada = json!({ "username": "ada", "primaryEmail": "ada@example.com", "primaryPhone": "4915112345" });
    for user in [json!({ "primaryEmail": "first@example.com" }), ada] {
        stage.call("CreateUser", user).await;
    }
    let emulator = stage.emulator.clone();
    let client = stage.client_over(ScriptedTransport::new(move |mut request, options| {
        let emulator = emulator.clone();
        request.url.truncate(request.url.find('?').unwrap_or(request.url.len()));
        async move { emulator.send(request, &options).await }
    }));
    for who in ["ADA@example.com", "+49 151 12345", "ada"] {
        assert_eq!(lookup::user(&client, who).await.unwrap().username.as_deref(), Some("ada"), "{who}");
    }
    for who in ["nobody@example.com", "+49 151 99999", "nobody"] {
        let failure = lookup::user(&client, who).await.unwrap_err().to_string();
        assert_eq!(failure, format!("no user has the id, email address, phone number or username `{who}`"));
    }
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error() {
    let stage = Stage::new();
    // A gateway drops the query, and the server does not page this list then.
    let roles: Vec<_> =
        (0..101).map(|number| json!({ "id": number.to_string(), "name": number.to_string() })).collect();
    let body = serde_json::to_string(&roles).unwrap();
    let client = stage.client_over(ScriptedTransport::api(move |_| HttpResponse::json(200, body.as_str())));
    let failure = lookup::all(&client, "ListRoles").await.unwrap_err();
    assert_eq!(failure.message(), "page 2 of ListRoles is the same as the one before");
    assert!(failure.hint().is_some_and(|hint| hint.contains("drops the query")));
}
