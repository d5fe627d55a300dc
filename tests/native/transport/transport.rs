//! The reqwest transport.

use std::error::Error as _;

use logto_admin::transport::{
    HttpRequest, HttpTransport, Method, ReqwestTransport, TransportErrorKind, TransportOptions,
};
use logto_admin::{Client, Endpoint, ErrorKind};
use logto_admin_test_server::{Answer, Fault, Script, TestServer, refusing_url};
use logto_admin_test_support::FakeRuntime;

use crate::stage::{Stage, direct};

#[test]
fn calls_without_a_tokio_runtime_are_errors_not_panics() {
    let runtime = FakeRuntime::new();
    let transport = direct();
    let request = HttpRequest::new(Method::Get, "http://127.0.0.1:9/");
    let error = runtime.run(transport.send(request, &TransportOptions::default())).unwrap_err();
    assert_eq!((error.kind(), error.never_sent()), (TransportErrorKind::Environment, true));

    let client = Client::builder(Endpoint::self_hosted("http://127.0.0.1:9")).build().unwrap();
    let error = runtime.run(async { client.request(Method::Get, "/api/status").await }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.message().contains("tokio"), "{error}");
}

#[tokio::test]
async fn custom_reqwest_clients_keep_their_settings_and_are_accessible() {
    let own = reqwest::Client::builder().no_proxy().user_agent("own").build().unwrap();
    let transport = ReqwestTransport::from(own);
    let server = TestServer::start().await;
    let session = server.session(Script::default());
    let request = HttpRequest::new(Method::Get, format!("{}/api/users", session.url()));
    transport.send(request, &TransportOptions::default()).await.unwrap();
    transport.client().get(format!("{}/api/users", session.url())).send().await.unwrap();
    let agents: Vec<_> = session.seen().iter().map(|seen| seen.header("user-agent").map(str::to_owned)).collect();
    assert_eq!(agents, [Some("own".to_owned()), Some("own".to_owned())]);
}

#[tokio::test]
async fn timeouts_of_custom_reqwest_clients_are_timeouts() {
    let own = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(1)).build().unwrap();
    let server = TestServer::start().await;
    let session = server.session(Script::api([Answer::fault(Fault::Hang)]));
    let request = HttpRequest::new(Method::Get, format!("{}/api/users", session.url()));
    let sent = ReqwestTransport::from(own).send(request, &TransportOptions::default()).await;
    assert_eq!(sent.unwrap_err().kind(), TransportErrorKind::Timeout);
}

#[tokio::test]
async fn invalid_requests_are_rejected_as_invalid() {
    for (url, header) in [("http://a b/", "fine"), ("http://127.0.0.1:9/", "\u{7f}")] {
        let mut request = HttpRequest::new(Method::Get, url);
        request.headers.set("x-header", header);
        let error = direct().send(request, &TransportOptions::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.never_sent()), (TransportErrorKind::Invalid, true), "{url}");
    }
}

#[tokio::test]
async fn errors_do_not_show_the_query() {
    let request = HttpRequest::new(Method::Get, format!("{}/api?search=private", refusing_url().await));
    let error = direct().send(request, &TransportOptions::default()).await.unwrap_err();
    let mut told = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        told.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!told.contains("private"), "{told}");
}

#[tokio::test]
async fn the_language_of_the_client_applies_to_calls_without_their_own() {
    let stage = Stage::set_up(Script::api([Answer::json("[]")]), |builder| builder.language("de")).await;
    let list = || stage.client.request(Method::Get, "/api/users");
    list().await.unwrap();
    list().header("Accept-Language", "fr").await.unwrap();
    list().await.unwrap();
    let calls = stage.session.api_calls();
    let languages: Vec<_> = calls.iter().map(|call| call.header("accept-language").unwrap()).collect();
    assert_eq!(languages, ["de", "fr", "de"]);
}

#[tokio::test]
async fn headers_arrive_unchanged() {
    let stage = Stage::answering([Answer::status(200).header("x-name", "Zoë").header("set-cookie", "a=1")]).await;
    let call = stage.client.request(Method::Get, "/api/users").header("x-given", "Zoë");
    let answer = call.raw().await.unwrap();
    assert_eq!(answer.headers.get("x-name"), Some("Zoë"));
    let seen = &stage.session.api_calls()[0];
    assert_eq!(seen.header("x-given"), Some("Zoë"));
    assert!(seen.header("user-agent").unwrap().starts_with("logto-admin/"));
}
