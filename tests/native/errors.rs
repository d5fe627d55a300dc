//! The content of errors: what went wrong, where, and what to do about it.

use std::error::Error as _;
use std::time::Duration;

use logto_admin::models::CreateUser;
use logto_admin::token::{ClientCredentials, FixedToken, TokenExchange};
use logto_admin::transport::{HttpResponse, Method, TransportError, TransportErrorKind};
use logto_admin::{Error, ErrorKind, RetryPolicy, StopReason};
use logto_admin_test_support::{ScriptedTransport, builder};

use crate::stage::{Stage, ok, refusal, status};

/// The error of reading a user when the API returns this answer.
fn error(answer: HttpResponse) -> Error {
    let transport = ScriptedTransport::api(move |_| answer.clone());
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    stage.run(stage.client.users().get("u1").query("x", "in-the-query")).unwrap_err()
}

/// The error of a read when the token endpoint returns this answer.
fn token_error(answer: HttpResponse) -> Error {
    let transport = ScriptedTransport::new(move |_, options| {
        assert!(options.token_call, "the API should not be called without a token");
        let answer = answer.clone();
        async { Ok(answer) }
    });
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    stage.run(stage.client.users().list()).unwrap_err()
}

fn oauth(status: u16, error: &str, description: &str) -> HttpResponse {
    let body = serde_json::json!({ "code": format!("oidc.{error}"), "message": "m", "error": error, "error_description": description });
    HttpResponse::json(status, body.to_string())
}

fn html(status: u16) -> HttpResponse {
    HttpResponse::new(status).header("content-type", "text/html; charset=utf-8").body("<!doctype html><p>Sign in</p>")
}

fn text(status: u16, text: &'static str) -> HttpResponse {
    HttpResponse::new(status).header("content-type", "text/plain; charset=utf-8").body(text)
}

#[track_caller]
fn hints(error: &Error, advice: &str) {
    assert!(error.hint().is_some_and(|hint| hint.contains(advice)), "{error}");
    assert!(error.to_string().contains(advice), "the hint should be shown: {error}");
}

#[test]
fn errors_expose_the_whole_answer() {
    let body = r#"{"code":"guard.invalid_input","message":"The request is invalid.","details":"Key path \"name\": too long","data":{"issues":[{"path":["name"]}]}}"#;
    let error = error(HttpResponse::json(400, body).header("Logto-Core-Request-Id", "r1"));
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(400)));
    assert_eq!((error.operation(), error.method()), (Some("GetUser"), Some(Method::Get)));
    assert_eq!((error.path(), error.request_id()), (Some("/api/users/u1"), Some("r1")));
    assert_eq!((error.code(), error.message()), (Some("guard.invalid_input"), "The request is invalid."));
    assert_eq!(error.details().as_deref(), Some("Key path \"name\": too long"));
    assert_eq!(error.data(), Some(serde_json::json!({ "issues": [{ "path": ["name"] }] })));
    assert_eq!((error.body().as_ref(), error.attempts()), (body.as_bytes(), 1));
}

#[test]
fn display_is_readable_and_omits_the_query() {
    let error = error(refusal(404, "entity.not_found").header("logto-core-request-id", "r1"));
    assert_eq!(
        error.to_string(),
        "GetUser (GET /api/users/u1): 404 entity.not_found: The request was rejected. [request r1]"
    );
    assert!(!format!("{error:?}").contains("in-the-query"), "{error:?}");
}

#[test]
fn text_of_the_server_cannot_forge_log_lines() {
    let forged = "no such user\n2026-11-26 ERROR root logged in\u{1b}[2J\u{202e}";
    let body = serde_json::json!({ "code": format!("a.b\r\n{forged}"), "message": forged }).to_string();
    let error = error(HttpResponse::json(404, body).header("logto-core-request-id", "r1\u{85}x"));
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.chars().any(|character| character.is_control() || character == '\u{202e}'), "{shown:?}");
        assert!(shown.contains(r"no such user\u{a}2026-11-26 ERROR root logged in\u{1b}[2J\u{202e}"), "{shown}");
    }
    assert_eq!(error.message(), forged, "the method returns the message as it is");

    let description = "refused\nINFO forged";
    let error = token_error(oauth(400, "invalid_request\n", description));
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    for shown in [error.to_string(), format!("{error:?}"), cause] {
        assert!(shown.contains(r"refused\u{a}INFO forged") && !shown.contains('\n'), "{shown:?}");
    }
}

#[test]
fn a_refused_path_and_an_id_of_a_megabyte_make_short_errors_of_one_line() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("{}")), |builder| builder);
    let path = "/api/users\n2026-11-26 ERROR forged";
    let error = stage.run(stage.client.request(Method::Get, path)).unwrap_err();
    assert!(!format!("{error}{error:?}").contains('\n'), "{error}");

    let transport = ScriptedTransport::api(|_| refusal(404, "entity.not_found"));
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().get("x".repeat(1 << 20))).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(shown.len() < 2000, "{} bytes", shown.len());
        assert!(shown.contains("…") && shown.contains("entity.not_found"), "{shown}");
    }
    let error = stage.run(stage.client.users().list().header("x", &"\n".repeat(1 << 20))).unwrap_err();
    assert!(error.to_string().len() < 2000, "{} bytes", error.to_string().len());
}

#[test]
fn a_redirect_to_a_url_with_a_password_shows_no_password() {
    let error = error(HttpResponse::new(302).header("location", "https://ada:s3cret@id.example.com/a?b=s3cret"));
    for shown in [error.to_string(), format!("{error:?}"), error.message().to_owned()] {
        assert!(shown.contains("https://id.example.com/a") && !shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn errors_without_code_or_message_fall_back_to_the_body() {
    for (answer, message) in [
        (HttpResponse::json(500, r#"{"message":"Internal server error."}"#), "Internal server error."),
        (HttpResponse::json(400, r#"{"result":false,"issues":[]}"#), r#"{"result":false,"issues":[]}"#),
        (HttpResponse::json(400, r#"{"message":7}"#), r#"{"message":7}"#),
        (HttpResponse::json(400, "{\"message\":\"cut off"), "{\"message\":\"cut off"),
        (text(405, "Method Not Allowed"), "Method Not Allowed"),
        (html(502), "the response is a web page"),
        (status(431), "the response has no body"),
    ] {
        let error = error(answer);
        assert_eq!((error.kind(), error.code(), error.message()), (ErrorKind::Api, None, message));
        assert_eq!(error.data(), None);
    }
}

#[test]
fn long_texts_are_truncated_in_the_message_but_not_in_the_body() {
    let long: &'static str = "ü".repeat(5000).leak();
    let error = error(text(500, long));
    assert_eq!((error.message().chars().count(), error.body().len()), (200, 10_000));
}

type Predicate = fn(&Error) -> bool;

#[test]
fn predicates_classify_common_errors() {
    for (code, name, expected) in [
        (400, "guard.invalid_input", &["invalid_input"][..]),
        (401, "auth.unauthorized", &["unauthorized"]),
        (403, "auth.forbidden", &["forbidden"]),
        (404, "entity.not_found", &["not_found"]),
        (404, "entity.not_exists_with_id", &["not_found"]),
        (409, "anything", &["conflict"]),
        (422, "user.username_already_in_use", &["conflict", "invalid_input"]),
        (422, "role.name_in_use", &["conflict", "invalid_input"]),
        (422, "entity.unique_integrity_violation", &["conflict", "invalid_input"]),
        (422, "entity.relation_foreign_key_not_found", &["invalid_input"]),
        (422, "user.user_not_exist", &["invalid_input"]),
        (422, "user.identity_not_exists", &["invalid_input"]),
        (422, "password.rejected", &["invalid_input"]),
        (429, "request.message_rate_limited", &["rate_limited"]),
        (500, "connector.authorization_failed", &["server_error"]),
        (501, "connector.not_found", &["server_error"]),
    ] {
        assert_eq!(answers(&error(refusal(code, name))), expected, "{code} {name}");
    }
}

#[test]
fn transport_failures_have_kinds() {
    use TransportErrorKind::{Body, Connect, Environment, Interrupted, Other, Redirect, Timeout, TooLarge};
    for (kind, expected) in [
        (Connect, ErrorKind::Connect),
        (Timeout, ErrorKind::Timeout),
        (Interrupted, ErrorKind::Transport),
        (Body, ErrorKind::Transport),
        (Redirect, ErrorKind::Transport),
        (Other, ErrorKind::Transport),
        (TooLarge, ErrorKind::TooLarge),
        (Environment, ErrorKind::Unsupported),
    ] {
        let transport = ScriptedTransport::api(move |_| TransportError::new(kind, "it broke"));
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
        let error = stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!((error.kind(), error.status(), error.message()), (expected, None, "it broke"));
        assert_eq!((error.is_connect(), error.is_timeout()), (kind == Connect, kind == Timeout));
        assert_eq!((error.operation(), error.attempts()), (Some("ListUsers"), 1));
    }
}

#[test]
fn the_cause_of_a_failure_is_the_error_source() {
    let transport = ScriptedTransport::api(|_| {
        TransportError::new(TransportErrorKind::Connect, "no connection").with_source("connection refused")
    });
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    let source = error.source().expect("a source");
    assert!(source.downcast_ref::<TransportError>().is_some_and(|source| source.kind() == TransportErrorKind::Connect));
    assert_eq!(source.source().expect("its source").to_string(), "connection refused");
    hints(&error, "check that the server is running");
}

/// `main` prints a returned error with `Debug`.
#[test]
fn debug_output_is_one_line_with_all_details() {
    let error = error(refusal(404, "entity.not_found").header("logto-core-request-id", "r1"));
    let expected = "GetUser (GET /api/users/u1): 404 entity.not_found: The request was rejected. [request r1] [kind: Api, stopped: Final]";
    assert_eq!(format!("{error:?}"), expected);
    assert_eq!(format!("{error:#?}"), expected);
    assert_eq!(format!("{:?}", Error::new(ErrorKind::Config, "no endpoint")), "no endpoint [kind: Config]");
}

#[test]
fn debug_output_lists_each_cause_once() {
    let unreachable = |message: &'static str, token_call: bool| {
        let transport = ScriptedTransport::new(move |_, options| {
            let error = TransportError::new(TransportErrorKind::Connect, message).with_source("connection refused");
            let answer = if options.token_call == token_call { Err(error) } else { Ok(ok(TOKEN)) };
            async { answer }
        });
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
        format!("{:?}", stage.run(stage.client.users().list()).unwrap_err())
    };
    let shown = unreachable("no connection", false);
    assert!(
        shown.starts_with("ListUsers (GET /api/users): no connection (hint: check that the server is running"),
        "{shown}"
    );
    assert!(shown.ends_with(") [kind: Connect, stopped: Attempts, caused by: connection refused]"), "{shown}");
    let shown = unreachable("no connection", true);
    assert!(shown.ends_with(") [kind: Token, stopped: Attempts, caused by: connection refused]"), "{shown}");
    assert_eq!(shown.matches("no connection").count(), 1, "{shown}");
}

#[test]
fn errors_include_the_elapsed_time() {
    let stage = Stage::answering([503, 503].map(status));
    let error = stage.run(stage.client.users().list().retry(RetryPolicy::attempts(2))).unwrap_err();
    assert_eq!(error.elapsed(), Duration::from_millis(125));
}

#[test]
fn wrong_resources_have_a_hint() {
    let error = token_error(oauth(400, "invalid_target", "resource indicator is missing, or unknown"));
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Token, Some(400), Some("invalid_target")));
    assert!(error.message().contains("resource indicator is missing"), "{error}");
    hints(&error, "https://default.logto.app/api");
}

#[test]
fn wrong_secrets_have_a_hint() {
    hints(&token_error(oauth(401, "invalid_client", "client authentication failed")), "compare the application secret");
}

#[test]
fn unknown_clients_have_a_hint() {
    hints(&token_error(oauth(400, "invalid_client", "invalid client nosuch")), "check the application id");
}

#[test]
fn wrong_application_types_have_a_hint() {
    hints(&token_error(oauth(400, "unauthorized_client", "not allowed")), "machine-to-machine");
}

#[test]
fn endpoints_that_return_web_pages_have_a_hint() {
    hints(&token_error(html(200)), "root of a Logto server");
    hints(&token_error(html(404)), "root of a Logto server");
    hints(&error(html(404)), "root of a Logto server");
    let error = error(html(200));
    assert!(error.is_decode());
    hints(&error, "root of a Logto server");
}

#[test]
fn a_401_that_is_not_about_the_token_has_no_hint_about_it() {
    for code in ["user.suspended", "session.not_found", "verification_record.not_found"] {
        let error = error(HttpResponse::json(401, format!(r#"{{"code":"{code}","message":"no"}}"#)));
        assert_eq!(error.hint(), None, "{code}");
    }
}

#[test]
fn members_beside_deep_ones_are_read_from_an_error() {
    let data = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let body = format!(r#"{{"data":{data},"code":"user.username_already_in_use","message":"taken","details":"why"}}"#);
    let error = error(HttpResponse::json(422, body));
    assert!(error.is_conflict() && error.details().as_deref() == Some("why"), "{error}");
    assert_eq!(error.data().map(|data| data.to_string()), Some(data));
}

#[test]
fn bodies_over_1_mb_have_a_hint() {
    let stage = Stage::answering([text(404, "Not Found")]);
    let body = CreateUser { name: Some("x".repeat(1 << 20)), ..Default::default() };
    hints(&stage.run(stage.client.users().create(body)).unwrap_err(), "at most 1 MB");
}

#[test]
fn missing_entities_have_no_hint() {
    assert_eq!(error(refusal(404, "entity.not_found")).hint(), None);
}

const TOKEN: &str = r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#;

/// The error of a read with a token without scopes.
fn without_scope(answer: HttpResponse) -> Error {
    let transport = ScriptedTransport::new(move |_, options| {
        let token = ok(TOKEN);
        let answer = if options.token_call { token } else { answer.clone() };
        async { Ok(answer) }
    });
    let stage = Stage::set_up(transport, |builder| builder);
    stage.run(stage.client.users().list()).unwrap_err()
}

#[test]
fn tokens_without_scopes_explain_a_403() {
    let error = without_scope(refusal(403, "auth.forbidden"));
    assert!(error.is_forbidden());
    hints(&error, "the scope that the token lacks");
}

#[test]
fn tokens_without_scopes_do_not_explain_other_errors() {
    assert_eq!(without_scope(refusal(404, "entity.not_found")).hint(), None);
}

#[test]
fn tokens_with_unknown_scope_are_not_reported_as_lacking_it() {
    let transport = ScriptedTransport::api(|_| refusal(403, "auth.forbidden"));
    let stage = Stage::set_up(transport, |builder| builder.token_source(FixedToken::new("mine")));
    hints(&stage.run(stage.client.users().list()).unwrap_err(), "check the roles");
}

#[test]
fn a_403_despite_the_scope_hints_at_roles() {
    hints(&error(refusal(403, "auth.forbidden")), "check the roles");
}

#[test]
fn rejected_tokens_have_a_hint() {
    hints(&error(refusal(401, "auth.unauthorized")), "as its resource");
}

#[test]
fn unreachable_token_endpoints_are_reported() {
    let transport = ScriptedTransport::new(|_, _| async {
        Err(TransportError::new(TransportErrorKind::Connect, "connection refused"))
    });
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Token, None, 0));
    assert!(error.message().contains("cannot reach the token endpoint: connection refused"), "{error}");
    hints(&error, "check that the server is running");
    assert_eq!(error.stop_reason(), Some(StopReason::Attempts));
}

#[test]
fn failed_token_calls_have_a_stop_reason() {
    for (status, reason) in [(503, StopReason::Attempts), (401, StopReason::Final)] {
        let transport = ScriptedTransport::new(move |_, _| async move { Ok(HttpResponse::new(status)) });
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::attempts(2)));
        let error = stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!((error.status(), error.stop_reason()), (Some(status), Some(reason)));
    }
}

#[test]
fn token_answers_without_a_token_are_reported() {
    for body in ["", "{}", "null", r#"{"access_token":""}"#, r#"{"access_token":7}"#, "not json"] {
        let error = token_error(ok(body));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Token, Some(200)), "{body}");
        assert_eq!(error.stop_reason(), Some(StopReason::Final), "{body}");
        assert!(error.message().contains("without an access token"), "{error}");
        assert!(!error.is_unauthorized(), "the endpoint rejected no credentials");
    }
}

/// The names of the questions that an error answers with yes.
fn answers(error: &Error) -> Vec<&'static str> {
    let all: [(&str, Predicate); 9] = [
        ("not_found", Error::is_not_found),
        ("conflict", Error::is_conflict),
        ("unauthorized", Error::is_unauthorized),
        ("forbidden", Error::is_forbidden),
        ("invalid_input", Error::is_invalid_input),
        ("rate_limited", Error::is_rate_limited),
        ("server_error", Error::is_server_error),
        ("connect", Error::is_connect),
        ("timeout", Error::is_timeout),
    ];
    all.iter().filter(|(_, test)| test(error)).map(|(name, _)| *name).collect()
}

#[test]
fn questions_about_a_failed_token_call_answer_by_its_cause() {
    for (status, expected) in [
        (400, &[][..]),
        (401, &["unauthorized"]),
        // A firewall, and not the token endpoint.
        (403, &[]),
        (409, &[]),
        (404, &[]),
        (429, &["rate_limited"]),
        (503, &["server_error"]),
    ] {
        assert_eq!(answers(&token_error(HttpResponse::new(status))), expected, "{status}");
    }
    for (kind, expected) in [
        (TransportErrorKind::Connect, &["connect"][..]),
        (TransportErrorKind::Timeout, &["timeout"]),
        (TransportErrorKind::Interrupted, &[]),
    ] {
        let transport = ScriptedTransport::new(move |_, _| async move { Err(TransportError::new(kind, "it broke")) });
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
        let error = stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!((error.kind(), answers(&error).as_slice()), (ErrorKind::Token, expected), "{kind:?}");
    }
}

#[test]
fn questions_about_a_failed_impersonation_answer_by_its_cause_but_not_about_entities() {
    // A missing user to impersonate does not mean that the entity of the call is missing, which was not sent.
    for (status, expected) in
        [(403, &[][..]), (404, &[]), (409, &[]), (422, &[]), (429, &["rate_limited"]), (500, &["server_error"])]
    {
        let stage = Stage::set_up(ScriptedTransport::answers([HttpResponse::new(status)]), |builder| {
            builder.retry(RetryPolicy::NEVER)
        });
        let application = ClientCredentials::new("app", "secret");
        let as_ada = TokenExchange::impersonating(stage.client.clone(), "ada", application);
        let user = builder(&stage.transport, &stage.runtime).token_source(as_ada).build().unwrap();
        let error = stage.run(user.my_account().get_profile()).unwrap_err();
        assert_eq!((error.kind(), answers(&error).as_slice()), (ErrorKind::Token, expected), "{error}");
    }
}

#[test]
fn errors_have_the_headers_and_the_time_that_the_server_asks_to_wait() {
    let busy = refusal(429, "request.too_many").header("retry-after", "7").header("x-limit", "200");
    let stage = Stage::set_up(ScriptedTransport::answers([busy]), |builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.retry_after(), error.headers().get("x-limit")), (Some(Duration::from_secs(7)), Some("200")));
    assert!(!format!("{error:?}").contains("x-limit"));
    let error = token_error(HttpResponse::new(429).header("retry-after", "7"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[test]
fn details_are_shown() {
    let body = r#"{"code":"guard.invalid_input","message":"The request input is invalid.","details":"Error in request body:\nkey path: `username`"}"#;
    let error = error(HttpResponse::json(400, body));
    let shown = error.to_string();
    assert!(shown.contains("[details: Error in request body:") && shown.contains("`username`"), "{shown}");
    assert!(!shown.contains('\n'), "{shown}");
}
