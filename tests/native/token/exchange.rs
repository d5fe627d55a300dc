//! User tokens, fixed or exchanged for a subject token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logto_admin::token::{ClientCredentials, TokenError, TokenExchange, TokenKind, TokenSource};
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin::{ClientBuilder, ErrorKind};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, token_answer};

use crate::stage::{HOUR, SECOND, Stage, endpoint};

fn application() -> ClientCredentials {
    ClientCredentials::new("app", "app-s3cret")
}

/// A client whose token endpoint returns `user-1`, `user-2` and so on.
fn stage(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, |number| token_answer(&format!("user-{number}"), 3600));
    Stage::set_up(&runtime, transport, settings)
}

fn member(request: &HttpRequest, name: &str) -> Option<String> {
    let body = request.body.text();
    let pair = body.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    pair.map(|(_, value)| percent_encoding::percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

#[test]
fn exchanges_request_no_scope_by_default() {
    let asked = |exchange: TokenExchange| {
        let stage = stage(|builder| builder.token_source(exchange));
        stage.secret();
        stage.transport.token_calls().remove(0)
    };
    let plain = asked(TokenExchange::new(application(), "subject"));
    let names = ["scope", "resource", "organization_id"];
    assert_eq!(
        names.map(|name| member(&plain, name)),
        [None, None, None],
        "the client's default scope `all` should not apply"
    );
    let exchange = TokenExchange::new(application(), "subject").scope("openid profile");
    let full = asked(exchange.for_resource("https://api.example").for_organization("org-1"));
    let expected = ["openid profile", "https://api.example", "org-1"].map(|value| Some(value.to_owned()));
    assert_eq!(names.map(|name| member(&full, name)), expected);
}

#[test]
fn exchanged_tokens_can_have_an_empty_scope_but_not_a_missing_one() {
    for (scope, missing) in [(r#","scope":"""#, None), ("", Some("read")), (r#","scope":"read""#, None)] {
        let runtime = FakeRuntime::new();
        let transport = endpoint(&runtime, Duration::ZERO, move |_| {
            HttpResponse::json(200, format!(r#"{{"access_token":"t","expires_in":3600{scope}}}"#))
        });
        let exchange = TokenExchange::new(application(), "subject").for_resource("https://api.example").scope("read");
        let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(exchange));
        assert_eq!(stage.token().unwrap().missing_scope(), missing, "{scope}");
    }
}

#[test]
fn subject_tokens_are_exchanged_only_once() {
    let stage = stage(|builder| builder.token_source(TokenExchange::new(application(), "subject")));
    assert_eq!(stage.secret(), "user-1");
    stage.advance(HOUR);
    let error = stage.token().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Token);
    assert!(error.message().contains("already exchanged"), "{error}");
    assert_eq!(stage.token_calls(), 1, "the second exchange should not be sent");
}

#[test]
fn failed_exchanges_can_be_retried() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, |number| match number {
        1 => HttpResponse::new(503),
        number => token_answer(&format!("user-{number}"), 3600),
    });
    let exchange = TokenExchange::new(application(), "subject");
    let stage = Stage::set_up(&runtime, transport, |builder| builder.token_source(exchange));
    stage.token().unwrap_err();
    stage.advance(SECOND);
    assert_eq!(stage.secret(), "user-2");
}

#[test]
fn closures_provide_a_new_subject_token_for_each_renewal() {
    let numbers = AtomicUsize::new(0);
    let exchange = TokenExchange::with_subject_tokens(application(), move || {
        let number = numbers.fetch_add(1, Ordering::SeqCst) + 1;
        async move { Ok(format!("subject-{number}")) }
    });
    let stage = stage(|builder| builder.token_source(exchange));
    stage.secret();
    stage.advance(HOUR);
    assert_eq!(stage.secret(), "user-2");
    let subjects: Vec<_> = stage.transport.token_calls().iter().map(|call| member(call, "subject_token")).collect();
    assert_eq!(subjects, [Some("subject-1".to_owned()), Some("subject-2".to_owned())]);
}

#[test]
fn errors_of_closures_are_returned() {
    let exchange =
        TokenExchange::with_subject_tokens(application(), || async { Err(TokenError::other("no such session")) });
    let stage = stage(|builder| builder.token_source(exchange));
    assert!(stage.token().unwrap_err().message().contains("no such session"));
    assert_eq!(stage.token_calls(), 0);
}

/// A client that acts as the user `u1`, and the transport of the client that creates the subject tokens.
fn impersonation(answer: impl Fn(usize) -> HttpResponse + Send + Sync + 'static) -> (Stage, ScriptedTransport) {
    let subjects = Arc::new(AtomicUsize::new(0));
    let admins = ScriptedTransport::api(move |_| answer(subjects.fetch_add(1, Ordering::SeqCst) + 1));
    let runtime = FakeRuntime::new();
    let admin = Stage::set_up(&runtime, admins.clone(), |builder| builder).client;
    let exchange = TokenExchange::impersonating(admin, "u1", application());
    let transport = endpoint(&runtime, Duration::ZERO, |number| token_answer(&format!("user-{number}"), 3600));
    (Stage::set_up(&runtime, transport, |builder| builder.token_source(exchange)), admins)
}

#[test]
fn impersonation_creates_a_subject_token_for_each_renewal() {
    let (stage, admins) = impersonation(|number| {
        HttpResponse::json(201, format!(r#"{{"subjectToken":"sub_{number}","expiresIn":600}}"#))
    });
    stage.call().unwrap();
    stage.advance(HOUR);
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["user-1", "user-2"]);
    let subjects: Vec<_> = stage.transport.token_calls().iter().map(|call| member(call, "subject_token")).collect();
    assert_eq!(subjects, [Some("sub_1".to_owned()), Some("sub_2".to_owned())]);
    let call = admins.api_calls().remove(0);
    assert!(call.url.ends_with("/api/subject-tokens"));
    assert_eq!(call.body.text(), r#"{"userId":"u1"}"#);
}

#[test]
fn rejected_impersonations_have_a_reason() {
    let refusal = r#"{"code":"entity.not_found","message":"The resource does not exist."}"#;
    let (stage, _) = impersonation(move |_| HttpResponse::json(404, refusal));
    let error = stage.call().unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Token, Some(404), Some("entity.not_found")));
    assert!(error.message().contains("cannot get a subject token"), "{error}");
    let (stage, _) = impersonation(|_| HttpResponse::json(201, "{}"));
    assert!(stage.call().unwrap_err().message().contains("subjectToken"));
}

#[test]
fn exchanges_have_a_token_kind_and_hide_secrets() {
    let exchange = TokenExchange::new(application(), "s3cret-subject");
    assert_eq!(exchange.kind(), TokenKind::User);
    assert_eq!(exchange.clone().for_resource("https://api.example").kind(), TokenKind::Unknown);
    assert!(!format!("{exchange:?}").contains("s3cret"), "{exchange:?}");
}

#[test]
fn user_tokens_are_rejected_for_the_management_api() {
    let stage = stage(|builder| builder.user_token("mine"));
    let error = stage.run(stage.client.operation("ListUsers").unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
}

#[test]
fn applications_request_tokens_of_an_organization() {
    for (source, scope, expected) in [
        (application().organization("org-1"), None, [None, Some("org-1"), None]),
        (application().organization("org-1"), Some("all"), [None, Some("org-1"), Some("all")]),
        (application().organization("org-1"), Some("read:billing"), [None, Some("org-1"), Some("read:billing")]),
        (
            application().organization("org-1").resource("https://api.example"),
            Some("read"),
            [Some("https://api.example"), Some("org-1"), Some("read")],
        ),
        (application().resource("https://api.example"), None, [Some("https://api.example"), None, Some("all")]),
        (application(), None, [Some("https://default.logto.app/api"), None, Some("all")]),
    ] {
        let stage = stage(|builder| match scope {
            Some(scope) => builder.token_source(source).scope(scope),
            None => builder.token_source(source),
        });
        stage.secret();
        let form = stage.transport.token_calls().remove(0);
        let sent = ["resource", "organization_id", "scope"].map(|name| member(&form, name));
        assert_eq!(sent, expected.map(|value| value.map(str::to_owned)));
        assert_eq!(member(&form, "grant_type").as_deref(), Some("client_credentials"));
    }
}

#[test]
fn tokens_of_an_organization_are_kept_apart_in_a_store() {
    let keys = [
        application(),
        application().organization("a"),
        application().organization("b"),
        application().organization("a").resource("https://api.example"),
        application().resource("a"),
    ]
    .map(|source| source.cache_key().unwrap());
    let different: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len(), "{keys:?}");
}
