//! Answers that are not those of the API.

use std::fs;

use serde_json::{Value, json};

use crate::program::{Ended, Program};
use crate::scripted_server::answering;

/// Runs commands against a server whose answers all have this body.
async fn with_answers(body: &'static str, commands: &[&[&str]]) -> Vec<Ended> {
    with_status("200 OK", body, commands).await
}

/// Runs commands against a server whose answers all have this status and this body.
async fn with_status(status: &'static str, body: &'static str, commands: &[&[&str]]) -> Vec<Ended> {
    answered_by(move |_| (status, body), commands).await
}

/// Runs commands against a server that issues tokens. `answer` returns status and body for all other requests.
async fn answered_by(
    answer: impl Fn(&[u8]) -> (&'static str, &'static str) + Send + Sync + 'static,
    commands: &[&[&str]],
) -> Vec<Ended> {
    let (url, server) = answering(move |request| {
        let (status, body) = match request.starts_with(b"POST /oidc/token") {
            true => ("200 OK", r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer","scope":"all"}"#),
            false => answer(request),
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

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_body_has_its_numbers_and_other_forms_have_a_warning() {
    const BODY: &str = "[ {\"n\": 123456789012345678901234567890, \"x\":1.10 },\r\n {\"n\":1} ]";
    let commands: [&[&str]; 5] = [
        &["api", "GET", "/api/any", "--raw"],
        &["api", "GET", "/api/any"],
        &["api", "ListUsers", "--paginate", "-o", "ndjson"],
        &["api", "GET", "/api/any", "-o", "table"],
        &["api", "GET", "/api/any", "-o", "yaml"],
    ];
    let [raw, others @ ..] = &with_answers(BODY, &commands).await[..] else { panic!("five commands") };
    assert_eq!((raw.code, raw.out.as_str(), raw.err.as_str()), (0, BODY, ""));
    for other in others {
        let warning = "warning: numbers of more than 64 bits might be rounded: `--raw` prints a body as received\n";
        assert!(other.code == 0 && other.err == warning, "{other:?}");
    }
    let [whole] = &with_answers(r#"{"n":18446744073709551615}"#, &[&["api", "GET", "/api/any"]]).await[..] else {
        panic!("one command")
    };
    assert!(whole.err.is_empty() && whole.out.contains("18446744073709551615"), "{whole:?}");
}

/// Returns an answer that repeats a request, whose body has been parsed too.
fn repeated(request: &[u8], status: &str) -> String {
    let request = String::from_utf8_lossy(request);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let parsed = serde_json::from_str(body).unwrap_or_else(|_| json!(null));
    let issue = json!({ "path": ["name"], "message": format!("wrong: {body}") });
    let body = json!({
        "code": "guard.invalid_input", "message": format!("cannot read {body} {head}"),
        "data": { "issues": [issue], "sent": parsed }, "error": "invalid_client", "error_description": request,
    });
    let (body, kind) = (body.to_string(), "content-type: application/json\r\nconnection: close");
    format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_a_server_repeats_are_not_shown() {
    let (url, server) = answering(|request| {
        let body = match () {
            () if request.starts_with(b"POST /oidc/token") => {
                r#"{"access_token":"access-t0ken","expires_in":3600,"token_type":"Bearer","scope":"all"}"#
            }
            () if request.starts_with(b"GET ") => "[]",
            () => return repeated(request, "422 Unprocessable Entity"),
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    })
    .await;
    let program = Program::new().await;
    let check = |command: &[&str], shown: &str| {
        for secret in ["hunter", "JBSWY3DPEHPK3PXP", "0123456789abcdef", "access-t0ken", program.emulator.app_secret()]
        {
            assert!(!shown.contains(secret), "{command:?} shows {secret}: {shown}");
        }
        assert!(shown.contains("[redacted]") && shown.contains("guard.invalid_input"), "{command:?}: {shown}");
    };
    // A password whose form in JSON is another one.
    let password = "hunter2\"\\ü";
    let users = program.file(
        "users.ndjson",
        &format!(
            "{}\n{}\n",
            json!({ "username": "ada", "password": password }),
            json!({ "username": "grace", "passwordDigest": "0123456789abcdef0123456789abcdef", "passwordAlgorithm": "MD5" }),
        ),
    );
    let (body, set) = (json!({ "config": { "clientSecret": password } }).to_string(), format!("password={password}"));
    let factor = ["--set", "type=Totp", "--set", "secret=JBSWY3DPEHPK3PXP"];
    for command in [
        &["users", "create", "--username", "ada", "--password-stdin"][..],
        &["api", "CreateUser", "--set", "username=ada", "--set", &set],
        &["api", "CreateUser", "--set", &set, "--raw", "--include"],
        &["api", "POST", "/api/connectors", "--body", &body, "-o", "table"],
        &[&["api", "CreateUserMfaVerification", "--path", "userId=ada"], &factor[..]].concat(),
        &["api", "POST", "/api/any", "--set", "a=b", "--header", "x-key=hunter2"],
        &["users", "import", &users, "--report", "report.ndjson"],
    ] {
        for more in [&[][..], &["-vv"]] {
            let arguments = [command, &["--endpoint", &url], more].concat();
            let ended = program.run_with_input(&arguments, password).await;
            assert_eq!(ended.code, 1, "{ended:?}");
            check(command, &(ended.out + &ended.err));
        }
    }
    check(&["report"], &fs::read_to_string(program.path("report.ndjson")).unwrap());
    let journal = fs::read_to_string(program.path("users.ndjson.journal")).unwrap();
    assert!(journal.contains("refused") && !journal.contains("hunter") && !journal.contains("0123456789"), "{journal}");
    server.abort();
    let (url, server) = answering(|request| repeated(request, "400 Bad Request")).await;
    for command in [&["users", "list"][..], &["doctor"]] {
        let ended = program.run(&[command, &["--endpoint", &url]].concat()).await;
        let shown = ended.out + &ended.err;
        assert!(!shown.contains(program.emulator.app_secret()), "{shown}");
    }
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_404_without_a_code_of_logto_does_not_mean_that_a_user_is_gone() {
    const USER: &str = r#"{"id":"1bcdefghijkl","customData":{},"identities":{},"createdAt":0,"updatedAt":0,"profile":{},"isSuspended":false}"#;
    let answer = |request: &[u8]| match request.starts_with(b"DELETE ") {
        true => ("404 Not Found", "404 page not found"),
        false => ("200 OK", USER),
    };
    let [ended] = &answered_by(answer, &[&["users", "delete", "1bcdefghijkl", "--yes"]]).await[..] else {
        panic!("one command")
    };
    assert!(ended.code == 1 && !ended.err.contains("deleted"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_refused_with_two_tokens_has_a_clear_answer() {
    let delete = ["api", "DeleteUser", "--path", "userId=ada", "--yes"];
    let body = r#"{"code":"auth.unauthorized","message":"no"}"#;
    let ended = with_status("401 Unauthorized", body, &[&delete]).await;
    assert_eq!(ended[0].code, 1, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_or_username_has_the_rules_of_the_policy() {
    const PASSWORD: &str = r#"{"code":"password.rejected","message":"Password rejected.","data":[
        {"code":"password_rejected.too_short","interpolation":{"min":8}},{"code":"password_rejected.restricted.sequence"}]}"#;
    const USERNAME: &str = r#"{"code":"user.username_too_short","message":"Too short.","data":{"min":3,"max":20}}"#;
    let program = Program::new().await;
    let file = program.file("users.ndjson", "{ \"username\": \"ada\", \"password\": \"a\" }\n");
    for (body, member, rules) in [
        (PASSWORD, "password", &["too_short (min 8)", "restricted.sequence"][..]),
        (USERNAME, "username", &["too_short (min 3, max 20)"]),
    ] {
        let answer = move |request: &[u8]| match request.starts_with(b"GET ") {
            true => ("200 OK", "[]"),
            false => ("422 Unprocessable Entity", body),
        };
        let hint = format!("choose another {member}: the policy of the tenant refuses it with {}", rules.join(", "));
        let report = program.path("report.ndjson");
        let commands: [&[&str]; 2] = [
            &["users", "create", "--username", "ada", "--set", "password=a"],
            &["users", "import", &file, "--report", &report],
        ];
        let [created, imported] = &answered_by(answer, &commands).await[..] else { panic!("two commands") };
        assert!(created.code == 1 && created.err.ends_with(&format!("\nhint: {hint}\n")), "{created:?}");
        assert!(imported.code == 1 && imported.err.contains(&format!(" (hint: {hint})\n")), "{imported:?}");
        let line: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
        let problems: Vec<Value> = rules.iter().map(|rule| json!({ "field": member, "message": rule })).collect();
        assert_eq!((&line["field"], &line["problems"]), (&json!(member), &json!(problems)), "{line}");
        fs::remove_file(format!("{file}.journal")).unwrap();
    }
}
