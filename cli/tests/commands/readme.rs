//! The commands of the README, as they are written there.

use std::fs;
use std::path::Path;

use clap::Parser;
use logto_admin::models::{CreateRole, CreateUser};
use logto_admin::serde_json::{self, Value};
use logto_admin_cli::arguments::Arguments;

use crate::program::{Ended, Program, bare, ended};

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
    // The shell redirects the output.
    commands.map(|line| words(line.split(" >").next().unwrap_or_default())).collect()
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

/// The members of the table below "Users from a spreadsheet".
fn members() -> Vec<&'static str> {
    let (_, section) = README.split_once("\n### Users from a spreadsheet").unwrap();
    let (section, _) = section.split_once("\n### ").unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').filter(|name| name.starts_with(char::is_alphabetic))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_of_the_table_is_a_column() {
    let program = Program::new().await;
    for role in ["clerk", "editor"] {
        program.client().roles().create(CreateRole::new(role, role)).await.unwrap();
    }
    program.run(&["organizations", "create", "Acme"]).await.done();
    let columns = [
        ("id", "7"),
        ("username", "ada"),
        ("primaryEmail", "ada@example.com"),
        ("primaryPhone", "+49 1511 1234567"),
        ("name", "Ada"),
        ("avatar", "https://example.com/ada.png"),
        ("password", ""),
        ("passwordDigest", "5f4dcc3b5aa765d61d8327deb882cf99"),
        ("passwordAlgorithm", "MD5"),
        ("isSuspended", "no"),
        ("emailVerified", "1"),
        ("phoneVerified", "yes"),
        ("roles", "clerk|editor"),
        ("organizations", "Acme"),
        ("totpSecret", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        ("customData", r#"{""plan"":""pro""}"#),
        ("profile", r#"{""locale"":""en""}"#),
        ("identities", r#"{""github"":{""userId"":""5""}}"#),
        ("customData.X", "red"),
        ("profile.X", "Ada"),
        ("identities.X", "1080"),
    ];
    assert_eq!(members(), columns.map(|(member, _)| member));
    let names = columns.map(|(member, _)| match member {
        "customData.X" => "customData.team".to_owned(),
        "profile.X" => "profile.givenName".to_owned(),
        "identities.X" => "identities.google".to_owned(),
        member => member.to_owned(),
    });
    let cells = columns.map(|(_, cell)| format!("\"{cell}\""));
    let file = program.file("people.csv", &format!("{}\n{}\n", names.join(","), cells.join(",")));
    program.run(&["users", "import", &file, "--from", "csv"]).await.done();
    let ada = program.run(&["users", "get", "ada"]).await.done().json();
    assert_eq!((&ada["primaryPhone"], &ada["name"]), (&"4915111234567".into(), &"Ada".into()), "{ada}");
    assert_eq!((&ada["primaryEmail"], &ada["avatar"]), (&columns[2].1.into(), &columns[5].1.into()), "{ada}");
    assert_eq!((&ada["isSuspended"], &ada["hasPassword"]), (&false.into(), &true.into()), "{ada}");
    assert_eq!((&ada["profile"]["locale"], &ada["profile"]["givenName"]), (&"en".into(), &"Ada".into()), "{ada}");
    assert_eq!(ada["identities"]["github"]["userId"], "5", "{ada}");
    let with = ["users", "export", "--with", "roles,organizations,mfa"];
    let whole = program.run(&with).await.done().json();
    let mut roles: Vec<&str> = whole["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap()).collect();
    roles.sort_unstable();
    assert_eq!((roles, &whole["organizations"][0]["name"]), (vec!["clerk", "editor"], &"Acme".into()), "{whole}");
    assert_eq!(whole["mfa"][0]["type"], "Totp", "{whole}");
    assert!(ada["id"] != "7" && fs::read_to_string(format!("{file}.journal")).unwrap().contains("\"id:7\""));
    assert_eq!((&ada["customData"]["plan"], &ada["customData"]["team"]), (&"pro".into(), &"red".into()), "{ada}");
    assert_eq!(ada["identities"]["google"]["userId"], "1080", "{ada}");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_organizations_must_exist() {
    for (member, nobody) in [("roles", r#"["nobody"]"#), ("organizations", r#"[{ "name": "nobody" }]"#)] {
        let program = Program::new().await;
        let file = program.file("users.ndjson", &format!("{{ \"username\": \"ada\", \"{member}\": {nobody} }}\n"));
        let refused = program.run(&["users", "import", &file]).await;
        assert!(refused.code != 0 && refused.err.contains("nobody"), "{member}: {refused:?}");
        assert_eq!(users(&program).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_has_a_line_per_record_and_the_journal_no_password() {
    let program = Program::new().await;
    let file = program.file("a.ndjson", "{ \"username\": \"ada\", \"password\": \"s3cret-Passw0rd\" }\n");
    let report = program.path("report.ndjson");
    let lines = async |outcome: &str| {
        program.run(&["users", "import", &file, "--report", &report]).await.done();
        let text = fs::read_to_string(&report).unwrap();
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["location"], &line["outcome"]), (&format!("{file}:1").into(), &outcome.into()), "{text}");
        assert!(line["user"].as_str().is_some_and(|user| user.contains("ada")) && line["id"].is_string(), "{text}");
    };
    lines("created").await;
    lines("journaled").await;
    let journal = fs::read_to_string(program.folder.join("a.ndjson.journal")).unwrap();
    assert!(!journal.is_empty() && !journal.contains("s3cret"), "{journal}");
    fs::remove_file(program.folder.join("a.ndjson.journal")).unwrap();
    lines("skipped").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_has_neither_the_old_id_nor_the_times_of_the_record() {
    let program = Program::new().await;
    let record = r#"{ "id": "old-1", "username": "ada", "createdAt": 1, "lastSignInAt": 2 }"#;
    let (file, report) = (program.file("a.ndjson", &format!("{record}\n")), program.path("report.ndjson"));
    program.run(&["users", "import", &file, "--report", &report]).await.done();
    let ada = program.run(&["users", "get", "ada"]).await.done().json();
    assert!(ada["id"] != "old-1" && ada["createdAt"] != 1 && ada["lastSignInAt"].is_null(), "{ada}");
    let line: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!((&line["user"], &line["id"]), (&"old-1".into(), &ada["id"]));
    assert!(fs::read_to_string(program.path("a.ndjson.journal")).unwrap().contains("old-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_has_other_ids_secrets_and_signing_keys() {
    let old = Program::new().await;
    let new = Program::with(logto_admin_emulator::Emulator::builder().seed(1).build()).await;
    old.run(&["apps", "create", "Shop", "--type", "Traditional"]).await.done();
    let hook = ["hooks", "create", "https://audit.example.com", "--name", "audit", "--event", "PostSignIn"];
    old.run(&hook).await.done();
    old.run(&["organizations", "create", "Acme"]).await.done();
    old.run(&["users", "create", "--username", "ada"]).await.done();
    let config = r#"config={"clientId":"shop","clientSecret":"of-google"}"#;
    old.run(&["api", "CreateConnector", "--set", "connectorId=google-universal", "--set", config]).await.done();
    for _ in 0..2 {
        old.run(&["apps", "create", "Twin", "--type", "SPA"]).await.done();
    }
    let identity = async |program: &Program| {
        let apps = program.run(&["api", "ListApplications"]).await.done().json();
        let app = apps.as_array().unwrap().iter().find(|app| app["name"] == "Shop").unwrap();
        let id = format!("id={}", app["id"].as_str().unwrap());
        let secret = program.run(&["api", "ListApplicationSecrets", "--path", &id]).await.done().json();
        let hook = program.run(&["api", "ListHooks"]).await.done().json();
        let ada = program.run(&["users", "get", "ada"]).await.done().json();
        [app["id"].clone(), secret[0]["value"].clone(), hook[0]["signingKey"].clone(), ada["id"].clone()]
    };
    let [_, exported] = recipe(&old, "A nightly backup").await.try_into().unwrap();
    assert!(exported.done().err.contains("Twin"));
    new.run(&["config", "apply", &old.path("backup"), "--yes"]).await.done();
    new.run(&["users", "import", &old.path("users.ndjson")]).await.done();
    for (old, new) in identity(&old).await.iter().zip(identity(&new).await) {
        assert!(old.is_string() && new.is_string() && *old != new, "{old} {new}");
    }
    assert_eq!(new.run(&["organizations", "list"]).await.done().json(), Value::Array(Vec::new()));
    let connectors = new.run(&["api", "ListConnectors"]).await.done().json();
    assert_eq!(connectors[0]["config"]["clientSecret"], "of-google", "no variable is set");
    assert!(!new.run(&["apps", "list"]).await.done().out.contains("Twin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_exported_checked_and_applied() {
    let program = Program::new().await;
    program.run(&["apps", "create", "Shop", "--type", "SPA"]).await.done();
    for profile in ["dev", "prod"] {
        let add = ["profile", "add", profile, "--endpoint", &program.url(), "--app-id", program.emulator.app_id()];
        ended(bare(&add, &program.folder), &format!("{}\n", program.emulator.app_secret())).await.done();
    }
    let [exported, planned, applied] = recipe(&program, "From development to production").await.try_into().unwrap();
    exported.done();
    let applications = fs::read_to_string(program.folder.join("config/applications.yaml")).unwrap();
    assert!(applications.contains("Shop") && !applications.contains("appLevelAccessControl"), "{applications}");
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
