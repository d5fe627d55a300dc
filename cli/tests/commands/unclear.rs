//! Calls that get no clear answer.

use std::fs;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::program::{Ended, Program, ended};
use crate::scripted_server::{answering, pass_on, request};

/// Returns an answer with JSON.
fn json(headers: &str, body: &str) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    format!("{head}{headers}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

const TOKEN: &str = r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#;
const USER: &str = r#"{"id":"ada","username":"ada","customData":{},"identities":{},"createdAt":0,"updatedAt":0,"profile":{},"isSuspended":false}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_an_answer_ends_with_4() {
    let (url, server) = answering(|request| match request {
        request if request.starts_with(b"POST /oidc/token") => json("", TOKEN),
        request if request.starts_with(b"GET /api/roles") => json("", r#"[{"id":"r","name":"clerk"}]"#),
        request if request.starts_with(b"GET /api/users/") => json("", USER),
        request if request.starts_with(b"POST /api/hooks") => json("", "{}").replacen("200 OK", "502 Bad Gateway", 1),
        // The connection is closed.
        _ => String::new(),
    })
    .await;
    let program = Program::new().await;
    let commands: [&[&str]; 9] = [
        &["users", "create", "--username", "ada"],
        &["users", "suspend", "ada"],
        &["users", "suspend", "ada", "grace", "ada"],
        &["users", "delete", "ada", "--yes"],
        &["organizations", "create", "Acme"],
        &["roles", "assign", "clerk", "ada"],
        &["api", "CreateUser", "--set", "username=ada"],
        &["api", "POST", "/api/users", "--set", "username=ada"],
        &["api", "POST", "/api/hooks", "--set", "name=ada"],
    ];
    for command in commands {
        let ended = program.run(&[command, &["--endpoint", &url][..]].concat()).await;
        let hint = "hint: check the change before you repeat it: the server might have made it";
        assert!(ended.code == 4 && ended.err.contains(hint), "{command:?} {ended:?}");
    }
    for command in [&["organizations", "list"][..], &["api", "ListResources"]] {
        let ended = program.run(&[command, &["--endpoint", &url][..]].concat()).await;
        assert_eq!(ended.code, 1, "{command:?} {ended:?}");
    }
    server.abort();
}

/// Runs the program behind a gateway that answers creations with 503. The answers have `Retry-After`, and the server
/// has created the entities before.
async fn run_behind_gateway(program: &Program, arguments: &[&str]) -> Ended {
    let (listener, server) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), program.url());
    let url = format!("http://{}", listener.local_addr().unwrap());
    let gateway = tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let request = request(&mut client).await.unwrap();
            if !request.starts_with(b"POST /api/") {
                pass_on(&mut client, &server, &request).await.unwrap();
                continue;
            }
            pass_on(&mut tokio::io::sink(), &server, &request).await.unwrap();
            let busy =
                "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            client.write_all(busy.as_bytes()).await.unwrap();
        }
    });
    let mut command = program.command(arguments);
    command.env("LOGTO_ENDPOINT", url);
    let ended = ended(command, "").await;
    gateway.abort();
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_is_not_repeated_behind_a_gateway_that_asks_for_it() {
    let program = Program::current().await;
    program.file("applications.yaml", "- name: Shop\n  type: SPA\n");
    let identities = r#"{"identities":{"google":{"userId":"1","details":{}}}}"#;
    let users = program.file("users.ndjson", identities);
    let events = ["--set", r#"events=["User.Created"]"#, "--set", r#"config={"url":"https://a.example"}"#];
    let apply = ["config", "apply", ".", "--only", "applications", "--yes"];
    let commands: [(&str, Vec<&str>); 5] = [
        ("applications", apply.to_vec()),
        ("applications", vec!["applications", "create", "Job", "--type", "MachineToMachine"]),
        ("hooks", [&["api", "CreateHook", "--set", "name=All"][..], &events].concat()),
        ("organizations", vec!["organizations", "create", "Acme"]),
        ("users", vec!["users", "import", &users]),
    ];
    let count = async |kind: &str| program.run(&[kind, "list"]).await.done().json().as_array().unwrap().len();
    for (kind, command) in commands {
        let before = count(kind).await;
        let ended = run_behind_gateway(&program, &command).await;
        assert_eq!((ended.code, count(kind).await), (4, before + 1), "{command:?} {ended:?}");
    }
    // The next plan finds the application.
    let before = count("applications").await;
    program.run(&apply).await.done();
    assert_eq!(count("applications").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_whose_secret_cannot_be_read_is_partly_done() {
    let (url, server) = answering(|request| match request {
        request if request.starts_with(b"POST /oidc/token") => json("", TOKEN),
        request if request.starts_with(b"POST /api/applications") => json("", r#"{"id":"shop"}"#),
        _ => json("", "{}").replacen("200 OK", "403 Forbidden", 1),
    })
    .await;
    let program = Program::new().await;
    let create = ["applications", "create", "Shop", "--type", "MachineToMachine", "--endpoint", &url];
    let ended = program.run(&create).await;
    server.abort();
    assert!(ended.code == 4 && ended.out.is_empty(), "{ended:?}");
    assert!(ended.err.contains("created the application shop, but cannot read its secret: "), "{ended:?}");
    assert!(ended.err.contains("`logto-admin applications create-secret shop NAME` prints a secret"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_without_an_answer_ends_with_4_and_can_be_repeated() {
    let (url, server) = answering(|request| match request {
        request if request.starts_with(b"POST /oidc/token") => json("", TOKEN),
        // Too long for another try.
        _ => "HTTP/1.1 504 Gateway Timeout\r\nretry-after: 3600\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            .to_owned(),
    })
    .await;
    let program = Program::new().await;
    let created = r#"{"state":"created","key":"username:ada","id":"ada"}"#;
    let journal = format!("{{\"state\":\"import\",\"server\":\"{url}\",\"startedAt\":0}}\n{created}\n");
    let file = program.file("users.journal", &journal);
    let undone = program.run(&["users", "import", "undo", &file, "--yes", "--endpoint", &url]).await;
    server.abort();
    assert!(undone.code == 4 && undone.err.contains("deleted 0 of 1 user, and maybe 1 more: "), "{undone:?}");
    assert!(undone.err.ends_with("hint: run the same command again: it deletes the users that still exist\n"));
    assert_eq!(fs::read_to_string(&file).unwrap(), journal);
}

/// Answers like a server that counts this many users, and lists 100.
fn listing(request: &[u8], total: usize) -> String {
    if request.starts_with(b"POST /oidc/token") {
        return json("", TOKEN);
    }
    let is_first = String::from_utf8_lossy(request).contains("page=1&");
    let users = (0..if is_first { 100 } else { 0 }).map(|id| USER.replacen("ada", &format!("user{id}"), 1));
    json(&format!("\r\ntotal-number: {total}"), &format!("[{}]", users.collect::<Vec<_>>().join(",")))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_fewer_users_than_the_server_counts_fails() {
    let (url, server) = answering(|request| listing(request, 250)).await;
    let program = Program::new().await;
    let old = program.file("old.ndjson", "old\n");
    let export = ["users", "export", "--endpoint", &url, "--to"];
    let failed = program.run(&[&export[..], &[&old, "--overwrite"]].concat()).await;
    let message = "error: the server counts 250 users, but lists 100\n";
    assert!(failed.code == 1 && failed.err.contains(message) && !failed.err.contains("--resume"), "{failed:?}");
    assert_eq!(fs::read_to_string(&old).unwrap(), "old\n");
    let new = program.path("new.ndjson");
    let failed = program.run(&[&export[..], &[&new]].concat()).await;
    let hint = "in front of it; then continue with --resume\n";
    assert!(failed.code == 1 && failed.err.contains(message) && failed.err.contains(hint), "{failed:?}");
    assert_eq!(fs::read_to_string(&new).unwrap().lines().count(), 100);
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_from_a_server_that_does_not_count_has_a_warning() {
    let (url, server) = answering(|request| match request {
        request if request.starts_with(b"POST /oidc/token") => json("", TOKEN),
        _ => json("", &format!("[{USER}]")),
    })
    .await;
    let program = Program::new().await;
    let exported = program.run(&["users", "export", "--endpoint", &url]).await.done();
    server.abort();
    let message = "warning: the server does not count its users: some might be missing\n";
    assert!(exported.err.contains(message), "{exported:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_users_of_a_server_that_counts_some_fails() {
    let (url, server) = answering(|request| match request {
        request if request.starts_with(b"POST /oidc/token") => json("", TOKEN),
        _ => json("\r\ntotal-number: 250", "[]"),
    })
    .await;
    let program = Program::new().await;
    let old = program.file("old.ndjson", "old\n");
    let failed = program.run(&["users", "export", "--endpoint", &url, "--to", &old, "--overwrite"]).await;
    server.abort();
    assert!(failed.code == 1 && failed.err.contains("the server counts 250 users, but lists 0\n"), "{failed:?}");
    assert_eq!(fs::read_to_string(&old).unwrap(), "old\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_about_as_many_users_as_the_server_counts_is_complete_with_a_warning() {
    for (total, is_noted) in [(99, true), (100, false), (101, true)] {
        let (url, server) = answering(move |request| listing(request, total)).await;
        let program = Program::new().await;
        let exported = program.run(&["users", "export", "--endpoint", &url, "--quiet"]).await.done();
        server.abort();
        assert_eq!(exported.out.lines().count(), 100);
        let warning = format!(
            "warning: the server counts {total} users, and the export has 100: some might have been created or deleted \
             meanwhile\n"
        );
        assert_eq!(exported.err, if is_noted { warning } else { String::new() });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_rounded_numbers_has_a_warning() {
    let (url, server) = answering(|request| match request.starts_with(b"POST /oidc/token") {
        true => json("", TOKEN),
        false => {
            let user = USER.replacen("{}", "{\"n\":[123456789012345678901234567890]}", 1);
            let is_first = String::from_utf8_lossy(request).contains("page=1&");
            json("\r\ntotal-number: 1", &format!("[{}]", if is_first { &user } else { "" }))
        }
    })
    .await;
    let program = Program::new().await;
    let exported = program.run(&["users", "export", "--endpoint", &url, "--quiet"]).await.done();
    server.abort();
    let expected =
        "warning: the export has 1 user with numbers of more than 64 bits in `customData`, which might be rounded\n";
    assert_eq!((exported.out.lines().count(), exported.err.as_str()), (1, expected));
}
