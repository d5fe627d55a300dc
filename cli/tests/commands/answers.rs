//! Answers that are not those of the API.

use crate::program::{Ended, Program};
use crate::scripted_server::answering;

/// Runs commands against a server whose answers all have this body.
async fn with_answers(body: &'static str, commands: &[&[&str]]) -> Vec<Ended> {
    with_status("200 OK", body, commands).await
}

/// Runs commands against a server whose answers all have this status and this body.
async fn with_status(status: &'static str, body: &'static str, commands: &[&[&str]]) -> Vec<Ended> {
    let (url, server) = answering(move |request| {
        let (status, body) = match request.starts_with(b"POST /oidc/token") {
            true => ("200 OK", r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#),
            false => (status, body),
        };
        let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_value_whose_type_was_guessed_has_a_hint() {
    let body = r#"{"code":"connector.invalid_config","message":"clientId: expected a string"}"#;
    let path = ["api", "POST", "/api/connectors", "--set"];
    let command = |set: &'static str| [&path[..], &[set]].concat();
    let (number, text, other) = (command("config.clientId=12"), command("config.clientId=a"), command("config.b=12"));
    for (commands, is_hinted) in [(&number, true), (&text, false), (&other, false)] {
        let [refused] = &with_status("400 Bad Request", body, &[commands]).await[..] else { panic!("one command") };
        let hint = "hint: `config.clientId` was sent as a number: if it is a text, write it in quotes: ";
        assert!(refused.code == 1 && refused.err.contains(hint) == is_hinted, "{refused:?}");
    }
}
