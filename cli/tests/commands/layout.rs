//! The whole output of some commands, as a user sees it.

use crate::import::USERS;
use crate::program::Program;

/// A tenant with two users.
async fn tenant() -> Program {
    let program = Program::new().await;
    let ada =
        ["--username", "ada", "--email", "ada@example.com", "--name", "Ada Lovelace", "--set", "customData.plan=pro"];
    program.run(&[&["users", "create"], &ada[..]].concat()).await.done();
    program.run(&["users", "create", "--phone", "+49 151 12345"]).await.done();
    program
}

#[track_caller]
fn is(text: &str, expected: &str) {
    assert_eq!(text, expected.trim_start(), "\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_as_tables() {
    let program = tenant().await;
    let list = program.run(&["users", "list", "-o", "table"]).await.done();
    is(
        &list.out,
        "
ID            NAME          USERNAME  EMAIL            PHONE       CREATED
l5a59uqoncqw                                           4915112345  2025-01-01T00:00:00Z
e6ni7vgq753r  Ada Lovelace  ada       ada@example.com              2025-01-01T00:00:00Z
",
    );
    program.run(&["users", "suspend", "ada"]).await.done();
    let list = program.run(&["users", "list", "-o", "table"]).await.done();
    is(
        &list.out,
        "
ID            NAME          USERNAME  EMAIL            PHONE       SUSPENDED  CREATED
l5a59uqoncqw                                           4915112345             2025-01-01T00:00:00Z
e6ni7vgq753r  Ada Lovelace  ada       ada@example.com              yes        2025-01-01T00:00:00Z
",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_as_a_table() {
    let program = tenant().await;
    let user = program.run(&["users", "get", "ada", "-o", "table"]).await.done();
    is(
        &user.out,
        r#"
id             e6ni7vgq753r
username       ada
primaryEmail   ada@example.com
primaryPhone
name           Ada Lovelace
avatar
customData     {"plan":"pro"}
identities     {}
lastSignInAt
createdAt      2025-01-01T00:00:00Z
updatedAt      2025-01-01T00:00:00Z
profile        {}
applicationId
isSuspended    false
hasPassword    false
"#,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_of_an_import() {
    let program = Program::new().await;
    let text = USERS.to_owned() + "{ \"username\": \"no name\" }\n";
    program.file("users.ndjson", &text);
    let imported = program.run(&["users", "import", "users.ndjson", "--skip-invalid", "-o", "table"]).await;
    assert_eq!(imported.code, 4);
    is(
        &imported.out,
        "
created    2
unclear    0
updated    0
skipped    0
journaled  0
outdated   0
failed     0
complete   true
invalid    1
",
    );
    is(
        &imported.err,
        r#"
invalid: users.ndjson:3: no name: username "no name": expected letters, digits and underscores, without a digit at first
2 users to import
journal: users.ndjson.journal
"#,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation() {
    let program = Program::new().await;
    is(
        &program.run(&["operations", "show", "GetUser", "-o", "table"]).await.done().out,
        "
operation        GetUser
summary          Returns a user. Can include SSO identities or the password's hash.
request          GET /api/users/{userId}
pathParameters   userId
queryParameters  includeSsoIdentities (boolean), includePasswordHash (boolean)
body             none
caller           application
pages            no
idempotent       true
success          [200]
since            1.17 or earlier
inRust           client.users().get(…)
",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_with_a_hint() {
    let program = tenant().await;
    let other = program.run(&["users", "get", "ADA"]).await;
    is(
        &other.err,
        "
error: no user has the id, email address, phone number or username `ADA`
hint: did you mean `ada`?
",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_findings_of_the_doctor() {
    let program = Program::new().await;
    let healthy = program.run(&["doctor", "-o", "table"]).await.done();
    is(
        &fixed(&program, &healthy.out),
        r#"
ok    settings    server http://127.0.0.1:3001, resource https://default.logto.app/api
ok    network     the server responded in 7 ms
ok    clock       the clocks agree
warn  TLS         the connection is not encrypted
                  → use https outside of this machine
ok    token       the token endpoint accepts the application and the resource
ok    scope       the server granted `all`
ok    role        the roles of the application: "Logto Management API access"
ok    read        the tenant has 0 users
ok    release     Logto 1.42
"#,
    );
    let wrong = program.run(&["doctor", "-o", "table", "--app-secret", "wrong"]).await;
    is(
        &fixed(&program, &wrong.out),
        "
ok    settings    server http://127.0.0.1:3001, resource https://default.logto.app/api
ok    network     the server responded in 7 ms
ok    clock       the clocks agree
warn  TLS         the connection is not encrypted
                  → use https outside of this machine
FAIL  token       the token endpoint returned 401 invalid_client: client authentication failed
                  → compare the application secret with those in the Logto console; check that the application is of type machine-to-machine
",
    );
}

/// Replaces the port and the milliseconds.
fn fixed(program: &Program, text: &str) -> String {
    let text = text.replace(&program.url(), "http://127.0.0.1:3001");
    let (start, rest) = text.split_once("responded in ").unwrap();
    let (_, rest) = rest.split_once(" ms").unwrap();
    format!("{start}responded in 7 ms{rest}")
}
