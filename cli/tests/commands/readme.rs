//! The commands of the README, as they are written there.

use std::fs;
use std::path::Path;

use clap::Parser;
use logto_admin::models::CreateUser;
use logto_admin_cli::arguments::Arguments;

use crate::program::{Ended, Program};

const README: &str = include_str!("../../README.md");

/// Returns the commands below a heading, split at spaces outside of quotes.
fn commands(heading: &str) -> Vec<Vec<String>> {
    let section = README
        .split("\n### ")
        .find(|section| section.starts_with(heading))
        .unwrap_or_else(|| panic!("no section {heading}"));
    lines(section)
}

fn lines(text: &str) -> Vec<Vec<String>> {
    let commands = text.lines().filter_map(|line| line.strip_prefix("$ logto-admin "));
    commands.map(words).collect()
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let split = |(number, part): (usize, &str)| match number % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    };
    parts.flat_map(split).collect()
}

/// Runs the commands of a recipe with the fixtures in the current folder. Returns how each ended.
async fn recipe(program: &Program, heading: &str) -> Vec<Ended> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for file in fs::read_dir(fixtures).unwrap().flatten() {
        fs::copy(file.path(), program.folder.join(file.file_name())).unwrap();
    }
    let mut ended = Vec::new();
    for command in commands(heading) {
        ended.push(program.run(&command.iter().map(String::as_str).collect::<Vec<_>>()).await);
    }
    assert!(!ended.is_empty(), "{heading}");
    ended
}

async fn users(program: &Program) -> u64 {
    program.client().users().list().page_size(1).await.unwrap().total.unwrap()
}

#[test]
fn every_command_of_the_readme_is_valid() {
    for command in lines(README) {
        let arguments = std::iter::once("logto-admin".to_owned()).chain(command.clone());
        assert!(Arguments::try_parse_from(arguments).is_ok(), "{command:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_come_from_auth0_and_go_again() {
    let program = Program::new().await;
    let [foreseen, imported, undone] = recipe(&program, "Users from Auth0").await.try_into().unwrap();
    let created = foreseen.json()["created"].as_u64().unwrap();
    assert_eq!((imported.code, imported.json()["created"].as_u64()), (4, Some(created)), "one record is invalid");
    assert!(created > 0 && undone.done().err.contains(&format!("deleted {created} of {created} user")));
    assert_eq!(users(&program).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_come_from_other_systems() {
    for heading in ["Users from Keycloak", "Users from Cognito", "Users from Firebase"] {
        let program = Program::new().await;
        let parameters = r#"{ "base64_signer_key": "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14 }"#;
        program.file("firebase-parameters.json", parameters);
        let ended = recipe(&program, heading).await;
        assert!(ended.iter().all(|ended| matches!(ended.code, 0 | 4)), "{heading}: {ended:?}");
        assert!(users(&program).await > 0, "{heading}: {ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_come_from_a_spreadsheet() {
    let program = Program::new().await;
    program.file("people.csv", "mail,name,team\nada@example.com,Ada,red\ngrace@example.com,Grace,blue\n");
    recipe(&program, "Users from a spreadsheet").await.pop().unwrap().done();
    let grace = program.run(&["users", "get", "grace@example.com"]).await.done().json();
    assert_eq!(grace["customData"]["team"], "blue");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_exported_checked_and_applied() {
    let program = Program::new().await;
    program.run(&["apps", "create", "Shop", "--type", "SPA"]).await.done();
    let [exported, planned, applied] = recipe(&program, "From development to production").await.try_into().unwrap();
    exported.done();
    // The tenant is that of the export, so nothing differs.
    assert_eq!(planned.code, 0, "{planned:?}");
    applied.done();
    program.run(&["apps", "delete", "Shop", "--yes"]).await.done();
    let [drift] = recipe(&program, "A drift check in CI").await.try_into().unwrap();
    assert_eq!(drift.code, 3, "{drift:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everyday_recipes_work() {
    let program = Program::new().await;
    let ada = CreateUser { primary_email: Some("ada@example.com".into()), ..Default::default() };
    program.client().users().create(ada).await.unwrap();
    // The second night.
    for heading in ["A nightly backup", "A nightly backup", "Anything else", "Offboarding"] {
        for ended in recipe(&program, heading).await {
            ended.done();
        }
    }
    assert_eq!(users(&program).await, 0);
}
