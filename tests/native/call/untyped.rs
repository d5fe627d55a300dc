//! Untyped calls by operation id, and by method and path.

use logto_admin::operation::TABLE;
use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Client, ErrorKind};
use serde_json::{Value, json};

use crate::stage::{Stage, header, ok, refusal, status, target, user};

#[test]
fn operations_can_be_called_by_id() {
    let stage = Stage::answering([ok(&user("u1"))]);
    let answer = stage.run(stage.client.operation("GetUser").unwrap().path("userId", "u1")).unwrap();
    assert_eq!(answer["username"], "ada");
    assert_eq!(target(&stage.sent()), "/api/users/u1");
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer token-1"));
}

#[test]
fn untyped_operations_accept_a_body_and_a_query() {
    let stage = Stage::answering([HttpResponse::json(201, "{}")]);
    let request = stage.client.operation("AssignUserRoles").unwrap().path("userId", "u1");
    stage.run(request.query("a", "b c").json(&json!({ "roleIds": ["r1"] }))).unwrap();
    let sent = stage.sent();
    assert_eq!((sent.method, target(&sent)), (Method::Post, "/api/users/u1/roles?a=b%20c"));
    assert_eq!(sent.body.text(), r#"{"roleIds":["r1"]}"#);
}

#[test]
fn untyped_operations_send_the_same_request_as_typed_calls() {
    let stage = Stage::silent();
    let typed = stage.client.users().list().search("%ada%").to_http().unwrap();
    let untyped = stage.client.operation("ListUsers").unwrap().query("search", "%ada%").to_http().unwrap();
    assert_eq!((typed.method, typed.url, typed.headers), (untyped.method, untyped.url, untyped.headers));
}

#[test]
fn answers_are_json_values_strings_or_null() {
    let text = HttpResponse::new(201).header("content-type", "text/plain; charset=utf-8").body("Created");
    for (answer, expected) in [(ok("[1]"), json!([1])), (text, json!("Created")), (status(204), Value::Null)] {
        let stage = Stage::answering([answer]);
        assert_eq!(stage.run(stage.client.operation("GetUser").unwrap().path("userId", "u1")).unwrap(), expected);
    }
}

#[test]
fn errors_match_typed_calls() {
    let stage = Stage::answering([refusal(404, "entity.not_found")]);
    let error = stage.run(stage.client.operation("GetUser").unwrap().path("userId", "u1")).unwrap_err();
    assert_eq!((error.code(), error.operation()), (Some("entity.not_found"), Some("GetUser")));
}

#[test]
fn unknown_operations_are_rejected_with_a_suggestion() {
    let client = Stage::silent().client;
    let error = client.operation("getuser").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.message().contains("`getuser`") && error.message().contains("`GetUser`"), "{error}");
    assert!(client.operation("").is_err());
}

#[test]
fn every_operation_is_found_by_its_id() {
    for info in TABLE {
        assert_eq!(logto_admin::operation::find(info.id), Some(*info));
    }
}

#[test]
fn unknown_paths_can_be_called() {
    let stage = Stage::answering([ok(r#"{"a":1}"#)]);
    let request = stage.client.request(Method::Post, "/api/something/new").query("x", 1_u32).json(&json!({}));
    assert_eq!(stage.run(request).unwrap(), json!({ "a": 1 }));
    let sent = stage.sent();
    assert_eq!((sent.method, target(&sent)), (Method::Post, "/api/something/new?x=1"));
    assert_eq!(header(&sent, "authorization"), Some("Bearer token-1"));
}

#[test]
fn unknown_paths_are_retried_according_to_the_method() {
    for (method, sends) in
        [(Method::Get, 2), (Method::Put, 2), (Method::Delete, 2), (Method::Post, 1), (Method::Patch, 1)]
    {
        let stage = Stage::answering([status(500), ok("{}")]);
        let _ = stage.run(stage.client.request(method, "/api/something/new"));
        assert_eq!(stage.sends(), sends, "{method}");
    }
}

#[test]
fn unknown_paths_need_no_token() {
    let (transport, runtime) = (
        logto_admin_test_support::ScriptedTransport::answers([ok("{}")]),
        logto_admin_test_support::FakeRuntime::new(),
    );
    let builder = Client::builder(logto_admin::Endpoint::cloud("acme"));
    let client = builder.transport(transport).runtime(runtime.clone()).build().unwrap();
    runtime.run(async { client.request(Method::Get, "/oidc/.well-known/openid-configuration").await }).unwrap();
}

#[test]
fn invalid_paths_are_rejected() {
    let stage = Stage::silent();
    for path in [
        "",
        "api/users",
        "//api/users",
        "/api/users?page=1",
        "/api/a b",
        "/api/users/..",
        "/api/%2e%2E/users",
        "/a#b",
        "/a\nb",
        "/a\\b",
    ] {
        let error = stage.run(stage.client.request(Method::Get, path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{path}");
    }
}

#[test]
fn refused_paths_show_no_credentials_and_no_query() {
    let stage = Stage::answering([ok("{}")]);
    for path in ["https://ada:s3cret@h/api", "//ada:s3cret@h/api", "/api/users?token=s3cret", "/api/users#s3cret"] {
        let request = stage.client.request(Method::Get, path);
        let shown = format!("{request:?}");
        let error = stage.run(request).unwrap_err();
        let shown = format!("{shown} {error} {error:?} {:?}", error.path());
        assert!(!shown.contains("s3cret") && error.kind() == ErrorKind::Input, "{shown}");
    }
}
