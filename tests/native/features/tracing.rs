//! Spans and events: what they say, and what they never say.

use logto_admin::RetryPolicy;
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder, token_answer, written};

/// Everything that a call writes that is answered at its second attempt.
fn log(bodies: bool) -> String {
    let answer =
        HttpResponse::json(200, r#"{"id":"u1","answer":"s3cret-answer"}"#).header("logto-core-request-id", "req-7");
    let transport = ScriptedTransport::answers([HttpResponse::new(503), answer]);
    let runtime = FakeRuntime::new();
    let client =
        builder(&transport, &runtime).retry(RetryPolicy::attempts(2)).trace_bodies(bodies).build().expect("valid");
    let (answer, log) = written(|| {
        let request = client.operation("GetUser").expect("known").path("userId", "u1");
        runtime.run(async { request.query("q", "s3cret-query").header("x", "s3cret-header").json("s3cret-body").await })
    });
    answer.expect("answered");
    log
}

#[test]
fn a_call_without_an_answer_tells_its_attempts_and_what_went_wrong() {
    let transport = ScriptedTransport::new(|_, options| async move {
        if options.token_call { Ok(token_answer("token-1", 3600)) } else { std::future::pending().await }
    });
    let runtime = FakeRuntime::new();
    let second = std::time::Duration::from_secs(1);
    let client = builder(&transport, &runtime).timeout(second).total_timeout(second * 3 / 2).build().expect("valid");
    let (answer, log) = written(|| runtime.run(async { client.operation("GetStatus")?.strict(true).await }));
    answer.expect_err("there is none");
    let call = |line: &&str| line.contains("logto.call{") && !line.contains("logto.attempt{") && line.contains("close");
    let call = log.lines().rfind(call).expect("a span of the call");
    assert!(call.contains("logto.attempts=2") && call.contains("error.type=Timeout"), "{call}");
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
