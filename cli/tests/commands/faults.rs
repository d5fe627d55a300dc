//! Processes that are killed, full disks, and a server that restarts.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Command;

use logto_admin::serde_json::json;

use crate::import::{begun, count, many};
use crate::interrupt::interrupt;
use crate::program::{Program, ended};

const USERS: &str = r#"{ "username": "ada", "roles": ["staff"] }
{ "username": "alan", "primaryEmail": "alan@example.com" }
{ "username": "grace", "isSuspended": true, "roles": ["staff"] }
"#;

/// A tenant with what the users need.
async fn tenant() -> Program {
    let program = Program::current().await;
    let role = json!({ "name": "staff", "description": "All" });
    program.client().operation("CreateRole").unwrap().json(&role).await.unwrap();
    program.file("users.ndjson", USERS);
    program
}

/// Whether the process dies when a file becomes too large, or its writes fail.
#[derive(Clone, Copy)]
enum Limit {
    Kills,
    Fails,
}

/// The program, whose files cannot be larger than this.
fn limited(program: &Program, arguments: &[&str], bytes: usize, limit: Limit) -> Command {
    let trap = match limit {
        Limit::Kills => ":",
        Limit::Fails => "trap '' XFSZ",
    };
    let script = format!("{trap}; exec prlimit --core=0 --fsize={bytes} -- \"$0\" \"$@\"");
    program.started_by("sh", &["-c", &script], arguments)
}

const IMPORT: [&str; 3] = ["users", "import", "users.ndjson"];

/// Checks that the next run completes the import, and that an undo finds all users.
async fn complete(program: &Program, at: usize) {
    let report = program.run(&IMPORT).await.done().json();
    assert_eq!((&report["failed"], &report["skipped"]), (&json!(0), &json!(0)), "{at}");
    assert_eq!(count(program).await, 3, "{at}");
    let users = program.client().users().list().await.unwrap().items;
    assert_eq!(users.iter().filter(|user| user.is_suspended).count(), 1, "{at}");
    let roles = program.client().operation("ListRoles").unwrap().query("search", "staff").await.unwrap();
    assert_eq!(roles[0]["usersCount"], 2, "{at}");
    program.run(&["users", "import", "undo", "users.ndjson.journal", "--unclear", "--yes"]).await.done();
    assert_eq!(count(program).await, 0, "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_of_the_journal_loses_no_user_and_doubles_none() {
    let program = tenant().await;
    program.run(&IMPORT).await.done();
    let size = usize::try_from(fs::metadata(program.path("users.ndjson.journal")).unwrap().len()).unwrap();
    assert!(size > 700, "{size}");
    let mut killed = 0;
    for bytes in (0..size).step_by(23) {
        let program = tenant().await;
        let ended = ended(limited(&program, &IMPORT, bytes, Limit::Kills), "").await;
        killed += usize::from(ended.code == -1);
        complete(&program, bytes).await;
    }
    assert_eq!(killed, size.div_ceil(23));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_an_import_that_continues_when_there_is_space() {
    for bytes in [0, 60, 250, 500] {
        let program = tenant().await;
        let full = ended(limited(&program, &IMPORT, bytes, Limit::Fails), "").await;
        let codes: &[i32] = if count(&program).await > 0 { &[4] } else { &[1, 2] };
        assert!(codes.contains(&full.code) && full.err.contains("the journal"), "{full:?}");
        assert!(full.err.contains("too large"), "{full:?}");
        complete(&program, bytes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_printed_is_partly_done() {
    let program = tenant().await;
    let unprinted = async |arguments: &[&str]| {
        let command = program.started_by("sh", &["-c", "exec \"$0\" \"$@\" > /dev/full"], arguments);
        ended(command, "").await.code
    };
    program.run(&["config", "export", "config", "--only", "sign-in-experience"]).await.done();
    fs::write(program.path("config/sign-in-experience.yaml"), "customCss: a\n").unwrap();
    for changes in [
        &["users", "create", "--username", "new"][..],
        &["roles", "create", "new"],
        &["organizations", "create", "new"],
        &["applications", "create", "new", "--type", "SPA"],
        &["api", "CreateRole", "--set", "name=other", "--set", "description=other"],
        &["config", "apply", "config", "--yes", "--output", "json"],
        &IMPORT,
    ] {
        assert_eq!(unprinted(changes).await, 4, "{changes:?}");
    }
    for nothing in [&["users", "list"][..], &["api", "ListRoles"], &["users", "import", "users.ndjson", "--dry-run"]] {
        assert_eq!(unprinted(nothing).await, 1, "{nothing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_an_export_of_the_configuration() {
    let program = tenant().await;
    let export = ["config", "export", "config", "--yes"];
    program.run(&export).await.done();
    let size =
        |name: &str| usize::try_from(fs::metadata(program.path(&format!("config/{name}"))).unwrap().len()).unwrap();
    let text = |name: &str| fs::read_to_string(program.path(&format!("config/{name}"))).unwrap();
    let (experience, roles) = (text("sign-in-experience.yaml"), text("roles.yaml"));
    assert!(size("sign-in-experience.yaml") > 1000 && size("account-center.yaml") < 1000);
    // The files come in the order of their names.
    for (bytes, code, done) in [(1000, 4, true), (10, 1, false)] {
        fs::write(program.path("config/roles.yaml"), format!("{roles}# mine\n")).unwrap();
        let full = ended(limited(&program, &export, bytes, Limit::Fails), "").await;
        assert!(
            full.code == code && full.err.contains("cannot write config/") && full.err.contains("too large"),
            "{full:?}"
        );
        assert_eq!(full.err.contains("files were done before"), done, "{full:?}");
        // No file is half written.
        assert_eq!(text("sign-in-experience.yaml"), experience);
        assert_eq!(text("roles.yaml") == roles, done);
        let names = fs::read_dir(program.path("config")).unwrap().count();
        program.run(&export).await.done();
        assert_eq!(fs::read_dir(program.path("config")).unwrap().count(), names);
        assert_eq!(text("roles.yaml"), roles);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_cannot_be_written_is_partly_done_if_users_were_created() {
    let program = tenant().await;
    for (arguments, code) in [(&["--dry-run"][..], 1), (&[], 4), (&[], 1)] {
        let output = program.run(&[&IMPORT[..], &["--report", "/dev/full"], arguments].concat()).await;
        assert_eq!(output.code, code, "{output:?}");
        assert!(output.err.contains("cannot write the report"), "{output:?}");
        assert!(output.out.contains("created"), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_an_export_that_continues_when_there_is_space() {
    let program = Program::new().await;
    let file = program.file("many.ndjson", &many(300));
    program.run(&["users", "import", &file]).await.done();
    let export = ["users", "export", "--to", "users.ndjson"];
    let full = ended(limited(&program, &export, 5_000, Limit::Fails), "").await;
    assert!(full.code == 1 && full.err.contains("too large"), "{full:?}");
    program.run(&[&export[..], &["--resume"]].concat()).await.done();
    let exported = fs::read_to_string(program.path("users.ndjson")).unwrap();
    let mut names: Vec<&str> = exported.lines().map(|line| line.split("\"username\":\"").nth(1).unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((exported.lines().count(), names.len()), (300, 300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_the_files_of_an_earlier_export_as_they_are() {
    let program = Program::new().await;
    program.run(&["config", "export", "config"]).await.done();
    let path = program.path("config/sign-in-experience.yaml");
    let before = fs::read_to_string(&path).unwrap();
    program.run(&["api", "UpdateSignInExp", "--set", "customCss=a"]).await.done();
    let full = ended(limited(&program, &["config", "export", "config", "--yes"], 50, Limit::Fails), "").await;
    assert!(full.code == 1 && full.err.contains("cannot write"), "{full:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    let names = fs::read_dir(program.path("config")).unwrap().map(|file| file.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_str().unwrap().contains("tmp")));
}

/// Returns the most memory that an undo has used when it looks up its first user. The result is in bytes. The journal
/// has this many records that are done, and one whose user is unclear.
async fn memory_of_an_undo(program: &Program, done: usize) -> usize {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let mut journal = format!("{{\"state\":\"import\",\"server\":\"{url}\",\"startedAt\":1}}\n");
    let started = |name: &str| {
        format!(
            "{{\"state\":\"started\",\"key\":\"email:{name}@example.com\",\"at\":1,\"identifiers\":\
             {{\"primaryEmail\":\"{name}@example.com\",\"username\":\"{name}\"}}}}\n"
        )
    };
    for number in 0..done {
        journal += &started(&format!("user{number}"));
        journal += &format!(
            "{{\"state\":\"done\",\"key\":\"email:user{number}@example.com\",\"id\":\"abcdef{number:06}\",\
             \"created\":true,\"digest\":\"0123456789abcdef\"}}\n"
        );
    }
    let journal = program.file("long.journal", &(journal + &started("unclear")));
    let mut command = program.command(&["users", "import", "undo", &journal]);
    let mut child = command.env("LOGTO_ENDPOINT", url).stderr(std::process::Stdio::null()).spawn().unwrap();
    let connection = server.accept().await.unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    drop(connection);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_takes_little_memory_per_record() {
    const RECORDS: usize = 40_000;
    let program = Program::new().await;
    let (none, many) = (memory_of_an_undo(&program, 0).await, memory_of_an_undo(&program, RECORDS).await);
    let each = many.saturating_sub(none) / RECORDS;
    // The id and the key alone take about 100 bytes.
    assert!(each < 600, "{each} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_when_the_server_is_back() {
    let mut program = Program::current().await;
    let file = program.file("users.ndjson", &many(2000));
    let import = begun(&program, &file, &[]).await;
    program.restart().await;
    let ended = tokio::task::spawn_blocking(move || import.wait_with_output().unwrap()).await.unwrap();
    let report: logto_admin::serde_json::Value = logto_admin::serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!((ended.status.code(), &report["created"], &report["failed"]), (Some(0), &json!(2000), &json!(0)));
    assert_eq!(count(&program).await, 2000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_finds_no_server_fails_as_fast_as_other_commands() {
    let mut program = Program::new().await;
    let (url, file) = (program.url(), program.file("users.ndjson", USERS));
    program.stop().await;
    let attempts = async |arguments: &[&str]| {
        let mut command = program.command(&[arguments, &["-v"]].concat());
        command.env("LOGTO_ENDPOINT", &url);
        let failed = ended(command, "").await;
        assert!(failed.code == 1 && failed.err.contains("cannot reach the token endpoint"), "{failed:?}");
        failed.err.matches(" without an answer (Connect) ").count()
    };
    assert_eq!(attempts(&["users", "import", &file]).await, attempts(&["users", "list"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_says_that_the_server_is_gone_and_an_interrupt_ends_it_without_waiting() {
    let mut program = Program::current().await;
    let file = program.file("users.ndjson", &many(2000));
    let mut import = begun(&program, &file, &[]).await;
    let server = format!("server {}: cannot connect: ", program.url());
    program.stop().await;
    let ended = tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(import.stderr.take().unwrap()).lines().map(Result::unwrap);
        let is_gone = |line: &String| line.starts_with("warning: the server cannot be reached, trying again: ");
        assert!(lines.find(is_gone).unwrap().contains(&server));
        interrupt(&import);
        let lines: Vec<String> = lines.collect();
        assert!(!lines.iter().any(is_gone), "{lines:?}");
        assert!(lines.last().unwrap().contains("run the same command again to continue"), "{lines:?}");
        import.wait_with_output().unwrap()
    });
    let ended = ended.await.unwrap();
    let report: logto_admin::serde_json::Value = logto_admin::serde_json::from_slice(&ended.stdout).unwrap();
    // Records that wait for the server are left, and do not fail after their last attempt.
    assert_eq!((ended.status.code(), &report["failed"], &report["complete"]), (Some(4), &json!(0), &json!(false)));
    let continued = program.run(&["users", "import", &file, "--journal", "other.journal"]).await.done().json();
    assert_eq!((&continued["failed"], count(&program).await), (&json!(0), 2000), "{continued}");
}
