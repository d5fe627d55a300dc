//! The client rejects operations that it cannot authenticate, and sends nothing.

use logto_admin::token::{FixedToken, TokenKind};
use logto_admin::transport::Method;
use logto_admin::{Client, ClientBuilder, Endpoint, ErrorKind, Result};
use logto_admin_test_support::{ENDPOINT, FakeRuntime, ScriptedTransport};

use crate::stage::{Stage, header, ok, status};

fn with_token(kind: TokenKind) -> Stage {
    Stage::set_up(ScriptedTransport::api(|_| ok("{}")), |builder| {
        builder.token_source(FixedToken::new("t").with_kind(kind))
    })
}

/// A client without credentials.
fn anonymous(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let (transport, runtime) = (ScriptedTransport::api(|_| status(204)), FakeRuntime::new());
    let builder =
        Client::builder(Endpoint::self_hosted(ENDPOINT)).transport(transport.clone()).runtime(runtime.clone());
    Stage { client: settings(builder).build().unwrap(), transport, runtime }
}

#[track_caller]
fn refused<T>(stage: &Stage, outcome: Result<T>, advice: &str) {
    let error = outcome.err().expect("the call should be rejected");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 0));
    assert!(error.message().contains(advice), "{error}");
    assert!(error.operation().is_some() && error.path().is_some(), "{error:?}");
    assert!(stage.transport.seen().is_empty());
}

#[test]
fn user_tokens_are_rejected_for_the_management_api() {
    let stage = with_token(TokenKind::User);
    refused(&stage, stage.run(stage.client.users().list().raw()), "configured with a user access token");
}

#[test]
fn application_tokens_are_rejected_for_the_account_api() {
    let stage = with_token(TokenKind::Management);
    refused(
        &stage,
        stage.run(stage.client.my_account().get_profile().raw()),
        "configured with application credentials",
    );
}

#[test]
fn tokens_of_unknown_kind_are_sent_to_both() {
    let stage = with_token(TokenKind::Unknown);
    stage.run(stage.client.users().list().raw()).unwrap();
    stage.run(stage.client.my_account().get_profile().raw()).unwrap();
    assert_eq!(stage.sends(), 2);
}

#[test]
fn clients_without_tokens_call_neither() {
    let stage = anonymous(|builder| builder);
    let advice = "no source of access tokens: set the id and the secret of an application, or another source of tokens";
    refused(&stage, stage.run(stage.client.users().list().raw()), advice);
    refused(&stage, stage.run(stage.client.my_account().get_profile().raw()), advice);
    assert!(stage.run(stage.client.access_token()).unwrap_err().message().contains(advice));
}

#[test]
fn clients_without_tokens_make_untyped_calls() {
    let stage = anonymous(|builder| builder);
    stage.run(stage.client.request(Method::Get, "/api/custom").raw()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), None);
}

#[test]
fn an_authorization_header_of_the_client_replaces_the_access_token() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder);
    let user = stage.client.with_headers([("authorization", "Bearer user")]).unwrap();
    stage.run(user.users().list().raw()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer user"));
    assert!(stage.transport.token_calls().is_empty());

    let bare = anonymous(|builder| builder.header("authorization", "Bearer user"));
    bare.run(bare.client.users().list().raw()).unwrap();
    assert_eq!(header(&bare.sent(), "authorization"), Some("Bearer user"));
}

#[test]
fn an_empty_authorization_header_does_not_replace_the_access_token() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder);
    stage.run(stage.client.users().list().header("authorization", "").raw()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer token-1"));
}

#[test]
fn sign_in_operations_require_cookies() {
    let stage = anonymous(|builder| builder);
    refused(&stage, stage.run(stage.client.experience().get_interaction().raw()), "with_cookies");
    let empty = stage.client.with_cookies([]).unwrap();
    refused(&stage, stage.run(empty.experience().get_interaction().raw()), "with_cookies");
}

#[test]
fn sign_in_operations_use_cookies_of_client_call_or_transport() {
    let cookies = [("_interaction", "a"), ("_interaction.sig", "b")];
    let with_cookies = anonymous(|builder| builder.cookies(cookies));
    with_cookies.run(with_cookies.client.experience().get_interaction().raw()).unwrap();
    assert_eq!(header(&with_cookies.sent(), "cookie"), Some("_interaction=a; _interaction.sig=b"));

    let bare = anonymous(|builder| builder);
    bare.run(bare.client.experience().get_interaction().header("cookie", "_interaction=c").raw()).unwrap();
    assert_eq!(header(&bare.sent(), "cookie"), Some("_interaction=c"));

    let browser = anonymous(|builder| builder.ambient_cookies(true));
    browser.run(browser.client.experience().get_interaction().raw()).unwrap();
}

#[test]
fn sign_in_operations_send_no_access_token() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| status(204)), |builder| builder.cookies([("a", "b")]));
    stage.run(stage.client.experience().get_interaction().raw()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), None);
    assert!(stage.transport.token_calls().is_empty());
}

#[test]
fn public_operations_need_and_send_no_token() {
    let stage = anonymous(|builder| builder);
    stage.run(stage.client.status().get()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), None);
}

#[test]
fn custom_authorization_headers_are_sent_unchecked() {
    let stage = with_token(TokenKind::Management);
    let request = stage.client.my_account().get_profile().header("authorization", "Bearer of-a-user");
    stage.run(request.raw()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer of-a-user"));
}

#[test]
fn to_http_rejects_unauthenticated_operations() {
    let stage = with_token(TokenKind::User);
    assert_eq!(stage.client.users().list().to_http().unwrap_err().kind(), ErrorKind::Authentication);
}

#[test]
fn each_part_of_the_api_has_its_authentication() {
    use logto_admin::operation::{Authentication, TABLE};
    for info in TABLE {
        let expected = match info.group {
            "my_account" | "verifications" => Authentication::User,
            "experience" | "interaction" => Authentication::Session,
            _ if info.authentication == Authentication::None => continue,
            _ => Authentication::Management,
        };
        assert_eq!(info.authentication, expected, "{}", info.id);
    }
    let open = TABLE.iter().filter(|info| info.authentication == Authentication::None).map(|info| info.id);
    let open: Vec<&str> = open.collect();
    for id in
        ["GetStatus", "GetSignInExperienceConfig", "GetWellKnownManagementOpenapiJson", "ListSamlApplicationMetadata"]
    {
        assert!(open.contains(&id), "{id}: {open:?}");
    }
}
