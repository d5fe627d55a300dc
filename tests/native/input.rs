//! Invalid input is rejected before anything is sent. The error suggests a fix.

use std::process::Command;
use std::time::Duration;

use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::{Client, ClientBuilder, Endpoint, Error, ErrorKind, RateLimit};
use logto_admin_test_support::{ENDPOINT, FakeRuntime, ScriptedTransport};

use crate::stage::{Stage, header, ok, target};

#[track_caller]
fn refused<T>(outcome: Result<T, Error>, advice: &str) -> Error {
    let error = outcome.err().expect("the input should be rejected");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Input, 0), "{error}");
    assert!(error.message().contains(advice), "{error}");
    error
}

/// The path of a request for this id.
fn path(id: &str) -> String {
    let request = Stage::silent().client.users().get(id).to_http().expect("the id should be accepted");
    target(&request).to_owned()
}

#[test]
fn empty_path_parameters_never_reach_another_route() {
    let stage = Stage::silent();
    let error = refused(stage.run(stage.client.users().delete("")), "`userId` is empty");
    assert_eq!((error.operation(), error.path()), (Some("DeleteUser"), Some("/api/users/{userId}")));
    assert!(stage.transport.seen().is_empty());
}

#[test]
fn path_parameters_of_dots_are_rejected() {
    for dots in [".", ".."] {
        let stage = Stage::silent();
        refused(stage.run(stage.client.users().delete(dots)), "URLs cannot carry");
        assert!(stage.transport.seen().is_empty());
    }
}

#[test]
fn all_path_parameters_are_checked() {
    let stage = Stage::silent();
    refused(stage.run(stage.client.users().remove_role("u1", "")), "`roleId` is empty");
    refused(stage.run(stage.client.users().remove_role("..", "r1")), "`userId` is `..`");
}

#[test]
fn path_parameters_are_encoded_as_one_segment() {
    for (id, segment) in [
        ("abc123", "abc123"),
        ("A-z_0.9~", "A-z_0.9~"),
        ("a/b", "a%2Fb"),
        ("../roles", "..%2Froles"),
        ("a\\b", "a%5Cb"),
        ("%2e", "%252e"),
        ("%2e%2E", "%252e%252E"),
        ("%", "%25"),
        ("...", "..."),
        (" ", "%20"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("a;b,c:d@e", "a%3Bb%2Cc%3Ad%40e"),
        ("\u{0}\t\r\n\u{7f}", "%00%09%0D%0A%7F"),
        ("ü", "%C3%BC"),
        ("日本", "%E6%97%A5%E6%9C%AC"),
        ("🦀", "%F0%9F%A6%80"),
        ("\u{202e}x", "%E2%80%AEx"),
    ] {
        assert_eq!(path(id), format!("/api/users/{segment}"), "{id:?}");
    }
}

#[test]
fn values_that_look_like_parameters_are_not_replaced() {
    let stage = Stage::silent();
    let request = stage.client.users().remove_role("{id}", "{userId}").to_http().unwrap();
    assert_eq!(target(&request), "/api/users/%7Bid%7D/roles/%7BuserId%7D");
}

#[test]
fn query_values_are_encoded() {
    let stage = Stage::silent();
    let request = stage.client.users().list().search("%a b&c=d+ü#%").query("née", "?/").to_http().unwrap();
    assert_eq!(target(&request), "/api/users?search=%25a%20b%26c%3Dd%2B%C3%BC%23%25&n%C3%A9e=%3F%2F");
}

#[test]
fn page_0_is_rejected() {
    let stage = Stage::silent();
    refused(stage.run(stage.client.users().list().page(0)), "pages start at 1");
}

#[test]
fn page_sizes_outside_1_to_100_are_rejected() {
    let stage = Stage::silent();
    for size in [0, 101, u32::MAX] {
        refused(stage.run(stage.client.users().list().page_size(size)), "1 to 100");
    }
    for size in [1, 100] {
        assert!(stage.client.users().list().page_size(size).to_http().is_ok());
    }
}

#[test]
fn streams_reject_invalid_input() {
    use futures_util::StreamExt;
    let stage = Stage::silent();
    let mut users = stage.client.users().list().page(0).stream();
    refused(stage.run(users.next()).unwrap(), "pages start at 1");
    assert!(stage.run(users.next()).is_none());
}

#[test]
fn headers_with_line_breaks_are_rejected_without_showing_the_value() {
    let stage = Stage::silent();
    for value in ["s3cret\r\nx-evil: 1", "s3cret\n", "s3cret\0"] {
        let error = refused(stage.run(stage.client.users().list().header("x-key", value)), "`x-key`");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn invalid_header_names_are_rejected() {
    let stage = Stage::silent();
    for name in ["", "a b", "a:b", "ä", "a\r\nb"] {
        refused(stage.run(stage.client.users().list().header(name, "1")), "invalid header name");
    }
}

#[test]
fn etags_are_checked_like_headers() {
    let stage = Stage::silent();
    refused(stage.run(stage.client.users().get("u1").if_none_match("\"a\"\r\nb: c")), "line break");
}

#[test]
fn missing_path_parameters_are_named() {
    let stage = Stage::silent();
    let request = stage.client.operation("DeleteUserRole").unwrap().path("userId", "u1");
    refused(stage.run(request), "missing path parameter `roleId`");
}

#[test]
fn unknown_path_parameters_are_named() {
    let stage = Stage::silent();
    let request = stage.client.operation("GetUser").unwrap().path("userId", "u1").path("roleId", "r1");
    refused(stage.run(request), "no unset parameter `roleId`");
}

#[test]
fn missing_query_parameters_are_named() {
    let required = |info: &&&logto_admin::operation::OperationInfo| {
        info.path_parameters.is_empty() && info.query_parameters.iter().any(|parameter| parameter.required)
    };
    let info =
        logto_admin::operation::TABLE.iter().find(required).expect("an operation with a required query parameter");
    let name = info.query_parameters.iter().find(|parameter| parameter.required).unwrap().name;
    let stage = Stage::silent_with(|builder| builder.cookies([("a", "b")]));
    let request = stage.client.operation(info.id).unwrap().header("authorization", "Bearer t");
    refused(stage.run(request), &format!("missing query parameter `{name}`"));
}

#[test]
fn the_first_of_several_errors_is_reported() {
    let stage = Stage::silent();
    let request = stage.client.users().list().page(0).page_size(101).header("", "");
    refused(stage.run(request), "pages start at 1");
}

#[test]
fn to_http_rejects_the_same_input_as_the_call() {
    let stage = Stage::silent();
    refused(stage.client.users().get("").to_http(), "is empty");
    refused(stage.client.users().list().page(0).to_http(), "pages start at 1");
}

fn build(endpoint: Endpoint, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, Error> {
    let transport = ScriptedTransport::answers::<logto_admin::transport::HttpResponse>([]);
    settings(Client::builder(endpoint).transport(transport).runtime(FakeRuntime::new())).build()
}

#[track_caller]
fn not_built(outcome: Result<Client, Error>, advice: &str) {
    let error = outcome.expect_err("the settings should be rejected");
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.message().contains(advice), "{error}");
}

#[test]
fn invalid_endpoints_are_rejected() {
    for (url, advice) in [
        ("id.example.com", "write it as https://"),
        ("", "write it as https://"),
        ("ftp://id.example.com", "write it as https://"),
        ("https://", "invalid host or port"),
        ("https://id.example.com?tenant=a", "contains a query"),
        ("https://id.example.com#a", "contains a query or a fragment"),
        ("https://id.example.com/api", "pass the root"),
        ("https://a b.example", "contains whitespace"),
        ("https://id.example.com:99999", "invalid host or port"),
    ] {
        not_built(build(Endpoint::self_hosted(url), |builder| builder), advice);
    }
}

#[test]
fn credentials_in_the_endpoint_are_rejected_without_showing_them() {
    let error = build(Endpoint::self_hosted("https://ada:s3cret@id.example.com"), |builder| builder).unwrap_err();
    assert!(error.message().contains("user name or a password"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
}

#[test]
fn plain_http_is_limited_to_loopback_unless_allowed() {
    for url in ["http://localhost:3001", "http://127.0.0.1", "http://[::1]:3001", ENDPOINT] {
        assert!(build(Endpoint::self_hosted(url), |builder| builder).is_ok(), "{url}");
    }
    let elsewhere = Endpoint::self_hosted("http://logto.internal:3001");
    not_built(build(elsewhere.clone(), |builder| builder), "`allow_http`");
    assert!(build(elsewhere.allow_http(true), |builder| builder).is_ok());
}

#[test]
fn urls_as_tenants_are_rejected() {
    not_built(build(Endpoint::cloud("https://acme.logto.app"), |builder| builder), "tenant");
}

#[test]
fn invalid_credentials_are_rejected_without_showing_them() {
    let endpoint = || Endpoint::self_hosted("https://id.example.com");
    for (id, secret, advice) in
        [("", "s", "id is empty"), ("a", " ", "secret is empty"), ("a", "s3cret\n", "secret contains a line break")]
    {
        not_built(build(endpoint(), |builder| builder.client_credentials(id, secret)), advice);
        let source = || ClientCredentials::new(id, secret);
        not_built(build(endpoint(), |builder| builder.token_source(source())), advice);
        not_built(build(endpoint(), |builder| builder.token_source(TokenExchange::new(source(), "t"))), advice);
    }
    let blank = ClientCredentials::new("a", "s").organization(" ");
    not_built(build(endpoint(), |builder| builder.token_source(blank)), "organization id is empty");
    not_built(build(endpoint(), |builder| builder.token_lease(Duration::ZERO)), "`token_lease` is zero");
    let exchange = TokenExchange::personal_access_token(ClientCredentials::new("a", "s"), " ");
    not_built(build(endpoint(), |builder| builder.token_source(exchange)), "personal access token is empty");
    not_built(build(endpoint(), |builder| builder.access_token("t\u{e9}")), "a header cannot carry");
    not_built(build(endpoint(), |builder| builder.access_token("")), "token is empty");
    let error = build(endpoint(), |builder| builder.user_token("s3cret\n")).unwrap_err();
    assert!(
        error.message().contains("token contains a line break") && !format!("{error:?}").contains("s3cret"),
        "{error}"
    );
}

#[test]
fn timeouts_and_limits_that_allow_nothing_are_rejected() {
    let endpoint = || Endpoint::cloud("acme");
    let nothing = [RateLimit { requests: 0, per: Duration::from_secs(1) }, RateLimit::new(1, Duration::ZERO)];
    for limit in nothing {
        not_built(build(endpoint(), |builder| builder.rate_limit(limit)), "allows no requests");
    }
    not_built(build(endpoint(), |builder| builder.timeout(Duration::ZERO)), "`timeout` is zero");
    not_built(build(endpoint(), |builder| builder.total_timeout(Duration::ZERO)), "`total_timeout` is zero");
    let stage = Stage::silent();
    refused(stage.run(stage.client.users().list().timeout(Duration::ZERO)), "`timeout` is zero");
    refused(stage.run(stage.client.with_timeout(Duration::ZERO).users().list()), "`timeout` is zero");
    refused(stage.run(stage.client.users().list().total_timeout(Duration::ZERO)), "`total_timeout` is zero");
    assert!(build(endpoint(), |builder| builder.rate_limit(RateLimit::new(2, Duration::MAX))).is_ok());
}

#[test]
fn invalid_headers_and_cookies_of_the_client_are_rejected() {
    let endpoint = || Endpoint::cloud("acme");
    not_built(build(endpoint(), |builder| builder.header("x", "a\nb")), "line break");
    not_built(build(endpoint(), |builder| builder.user_agent("a\r\nb")), "line break");
    not_built(build(endpoint(), |builder| builder.user_agent("a\u{0}b")), "control character");
    not_built(build(endpoint(), |builder| builder.user_agent("a\u{7f}b")), "control character");
    assert!(build(endpoint(), |builder| builder.user_agent("a\tb é")).is_ok());
    not_built(build(endpoint(), |builder| builder.cookies([("a;b", "c")])), "cookie");
}

/// The output of `ClientBuilder::from_env` in a process with only these variables.
fn from_env(variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().expect("the path of this test"));
    child.args(["--exact", "input::in_a_child_process", "--ignored", "--nocapture"]);
    child.env_clear().envs(variables.iter().copied());
    String::from_utf8(child.output().expect("the test should be able to run itself").stdout).expect("text")
}

#[test]
#[ignore = "runs in a child process with other variables"]
#[allow(clippy::print_stdout)]
fn in_a_child_process() {
    let (transport, runtime) = (ScriptedTransport::api(|_| ok("[]")), FakeRuntime::new());
    let built = ClientBuilder::from_env()
        .and_then(|builder| builder.transport(transport.clone()).runtime(runtime.clone()).build());
    match built {
        Ok(client) => {
            runtime.run(client.access_token()).expect("a token");
            println!("{client:?} {:?}", header(&transport.token_calls()[0], "authorization"));
        }
        Err(error) => println!("{:?}: {error}", error.kind()),
    }
}

#[test]
fn all_missing_environment_variables_are_named() {
    let said = from_env(&[]);
    assert!(said.contains("Config"), "{said}");
    for name in ["LOGTO_ENDPOINT", "LOGTO_TENANT", "LOGTO_APP_ID", "LOGTO_APP_SECRET"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    let said = from_env(&[("LOGTO_TENANT", "acme"), ("LOGTO_APP_ID", "id")]);
    assert!(said.contains("missing environment variables: LOGTO_APP_SECRET"), "{said}");
}

#[test]
fn a_client_can_be_built_from_the_environment() {
    let app = [("LOGTO_APP_ID", "id"), ("LOGTO_APP_SECRET", "s3cret")];
    for (variables, expected) in [
        (&[("LOGTO_TENANT", "acme")][..], "https://acme.logto.app"),
        (&[("LOGTO_ENDPOINT", "https://id.example.com/")], "https://id.example.com"),
        (&[("LOGTO_ENDPOINT", "http://logto.internal"), ("LOGTO_ALLOW_HTTP", "1")], "http://logto.internal"),
        (
            &[("LOGTO_ENDPOINT", "https://id.example.com"), ("LOGTO_RESOURCE", "https://r.example/api")],
            "https://r.example/api",
        ),
    ] {
        let said = from_env(&[variables, &app].concat());
        assert!(said.contains(&format!("{expected:?}")) && !said.contains("s3cret"), "{said}");
        // Base64 of `id:s3cret`.
        assert!(said.contains("Basic aWQ6czNjcmV0"), "{said}");
    }
    let plain = from_env(&[&[("LOGTO_ENDPOINT", "http://logto.internal")][..], &app].concat());
    assert!(plain.contains("plain http"), "{plain}");
}
