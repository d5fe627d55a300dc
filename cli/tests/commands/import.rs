use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use futures_util::TryStreamExt;
use logto_admin::serde_json::{self, Value};

use crate::program::Program;

pub(crate) const USERS: &str = r#"{ "username": "ada", "primaryEmail": "ada@example.com" }
{ "username": "grace" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_import_can_be_repeated_and_undone() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let imported = program.run(&["users", "import", &file]).await.done();
    assert_eq!((imported.json()["created"].as_u64(), imported.json()["complete"].as_bool()), (Some(2), Some(true)));
    assert!(imported.err.contains("2 users to import"), "{imported:?}");
    let again = program.run(&["users", "import", &file]).await.done();
    assert_eq!(again.json()["journaled"], 2);
    assert!(again.err.contains("2 records done according to the journal"), "{again:?}");
    let journal = format!("{file}.journal");
    let unconfirmed = program.run(&["users", "import", "undo", &journal]).await;
    assert_eq!((unconfirmed.code, program.client().users().list().await.unwrap().total), (2, Some(2)));
    program.run(&["users", "import", "undo", &journal, "--yes"]).await.done();
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_leaves_users_out_names_the_option_that_deletes_them() {
    let program = Program::new().await;
    let user = program.run(&["users", "create", "--username", "ada"]).await.done().json();
    let begun = format!(
        "{{\"state\":\"import\",\"server\":\"{}\",\"startedAt\":1}}\n{{\"state\":\"started\",\"key\":\"username:ada\",\
         \"at\":{},\"identifiers\":{{\"username\":\"ada\"}}}}\n",
        program.url(),
        user["createdAt"]
    );
    let journal = program.file("users.ndjson.journal", &begun);
    let undo = ["users", "import", "undo", &journal, "--yes"];
    let left = program.run(&undo).await;
    assert_eq!((left.code, count(&program).await), (4, 1), "{left:?}");
    assert!(left.err.contains("warning: left out username:ada: ") && left.err.contains("pass `--unclear`"), "{left:?}");
    assert!(left.err.ends_with("\ndeleted no users\n"), "{left:?}");
    let quiet = program.run(&[&undo[..], &["--quiet"]].concat()).await;
    assert_eq!((quiet.code, &*quiet.err), (4, left.err.split_inclusive('\n').next().unwrap()), "{quiet:?}");
    // Also if others are deleted.
    let grace = program.run(&["users", "create", "--username", "grace"]).await.done().json();
    let done = format!("{{\"state\":\"done\",\"key\":\"username:grace\",\"id\":{},\"created\":true}}\n", grace["id"]);
    program.file("users.ndjson.journal", &(begun.clone() + &done));
    let partly = program.run(&undo).await;
    assert_eq!((partly.code, count(&program).await), (4, 1), "{partly:?}");
    assert!(partly.err.ends_with("\ndeleted 1 of 1 user\n"), "{partly:?}");
    let undone = program.run(&[&undo[..], &["--unclear"]].concat()).await.done();
    assert_eq!((undone.err.as_str(), count(&program).await), ("deleted 1 of 1 user\n", 0));
    let again = program.run(&undo).await.done();
    assert_eq!(again.err, "the import created no users that still exist\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_is_imported_to_its_end_with_two_entries_per_record() {
    let program = Program::new().await;
    let users: String = (0..250).map(|number| format!("{{ \"username\": \"user_{number}\" }}\n")).collect();
    let file = program.file("users.ndjson", &users);
    let imported = program.run(&["users", "import", &file]).await.done();
    assert_eq!(imported.json()["created"], 250);
    let journal = fs::read_to_string(format!("{file}.journal")).unwrap();
    assert_eq!(journal.lines().count(), 2 + 2 * 250);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_records_are_checked_before_the_first_is_sent() {
    let program = Program::new().await;
    let text = USERS.to_owned()
        + "{ \"username\": \"no name\" }\n{ broken\n{ \"username\": \"ada\" }\n{ \"username\": \"x\", \"roles\": [\"nosuch\"] }\n";
    let file = program.file("users.ndjson", &text);
    let refused = program.run(&["users", "import", &file]).await;
    assert_eq!((refused.code, program.client().users().list().await.unwrap().total), (2, Some(0)));
    for expected in [
        "users.ndjson:3",
        "users.ndjson:4",
        "another record has the same value",
        "no role is called `nosuch`",
        "4 invalid records",
    ] {
        assert!(refused.err.contains(expected), "{expected}: {}", refused.err);
    }
    let report = program.path("report.ndjson");
    let partly = program.run(&["users", "import", &file, "--skip-invalid", "--report", &report]).await;
    assert_eq!(
        (partly.code, partly.json()["created"].as_u64(), partly.json()["invalid"].as_u64()),
        (4, Some(2), Some(4))
    );
    let lines: Vec<Value> =
        fs::read_to_string(report).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line["outcome"] == "failed").count(), 4);
    assert_eq!(lines.iter().filter(|line| line["outcome"] == "created").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_another_system_is_refused() {
    let program = Program::new().await;
    let file = program.file("kc.json", include_str!("../fixtures/keycloak-realm.json"));
    for from in ["logto", "auth0", "firebase", "authentik", "cognito", "clerk"] {
        for more in [&["--dry-run"][..], &["--skip-invalid"]] {
            let refused = program.run(&[&["users", "import", &file, "--from", from], more].concat()).await;
            let is_hinted = refused.err.contains("hint: ") && refused.err.contains("pass `--from keycloak`");
            assert!(is_hinted && refused.code == 2, "{from}: {refused:?}");
        }
    }
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
    // The correct command is not refused because of a journal.
    let file = program.file("auth0.ndjson", include_str!("../fixtures/auth0-export.ndjson"));
    let import = ["users", "import", &file, "--skip-invalid"];
    let refused = program.run(&import).await;
    assert!(refused.code == 2 && refused.err.contains("pass `--from auth0`"), "{refused:?}");
    assert!(!fs::exists(format!("{file}.journal")).unwrap());
    let imported = program.run(&[&import[..], &["--from", "auth0"]].concat()).await;
    assert!(imported.json()["created"].as_u64() > Some(0), "{imported:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_export_without_users_is_an_error_that_names_the_export_with_users() {
    let program = Program::new().await;
    let file = program.file("realm.json", r#"{ "realm": "acme", "clients": [{ "clientId": "shop" }] }"#);
    let import = ["users", "import", &file, "--from", "keycloak", "--skip-invalid"];
    let refused = program.run(&import).await;
    let mut lines = refused.err.lines();
    assert!(refused.code == 2 && lines.next().unwrap().ends_with(": the realm export has no users"), "{refused:?}");
    assert!(lines.next().unwrap().starts_with("hint: export it with `kc.sh export --users realm_file`"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_a_realm_names_what_it_leaves_out() {
    const NOTE: &str = "note: the organizations of a realm and their members are not imported\n";
    let program = Program::new().await;
    for (user, organizations, is_noted) in [("ada", "[]", false), ("alan", r#"[{ "name": "Acme" }]"#, true)] {
        let text = format!(
            r#"{{ "realm": "acme", "users": [{{ "username": "{user}" }}], "organizations": {organizations} }}"#
        );
        let file = program.file(&format!("{user}.json"), &text);
        let imported = program.run(&["users", "import", &file, "--from", "keycloak"]).await.done();
        assert_eq!((imported.json()["created"].as_u64(), imported.err.contains(NOTE)), (Some(1), is_noted));
    }
    // The files of an export with the users apart.
    let realm = program.file("realm.json", r#"{ "realm": "acme", "organizations": [{ "name": "Acme" }] }"#);
    let users = program.file("users-0.json", r#"{ "realm": "acme", "users": [{ "username": "grace" }] }"#);
    let imported = program.run(&["users", "import", &realm, &users, "--from", "keycloak"]).await.done();
    let without = format!("note: {realm}: the realm export has no users\n");
    assert_eq!(imported.json()["created"], 1);
    assert!(imported.err.contains(&without) && imported.err.contains(NOTE), "{imported:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_the_members_of_its_system_is_an_error_that_names_its_members() {
    let program = Program::new().await;
    for (from, text, expected) in [
        ("auth0", "Id,Email,Email Verified\nauth0|1,ada@example.com,true\n", Some("Email, Email Verified")),
        ("keycloak", "Mail,Team\nada@example.com,red\n", Some("Mail, Team")),
        // The first row is data.
        ("keycloak", "ada@example.com,s3cret\ngrace@example.com,s3cret2\n", None),
        // The address is the reason.
        ("auth0", "Id,email,note\nauth0|1,ada@,x\n", None),
    ] {
        let file = program.file("users.csv", text);
        let refused = program.run(&["users", "import", &file, "--from", from]).await;
        let message = "the import reads none of these members: ";
        let found = refused.err.split_once(message).and_then(|(_, rest)| rest.split(';').next());
        assert_eq!((refused.code, found), (2, expected), "{refused:?}");
        let is_hinted = refused.err.contains("hint: export the users as JSON, or as CSV with the fields as titles");
        assert_eq!(is_hinted, from == "auth0" && expected.is_some(), "{refused:?}");
        assert!(!refused.err.contains("s3cret"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_nothing_leaves_no_journal() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{ \"usernme\": \"x\" }\n");
    let nothing = program.run(&["users", "import", &file, "--skip-invalid"]).await;
    assert_eq!((nothing.code, nothing.json()["invalid"].as_u64()), (1, Some(1)), "{nothing:?}");
    assert!(!fs::exists(format!("{file}.journal")).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_without_a_system_are_recognized() {
    let program = Program::new().await;
    for (name, text, from, hint) in [
        ("a.json", include_str!("../fixtures/firebase-users.json"), "logto", "pass `--from firebase`"),
        ("a.csv", include_str!("../fixtures/firebase-users.csv"), "logto", "pass `--from firebase`"),
        ("a.csv", include_str!("../fixtures/firebase-users.csv"), "csv", "pass `--from firebase`"),
        ("a.json", include_str!("../fixtures/clerk-users.json"), "logto", "pass `--from clerk`"),
        ("a.csv", include_str!("../fixtures/clerk-users.csv"), "logto", "pass `--from clerk`"),
        ("a.csv", include_str!("../fixtures/clerk-users.csv"), "csv", "pass `--from clerk`"),
        ("a.csv", include_str!("../fixtures/cognito-users.csv"), "csv", "pass `--from cognito`"),
        ("a.csv", "mail,full name\nada@example.com,Ada\n", "logto", "pass `--from csv`"),
    ] {
        let refused = program.run(&["users", "import", &program.file(name, text), "--from", from]).await;
        let hints: Vec<&str> = refused.err.lines().filter(|line| line.starts_with("hint: ")).collect();
        assert!(refused.code == 2 && hints.len() == 1 && hints[0].contains(hint), "{from} {hint}: {refused:?}");
    }
    let invalid = program.run(&["users", "import", &program.file("a.ndjson", "{ \"usernme\": \"x\" }\n")]).await;
    assert!(invalid.code == 2 && !invalid.err.contains("hint: "), "{invalid:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_another_system_are_refused() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{}\n");
    for (option, name) in
        [("--map=a=username", "csv"), ("--auth0-hashes=h", "auth0"), ("--firebase-parameters=p", "firebase")]
    {
        let refused = program.run(&["users", "import", &file, "--from", "keycloak", option]).await;
        let hint = format!("hint: pass `--from {name}`, or leave out --");
        assert!(refused.code == 2 && refused.err.contains(&hint), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_is_mapped_once() {
    let program = Program::new().await;
    let file = program.file("people.csv", "mail\nada@example.com\n");
    let import =
        ["users", "import", &file, "--from", "csv", "--map", "mail=primaryEmail", "--map", "Mail=customData.m"];
    let refused = program.run(&import).await;
    assert_eq!((refused.code, refused.err.as_str()), (2, "error: --map maps `mail` twice\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_your_own_require_the_source_csv_and_an_export_does_not() {
    let program = Program::new().await;
    let file = program.file("people.csv", "mail\nada@example.com\n");
    let refused = program.run(&["users", "import", &file, "--map", "mail=primaryEmail"]).await;
    assert!(refused.code == 2 && refused.err.contains("pass `--from csv`"), "{refused:?}");
    let export = program.run(&["users", "export", "--format", "csv"]).await.done().out;
    let file = program.file("export.csv", &export);
    let refused = program.run(&["users", "import", &file, "--from", "csv"]).await;
    assert!(refused.code == 2 && refused.err.contains("leave out `--from csv`"), "{refused:?}");
    crate::export::begun(&program, &file, "");
    let refused = program.run(&["users", "export", "--to", &file, "--resume", "--format", "ndjson"]).await;
    assert!(refused.code == 2 && refused.err.contains("pass `--format csv`"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_about_columns_names_the_first_of_them() {
    let program = Program::new().await;
    let columns: Vec<String> = (0..30).map(|number| format!("column{number}")).collect();
    let file = program.file("people.csv", &format!("username,{}\n", columns.join(",")));
    let refused = program.run(&["users", "import", &file, "--from", "csv"]).await;
    assert_eq!((refused.code, refused.err.matches(": unknown column; ").count()), (2, 20), "{refused:?}");
    assert!(
        refused.err.contains("\n  column19: ") && refused.err.ends_with("\n  … and 10 more columns\n"),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_about_hashes_appears_only_if_the_file_has_none() {
    let program = Program::new().await;
    for (from, fixture, has_hashes) in [
        ("keycloak", include_str!("../fixtures/keycloak-realm.json"), true),
        ("auth0", include_str!("../fixtures/auth0-import.json"), true),
        ("authentik", include_str!("../fixtures/authentik-users.json"), false),
        ("keycloak", r#"{ "realm": "x", "users": [{ "username": "ada", "credentials": [] }] }"#, true),
        ("keycloak", r#"[{ "username": "ada", "createdTimestamp": 1 }]"#, false),
    ] {
        let file = program.file("users.json", fixture);
        let import = ["users", "import", &file, "--from", from, "--dry-run", "--skip-invalid"];
        let foreseen = program.run(&import).await;
        assert_eq!(foreseen.err.contains("password hashes"), !has_hashes, "{foreseen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_has_every_problem_of_a_record() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{ \"username\": 1, \"isSuspended\": \"yes\", \"customData\": 2 }\n");
    let report = program.path("report.ndjson");
    let refused = program.run(&["users", "import", &file, "--report", &report]).await;
    assert!(refused.code == 2 && refused.err.contains("users.ndjson:1: "), "{refused:?}");
    let line: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let mut fields: Vec<&str> =
        line["problems"].as_array().unwrap().iter().map(|problem| problem["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["customData", "isSuspended", "username"]);
    assert_eq!(line["problems"][0]["message"].as_str().map(|text| text.starts_with("expected ")), Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_does_not_exist_is_one_line_for_all_its_records() {
    let program = Program::new().await;
    let user = |number: usize| format!("{{ \"username\": \"user{number}\", \"roles\": [\"nosuch\", \"nosuch\"] }}\n");
    let users: String = (0..30).map(user).collect();
    let more = "{ \"username\": \"no name\", \"organizations\": [{ \"name\": \"Acme\" }], \"roles\": [\"nosuch\"] }\n";
    let file = program.file("users.ndjson", &(users + more));
    let report = program.path("report.ndjson");
    let refused = program.run(&["users", "import", &file, "--report", &report]).await;
    let invalid: Vec<&str> = refused.err.lines().filter(|line| line.starts_with("invalid: ")).collect();
    let expected = [
        format!("invalid: organizations: no organization is called `Acme` (1 record, first at {file}:31)"),
        format!("invalid: roles: no role is called `nosuch` (31 records, first at {file}:1)"),
    ];
    assert_eq!((refused.code, &invalid[..2]), (2, &expected.each_ref().map(String::as_str)[..]), "{refused:?}");
    // The other problem of the last record.
    let other = format!("invalid: {file}:31: no name: username \"no name\": ");
    assert!(invalid.len() == 3 && invalid[2].starts_with(&other) && !invalid[2].contains("nosuch"), "{refused:?}");
    assert!(refused.err.contains("31 invalid records, nothing was sent"), "{refused:?}");
    let report = fs::read_to_string(report).unwrap();
    let messages = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["message"].to_string());
    assert_eq!(messages.filter(|message| message.contains("no role is called `nosuch`")).count(), 31);
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_of_all_kinds_are_in_one_report() {
    let program = Program::new().await;
    let fields = async |name: &str, text: &str, from: &[&str]| {
        let (file, report) = (program.file(name, text), program.path("report.ndjson"));
        program.run(&[&["users", "import", &file, "--report", &report], from].concat()).await;
        let report = fs::read_to_string(report).unwrap();
        let line: Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
        let problems = line["problems"].as_array().unwrap().iter();
        problems.map(|problem| problem["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // A type, a member that does not exist, a value, a name, and the contents of two objects.
    let user = r#"{ "isSuspended": "maybe", "nam": "A", "primaryEmail": "no", "roles": ["nosuch"],
        "organizations": [{ "nam": "x" }], "mfa": [{ "type": "Sms" }], "username": "ada" }"#;
    let expected = ["isSuspended", "nam", "organizations[0].nam", "mfa[0].type", "primaryEmail", "roles"];
    let mut found = fields("users.ndjson", &user.replace('\n', " "), &[]).await;
    found.sort_unstable();
    let mut expected = expected.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Two identifiers of another record.
    let twice = "{ \"username\": \"ada\", \"primaryEmail\": \"ada@example.com\" }\n".repeat(2);
    assert_eq!(fields("twice.ndjson", &twice, &[]).await, ["primaryEmail", "username"]);
    let rows = "username,isSuspended,customData,roles\nada,maybe,x,nosuch\n";
    let mut found = fields("rows.csv", rows, &["--from", "csv"]).await;
    found.sort_unstable();
    assert_eq!(found, ["customData", "isSuspended", "roles"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn skipped_and_outdated_records_are_not_failures() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "grace"]).await.done();
    let file = program.file("users.ndjson", USERS);
    assert_eq!(program.run(&["users", "import", &file]).await.done().json()["skipped"], 1);
    program.file("users.ndjson", &USERS.replace("\"ada\",", "\"ada\", \"name\": \"Ada\","));
    let outdated = program.run(&["users", "import", &file]).await.done();
    assert_eq!(outdated.json()["outdated"], 1);
    assert!(outdated.err.contains("pass --on-conflict update"), "{outdated:?}");
    // Now both fail: the record that changed, and the one that was skipped.
    assert_eq!(program.run(&["users", "import", &file, "--on-conflict", "fail"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_fails_if_no_record_is_done_and_a_dry_run_is_never_partly_done() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let (ada, grace, invalid) =
        ("{ \"username\": \"ada\" }\n", "{ \"username\": \"grace\" }\n", "{ \"usernme\": \"x\" }\n");
    let codes = async |name: &str, users: &[&str]| {
        let file = program.file(name, &users.concat());
        let import = ["users", "import", &file, "--on-conflict", "fail", "--skip-invalid"];
        let dry = program.run(&[&import[..], &["--dry-run"]].concat()).await.code;
        [dry, program.run(&import).await.code]
    };
    assert_eq!(codes("invalid", &[invalid]).await, [2, 1]);
    assert_eq!(codes("taken", &[ada]).await, [1, 1]);
    assert_eq!(codes("both", &[ada, invalid]).await, [2, 1]);
    assert_eq!(codes("partly", &[ada, grace]).await, [1, 4]);
    // The user changes before the server refuses the identity of another user.
    let linked = "{ \"username\": \"linked\", \"identities\": { \"google\": { \"userId\": \"1\" } } }\n";
    let file = program.file("linked", linked);
    program.run(&["users", "import", &file]).await.done();
    let file = program.file("identity", &linked.replace("\"linked\"", "\"ada\""));
    assert_eq!(program.run(&["users", "import", &file, "--on-conflict", "update"]).await.code, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_whose_users_are_gone_is_an_error() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    program.run(&["users", "import", &file]).await.done();
    for (user, code, message) in
        [("ada", 0, "warning: the user "), ("grace", 2, "does not have the users of the journal")]
    {
        program.run(&["users", "delete", user, "--yes"]).await.done();
        let again = program.run(&["users", "import", &file]).await;
        assert!(again.code == code && again.err.contains(message), "{again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_and_its_dry_run_warn_about_users_with_other_identifiers() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada", "--email", "countess@example.com"]).await.done();
    let file = program.file("users.ndjson", USERS);
    let update = ["users", "import", &file, "--on-conflict", "update"];
    for more in [&["--dry-run"][..], &["--dry-run", "--quiet"], &["--quiet"]] {
        let ended = program.run(&[&update[..], more].concat()).await.done();
        let warnings: Vec<&str> = ended.err.lines().filter(|line| line.starts_with("warning: ")).collect();
        let [warning] = warnings[..] else { panic!("{more:?} {ended:?}") };
        assert!(warning.contains("users.ndjson:1: "), "{warning}");
        assert!(warning.ends_with(" has the username of the record, but another primaryEmail: is it the same person?"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_another_tenant_have_other_ids_which_is_one_warning() {
    let program = Program::new().await;
    for name in ["ada", "grace"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    let users =
        "{ \"id\": \"abcdefghijkl\", \"username\": \"ada\" }\n{ \"id\": \"abcdefghijkm\", \"username\": \"grace\" }\n";
    let (file, report) = (program.file("users.ndjson", users), program.path("report.ndjson"));
    let imported = program.run(&["users", "import", &file, "--dry-run", "--report", &report]).await.done();
    let warnings: Vec<&str> = imported.err.lines().filter(|line| line.starts_with("warning: ")).collect();
    let [warning] = warnings[..] else { panic!("{imported:?}") };
    assert!(warning.starts_with("warning: 2 users have another id than in the file"), "{warning}");
    assert_eq!(fs::read_to_string(report).unwrap().matches("but another id: is it the same person?").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_needs_no_journal_and_writes_nothing() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let foreseen = program.run(&["users", "import", &file, "--dry-run"]).await.done();
    assert_eq!(foreseen.json()["created"], 2);
    assert!(foreseen.err.contains("nothing was written") && !program.folder.join("users.ndjson.journal").exists());
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_reports_what_the_journal_has_and_leaves_it_alone() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    program.run(&["users", "import", &file]).await.done();
    let journal = format!("{file}.journal");
    let before = fs::read_to_string(&journal).unwrap() + "{\"state\":\"star";
    fs::write(&journal, &before).unwrap();
    let changed = USERS.replace("\"ada\",", "\"ada\", \"name\": \"Ada\",") + "{ \"username\": \"alan\" }\n";
    program.file("users.ndjson", &changed);
    let import = ["users", "import", &file];
    let foreseen = program.run(&[&import[..], &["--dry-run"]].concat()).await.done();
    assert!(foreseen.err.contains("nothing was written") && foreseen.err.contains("1 record done according to"));
    assert_eq!((fs::read_to_string(&journal).unwrap(), count(&program).await), (before, 2));
    let updated = program.run(&[&import[..], &["--dry-run", "--on-conflict", "update"]].concat()).await.done().json();
    let counts = ["created", "updated", "journaled", "outdated"];
    assert_eq!(counts.map(|name| updated[name].as_u64().unwrap()), [1, 1, 1, 0]);
    // A dry run foresees what the import does.
    assert_eq!(foreseen.json(), program.run(&import).await.done().json());
    assert_eq!(counts.map(|name| foreseen.json()[name].as_u64().unwrap()), [1, 0, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_keeps_members_that_the_record_lacks_and_replaces_others_as_a_whole() {
    let program = Program::new().await;
    for role in ["staff", "guest"] {
        program.run(&["roles", "create", role]).await.done();
    }
    program.run(&["organizations", "create", "Acme"]).await.done();
    let user = |rest: &str| format!("{{ \"username\": \"ada\", {rest} }}\n");
    let old = r#""name": "Ada", "roles": ["staff"], "organizations": [{ "name": "Acme" }], "profile": { "nickname": "A", "website": "x" },
        "customData": { "left": 1, "plan": { "name": "pro", "seats": 5 } }"#;
    let file = program.file("users.ndjson", &user(&old.replace('\n', " ")));
    let import = ["users", "import", &file];
    program.run(&import).await.done();
    let new = r#""roles": ["guest"], "profile": { "nickname": "B" }, "customData": { "plan": { "name": "free" } }"#;
    program.file("users.ndjson", &user(new));
    let update = [&import[..], &["--on-conflict", "update"]].concat();
    let before = program.run(&["users", "get", "ada"]).await.done().json();
    let foreseen = program.run(&[&update[..], &["--dry-run"]].concat()).await.done().json();
    assert_eq!(program.run(&["users", "get", "ada"]).await.done().json(), before);
    let updated = program.run(&update).await.done().json();
    assert_eq!((&updated, updated["updated"].as_u64()), (&foreseen, Some(1)));
    let ada = program.run(&["users", "get", "ada"]).await.done().json();
    assert_eq!(ada["customData"], serde_json::json!({ "left": 1, "plan": { "name": "free" } }));
    let profile = &ada["profile"];
    assert_eq!((&ada["name"], &profile["nickname"], &profile["website"]), (&"Ada".into(), &"B".into(), &"x".into()));
    let id = format!("userId={}", ada["id"].as_str().unwrap());
    let roles = program.run(&["api", "ListUserRoles", "--path", &id]).await.done().json();
    assert_eq!(roles.as_array().unwrap().len(), 2, "{roles}");
    assert_eq!(program.run(&["organizations", "members", "Acme"]).await.done().json()[0]["username"], "ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_warns_that_it_replaces_passwords_in_clear_text() {
    let program = Program::new().await;
    let id = program.run(&["users", "create", "--username", "ada"]).await.done().json()["id"].clone();
    let users = r#"{ "username": "ada", "password": "violet-anchor-47-kettle" }
{ "username": "grace", "passwordAlgorithm": "MD5", "passwordDigest": "5f4dcc3b5aa765d61d8327deb882cf99" }
{ "username": "alan" }
"#;
    let file = program.file("users.ndjson", users);
    let import = ["users", "import", &file, "--on-conflict", "update"];
    for options in [&["--dry-run"][..], &["--dry-run", "--quiet"], &[]] {
        let updated = program.run(&[&import[..], options].concat()).await.done();
        for part in ["passwords in clear text replace those of users that exist", "users that exist keep theirs"] {
            let line = updated.err.lines().find(|line| line.contains(part)).unwrap_or_default();
            assert!(line.starts_with("warning: ") && line.ends_with("(1 record)"), "{updated:?}");
        }
    }
    let client = program.client();
    let verify = client.operation("VerifyUserPassword").unwrap().path("userId", id.as_str().unwrap());
    verify.json(&serde_json::json!({ "password": "violet-anchor-47-kettle" })).await.unwrap();
    let skipped = program.run(&["users", "import", &file, "--dry-run", "--journal", "other.journal"]).await.done();
    assert!(!skipped.err.contains("passwords in clear text"), "{skipped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_says_that_it_compares_no_passwords_with_the_journal() {
    let program = Program::new().await;
    let user = |password| format!("{{ \"username\": \"ada\", \"password\": \"{password}\" }}\n");
    let file = program.file("users.ndjson", &user("violet-anchor-47-kettle"));
    let import = ["users", "import", &file, "--on-conflict", "update"];
    let note = "note: their passwords in clear text were not compared with those of the earlier run";
    let created = program.run(&import).await.done();
    assert!(!created.err.contains(note), "{created:?}");
    program.file("users.ndjson", &user("amber-harbour-12-candle"));
    for options in [&["--dry-run"][..], &[]] {
        let again = program.run(&[&import[..], options].concat()).await.done();
        assert_eq!(again.json()["journaled"], 1, "{again:?}");
        let warning = again.err.lines().find(|line| line.starts_with("warning: ")).unwrap_or_default();
        assert!(
            warning.ends_with("unless nothing else of the record changed since an earlier run (1 record)"),
            "{again:?}"
        );
        assert!(again.err.lines().any(|line| line == note), "{again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_stops_after_failures_explains_how_to_go_on() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "user0"]).await.done();
    let file = program.file("users.ndjson", &many(40));
    let import = ["users", "import", &file, "--on-conflict", "fail", "--max-failures", "1", "--concurrency", "1"];
    let dry = program.run(&[&import[..], &["--dry-run"]].concat()).await;
    let expected = "the dry run is incomplete: it has not looked at all records\n\
                    it stopped after 1 failure: raise --max-failures to see the others\n";
    assert!(dry.code == 1 && dry.err.ends_with(expected), "{dry:?}");
    let stopped = program.run(&import).await;
    let expected = "the import is incomplete: run the same command again to continue\n\
                    it stopped after 1 failure: correct or remove the failed records, which the next run tries again, \
                    or raise --max-failures\n";
    assert!(stopped.err.ends_with(expected), "{stopped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_can_be_imported_into_another_tenant() {
    let (one, other) = (Program::new().await, Program::new().await);
    let file = one.file("users.ndjson", USERS);
    one.run(&["users", "import", &file]).await.done();
    let exported = one.run(&["users", "export"]).await.done();
    let imported = other.run_with_input(&["users", "import", "-"], &exported.out).await.done();
    assert_eq!(imported.json()["created"], 2);
    assert_eq!(other.run(&["users", "get", "ada@example.com"]).await.done().json()["username"], "ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_as_csv_has_every_member_and_can_be_imported() {
    let (one, other) = (Program::new().await, Program::new().await);
    for program in [&one, &other] {
        program.run(&["api", "CreateRole", "--set", "name=staff", "--set", "description=All"]).await.done();
    }
    let user =
        r#"{ "username": "ada", "roles": ["staff"], "profile": { "nickname": "A" }, "customData": { "a": [1] } }"#;
    let file = one.file("users.ndjson", user);
    one.run(&["users", "import", &file]).await.done();
    let exported = one.run(&["users", "export", "--format", "csv", "--with", "roles"]).await.done();
    let imported = other.run_with_input(&["users", "import", "-"], &exported.out).await.done();
    assert_eq!(imported.json()["created"], 1, "{imported:?}");
    let ada = other.run(&["users", "get", "ada"]).await.done().json();
    assert_eq!((&ada["profile"]["nickname"], &ada["customData"]["a"][0]), (&"A".into(), &1.into()));
    let staff = other.run(&["roles", "users", "staff"]).await.done();
    assert_eq!(staff.json()[0]["username"], "ada");
}

pub(crate) fn many(count: usize) -> String {
    (0..count).map(|number| format!("{{ \"username\": \"user{number}\" }}\n")).collect()
}

pub(crate) async fn count(program: &Program) -> u64 {
    program.client().users().list().page_size(1).await.unwrap().total.unwrap()
}

/// Starts an import, and waits until it has created some users.
pub(crate) async fn begun(program: &Program, file: &str, args: &[&str]) -> std::process::Child {
    let mut command = program.command(&[&["users", "import", file], args].concat());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while count(program).await < 20 {
        tokio::task::yield_now().await;
    }
    child
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let sent = std::process::Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_continues_without_doubles() {
    let program = Program::current().await;
    let file = program.file("users.ndjson", &many(3000));
    let mut child = begun(&program, &file, &[]).await;
    signal(&child, "KILL");
    tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    let before = count(&program).await;
    assert!((20..3000).contains(&before), "{before}");
    let continued = program.run(&["users", "import", &file]).await.done();
    let totals = continued.json();
    // The answers to the last creations are lost.
    let done: u64 = ["created", "unclear", "journaled"].iter().map(|name| totals[name].as_u64().unwrap()).sum();
    assert_eq!((done, continued.json()["failed"].as_u64(), count(&program).await), (3000, Some(0), 3000));
    program.run(&["users", "import", "undo", &format!("{file}.journal"), "--unclear", "--yes"]).await.done();
    assert_eq!(count(&program).await, 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_completes_the_calls_in_progress() {
    let program = Program::current().await;
    let file = program.file("users.ndjson", &many(3000));
    let child = begun(&program, &file, &[]).await;
    signal(&child, "INT");
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(ended.status.code(), Some(4));
    let totals: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((totals["complete"].as_bool(), totals["created"].as_u64()), (Some(false), Some(count(&program).await)));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("run the same command again"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_deletions_and_suspensions_after_the_call_in_progress() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &many(300));
    program.run(&["users", "import", &file]).await.done();
    let users: Vec<String> = (0..300).map(|number| format!("user{number}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    for (command, verb) in [("suspend", "suspended"), ("delete", "deleted")] {
        let mut command = program.command(&[&["users", command, "--yes"], &users[..]].concat());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let ended = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
            let mut seen: Vec<String> = lines.by_ref().take(20).collect();
            signal(&child, "INT");
            seen.extend(lines);
            (child.wait().unwrap().code(), seen)
        });
        let (code, lines) = ended.await.unwrap();
        let done = lines.iter().filter(|line| line.starts_with(&format!("{verb} user"))).count();
        assert!((20..300).contains(&done), "{lines:?}");
        assert_eq!(
            (code, lines.last().unwrap()),
            (Some(4), &format!("interrupted: {done} of 300 users done, before user{done}"))
        );
        let left = program.client().users().list().stream().try_collect::<Vec<_>>().await.unwrap();
        let undone = left.iter().filter(|user| verb == "deleted" || !user.is_suspended).count();
        assert_eq!(undone, 300 - done, "{verb}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &many(5000));
    let full = program.run(&["users", "import", &file, "--dry-run", "--report", "/dev/full"]).await;
    assert!(full.code == 1 && full.err.contains("cannot write the report"), "{full:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_must_be_a_regular_file() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let refused = program.run(&["users", "import", &file, "--journal", "/dev/zero"]).await;
    assert!(refused.code == 2 && refused.err.contains("not a regular file"), "{refused:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_journal_is_left_alone() {
    let program = Program::new().await;
    for text in ["[{ \"username\": \"precious\" }]", "my notes", "my notes\n"] {
        let file = program.file("notes.json", text);
        let users = program.file("users.ndjson", USERS);
        for arguments in [
            &["users", "import", "undo", &file, "--yes"][..],
            &["users", "import", &users, "--journal", &file],
            &["users", "export", "--to", &file, "--resume"],
        ] {
            let refused = program.run(arguments).await;
            assert_eq!((refused.code, fs::read_to_string(&file).unwrap().as_str()), (2, text), "{refused:?}");
        }
    }
    let empty = program.file("empty", "");
    let refused = program.run(&["users", "import", "undo", &empty, "--yes"]).await;
    assert!(refused.code == 2 && refused.err.contains("is not the journal of an import"), "{refused:?}");
    assert_eq!(fs::read_to_string(&empty).unwrap(), "");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_do_not_depend_on_who_reads_the_output() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let file = program.file("users.ndjson", USERS);
    let config = program.path("config");
    fs::create_dir(&config).unwrap();
    fs::write(format!("{config}/resources.yaml"), "- name: Orders\n  indicator: https://orders.example.com\n").unwrap();
    let unread = async |arguments: &[&str]| {
        let mut command = program.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap()
    };
    assert_eq!(unread(&["users", "import", &file, "--on-conflict", "fail"]).await, Some(4));
    assert_eq!(unread(&["config", "plan", &config]).await, Some(3));
    assert_eq!(unread(&["config", "apply", &config, "--yes"]).await, Some(0));
    assert_eq!(
        program.client().resources().list().await.unwrap().items.iter().filter(|one| one.name == "Orders").count(),
        1
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_private_and_overwrites_no_input() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let report = program.path("report.ndjson");
    program.run(&["users", "import", &file, "--dry-run", "--report", &report]).await.done();
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&report).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    for (from, flag) in [("auth0", "--auth0-hashes"), ("firebase", "--firebase-parameters")] {
        let import = ["users", "import", &file, "--from", from, "--report", &report, flag, &report];
        let refused = program.run(&import).await;
        assert!(refused.code == 2 && refused.err.contains("--report is also an input file"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_other_files_is_refused() {
    let program = Program::new().await;
    let (one, other) = (program.file("one.ndjson", USERS), program.file("other.ndjson", USERS));
    program.run(&["users", "import", &one, "--journal", "x.journal"]).await.done();
    for more in [&[][..], &["--dry-run"]] {
        let import = [&["users", "import", &other, "--journal", "x.journal"], more].concat();
        let refused = program.run(&import).await;
        assert!(refused.code == 2 && refused.err.contains("the journal belongs to an import of"), "{refused:?}");
    }
}
