use logto_admin::models::CreateUser;
use logto_admin::operation::Release;
use logto_admin_emulator::{Emulator, Service};
use serde_json::json;

use crate::program::Program;

async fn with_users(count: usize) -> Program {
    let program = Program::new().await;
    for number in 0..count {
        let user = CreateUser { username: Some(format!("user{number}")), ..Default::default() };
        program.client().users().create(user).await.unwrap();
    }
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_called_by_id_or_by_path() {
    let program = with_users(1).await;
    let created =
        program.run(&["api", "CreateUser", "--set", "username=ada", "--set", "profile.nickname=A"]).await.done();
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(created.json()["profile"]["nickname"], "A");
    let by_id = program.run(&["api", "GetUser", "--path", &format!("userId={id}")]).await.done();
    let by_path = program.run(&["api", "get", "/api/users/{userId}", "--path", &format!("userId={id}")]).await.done();
    assert_eq!(by_id.json(), by_path.json());
    let found = program.run(&["api", "ListUsers", "--query", "search=%ada%"]).await.done();
    assert_eq!(found.json().as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_come_from_files_standard_input_and_arguments() {
    let program = with_users(0).await;
    let file = program.file("user.json", r#"{ "username": "filed" }"#);
    let from_file = program.run(&["api", "CreateUser", "--body", &format!("@{file}")]).await.done();
    assert_eq!(from_file.json()["username"], "filed");
    let piped =
        program.run_with_input(&["api", "CreateUser", "--body", "-"], r#"{ "username": "piped" }"#).await.done();
    assert_eq!(piped.json()["username"], "piped");
    let given =
        program.run(&["api", "CreateUser", "--body", r#"{"username":"given"}"#, "--set", "name=G"]).await.done();
    assert_eq!((given.json()["username"].clone(), given.json()["name"].clone()), (json!("given"), json!("G")));
    let broken = program.run(&["api", "CreateUser", "--body", "{"]).await;
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("--body is not valid JSON"), "{broken:?}");
    let doubled = program.run(&["api", "CreateUser", "--body", r#"{"name":"A","name":"B"}"#]).await;
    assert_eq!(doubled.code, 2);
    assert!(doubled.err.contains("the key \"name\" occurs twice in an object"), "{doubled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_of_a_list_are_read() {
    let program = with_users(120).await;
    let all = program.run(&["api", "ListUsers", "--paginate"]).await.done();
    assert_eq!(all.json().as_array().unwrap().len(), 120);
    let lines = program.run(&["api", "ListUsers", "--paginate", "-o", "ndjson"]).await.done();
    assert_eq!(lines.out.lines().count(), 120);
    for arguments in [["GetUser", "--paginate"].as_slice(), &["ListUsers", "--paginate", "--raw"]] {
        assert_eq!(program.run(&[&["api"], arguments].concat()).await.code, 2, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_longer_list_names_paginate() {
    let program = with_users(21).await;
    let page = program.run(&["api", "ListUsers", "-o", "ndjson"]).await.done();
    assert_eq!(page.out.lines().count(), 20);
    assert_eq!(page.err, "note: these are 20 of 21 items; read all with `--paginate`\n");
    for arguments in [&["--quiet"][..], &["--paginate"], &["--query", "page=1"], &["--query", "page_size=21"]] {
        let listed = program.run(&[&["api", "ListUsers"], arguments].concat()).await.done();
        assert_eq!(listed.err, "", "{arguments:?}");
    }
    for name in ["a", "b"] {
        program.run(&["organizations", "create", name]).await.done();
    }
    let id = program.run(&["organizations", "list"]).await.done().json()[0]["id"].as_str().unwrap().to_owned();
    program.run(&["organizations", "add-member", &id, "user1", "user2"]).await.done();
    let path = format!("/api/organizations/{id}/users");
    let page = program.run(&["api", "GET", &path, "--query", "page_size=1"]).await.done();
    assert!(
        page.err.contains("1 of 2 items; read all with `logto-admin api ListOrganizationUsers --paginate`"),
        "{page:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_the_request_without_the_token() {
    let program = with_users(0).await;
    let shown = program.run(&["api", "CreateUser", "--set", "username=ada", "--dry-run"]).await.done();
    assert!(shown.out.starts_with(&format!("POST {}/api/users\n", program.url())), "{shown:?}");
    assert!(shown.out.contains(r#"{"username":"ada"}"#) && !shown.out.to_lowercase().contains("bearer"), "{shown:?}");
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_no_secrets() {
    let program = with_users(0).await;
    let update = ["api", "UpdateUserPassword", "--path", "userId=1", "--set", "password=s3cret-Passw0rd", "--dry-run"];
    let shown = program.run(&update).await.done();
    assert!(shown.out.contains(r#"{"password":"[redacted]"}"#) && !shown.out.contains("s3cret"), "{shown:?}");
    let query = ["api", "GET", "/api/users", "--query", "token=s3cret", "--dry-run"];
    let shown = program.run(&query).await.done();
    assert!(shown.out.contains("token=[redacted]") && !shown.out.contains("s3cret"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_server_are_shown_and_end_with_1() {
    let program = with_users(0).await;
    let missing = program.run(&["api", "GetUser", "--path", "userId=nobody"]).await;
    assert_eq!(missing.code, 1);
    assert!(missing.out.contains("entity.not_found") && missing.err.contains("status 404"), "{missing:?}");
    let unknown = program.run(&["api", "getuser"]).await;
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `GetUser`?"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_an_id_is_named_by_method_and_path() {
    let program = with_users(0).await;
    let call = ["api", "GET", "/api/nosuch", "--endpoint", "http://127.0.0.1:9"];
    let failed = program.run(&call).await;
    assert!(failed.code == 1 && failed.err.starts_with("error: GET /api/nosuch: "), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_headers_are_shown_on_demand() {
    let program = with_users(0).await;
    let shown = program.run(&["api", "ListUsers", "--include"]).await.done();
    assert!(shown.out.starts_with("200\n") && shown.out.contains("total-number: 0\n"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_the_server_lacks_is_explained() {
    let program = Program::with(Emulator::builder().release(Release::new(22)).build()).await;
    let lacking = program.run(&["api", "GetCaptchaProvider"]).await;
    assert!(lacking.code == 1 && lacking.err.contains("\nhint: the operation exists since Logto 1."), "{lacking:?}");
    assert!(lacking.out.ends_with('\n'), "{lacking:?}");
    let missing = program.run(&["api", "GetUser", "--path", "userId=nobody"]).await;
    assert!(!missing.err.contains("exists since"), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_body_is_not_changed() {
    let program = with_users(0).await;
    let name = "a\u{7f}\u{9b}31mb\u{202e}c";
    let user = CreateUser { username: Some("ada".into()), name: Some(name.into()), ..Default::default() };
    program.client().users().create(user).await.unwrap();
    let raw = program.run(&["api", "ListUsers", "--raw"]).await.done();
    assert!(raw.out.contains(name), "{raw:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_operations_is_searched() {
    let program = with_users(0).await;
    let found = program.run(&["operations", "suspend", "user"]).await.done();
    assert_eq!(found.json()[0]["id"], "UpdateUserIsSuspended");
    let shown = program.run(&["operations", "show", "listusers"]).await.done();
    assert_eq!(shown.json()["request"], "GET /api/users");
    for parameter in ["page (number)", "search (string)", "search.{member} (string)", "isCaseSensitive (boolean)"] {
        assert!(shown.json()["queryParameters"].as_array().unwrap().contains(&json!(parameter)), "{shown:?}");
    }
    assert!(!shown.out.contains("search_params"), "{shown:?}");
    let json = shown.json();
    let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "body",
        "bodyMembers",
        "caller",
        "idempotent",
        "inRust",
        "operation",
        "pages",
        "pathParameters",
        "queryParameters",
        "request",
        "since",
        "success",
        "summary",
    ];
    assert_eq!(keys, expected);
    assert_eq!(json["since"], "1.17 or earlier");
    let removed = program.run(&["operations", "show", "AbortLegacyInteraction"]).await.done().json();
    assert_eq!((&removed["until"], removed.as_object().unwrap().len()), (&json!("1.30"), keys.len() + 1));
    let body = program.run(&["operations", "show", "CreateUser"]).await.done().json()["bodyMembers"].clone();
    let username = body.as_array().unwrap().iter().find(|member| member["name"] == "username").unwrap();
    assert_eq!((&username["type"], &username["required"]), (&json!("string"), &json!(false)));
    assert!(username["description"].is_string() && username.as_object().unwrap().len() == 4, "{username}");
    let table = program.run(&["operations", "show", "UpdateUserPassword", "-o", "table"]).await.done();
    assert!(table.out.contains("\nMEMBER") && table.out.contains("\npassword "), "{table:?}");
    let table = program.run(&["operations", "suspend", "user", "-o", "table"]).await.done();
    assert!(table.out.contains("OPERATION") && table.out.contains("PATCH"), "{table:?}");
    assert_eq!(program.run(&["operations", "nosuchword"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_shown_by_method_and_path() {
    let program = with_users(0).await;
    let by_id = program.run(&["operations", "show", "UpdateUser"]).await.done();
    for request in
        [&["PATCH /api/users/{userId}"][..], &["patch", "/api/users/{userId}"], &["PATCH", "/api/users/dq2r8h7l5yzc"]]
    {
        let by_path = program.run(&[&["operations", "show"], request].concat()).await.done();
        assert_eq!(by_path.out, by_id.out, "{request:?}");
    }
    for (request, expected) in [("PATCH /api/nosuch", "unknown operation"), ("FETCH /api/users", "unknown method")] {
        let unknown = program.run(&["operations", "show", request]).await;
        assert!(unknown.code == 2 && unknown.err.contains(expected), "{unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_operation_has_a_suggestion() {
    let program = with_users(0).await;
    for (arguments, expected) in [
        (&["operations", "show", "GetUsr"][..], "unknown operation `GetUsr`; did you mean `GetUser`?"),
        (&["api", "ListUserz"], "unknown operation `ListUserz`; did you mean `ListUsers`?"),
        (&["api", "listusers"], "unknown operation `listusers`; did you mean `ListUsers`?"),
        (&["operations", "show", "xyz"], "unknown operation `xyz`\nhint: search with"),
    ] {
        let unknown = program.run(arguments).await;
        assert!(unknown.code == 2 && unknown.err.contains(expected), "{unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_about_a_path_name_the_options() {
    let program = with_users(0).await;
    for (arguments, expected) in [
        ("api GET /api/users?page_size=1", "the path /api/users has a query\nhint: pass `--query page_size=1`\n"),
        ("api GetUser", "GetUser requires the path parameter `userId`\nhint: pass `--path userId=VALUE`\n"),
        ("api ListUserRoles --paginate", "ListUserRoles requires the path parameter `userId`\n"),
        ("api GET /api/users/{userId}", "GET /api/users/{userId} requires the path parameter `userId`\n"),
        ("api GetUser --path userid=x", "GetUser has no path parameter `userid`; did you mean `userId`?\n"),
    ] {
        let refused = program.run(&arguments.split(' ').collect::<Vec<_>>()).await;
        assert!(refused.code == 2 && refused.err.starts_with(&format!("error: {expected}")), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_names_are_sent_by_path_only() {
    let program = with_users(0).await;
    for (arguments, expected) in [
        ("api CreateUser --set usernam=ada", "CreateUser has no member `usernam`; did you mean `username`?"),
        ("api CreateUser --set profile.nicknam=A", "no member `profile.nicknam`; did you mean `profile.nickname`?"),
        ("api ListUsers --query serch=x", "ListUsers has no query parameter `serch`; did you mean `search`?"),
        ("api ListUsers --query serch=x --paginate", "no query parameter `serch`"),
        ("api ListUsers --set a=b", "ListUsers has no body"),
        (
            "api UpdateSignInExp --set signIn.methods[0].verify=x",
            "a list is set as a whole\nhint: write the list as JSON",
        ),
        ("api UpdateSignInExp --set signIn.method[0]=x", "did you mean `signIn.methods`?"),
        ("api CreateUserAsset --set fle=@logo.png", "no member `fle`; did you mean `file`?"),
        ("users create --username ada --set profile.nicknam=A", "did you mean `profile.nickname`?"),
    ] {
        let refused = program.run(&arguments.split(' ').collect::<Vec<_>>()).await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
    let refused = program.run(&["api", "CreateUser", "--set", "usernam=ada"]).await;
    assert!(refused.err.ends_with("to send it anyway, call `logto-admin api POST /api/users`\n"), "{refused:?}");
    for sent in [
        "api GET /api/users --query serch=x --dry-run",
        "api POST /api/users --set usernam=ada --dry-run",
        "api CreateUser --body {\"usernam\":\"ada\"} --dry-run",
        "api ListUsers --query search.username=ada --query mode.username=exact --query isCaseSensitive=true",
    ] {
        program.run(&sent.split(' ').collect::<Vec<_>>()).await.done();
    }
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_arguments_settings_and_files_end_with_2() {
    let program = with_users(0).await;
    let users = program.file("users.ndjson", "{ \"username\": \"ada\" }\n");
    let journal = program.file("damaged.journal", "nonsense\n");
    let yaml = program.file("folder-roles.yaml", "");
    for arguments in [
        "api GetUser --path userId=..",
        "api GetUser",
        "api ListUserLogs --paginate",
        "api ListUsers --paginate --query page=2",
        "api ListUsers --paginate --query page_size=5",
        "api ListUserRoles --paginate",
        "api GET api/users",
        "api FETCH /api/users",
        "api NoSuchOperation",
        "api ListUsers --query search",
        "api CreateUser --body @missing.json",
        "operations show NoSuchOperation",
        "users list -o xml",
        "users list --limit 0",
        "users create",
        "users export --to missing/users.ndjson",
        "users export --format xml",
        "users import missing.ndjson",
        "users import {users} --from okta",
        "users import {users} --format xml",
        "users import {users} --map mail",
        "users import {users} --report missing/report.ndjson",
        "users import {users} --journal missing/x.journal",
        "users import {users} --journal {journal}",
        "users import {users} --firebase-parameters missing.json",
        "users import {users} --auth0-hashes missing.ndjson",
        "users import undo missing.journal",
        "apps create Shop --type web",
        "config plan missing",
        "config apply missing",
        "config plan {yaml}",
        "config export {yaml}-out --only nosuchkind",
        "profile remove missing",
        "emulator --release x",
        "completions nosuchshell",
        "nosuchcommand",
    ] {
        let words = arguments.replace("{users}", &users).replace("{journal}", &journal).replace("{yaml}", &yaml);
        let rejected = program.run(&words.split(' ').collect::<Vec<_>>()).await;
        assert_eq!(rejected.code, 2, "{arguments}: {rejected:?}");
        assert!(!rejected.err.trim().is_empty(), "{arguments}");
    }
    assert_eq!(program.client().users().list().await.unwrap().total, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_as_a_multipart_form() {
    let program = Program::with(Emulator::builder().service(Service::Storage).build()).await;
    program.file("logo.PNG", "a picture");
    let upload = ["api", "CreateUserAsset", "--set", "file=@logo.PNG"];
    let stored = program.run(&upload).await.done().json();
    assert!(stored["url"].as_str().unwrap().ends_with("logo.PNG"), "{stored}");
    let shown = program.run(&[&upload[..], &["--dry-run"]].concat()).await.done();
    assert!(shown.out.contains("content-type: multipart/form-data") && !shown.out.contains("picture"), "{shown:?}");
    for wrong in [&["--body", "{}"][..], &[], &["--set", "file=@missing.png"]] {
        let refused = program.run(&[&["api", "CreateUserAsset"], wrong].concat()).await;
        assert_eq!(refused.code, 2, "{refused:?}");
    }
    let shown = program.run(&["operations", "show", "CreateUserAsset", "-o", "table"]).await.done();
    assert!(shown.out.contains("\nMEMBER") && shown.out.contains("\nfile "), "{shown:?}");
}

/// Reading them to their end would use all memory.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_files_have_at_most_64_mib() {
    let program = Program::new().await;
    for (arguments, expected) in [
        (["CreateUser", "--body", "@/dev/zero"], "error: cannot read /dev/zero: it has more than 64 MiB\n"),
        (["CreateUserAsset", "--set", "file=@/dev/zero"], "error: cannot read /dev/zero: it has more than 64 MiB\n"),
    ] {
        let refused = program.run(&[&["api"][..], &arguments].concat()).await;
        assert_eq!((refused.code, refused.err.as_str()), (2, expected));
    }
    for command in [
        &["api", "CreateUser", "--body", "-"][..],
        &["users", "create", "--username", "ada", "--password-stdin"],
        &["profile", "add", "test", "--tenant", "t", "--app-id", "a"],
    ] {
        let read = |zero: std::fs::File| {
            let mut command = program.command(command);
            tokio::task::spawn_blocking(move || command.stdin(zero).output().unwrap())
        };
        let refused = read(std::fs::File::open("/dev/zero").unwrap()).await.unwrap();
        let message = String::from_utf8(refused.stderr).unwrap();
        let expected = "error: cannot read standard input: it has more than 64 MiB";
        assert!(refused.status.code() == Some(2) && message.starts_with(expected), "{command:?}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_can_begin_with_a_byte_order_mark() {
    let program = with_users(0).await;
    program.file("user.json", "\u{feff}{ \"username\": \"ada\" }\r\n");
    program.run(&["api", "CreateUser", "--body", "@user.json"]).await.done();
    program.run_with_input(&["api", "CreateUser", "--body", "-"], "\u{feff}{ \"username\": \"alan\" }").await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_operation_cannot_have_is_not_sent() {
    let program = with_users(0).await;
    for (arguments, expected) in [
        ("api ListUsers --body {}", "ListUsers has no body"),
        ("api CreateUser --body [1] --dry-run", "the body of CreateUser must be an object"),
        ("api CreateUser --body [1]", "the body of CreateUser must be an object"),
        ("api CreateUser --set name=a --set name=b", "--set sets `name` twice"),
        ("api CreateUser --set profile.nickname=a --set profile={}", "--set sets `profile.nickname` twice"),
        ("users create --username ada --set name=a --set name=b", "--set sets `name` twice"),
        (
            "api UpdateUserIsSuspended --path userId=1 --set isSuspended=\"true\"",
            "cannot set `isSuspended`: it must be true or false\nhint: write it without quotes: `--set isSuspended=true`",
        ),
        (
            "users create --username ada --set customData=pro",
            "cannot set `customData`: it must be an object\nhint: write",
        ),
        (
            "api CreateResource --set accessTokenTtl=1e21",
            "cannot set `accessTokenTtl`: an integer of the API has at most 64 bits",
        ),
    ] {
        let refused = program.run(&arguments.split(' ').collect::<Vec<_>>()).await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
    program.run(&["api", "POST", "/api/users", "--body", "[1]", "--dry-run"]).await.done();
    program.run(&["api", "POST", "/api/users", "--set", "customData=pro", "--dry-run"]).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_shows_the_path_with_its_parameters() {
    let program = with_users(0).await;
    for (arguments, expected) in [
        ("api DeleteUser --path userId=abc", "\"Send DELETE /api/users/abc?\" needs an answer"),
        ("api DELETE /api/users/{userId} --path userId=a/b", "\"Send DELETE /api/users/a%2Fb?\" needs an answer"),
        ("api DeleteUser", "DeleteUser requires the path parameter `userId`"),
    ] {
        let refused = program.run(&arguments.split(' ').collect::<Vec<_>>()).await;
        assert!(refused.code == 2 && refused.err.contains(expected), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_objects_is_a_table() {
    let program = with_users(2).await;
    for pages in [&[][..], &["--paginate"]] {
        let shown = program.run(&[&["api", "ListUsers", "-o", "table"], pages].concat()).await.done();
        assert!(shown.out.starts_with("ID") && shown.out.contains("USERNAME"), "{shown:?}");
        assert!(shown.out.lines().count() == 3 && shown.out.contains(" user1 "), "{shown:?}");
    }
    let shown = program.run(&["api", "GetUser", "--path", "userId=nobody", "-o", "table"]).await;
    assert!(shown.out.starts_with('{'), "{shown:?}");
}
