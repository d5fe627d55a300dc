//! The content of spans and events, and the secrets that they must not contain.

use logto_admin::RetryPolicy;
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer, written};

/// The log of a call that succeeds at its second attempt.
fn log(bodies: bool) -> String {
    let answer =
        HttpResponse::json(200, r#"{"id":"u1","answer":"s3cret-answer"}"#).header("logto-core-request-id", "req-7");
    let transport = ScriptedTransport::answers([HttpResponse::new(503), answer]);
    let runtime = FakeRuntime::new();
    let builder = builder(&transport, &runtime).retry(RetryPolicy::attempts(2));
    let client = if bodies { builder.trace_bodies(true) } else { builder }.build().expect("valid");
    let (answer, log) = written(|| {
        let request = client.operation("GetUser").expect("known").path("userId", "u1");
        runtime.run(async { request.query("q", "s3cret-query").header("x", "s3cret-header").json("s3cret-body").await })
    });
    answer.expect("answered");
    log
}

#[test]
fn calls_without_an_answer_log_attempts_and_error_type() {
    let transport = ScriptedTransport::new(|_, options| async move {
        if options.token_call { Ok(token_answer("token-1", 3600)) } else { std::future::pending().await }
    });
    let runtime = FakeRuntime::new();
    let second = std::time::Duration::from_secs(1);
    let client = builder(&transport, &runtime).timeout(second).total_timeout(second * 3 / 2).build().expect("valid");
    let (answer, log) = written(|| runtime.run(async { client.operation("GetStatus")?.strict(true).await }));
    answer.expect_err("no answer");
    let call = |line: &&str| line.contains("logto.call{") && !line.contains("logto.attempt{") && line.contains("close");
    let call = log.lines().rfind(call).expect("a span of the call");
    assert!(call.contains("logto.attempts=2") && call.contains("error.type=Timeout"), "{call}");
}

#[test]
fn calls_are_spans_with_a_nested_span_per_attempt() {
    let log = log(false);
    let closed = |span: &str| log.lines().filter(|line| line.contains(span) && line.contains("close")).count();
    assert_eq!(
        log.lines()
            .filter(|line| line.contains("logto.attempt{") && line.contains("GetUser") && line.contains("close"))
            .count(),
        2,
        "{log}"
    );
    assert!(closed("logto.call{") >= 1, "{log}");
    for said in [
        r#"otel.name=GET /api/users/{userId}"#,
        r#"http.request.method="GET""#,
        r#"url.template="/api/users/{userId}""#,
        r#"server.address="127.0.0.1""#,
        "server.port=9",
        "http.response.status_code=503",
        "http.response.status_code=200",
        "http.request.resend_count=1",
        "logto.attempts=2",
        r#"logto.request_id="req-7""#,
        r#"otel.name="POST /oidc/token""#,
    ] {
        let plain = said.replace('"', "");
        assert!(log.replace('"', "").contains(&plain), "{said} is not in\n{log}");
    }
    assert!(log.contains("retrying"), "{log}");
}

#[test]
fn secrets_are_not_logged() {
    let log = log(false);
    for secret in ["s3cret", "app-secret", "token-1", "Bearer", "Basic"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

#[test]
fn bodies_are_logged_only_on_request_and_never_for_token_calls() {
    let log = log(true);
    assert!(log.contains("s3cret-body") && log.contains("s3cret-answer"), "{log}");
    for secret in ["s3cret-query", "s3cret-header", "app-secret", "token-1"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

/// The last line about a span that has closed, and contains this text.
fn closed<'a>(log: &'a str, span: &str, text: &str) -> &'a str {
    let wanted = |line: &&str| line.contains("close") && line.contains(span) && line.contains(text);
    log.lines().rfind(wanted).expect("a span with this text")
}

#[test]
fn failures_have_the_status_of_an_error() {
    for (answer, reason) in [
        (Ok(HttpResponse::new(400)), "error.type=400"),
        (Ok(HttpResponse::new(404)), "error.type=404"),
        (Ok(HttpResponse::new(302).header("location", "/sign-in")), "error.type=Api"),
        (Err(TransportError::new(TransportErrorKind::Connect, "refused")), "error.type=Connect"),
        (Ok(HttpResponse::json(200, "not json")), "error.type=Decode"),
    ] {
        let transport = ScriptedTransport::answers([answer]);
        let runtime = FakeRuntime::new();
        let client = builder(&transport, &runtime).retry(RetryPolicy::NEVER).build().expect("valid");
        let (result, log) = written(|| runtime.run(async { client.operation("GetUser")?.path("userId", "u1").await }));
        result.expect_err("no user");
        let call = closed(&log, "logto.call{", "GetUser");
        assert!(call.contains(reason) && call.contains("otel.status_code=\"ERROR\""), "{call}");
        assert_eq!(call.matches("error.type=").count(), 1, "{call}");
    }
    assert!(!log(false).lines().any(|line| line.contains("ERROR") && line.contains("status_code=200")));
}

#[test]
fn attempts_without_a_response_have_the_kind_of_the_failure() {
    let transport = ScriptedTransport::answers([TransportError::new(TransportErrorKind::Connect, "refused")]);
    let runtime = FakeRuntime::new();
    let client = builder(&transport, &runtime).retry(RetryPolicy::NEVER).build().expect("valid");
    let (result, log) = written(|| runtime.run(async { client.operation("GetUser")?.path("userId", "u1").await }));
    result.expect_err("no response");
    assert!(closed(&log, "logto.attempt{", "GetUser").contains("error.type=Connect"), "{log}");
    assert!(log.contains("no response"), "{log}");
}

#[test]
fn token_calls_are_in_the_span_of_their_renewal() {
    let log = log(false);
    let call = closed(&log, "logto.token_renewal", "OidcToken");
    assert!(!call.contains("GetUser"), "{call}");
}
