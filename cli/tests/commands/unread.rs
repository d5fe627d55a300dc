//! The program when nobody reads what it prints, such as before `| head -1`.

use std::process::{Command, Stdio};

use crate::import::{count, many};
use crate::program::Program;

/// The stream that nobody reads.
#[derive(Clone, Copy)]
enum Unread {
    Data,
    Messages,
}

/// Returns the exit code, and what the other stream contains.
async fn run(program: &Program, arguments: &[&str], unread: Unread) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command: Command = program.command(arguments);
    command.stdin(Stdio::null());
    match unread {
        Unread::Data => command.stdout(writer),
        Unread::Messages => command.stderr(writer),
    };
    let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (ended.status.code(), String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_although_nobody_reads_its_messages() {
    let program = Program::new().await;
    program.run(&["users", "create", "--username", "user7"]).await.done();
    let file = program.file("users.ndjson", &many(1500));
    let import = ["users", "import", &file, "--on-conflict", "fail", "-v"];
    let (code, totals) = run(&program, &import, Unread::Messages).await;
    assert!(code == Some(4) && totals.contains("\"created\": 1499"), "{code:?} {totals}");
    assert_eq!(count(&program).await, 1500);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_nobody_reads_keeps_its_exit_code() {
    let program = Program::new().await;
    for (arguments, expected) in [
        (&["users", "get", "nobody"][..], 1),
        (&["users", "list", "--app-secret", "wrong", "-vv"], 1),
        (&["operations", "show", "NoSuchOperation"], 2),
        (&["users", "delete", "nobody", "--yes"], 1),
    ] {
        let (code, out) = run(&program, arguments, Unread::Messages).await;
        assert_eq!((code, out.as_str()), (Some(expected), ""), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_do_not_depend_on_who_reads_the_data() {
    let program = Program::new().await;
    std::fs::create_dir(program.folder.join("config")).unwrap();
    program.file("config/roles.yaml", "- name: staff\n  description: All\n");
    for (arguments, expected) in [
        (&["users", "list"][..], 0),
        (&["doctor"], 0),
        (&["doctor", "--app-secret", "wrong"], 1),
        (&["doctor", "--app-secret", "wrong", "-o", "table"], 1),
        (&["api", "GetUser", "--path", "userId=nobody"], 1),
        (&["config", "plan", "config"], 3),
    ] {
        assert_eq!(run(&program, arguments, Unread::Data).await.0, Some(expected), "{arguments:?}");
    }
}
