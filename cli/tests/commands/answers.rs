//! Answers that are not those of the API.

use crate::program::{Ended, Program};
use crate::scripted_server::answering;

/// Runs commands against a server whose answers all have this body.
async fn with_answers(body: &'static str, commands: &[&[&str]]) -> Vec<Ended> {
    let (url, server) = answering(move |request| {
        let body = match request.starts_with(b"POST /oidc/token") {
            true => r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#,
            false => body,
        };
        let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close");
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    })
    .await;
    let program = Program::new().await;
    let mut ended = Vec::new();
    for command in commands {
        ended.push(program.run(&[command, &["--endpoint", &url][..]].concat()).await);
    }
    server.abort();
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_list_is_not_an_empty_tenant() {
    let commands: [&[&str]; 8] = [
        &["users", "list"],
        &["users", "export"],
        &["logs", "list"],
        &["roles", "list"],
        &["organizations", "list"],
        &["organizations", "invitations"],
        &["hooks", "list"],
        &["api", "ListUsers", "--paginate"],
    ];
    for body in ["{}", "null", "<html></html>"] {
        for (command, listed) in commands.iter().zip(with_answers(body, &commands).await) {
            assert!(listed.code == 1 && listed.out.is_empty() && !listed.err.is_empty(), "{command:?} {listed:?}");
        }
    }
    let [listed] = &with_answers("{}", &[&["roles", "list"]]).await[..] else { panic!("one command") };
    assert!(listed.err.contains("that is not a list\nhint: check the endpoint"), "{listed:?}");
}
