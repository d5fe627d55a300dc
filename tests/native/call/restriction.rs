//! Clients that may call named operations only.

use futures_util::TryStreamExt;
use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Client, ErrorKind, Result};
use logto_admin_test_support::{ScriptedTransport, builder};

use crate::stage::{Stage, ok, user};

fn refusal<T>(result: Result<T>) -> String {
    let error = result.err().expect("a refusal");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotAllowed, 0));
    assert!(error.is_forbidden() && !error.is_invalid_input(), "{error}");
    error.to_string()
}

fn restricted(stage: &Stage, operations: &[&str]) -> Client {
    stage.client.restricted_to(operations.iter().copied()).unwrap()
}

#[test]
fn a_restricted_client_calls_the_named_operations() {
    let stage = Stage::answering([ok(&user("u1"))]);
    let client = restricted(&stage, &["GetUser"]);
    assert_eq!(stage.run(client.users().get("u1")).unwrap().id, "u1");
}

#[test]
fn it_sends_no_other_operation() {
    let stage = Stage::silent();
    let client = restricted(&stage, &["GetUser", "ListUsers"]);
    let message = refusal(stage.run(client.users().delete("u1")));
    assert!(message.contains("`DeleteUser`") && message.contains("restricted_to"), "{message}");
    refusal(stage.run(client.operation("DeleteUser").unwrap().path("userId", "u1")));
    refusal(stage.run(client.roles().list().stream().try_collect::<Vec<_>>()));
    refusal(client.users().delete("u1").to_http());
    assert_eq!(stage.sends(), 0);
}

#[test]
fn it_sends_no_request_by_path_and_shows_no_token() {
    let stage = Stage::silent();
    let client = restricted(&stage, &["GetUser"]);
    let message = refusal(stage.run(client.request(Method::Get, "/api/users/u1")));
    assert!(message.contains("by their path"), "{message}");
    refusal(stage.run(client.access_token()));
    assert_eq!(stage.sends(), 0);
}

#[test]
fn a_second_restriction_only_removes_operations() {
    let stage = Stage::silent();
    let client = restricted(&stage, &["GetUser", "ListUsers"]).restricted_to(["GetUser", "DeleteUser"]).unwrap();
    assert!(client.users().get("u1").to_http().is_ok());
    refusal(client.users().list().to_http());
    refusal(client.users().delete("u1").to_http());
    refusal(client.restricted_to([]).unwrap().users().get("u1").to_http());
}

#[test]
fn modified_clones_keep_the_restriction() {
    let stage = Stage::silent();
    let client = restricted(&stage, &["GetUser"]);
    refusal(client.with_headers([("x-a", "1")]).unwrap().users().list().to_http());
    assert!(stage.client.users().list().to_http().is_ok(), "the original client is not restricted");
    assert!(format!("{client:?}").contains("GetUser"));
}

#[test]
fn a_restricted_client_impersonates_if_it_may_create_subject_tokens() {
    for (operation, allowed) in [("CreateSubjectToken", 1), ("GetUser", 0)] {
        let admin = Stage::answering([ok(r#"{"subjectToken":"s1","expiresIn":600}"#)]);
        let exchange = TokenExchange::impersonating(
            restricted(&admin, &[operation]),
            "u1",
            ClientCredentials::new("app", "secret"),
        );
        let transport = ScriptedTransport::answers::<HttpResponse>([]);
        let user = builder(&transport, &admin.runtime).token_source(exchange).build().unwrap();
        drop(admin.run(user.access_token()));
        assert_eq!(admin.sends(), allowed);
    }
}

#[test]
fn unknown_operations_are_rejected_with_a_suggestion() {
    let error = Stage::silent().client.restricted_to(["getUser"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.message().contains("did you mean `GetUser`?"), "{error}");
}
