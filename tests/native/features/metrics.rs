//! The metrics that the client records.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::token::{StoreError, TokenStore};
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin::{Client, ClientBuilder, RateLimit};
use logto_admin_test_support::{FakeRuntime, IntoOutcome, ScriptedTransport, builder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Runs calls of a client on a fake clock. Returns the metrics in Prometheus' text format.
fn recorded(client: impl FnOnce(&FakeRuntime) -> Client, calls: impl AsyncFnOnce(Client)) -> Metrics {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle: PrometheusHandle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let runtime = FakeRuntime::new();
        let client = client(&runtime);
        runtime.run(calls(client));
    });
    Metrics(handle.render())
}

fn answering<A: IntoOutcome>(
    answers: impl IntoIterator<Item = A>,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> impl FnOnce(&FakeRuntime) -> Client {
    let transport = ScriptedTransport::answers(answers);
    move |runtime| settings(builder(&transport, runtime)).build().expect("valid")
}

struct Metrics(String);

impl Metrics {
    /// The value of a series, such as `name{label="value"}`.
    fn value(&self, series: &str) -> Option<f64> {
        let line = self.0.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.map(|value| value.parse().expect("a number"))
    }
}

fn ok() -> HttpResponse {
    HttpResponse::json(200, "[]")
}

#[test]
fn calls_and_attempts_are_counted_by_operation_and_outcome() {
    let answers = [HttpResponse::new(503), ok(), HttpResponse::json(404, "{}")];
    let metrics = recorded(answering(answers, |builder| builder), async |client| {
        client.roles().list().await.expect("answered");
        client.operation("GetUser").expect("known").path("userId", "u1").await.expect_err("not found");
    });
    for (series, count) in [
        (r#"logto_calls_total{operation="ListRoles",outcome="200"}"#, 1.0),
        (r#"logto_calls_total{operation="GetUser",outcome="404"}"#, 1.0),
        (r#"logto_calls_total{operation="OidcToken",outcome="200"}"#, 1.0),
        (r#"logto_attempts_total{operation="ListRoles",outcome="503"}"#, 1.0),
        (r#"logto_attempts_total{operation="ListRoles",outcome="200"}"#, 1.0),
        (r#"logto_token_renewals_total{outcome="issued"}"#, 1.0),
    ] {
        assert_eq!(metrics.value(series), Some(count), "{series} in\n{}", metrics.0);
    }
    assert!(!metrics.0.contains("u1"), "paths and ids are not labels:\n{}", metrics.0);
    assert!(metrics.0.contains("# HELP logto_calls_total Calls that have ended"), "{}", metrics.0);
}

#[test]
fn failures_without_an_answer_have_the_kind_of_the_error() {
    let lost = TransportError::new(TransportErrorKind::Connect, "refused");
    let metrics =
        recorded(answering([lost], |builder| builder.retry(logto_admin::RetryPolicy::NEVER)), async |client| {
            drop(client.roles().list().await)
        });
    for series in [
        r#"logto_calls_total{operation="ListRoles",outcome="Connect"}"#,
        r#"logto_attempts_total{operation="ListRoles",outcome="Connect"}"#,
    ] {
        assert_eq!(metrics.value(series), Some(1.0), "{series} in\n{}", metrics.0);
    }
}

#[test]
fn the_time_of_a_call_includes_its_waits() {
    let busy = HttpResponse::new(503).header("retry-after", "3");
    let metrics = recorded(answering([busy, ok()], |builder| builder), async |client| {
        client.roles().list().await.expect("answered");
    });
    let seconds = |name: &str| metrics.value(&format!(r#"{name}_sum{{operation="ListRoles"}}"#)).expect("recorded");
    assert!(seconds("logto_call_duration_seconds") >= 3.0, "{}", metrics.0);
    assert!(seconds("logto_attempt_duration_seconds") < 3.0, "{}", metrics.0);
}

#[test]
fn waits_for_the_rate_limit_are_timed() {
    let limit = RateLimit::new(2, Duration::from_secs(10));
    let metrics =
        recorded(answering([ok(), ok()], |builder| builder.rate_limit(limit).access_token("token")), async |client| {
            for _ in 0..2 {
                client.roles().list().await.expect("answered");
            }
        });
    assert_eq!(metrics.value("logto_limiter_wait_seconds_count"), None, "nothing waited:\n{}", metrics.0);

    let metrics = recorded(
        answering([ok(), ok(), ok()], |builder| builder.rate_limit(limit).access_token("token")),
        async |client| {
            for _ in 0..3 {
                client.roles().list().await.expect("answered");
            }
        },
    );
    assert_eq!(metrics.value("logto_limiter_wait_seconds_count"), Some(1.0), "{}", metrics.0);
    assert!(metrics.value("logto_limiter_wait_seconds_sum").expect("recorded") >= 9.0, "{}", metrics.0);
}

/// A store that always fails.
struct Broken;

#[async_trait]
impl TokenStore for Broken {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        Err("the disk is gone".into())
    }

    async fn set(&self, _: &str, _: &str, _: Option<Duration>) -> Result<(), StoreError> {
        Err("the disk is gone".into())
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        Err("the disk is gone".into())
    }
}

#[test]
fn failures_of_the_token_store_are_counted() {
    let metrics = recorded(answering([ok()], |builder| builder.token_store(Broken)), async |client| {
        client.roles().list().await.expect("a failing store does not fail the call");
    });
    assert_eq!(metrics.value("logto_token_store_errors_total"), Some(1.0), "{}", metrics.0);
}

/// A store of one token, without locks.
#[derive(Default)]
struct OneToken(Mutex<Option<String>>);

#[async_trait]
impl TokenStore for OneToken {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.lock().expect("no panic").clone())
    }

    async fn set(&self, _: &str, value: &str, _: Option<Duration>) -> Result<(), StoreError> {
        *self.0.lock().expect("no panic") = Some(value.to_owned());
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[test]
fn tokens_of_other_processes_are_counted_apart_from_issued_ones() {
    let store = Arc::new(OneToken::default());
    for (process, counts) in [("first", [Some(1.0), None]), ("second", [None, Some(1.0)])] {
        let metrics = recorded(answering([ok()], |builder| builder.token_store(Arc::clone(&store))), async |client| {
            client.roles().list().await.expect("answered");
        });
        let renewals = |outcome| metrics.value(&format!(r#"logto_token_renewals_total{{outcome="{outcome}"}}"#));
        assert_eq!(["issued", "shared"].map(renewals), counts, "{process} process:\n{}", metrics.0);
    }
}

#[test]
fn rejected_renewals_are_counted() {
    let transport = ScriptedTransport::new(|_, _| async {
        Ok(HttpResponse::json(400, r#"{"error":"invalid_client","error_description":"client authentication failed"}"#))
    });
    let client = |runtime: &FakeRuntime| builder(&transport, runtime).build().expect("valid");
    let metrics = recorded(client, async |client| drop(client.roles().list().await));
    assert_eq!(metrics.value(r#"logto_token_renewals_total{outcome="failed"}"#), Some(1.0), "{}", metrics.0);
    assert_eq!(metrics.value(r#"logto_calls_total{operation="ListRoles",outcome="Token"}"#), Some(1.0));
}
