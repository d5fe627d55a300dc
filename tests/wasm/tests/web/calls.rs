//! Tests that run over both transports: this crate's own for `fetch`, and reqwest.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use logto_admin::runtime::{Runtime, WebRuntime};
use logto_admin::transport::{FetchTransport, HttpTransport, Method, ReqwestTransport};
use logto_admin::{ErrorKind, StopReason};
use logto_admin_test_server::{Answer, Fault, Payload, Script};
use logto_admin_wasm_tests::{Session, refusing_url};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

/// Defines each test for both transports.
macro_rules! over_both {
    ($($(#[$attribute:meta])* async fn $name:ident($transport:ident) $body:block)+) => {
        mod over_fetch {
            use super::*;
            $(#[wasm_bindgen_test] async fn $name() { super::$name(Arc::new(FetchTransport::new())).await; })+
        }
        mod over_reqwest {
            use super::*;
            $(#[wasm_bindgen_test] async fn $name() { super::$name(Arc::new(ReqwestTransport::new().unwrap())).await; })+
        }
        $($(#[$attribute])* async fn $name($transport: Arc<dyn HttpTransport>) $body)+
    };
}

const SOON: Duration = Duration::from_millis(50);
const BOUND: u64 = 100_000;

over_both! {
    async fn calls_send_the_token(transport) {
        let session = Session::open(&Script::default()).await;
        let client = session.client(transport).build().unwrap();
        let call = client.request(Method::Post, "/api/users").query("a", "b c").json(&json!({"name": "Zoë"}));
        assert_eq!(call.await.unwrap(), json!([]));
        let seen = session.until(2, 0).await;
        assert!(seen[0].is_token_call() && seen[0].body.contains("grant_type=client_credentials"));
        assert_eq!((seen[1].method.as_str(), seen[1].query.as_str()), ("POST", "a=b%20c"));
        assert_eq!(seen[1].header("authorization"), Some("Bearer token-1"));
        assert_eq!((seen[1].header("content-type"), seen[1].body.as_str()), (Some("application/json"), r#"{"name":"Zoë"}"#));
    }

    async fn lists_of_models_are_decoded(transport) {
        let user = Answer::json("[]").header("total-number", "7");
        let session = Session::open(&Script::api([user])).await;
        let page = session.client(transport).build().unwrap().users().list().page(2).await.unwrap();
        assert_eq!((page.len(), page.total), (0, Some(7)));
        assert_eq!(session.api_calls().await[0].query, "page=2");
    }

    async fn api_errors_have_code_and_message(transport) {
        let session = Session::open(&Script::api([Answer::error(404, "entity.not_found")])).await;
        let error = session.client(transport).build().unwrap().users().get("a").await.unwrap_err();
        assert!(error.is_not_found());
        assert_eq!((error.code(), error.message()), (Some("entity.not_found"), "It went wrong."));
    }

    async fn rejected_tokens_are_renewed_once(transport) {
        let session = Session::open(&Script::api([Answer::error(401, "auth.unauthorized"), Answer::json("[1]")])).await;
        let client = session.client(transport).build().unwrap();
        assert_eq!(client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
        let calls = session.api_calls().await;
        assert_eq!(calls[1].header("authorization"), Some("Bearer token-2"));
    }

    async fn reads_are_retried_after_all_kinds_of_failures(transport) {
        let failures = [Answer::status(503), Answer::status(429), Answer::fault(Fault::Reset)];
        let session = Session::open(&Script::api(failures.into_iter().chain([Answer::json("[1]")]))).await;
        let client = session.client(transport).build().unwrap();
        assert_eq!(client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
        assert!(session.api_calls().await.len() >= 4);
    }

    async fn truncated_bodies_are_failures(transport) {
        for fault in [Fault::ResetInBody, Fault::CloseInBody] {
            let session = Session::open(&Script::api([Answer::fault(fault), Answer::json("[1]")])).await;
            let client = session.client(Arc::clone(&transport)).build().unwrap();
            assert_eq!(client.request(Method::Get, "/api/users").await.unwrap(), json!([1]), "{fault:?}");
        }
    }

    async fn failed_writes_are_not_retried(transport) {
        let session = Session::open(&Script::api([Answer::fault(Fault::Reset)])).await;
        let client = session.client(transport).build().unwrap();
        let error = client.request(Method::Post, "/api/roles").json(&json!({})).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
        assert_eq!(error.stop_reason(), Some(StopReason::NotIdempotent));
        assert!(error.hint().unwrap().contains("CORS"), "{error}");
    }

    async fn writes_are_not_retried_after_refused_connections(transport) {
        // `fetch` does not report whether the request was sent.
        let url = refusing_url().await;
        let client = logto_admin::Client::builder(logto_admin::Endpoint::self_hosted(url))
            .transport(transport).build().unwrap();
        let error = client.request(Method::Post, "/api/roles").await.unwrap_err();
        assert_eq!((error.kind(), error.stop_reason()), (ErrorKind::Transport, Some(StopReason::NotIdempotent)));
    }

    async fn calls_are_aborted_after_the_timeout(transport) {
        for fault in [Fault::Hang, Fault::HangInHead, Fault::HangInBody] {
            let session = Session::open(&Script::api([Answer::fault(fault)])).await;
            let client = session.client(Arc::clone(&transport)).build().unwrap();
            let error = client.request(Method::Post, "/api/roles").timeout(SOON).await.unwrap_err();
            assert!(error.is_timeout(), "{fault:?}: {error}");
            session.until(2, 1).await;
        }
    }

    async fn calls_end_after_the_total_timeout(transport) {
        let session = Session::open(&Script::api([Answer::fault(Fault::Hang)])).await;
        let client = session.client(transport).build().unwrap();
        let error = client.request(Method::Get, "/api/users").total_timeout(SOON).await.unwrap_err();
        assert_eq!((error.is_timeout(), error.stop_reason()), (true, Some(StopReason::Time)));
    }

    async fn dropped_calls_are_aborted(transport) {
        let session = Session::open(&Script::api([Answer::fault(Fault::Hang)])).await;
        let client = session.client(transport).build().unwrap();
        let call = Box::pin(async move { client.request(Method::Get, "/api/users").await });
        let seen = Box::pin(session.until(2, 0));
        match select(call, seen).await {
            Either::Left((answer, _)) => panic!("unexpected answer: {answer:?}"),
            Either::Right((_, call)) => drop(call),
        }
        session.until(2, 1).await;
    }

    async fn body_size_is_limited(transport) {
        for (payload, fits) in [
            (Payload::Zeros(BOUND), true),
            (Payload::Zeros(BOUND + 1), false),
            (Payload::GzippedZeros(BOUND), true),
            (Payload::GzippedZeros(BOUND + 1), false),
            (Payload::Endless, false),
        ] {
            let session = Session::open(&Script::api([Answer::payload(payload.clone())])).await;
            let client = session.client(Arc::clone(&transport)).max_response_bytes(BOUND).build().unwrap();
            match client.request(Method::Get, "/api/logs").raw().await {
                Ok(answer) => assert!(fits && answer.body.len() == Some(100_000), "{payload:?}"),
                Err(error) => assert!(!fits && error.kind() == ErrorKind::TooLarge, "{payload:?}: {error}"),
            }
        }
    }

    async fn compressed_and_empty_answers_are_read(transport) {
        let compressed = Answer::payload(Payload::Gzip("[1]".to_owned()));
        let session = Session::open(&Script::api([compressed, Answer::status(204)])).await;
        let client = session.client(transport).build().unwrap();
        assert_eq!(client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
        client.users().delete("a").await.unwrap();
    }

    async fn web_pages_are_decode_errors(transport) {
        let session = Session::open(&Script::api([Answer::html()])).await;
        let error = session.client(transport).build().unwrap().users().list().await.unwrap_err();
        assert!(error.is_decode() && error.hint().unwrap().contains("endpoint"), "{error}");
    }

    async fn a_hundred_concurrent_first_calls_share_one_token(transport) {
        let session = Session::open(&Script::default()).await;
        let client = session.client(transport).build().unwrap();
        let calls = (0..100).map(|_| async { client.request(Method::Get, "/api/users").await });
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok));
        let seen = session.until(101, 0).await;
        assert_eq!(seen.iter().filter(|seen| seen.is_token_call()).count(), 1);
    }

    async fn futures_are_send(transport) {
        fn sendable<T: Send>(value: T) -> T { value }
        let session = Session::open(&Script::default()).await;
        let client = session.client(transport).build().unwrap();
        sendable(async move { client.request(Method::Get, "/api/users").await }).await.unwrap();
        sendable(WebRuntime::new().sleep(Duration::ZERO)).await;
    }
}
