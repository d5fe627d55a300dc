use std::fs;
use std::process::Stdio;

use logto_admin::serde_json::{self, Value};

use crate::program::Program;

const USERS: &str = r#"{ "username": "ada", "primaryEmail": "ada@example.com" }
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
async fn an_invalid_country_code_is_a_usage_error() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    for code in ["x", "0", "1234", ""] {
        let refused = program.run(&["users", "import", &file, "--country-code", code]).await;
        assert!(refused.code == 2 && refused.err.contains("expected 1 to 3 digits"), "{refused:?}");
    }
    program.run(&["users", "import", &file, "--country-code", "+49"]).await.done();
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
async fn standard_input_and_mapped_columns_are_read() {
    let program = Program::new().await;
    let text = "mail,full name,team\nada@example.com,Ada,red\n";
    let import = [
        "users",
        "import",
        "-",
        "--from",
        "csv",
        "--map",
        "mail=primaryEmail",
        "--map",
        "full name=name",
        "--map",
        "team=customData.team",
    ];
    let imported = program.run_with_input(&import, text).await.done();
    assert_eq!(imported.json()["created"], 1);
    let ada = program.run(&["users", "get", "ada@example.com"]).await.done().json();
    assert_eq!((ada["name"].as_str(), ada["customData"]["team"].as_str()), (Some("Ada"), Some("red")));
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

fn many(count: usize) -> String {
    (0..count).map(|number| format!("{{ \"username\": \"user{number}\" }}\n")).collect()
}

async fn count(program: &Program) -> u64 {
    program.client().users().list().page_size(1).await.unwrap().total.unwrap()
}

/// Starts an import, and waits until it has created some users.
async fn begun(program: &Program, file: &str, args: &[&str]) -> std::process::Child {
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
    let done = continued.json()["created"].as_u64().unwrap() + continued.json()["journaled"].as_u64().unwrap();
    assert_eq!((done, continued.json()["failed"].as_u64(), count(&program).await), (3000, Some(0), 3000));
    program.run(&["users", "import", "undo", &format!("{file}.journal"), "--yes"]).await.done();
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

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &many(5000));
    let full = program.run(&["users", "import", &file, "--dry-run", "--report", "/dev/full"]).await;
    assert!(full.code == 1 && full.err.contains("cannot write the report"), "{full:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_archive_is_an_error_before_anything_is_sent() {
    let program = Program::new().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, many(500).as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    let path = program.path("users.ndjson.gz");
    fs::write(&path, &bytes).unwrap();
    assert_eq!(program.run(&["users", "import", &path, "--dry-run"]).await.done().json()["created"], 500);
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let truncated = program.run(&["users", "import", &path]).await;
    assert_eq!((truncated.code, count(&program).await), (2, 0), "{truncated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_would_overwrite_each_other_are_rejected() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", USERS);
    let same = [["--report", file.as_str()], ["--journal", file.as_str()], ["--report", "users.ndjson"]];
    for flags in same {
        let refused = program.run(&[&["users", "import", &file], &flags[..]].concat()).await;
        assert!(refused.code == 2 && refused.err.contains("is one of the files to read"), "{refused:?}");
    }
    let both = program.run(&["users", "import", &file, "--report", "x", "--journal", "x"]).await;
    assert!(both.code == 2 && both.err.contains("the same file"), "{both:?}");
    assert_eq!((fs::read_to_string(&file).unwrap().as_str(), count(&program).await), (USERS, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_without_users_is_an_error() {
    let program = Program::new().await;
    let empty = program.run_with_input(&["users", "import", "-"], "").await;
    assert!(empty.code == 2 && empty.err.contains("no users"), "{empty:?}");
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
async fn a_pipe_is_read_once_and_imported() {
    let program = Program::new().await;
    let pipe = program.path("pipe");
    std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    for (source, text, created) in [("logto", USERS, 2), ("csv", "username\nalan\n", 1)] {
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::write(pipe, text).unwrap()
        });
        let journal = program.path(source);
        let imported = program.run(&["users", "import", &pipe, "--from", source, "--journal", &journal]).await.done();
        writer.join().unwrap();
        assert_eq!(imported.json()["created"], created);
    }
}

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

#[tokio::test(flavor = "multi_thread")]
async fn unknown_columns_are_reported_once() {
    let program = Program::new().await;
    let file = program.file("people.csv", "username,phone,hobby\nada,,chess\ngrace,,go\n");
    let refused = program.run(&["users", "import", &file, "--from", "csv"]).await;
    assert_eq!((refused.code, refused.err.matches("hobby: unknown column").count()), (2, 1), "{refused:?}");
    assert!(refused.err.contains("phone=primaryPhone"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_of_a_file_without_header_are_not_shown() {
    let program = Program::new().await;
    for text in ["ada,Secr3t-Pw\nalan,other\n", "ada@example.com,Secr3t-Pw\nalan@example.com,other\n"] {
        let file = program.file("people.csv", text);
        let from_file = program.run(&["users", "import", &file, "--from", "csv"]).await;
        let piped = program.run_with_input(&["users", "import", "-", "--from", "csv"], text).await;
        for refused in [from_file, piped] {
            assert!(refused.code == 2 && refused.err.contains("first row must"), "{refused:?}");
            assert!(!refused.err.contains("Secr3t"), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_another_system_are_recognized() {
    let program = Program::new().await;
    let record =
        r#"{ "user_id": "auth0|1", "email": "a@example.com", "nickname": "a", "created_at": "x", "picture": "y" }"#;
    let file = program.file("export.ndjson", record);
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains("pass `--from auth0`"), "{refused:?}");
    assert!(refused.err.contains("; 2 more\n"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_values_are_cut_in_messages() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", &format!("{{ \"username\": \"no name {}\" }}\n", "x".repeat(100_000)));
    let refused = program.run(&["users", "import", &file]).await;
    assert!(refused.code == 2 && refused.err.contains("users.ndjson:1: "), "{}", refused.err.len());
    assert!(refused.err.len() < 1000, "{}", refused.err.len());
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
    for flag in ["--auth0-hashes", "--firebase-parameters"] {
        let refused = program.run(&["users", "import", &file, "--report", &report, flag, &report]).await;
        assert!(refused.code == 2 && refused.err.contains("--report is one of the files to read"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_about_password_hashes_are_left_out_if_the_import_has_them() {
    let program = Program::new().await;
    let csv = program.file("clerk.csv", "id,username\nuser_1,ada\n");
    let json = program.file("clerk.json", r#"[{ "id": "user_1", "username": "ada" }]"#);
    for (file, is_shown) in [(&csv, false), (&json, true)] {
        let foreseen = program.run(&["users", "import", file, "--from", "clerk", "--dry-run"]).await.done();
        assert_eq!(foreseen.err.contains("only the CSV export"), is_shown, "{foreseen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_line_of_any_length_is_a_record() {
    let program = Program::new().await;
    let long = "x".repeat(100_000);
    let text =
        format!("{{ \"username\": \"ada\", \"customData\": {{ \"a\": \"{long}\" }} }}\n{{ \"username\": \"alan\" }}\n");
    let file = program.file("users.ndjson", &text);
    assert_eq!(program.run(&["users", "import", &file]).await.done().json()["created"], 2);
    let broken = program.file("broken.ndjson", &format!("{text}{{ broken\n"));
    let refused = program.run(&["users", "import", &broken]).await;
    assert!(refused.code == 2 && refused.err.contains("broken.ndjson:3: "), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_of_other_files_is_refused() {
    let program = Program::new().await;
    let (one, other) = (program.file("one.ndjson", USERS), program.file("other.ndjson", USERS));
    program.run(&["users", "import", &one, "--journal", "x.journal"]).await.done();
    let refused = program.run(&["users", "import", &other, "--journal", "x.journal"]).await;
    assert!(refused.code == 2 && refused.err.contains("the journal belongs to an import of"), "{refused:?}");
}
