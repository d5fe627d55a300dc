//! Spans and events: what they say, and what they never say.

use logto_admin::RetryPolicy;
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, Log, ScriptedTransport, builder};
use tracing_subscriber::fmt::format::FmtSpan;

/// Everything that a call writes that is answered at its second attempt.
fn log(bodies: bool) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let answer =
        HttpResponse::json(200, r#"{"id":"u1","answer":"s3cret-answer"}"#).header("logto-core-request-id", "req-7");
    let transport = ScriptedTransport::answers([HttpResponse::new(503), answer]);
    let runtime = FakeRuntime::new();
    let client =
        builder(&transport, &runtime).retry(RetryPolicy::attempts(2)).trace_bodies(bodies).build().expect("valid");
    tracing::subscriber::with_default(subscriber, || {
        let request = client.operation("GetUser").expect("known").path("userId", "u1");
        runtime.run(async { request.query("q", "s3cret-query").header("x", "s3cret-header").json("s3cret-body").await })
    })
    .expect("answered");
    log.text()
}

#[test]
fn a_call_is_a_span_and_each_attempt_is_one_within_it() {
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
        r#"server.address="127.0.0.1:9""#,
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
    assert!(log.contains("trying again"), "{log}");
}

#[test]
fn nothing_secret_is_written() {
    let log = log(false);
    for secret in ["s3cret", "app-secret", "token-1", "Bearer", "Basic"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

#[test]
fn bodies_are_written_only_by_explicit_choice_and_never_those_of_the_token_call() {
    let log = log(true);
    assert!(log.contains("s3cret-body") && log.contains("s3cret-answer"), "{log}");
    for secret in ["s3cret-query", "s3cret-header", "app-secret", "token-1"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}
