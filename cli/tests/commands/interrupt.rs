//! Ctrl-C before anything was changed.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::fs::OFlags;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::import::{begun, count, many};
use crate::program::Program;
use crate::scripted_server;

/// Starts a command against a server, and waits for the first unanswered call. `answer` leaves this call without an
/// answer.
async fn waiting(program: &Program, arguments: &[&str], answer: impl Fn(&str) -> Option<Value>) -> (Child, TcpStream) {
    waiting_for(TcpListener::bind("127.0.0.1:0").await.unwrap(), program, arguments, answer).await
}

/// The same with a server whose address is known before.
async fn waiting_for(
    server: TcpListener,
    program: &Program,
    arguments: &[&str],
    answer: impl Fn(&str) -> Option<Value>,
) -> (Child, TcpStream) {
    // A script that runs in the background ignores the signal, and so do the programs that it starts.
    let mut command = program.started_by("env", &["--default-signal=INT"], arguments);
    command.env("LOGTO_ENDPOINT", format!("http://{}/interrupted", server.local_addr().unwrap()));
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let connection = loop {
        let mut connection = server.accept().await.unwrap().0;
        let Ok(request) = scripted_server::request(&mut connection).await else { continue };
        let request = String::from_utf8(request).unwrap();
        // Other tests call servers that are gone, whose port this one can have.
        if !request.contains(" /interrupted/") {
            continue;
        }
        let Some(body) = answer(&request) else { break connection };
        send(&mut connection, &body).await;
    };
    (child, connection)
}

async fn send(connection: &mut TcpStream, body: &Value) {
    let (body, head) = (body.to_string(), "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close");
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    connection.write_all(answer.as_bytes()).await.unwrap();
}

/// Answers the calls that find the user `ada`.
fn found(request: &str) -> Option<Value> {
    match request.split(' ').next() {
        Some("POST") => {
            Some(json!({ "access_token": "a", "expires_in": 3600, "token_type": "Bearer", "scope": "all" }))
        }
        Some("GET") => Some(json!({
            "id": "ada", "username": "ada", "customData": {}, "identities": {}, "createdAt": 0, "updatedAt": 0,
            "profile": {}, "isSuspended": false,
        })),
        _ => None,
    }
}

pub(crate) fn interrupt(child: &Child) {
    signal(child, "-INT");
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_before_the_first_change_ends_a_command() {
    let program = Program::new().await;
    let (mut child, _connection) = waiting(&program, &["users", "delete", "ada", "grace", "--yes"], |_| None).await;
    interrupt(&child);
    // Shells show 130 for it.
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(2), "{ended}");
    let (mut child, _connection) = waiting(&program, &["users", "delete", "ada", "grace", "--yes"], |_| None).await;
    signal(&child, "-TERM");
    // Shells show 143 for it.
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(15), "{ended}");
    // This command has begun with a change, so it ends after it.
    let (mut child, _connection) = waiting(&program, &["users", "suspend", "ada"], found).await;
    interrupt(&child);
    let confirmation = BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(confirmation.contains("press Ctrl-C again to stop immediately"), "{confirmation}");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let (mut child, _connection) = waiting(&program, &["users", "suspend", "ada"], found).await;
    signal(&child, "-TERM");
    BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_export_that_would_replace_a_file_has_changed_nothing() {
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{\"id\":\"old\"}\n");
    let export = ["users", "export", "--to", &file, "--overwrite", "--with", "roles"];
    let answer = |request: &str| match found(request) {
        Some(user) if request.contains("/api/users?") => Some(json!([user])),
        _ if request.contains("/ada/roles") => None,
        answer => answer,
    };
    let (mut child, mut connection) = waiting(&program, &export, answer).await;
    interrupt(&child);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("press Ctrl-C again to stop immediately")));
    send(&mut connection, &json!([])).await;
    assert_eq!(
        (child.wait().unwrap().code(), lines.collect()),
        (Some(130), vec!["interrupted: the file is unchanged".to_owned()])
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"id\":\"old\"}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_export_leaves_one_private_file_that_the_next_one_replaces() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new().await;
    let file = program.file("users.ndjson", "old\n");
    let export = ["users", "export", "--to", &file, "--overwrite", "--with", "roles"];
    let answer = |request: &str| match found(request) {
        Some(user) if request.contains("/api/users?") => Some(json!([user])),
        _ if request.contains("/ada/roles") => None,
        answer => answer,
    };
    let new = format!("{file}.new");
    for _ in 0..2 {
        let (mut child, _connection) = waiting(&program, &export, answer).await;
        // One in progress is left alone.
        let refused = program.run(&export).await;
        let message = format!("cannot replace {file}: another program writes {new}");
        assert!(refused.code == 2 && refused.err.contains(&message), "{refused:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(&program.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["users.ndjson", "users.ndjson.new"]);
        assert_eq!(std::fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&file).unwrap();
    program.run(&export).await.done();
    assert_eq!((std::fs::read_to_string(&file).unwrap().as_str(), std::fs::exists(&new).unwrap()), ("", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_is_interrupted_ends_after_the_change_in_progress() {
    let program = Program::new().await;
    std::fs::create_dir(program.path("config")).unwrap();
    let role = |name: &str| format!("- name: {name}\n  description: x\n");
    program.file("config/roles.yaml", &[role("a"), role("b"), role("c")].concat());
    let answer = |request: &str| match request.split(['?', ' ']).nth(1) {
        Some("/interrupted/oidc/token") => found(request),
        Some("/interrupted/api/swagger.json") => Some(json!({ "paths": { "/api/roles": { "get": {} } } })),
        _ if request.starts_with("GET ") => Some(json!([])),
        _ => None,
    };
    let apply = ["config", "apply", "config", "--only", "roles", "--yes", "--output", "json"];
    let (mut child, mut connection) = waiting(&program, &apply, answer).await;
    interrupt(&child);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("press Ctrl-C again to stop immediately")));
    send(&mut connection, &json!({ "id": "1", "name": "a", "description": "x" })).await;
    let last = lines.last().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{last}");
    assert_eq!(last, "interrupted: made 1 of 3 changes; run the same command again to continue");
    // The next run makes all of them in another tenant.
    assert_eq!(program.run(&apply).await.done().json().as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_interrupted_before_the_first_user_has_changed_nothing() {
    // Service managers and CI systems send SIGTERM.
    for sent in ["-INT", "-TERM"] {
        let program = Program::new().await;
        let file = program.file("users.ndjson", "{\"username\":\"ada\"}\n");
        let answer = |request: &str| match request.split(['?', ' ']).nth(1) {
            Some("/interrupted/api/users") => None,
            Some("/interrupted/oidc/token") => found(request),
            _ => Some(json!([])),
        };
        let (mut child, connection) = waiting(&program, &["users", "import", &file], answer).await;
        signal(&child, sent);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("press Ctrl-C again to stop immediately")));
        drop(connection);
        let last = lines.last().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{last}");
        assert_eq!(last, "the import is incomplete: run the same command again to continue");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_assignment_ends_after_the_call_in_progress() {
    let program = Program::new().await;
    let answer = |request: &str| match request.split(['?', ' ']).nth(1) {
        Some("/interrupted/api/roles" | "/interrupted/api/organizations") => {
            Some(json!([{ "id": "1", "name": "one" }]))
        }
        Some("/interrupted/oidc/token") => found(request),
        // The other user.
        Some("/interrupted/api/users/grace") => found(request).map(|mut user| {
            user["id"] = json!("grace");
            user
        }),
        _ if request.starts_with("GET ") => found(request),
        _ => None,
    };
    for command in [&["roles", "assign", "one"][..], &["organizations", "add-member", "one"]] {
        for sent in ["-INT", "-TERM"] {
            let command = [command, &["ada", "grace"]].concat();
            let (mut child, mut connection) = waiting(&program, &command, answer).await;
            signal(&child, sent);
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
            assert!(lines.any(|line| line.contains("press Ctrl-C again to stop immediately")));
            send(&mut connection, &json!({})).await;
            let last = lines.last().unwrap();
            let expected = (Some(4), "interrupted: 1 of 2 users done, before grace");
            assert_eq!((child.wait().unwrap().code(), last.as_str()), expected, "{command:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_in_progress_notes_its_server_and_its_parts() {
    let program = Program::new().await;
    let file = program.path("users.ndjson");
    let answer = |request: &str| match found(request) {
        Some(user) if request.contains("/api/users?") => Some(json!([user])),
        _ if request.contains("/ada/roles") => None,
        answer => answer,
    };
    let export = ["users", "export", "--to", &file, "--with", "roles,mfa"];
    let (mut child, connection) = waiting(&program, &export, answer).await;
    let server = format!("http://{}/interrupted\nroles,mfa", connection.local_addr().unwrap());
    assert_eq!(std::fs::read_to_string(format!("{file}.parts")).unwrap(), server);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_undo_does_not_wait_for_another_attempt() {
    let program = Program::new().await;
    let undo = ["users", "import", "undo", "users.ndjson.journal", "--yes"];
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/interrupted", server.local_addr().unwrap());
    let begun = format!(
        "{{\"state\":\"import\",\"server\":\"{url}\",\"startedAt\":1}}\n\
         {{\"state\":\"done\",\"key\":\"username:ada\",\"id\":\"ada\",\"created\":true}}\n"
    );
    program.file("users.ndjson.journal", &begun);
    let answer = |request: &str| if request.starts_with("DELETE") { None } else { found(request) };
    let (mut child, connection) = waiting_for(server, &program, &undo, answer).await;
    interrupt(&child);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("press Ctrl-C again to stop immediately")));
    // The deletion has no answer, so it would be repeated.
    drop(connection);
    let expected =
        ["deleted 0 of 1 user, and maybe 1 more", "the undo is incomplete: run the same command again to continue"];
    assert_eq!((child.wait().unwrap().code(), lines.collect()), (Some(4), expected.map(str::to_owned).to_vec()));
}

/// Makes a pipe that is full, and returns its path and its reader.
fn full_pipe(program: &Program) -> (String, File) {
    let pipe = program.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Opened for both, because opening it for one of them waits for the other.
    let reader = File::options().read(true).write(true).open(&pipe).unwrap();
    let mut writer =
        File::options().write(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(&pipe).unwrap();
    let full = loop {
        if let Err(error) = writer.write(b"\n") {
            break error;
        }
    };
    assert_eq!(full.kind(), ErrorKind::WouldBlock);
    (pipe, reader)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_an_import_whose_report_nobody_reads() {
    for sent in ["-INT", "-TERM"] {
        let program = Program::current().await;
        let file = program.file("users.ndjson", &many(300));
        let (pipe, _reader) = full_pipe(&program);
        let child = begun(&program, &file, &["--report", &pipe]).await;
        signal(&child, sent);
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        let messages = String::from_utf8(ended.stderr).unwrap();
        let last = "error: cannot write the report: the reader of the output has stopped reading\n";
        assert!(ended.status.code() == Some(4) && messages.ends_with(last), "{:?} {messages}", ended.status);
        // The journal has what was done.
        let created = count(&program).await;
        let rest = program.run(&["users", "import", &file]).await.done().json();
        assert_eq!((rest["journaled"].as_u64(), rest["unclear"].as_u64()), (Some(created), Some(0)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_commands_whose_output_nobody_reads() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let (pipe, _reader) = full_pipe(&program);
    // The last request before the output, which is made when signals are watched.
    for (arguments, path, code) in
        [(&["users", "export", "-v"][..], "/api/users", 1), (&["logs", "tail", "-v"], "/api/logs", 0)]
    {
        let mut command = program.command(arguments);
        command.stdin(Stdio::null()).stdout(File::options().write(true).open(&pipe).unwrap()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let ended = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
            let requests = if path == "/api/users" { 2 } else { 1 };
            let made = lines.by_ref().filter(|line| line.starts_with("GET ") && line.contains(path)).take(requests);
            assert_eq!(made.count(), requests);
            signal(&child, "-TERM");
            (child.wait().unwrap().code(), lines.collect::<Vec<_>>())
        });
        let (ended, lines) = ended.await.unwrap();
        assert_eq!(ended, Some(code), "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_interrupt_ends_a_command_whose_messages_nobody_reads() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let (pipe, _reader) = full_pipe(&program);
    let mut command = program.command(&["users", "delete", "ada", "--yes"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::options().write(true).open(&pipe).unwrap());
    let mut child = command.spawn().unwrap();
    while count(&program).await > 0 {
        tokio::task::yield_now().await;
    }
    // Signals that come too fast count once.
    let ended = loop {
        signal(&child, "-INT");
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
    };
    assert_eq!(ended.code(), Some(130));
}
