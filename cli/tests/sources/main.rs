//! Converts exports of other systems, and signs in with the passwords.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod auth0;
mod authentik;
mod clerk;
mod cognito;
mod firebase;
mod hostile;
mod keycloak;
mod logto;
mod own_columns;

use clap::ValueEnum;
use logto_admin::models::{CreateUser, PasswordAlgorithm};
use logto_admin_cli::users::record::ImportedUser;
use logto_admin_cli::users::sources::{Conversion, Source, SourceOptions, Unverified};
use logto_admin_cli::users::{input, validate};
use logto_admin_emulator::Emulator;
use serde_json::Value;

const PASSWORD: &str = "correct horse";

fn records(source: Source, fixture: &str) -> Vec<Value> {
    let path = format!("{}/tests/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"));
    input::open(&path, &source.input_options()).unwrap().map(|record| record.unwrap().value).collect()
}

fn converted_with(source: Source, fixture: &str, options: &SourceOptions) -> Vec<Conversion> {
    records(source, fixture).into_iter().map(|record| source.convert(record, options).unwrap()).collect()
}

fn converted(source: Source, fixture: &str) -> Vec<Conversion> {
    converted_with(source, fixture, &SourceOptions::default())
}

/// Returns the user as JSON, without the digest.
fn json(conversion: &Conversion) -> Value {
    let mut json = serde_json::to_value(&conversion.user).unwrap();
    json.as_object_mut().unwrap().remove("passwordDigest");
    json
}

fn warnings(conversion: &Conversion) -> Vec<String> {
    conversion.warnings.iter().map(ToString::to_string).collect()
}

/// Creates the user on a server, and checks the password there.
async fn assert_signs_in(user: &ImportedUser, password: &str) {
    assert_eq!(validate::problems(user), [], "{user:?}");
    let logto = Emulator::new().client().unwrap();
    let created = logto
        .users()
        .create(CreateUser {
            username: user.username.clone(),
            primary_email: user.primary_email.clone(),
            password_digest: user.password_digest.clone(),
            password_algorithm: user.password_algorithm.as_deref().map(PasswordAlgorithm::from),
            ..Default::default()
        })
        .await
        .unwrap();
    // The server replaces the digest at the first success, so the wrong password comes first.
    let wrong = logto.users().verify_password(&created.id, "wrong").await;
    assert!(wrong.is_err(), "{user:?}");
    logto.users().verify_password(&created.id, password).await.unwrap_or_else(|error| panic!("{user:?}: {error}"));
}

#[test]
fn sources_have_names() {
    assert_eq!("keycloak".parse(), Ok(Source::Keycloak));
    assert_eq!(Source::Auth0.to_string(), "auth0");
    let message = "okta".parse::<Source>().unwrap_err();
    let known = "logto, auth0, keycloak, cognito, firebase, clerk, authentik, csv";
    assert_eq!(message, format!("unknown source \"okta\": expected one of {known}"));
}

#[test]
fn a_state_of_a_wrong_type_is_not_guessed_and_other_members_are_warnings() {
    for (source, flag) in [(Source::Auth0, "blocked"), (Source::Keycloak, "enabled"), (Source::Firebase, "disabled")] {
        let record = serde_json::json!({ "username": "ada", "email": "ada@example.com", flag: "unknown" });
        let problems = source.convert(record, &SourceOptions::default()).unwrap_err();
        assert_eq!(problems[0].to_string(), format!("{flag}: expected true or false"));
    }
    let record = serde_json::json!({ "email": "ada@example.com", "email_verified": true, "username": ["ada"] });
    let user = Source::Auth0.convert(record, &SourceOptions::default()).unwrap();
    assert_eq!(warnings(&user), ["username: expected a text, so the member is not imported"]);
}

#[test]
fn an_address_without_a_state_is_unverified() {
    let unverified = "not verified in the source, and Logto treats it as verified";
    let kept = SourceOptions::default();
    let aside = SourceOptions { unverified: Unverified::CustomData, ..Default::default() };
    let email = "ada@example.com";
    for (source, record, expected) in [
        (Source::Keycloak, serde_json::json!({ "email": email }), vec!["email \"ada@example.com\""]),
        (
            Source::Firebase,
            serde_json::json!({ "email": email, "phoneNumber": "+12025550123" }),
            vec!["email \"ada@example.com\""],
        ),
        (
            Source::Cognito,
            serde_json::json!({ "email": email, "phone_number": "+12025550123" }),
            vec!["email \"ada@example.com\"", "phone_number \"12025550123\""],
        ),
    ] {
        let user = source.convert(record.clone(), &kept).unwrap();
        let expected: Vec<_> = expected.iter().map(|address| format!("{address}: {unverified}")).collect();
        assert_eq!((user.user.primary_email.as_deref(), warnings(&user)), (Some(email), expected), "{source}");
        let user = source.convert(record, &aside).unwrap().user;
        assert_eq!((&user.primary_email, &user.custom_data["email"]), (&None, &email.into()), "{source}");
        assert_eq!(user.primary_phone.is_some(), source == Source::Firebase, "Firebase stores verified numbers only");
    }
}

#[test]
fn records_that_are_not_objects_are_rejected() {
    let problems = Source::Auth0.convert(Value::from("hunter2"), &SourceOptions::default()).unwrap_err();
    assert_eq!(problems[0].to_string(), "the record is not a JSON object");
}

#[test]
fn a_record_of_another_system_is_recognized() {
    let systems = Source::value_variants().iter().filter(|source| !matches!(source, Source::Logto | Source::Csv));
    let fixtures =
        hostile::FIXTURES.into_iter().filter(|(of, fixture)| *of != Source::Csv && !is_headless(*of, fixture));
    for (of, fixture) in fixtures {
        for &from in systems.clone() {
            let expected = (from != of).then_some(of);
            let read = if from == Source::Firebase && fixture.ends_with(".csv") { from } else { of };
            let first = records(read, fixture).into_iter().next().unwrap();
            assert_eq!(from.mistaken_for(&first), expected, "{fixture} {from}");
        }
    }
    // Unknown members are allowed, also in one record with those of the system.
    for record in [serde_json::json!({ "email": "a@b.c", "x": 1 }), serde_json::json!({ "user_id": "1", "pk": 1 })] {
        assert_eq!(Source::Auth0.mistaken_for(&record), None);
    }
}

/// Whether a file names no members.
fn is_headless(source: Source, fixture: &str) -> bool {
    source == Source::Firebase && fixture.ends_with(".csv")
}
