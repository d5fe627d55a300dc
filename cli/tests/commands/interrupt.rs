//! Ctrl-C before anything was changed.

#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use tokio::net::{TcpListener, TcpStream};

use crate::program::Program;
use crate::scripted_server;

/// Starts a command against a server that does not answer, and waits until it has called the server.
async fn waiting(program: &Program, arguments: &[&str]) -> (Child, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // A script that runs in the background ignores the signal, and so do the programs that it starts.
    let mut command = program.started_by("env", &["--default-signal=INT"], arguments);
    command.env("LOGTO_ENDPOINT", format!("http://{}/interrupted", server.local_addr().unwrap()));
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let connection = loop {
        let mut connection = server.accept().await.unwrap().0;
        // Other tests call servers that are gone, whose port this one can have.
        if scripted_server::request(&mut connection)
            .await
            .is_ok_and(|request| request.starts_with(b"POST /interrupted/"))
        {
            break connection;
        }
    };
    (child, connection)
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_before_the_first_change_ends_a_command() {
    let program = Program::new().await;
    let (mut child, _connection) = waiting(&program, &["users", "delete", "ada", "grace", "--yes"]).await;
    interrupt(&child);
    // Shells show 130 for it.
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(2), "{ended}");
    // This command looks a user up when it has begun with the changes, so it ends after the call in progress.
    let (mut child, _connection) = waiting(&program, &["users", "suspend", "ada", "grace"]).await;
    interrupt(&child);
    let confirmation = BufReader::new(child.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(confirmation.contains("press Ctrl-C again to stop immediately"), "{confirmation}");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
