//! Proxies.

use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin::{Client, Endpoint};
use logto_admin_test_server::{Authority, Script, TestProxy, TestServer, Tls, refusing_url};

use crate::child;
use crate::stage::{Stage, builder, runtime};

#[tokio::test]
async fn all_requests_use_the_configured_proxy() {
    let proxy = TestProxy::start().await;
    let transport =
        ReqwestTransport::builder().proxy(format!("http://user:secret@{}", proxy.authority())).build().unwrap();
    let stage = Stage::set_up(Script::default(), |builder| builder.transport(transport)).await;
    stage.client.request(Method::Get, "/api/users").query("page", 2_u32).await.unwrap();
    let seen = proxy.seen();
    assert_eq!(seen[0].path, format!("{}/oidc/token", stage.session.url()));
    assert_eq!(seen[0].header("proxy-authorization"), Some("Basic dXNlcjpzZWNyZXQ="));
    assert_eq!(stage.session.api_calls()[0].query, "page=2");
}

#[tokio::test]
async fn https_is_tunnelled_through_the_proxy() {
    let (proxy, authority) = (TestProxy::start().await, Authority::new());
    let server = TestServer::start_tls(&authority, Tls::default()).await;
    let session = server.session(Script::default());
    let transport = ReqwestTransport::builder()
        .ca_bundle(authority.pem())
        .proxy(format!("http://{}", proxy.authority()))
        .build()
        .unwrap();
    let client = builder(session.url(), &runtime()).transport(transport).build().unwrap();
    client.request(Method::Get, "/api/users").await.unwrap();
    let seen = proxy.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("CONNECT", &server.url()["https://".len()..]));
    assert_eq!(seen[0].header("authorization"), None);
}

#[test]
fn invalid_proxies_are_rejected_without_showing_the_password() {
    let error = ReqwestTransport::builder().proxy("http://user:secret@:x").build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    let builder = ReqwestTransport::builder().proxy("http://user:secret@proxy");
    assert!(!format!("{builder:?}").contains("secret"));
}

#[tokio::test]
async fn unreachable_proxies_are_reported_without_showing_the_password() {
    let nowhere = refusing_url().await.replacen("http://", "http://user:secret@", 1);
    for url in ["http://id.example.com", "https://id.example.com"] {
        let transport = ReqwestTransport::builder().proxy(nowhere.as_str()).build().unwrap();
        let client =
            Client::builder(Endpoint::self_hosted(url).allow_http(true)).access_token("t").transport(transport);
        let client = client.runtime(runtime()).build().unwrap();
        let error = client.request(Method::Get, "/api/users").await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("cannot connect") && !told.contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn the_environment_is_used_by_default() {
    if let Some(url) = child::handed() {
        let by_environment = builder(&url, &runtime()).transport(ReqwestTransport::new().unwrap()).build().unwrap();
        by_environment.request(Method::Get, "/api/by-environment").await.unwrap();
        builder(&url, &runtime()).build().unwrap().request(Method::Get, "/api/direct").await.unwrap();
        return;
    }
    let (proxy, server) = (TestProxy::start().await, TestServer::start().await);
    let session = server.session(Script::default());
    let variables = vec![
        ("HTTP_PROXY", format!("http://{}", proxy.authority())),
        ("http_proxy", format!("http://{}", proxy.authority())),
        ("NO_PROXY", String::new()),
        ("no_proxy", String::new()),
    ];
    child::run("proxy::the_environment_is_used_by_default", session.url().to_owned(), variables).await;
    let through: Vec<String> = proxy.seen().into_iter().map(|seen| seen.path).collect();
    assert!(through.contains(&format!("{}/api/by-environment", session.url())), "{through:?}");
    assert!(!through.iter().any(|path| path.ends_with("/api/direct")), "{through:?}");
    assert_eq!(session.api_calls().len(), 2);
}
