//! The steps of a call, their order, and the request that is sent.

use std::sync::{Arc, Mutex};

use logto_admin::models::CreateUser;
use logto_admin::token::{AccessToken, token_fn};
use logto_admin::transport::{HttpRequest, HttpResponse, Method, after_fn, before_fn};
use logto_admin::{Client, Endpoint, Patch};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::stage::{Stage, header, ok, status, target, user, users};

#[test]
fn requests_that_are_not_awaited_send_nothing() {
    let stage = Stage::silent();
    drop(stage.client.users().get("u1"));
    assert!(stage.transport.seen().is_empty());
}

#[test]
fn building_a_client_spawns_and_sends_nothing() {
    let stage = Stage::silent();
    assert_eq!((stage.transport.seen().len(), stage.runtime.sleeping(), stage.runtime.spawned()), (0, 0, 0));
}

#[test]
fn calls_get_a_token_then_run_hooks_around_the_send() {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let step = |name: &'static str| {
        let steps = Arc::clone(&steps);
        move || steps.lock().unwrap().push(name)
    };
    let (token, before, sent, after) = (step("token"), step("before"), step("sent"), step("after"));
    let transport = ScriptedTransport::api(move |_| {
        sent();
        ok("[]")
    });
    let stage = Stage::set_up(transport, |builder| {
        let source = token_fn(move || {
            token();
            async { Ok(AccessToken::new("t")) }
        });
        builder
            .token_source(source)
            .hook(before_fn(move |_, _| {
                before();
                Ok(())
            }))
            .hook(after_fn(move |_, _| {
                after();
                Ok(())
            }))
    });
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(*steps.lock().unwrap(), ["token", "before", "sent", "after"]);
}

#[test]
fn requests_have_method_url_headers_and_token() {
    let stage = Stage::answering([ok(&user("u1"))]);
    stage.run(stage.client.users().get("u1")).unwrap();
    let sent = stage.sent();
    assert_eq!((sent.method, target(&sent)), (Method::Get, "/api/users/u1"));
    assert_eq!(header(&sent, "authorization"), Some("Bearer token-1"));
    assert_eq!(header(&sent, "accept"), Some("application/json"));
    assert_eq!(header(&sent, "user-agent"), Some(concat!("logto-admin/", env!("CARGO_PKG_VERSION"))));
    assert!(header(&sent, "accept-language").is_none() && header(&sent, "cookie").is_none(), "{sent:?}");
    assert!(sent.body.is_empty() && header(&sent, "content-type").is_none());
}

#[test]
fn headers_of_the_call_override_headers_of_the_client() {
    let transport = ScriptedTransport::answers([ok("[]")]);
    let stage = Stage::set_up(transport, |builder| {
        builder.user_agent("mine/1").language("de").header("x-one", "client").header("x-two", "client")
    });
    stage.run(stage.client.users().list().header("X-Two", "call")).unwrap();
    let sent = stage.sent();
    assert_eq!(header(&sent, "user-agent"), Some("mine/1"));
    assert_eq!(header(&sent, "accept-language"), Some("de"));
    assert_eq!(header(&sent, "x-one"), Some("client"));
    assert_eq!(sent.headers.get_all("x-two").collect::<Vec<_>>(), ["call"]);
}

#[test]
fn endpoints_can_have_a_path() {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::answers([ok("[]")]);
    let client = Client::builder(Endpoint::self_hosted("https://example.com/auth/"))
        .client_credentials("id", "secret")
        .transport(transport.clone())
        .runtime(runtime.clone())
        .build()
        .unwrap();
    runtime.run(async { client.users().list().await }).unwrap();
    assert_eq!(transport.token_calls()[0].url, "https://example.com/auth/oidc/token");
    assert_eq!(transport.api_calls()[0].url, "https://example.com/auth/api/users");
}

#[test]
fn to_http_returns_the_request_without_sending_it() {
    let stage = Stage::silent();
    let body = CreateUser { username: Some("ada".into()), ..Default::default() };
    let request = stage.client.users().create(body).header("x-request", "7").to_http().unwrap();
    assert_eq!((request.method, target(&request)), (Method::Post, "/api/users"));
    assert_eq!(request.body.text(), r#"{"username":"ada"}"#);
    assert_eq!(header(&request, "x-request"), Some("7"));
    assert_eq!(header(&request, "authorization"), None, "`to_http` should not include a token");
}

#[test]
fn to_http_is_deterministic() {
    let stage = Stage::silent();
    let build = || stage.client.users().list().search("%ada%").page(2).page_size(50).to_http().unwrap();
    let shown = |request: HttpRequest| (request.method, request.url, request.headers, request.body.bytes());
    assert_eq!(shown(build()), shown(build()));
}

#[test]
fn sent_requests_match_to_http_plus_the_token() {
    let stage = Stage::answering([ok(&user("u1"))]);
    let create = || stage.client.users().create(CreateUser { avatar: Patch::Null, ..Default::default() });
    let shown = create().to_http().unwrap();
    stage.run(create()).unwrap();
    let mut sent = stage.sent();
    sent.headers.remove("authorization");
    assert_eq!((sent.method, sent.url, sent.headers), (shown.method, shown.url, shown.headers));
    assert_eq!(sent.body.bytes(), shown.body.bytes());
}

#[test]
fn requests_own_their_client_and_can_be_spawned() {
    fn spawnable<T: Send + 'static>(future: T) -> T {
        future
    }
    let stage = Stage::answering([ok(&users([1]))]);
    let request = {
        let client = stage.client.clone();
        client.users().list()
    };
    let call = spawnable(async move { request.await });
    assert_eq!(stage.run(call).unwrap().len(), 1);
}

#[test]
fn the_transport_receives_size_limit_and_redirect_policy() {
    use logto_admin::transport::RedirectPolicy;
    let stage = Stage::set_up(ScriptedTransport::answers([ok("[]")]), |builder| {
        builder.max_response_bytes(1000).redirects(RedirectPolicy::Follow(3))
    });
    stage.run(stage.client.users().list()).unwrap();
    for seen in stage.transport.seen() {
        assert_eq!((seen.options.max_response_bytes, seen.options.redirects), (1000, RedirectPolicy::Follow(3)));
    }
}

#[test]
fn calls_can_override_size_limit_and_redirect_policy() {
    use logto_admin::transport::RedirectPolicy;
    let stage = Stage::answering([ok("[]"), ok("[]")]);
    stage.run(stage.client.users().list().max_response_bytes(10).redirects(RedirectPolicy::Follow(1))).unwrap();
    stage.run(stage.client.users().list()).unwrap();
    let asked: Vec<_> = stage.transport.seen().iter().map(|seen| seen.options).collect();
    let told = asked.iter().map(|options| (options.max_response_bytes, options.redirects)).collect::<Vec<_>>();
    // The token call, the call with overrides, and another call.
    let usual = (64 << 20, RedirectPolicy::None);
    assert_eq!(told, [usual, (10, RedirectPolicy::Follow(1)), usual]);
}

#[test]
fn redirects_are_off_and_answers_limited_to_64_mib_by_default() {
    use logto_admin::transport::RedirectPolicy;
    let stage = Stage::answering([ok("[]")]);
    stage.run(stage.client.users().list()).unwrap();
    let options = stage.transport.seen()[1].options;
    assert_eq!((options.max_response_bytes, options.redirects), (64 << 20, RedirectPolicy::None));
    assert!(!options.token_call);
}

#[test]
fn transports_can_be_closures() {
    let runtime = FakeRuntime::new();
    let transport = logto_admin::transport::transport_fn(|request: HttpRequest, _| async move {
        assert!(request.url.ends_with("/api/status"));
        Ok(HttpResponse::new(204))
    });
    let client = Client::builder(Endpoint::self_hosted("http://localhost:3001"))
        .transport(transport)
        .runtime(runtime.clone())
        .build()
        .unwrap();
    runtime.run(async { client.status().get().await }).unwrap();
}

#[test]
fn transports_can_wrap_other_transports() {
    struct Stamped(ScriptedTransport);
    #[async_trait::async_trait]
    impl logto_admin::transport::HttpTransport for Stamped {
        async fn send(
            &self,
            mut request: HttpRequest,
            options: &logto_admin::transport::TransportOptions,
        ) -> Result<HttpResponse, logto_admin::transport::TransportError> {
            request.headers.set("x-stamp", "1");
            self.0.send(request, options).await
        }
    }
    let (inner, runtime) = (ScriptedTransport::answers([status(204)]), FakeRuntime::new());
    let client = Client::builder(Endpoint::self_hosted("http://localhost:3001"))
        .transport(Stamped(inner.clone()))
        .runtime(runtime.clone())
        .build()
        .unwrap();
    runtime.run(async { client.status().get().await }).unwrap();
    assert_eq!(header(&inner.api_calls()[0], "x-stamp"), Some("1"));
}
