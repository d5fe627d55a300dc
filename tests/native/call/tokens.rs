//! Access tokens of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logto_admin::token::{
    AccessToken, ClientAuthentication, ClientCredentials, FixedToken, TokenError, TokenExchange, TokenKind, token_fn,
};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin::{Client, ClientBuilder, Endpoint, ErrorKind};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, token_answer};

use crate::stage::{Stage, header, ok, refusal};

/// The token call of a client with these settings.
fn token_call(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> HttpRequest {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), settings);
    stage.run(stage.client.access_token()).unwrap();
    stage.transport.token_calls().remove(0)
}

fn form(request: &HttpRequest) -> Vec<(String, String)> {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let body = request.body.text();
    body.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn many_calls_share_one_token() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder);
    for _ in 0..5 {
        stage.run(stage.client.users().list()).unwrap();
    }
    assert_eq!((stage.transport.token_calls().len(), stage.sends()), (1, 5));
}

#[test]
fn token_calls_send_a_form_and_the_credentials_in_a_header() {
    let call = token_call(|builder| builder.client_credentials("an id", "s:c/ret"));
    assert_eq!((call.method, call.url.as_str()), (Method::Post, "http://127.0.0.1:9/oidc/token"));
    assert_eq!(header(&call, "content-type"), Some("application/x-www-form-urlencoded"));
    assert!(header(&call, "user-agent").is_some_and(|name| name.starts_with("logto-admin/")));
    let expected =
        [("grant_type", "client_credentials"), ("resource", "https://default.logto.app/api"), ("scope", "all")];
    assert_eq!(form(&call), pairs(&expected));
    // Base64 of `an%20id:s%3Ac%2Fret`: both parts are form-encoded first.
    assert_eq!(header(&call, "authorization"), Some("Basic YW4lMjBpZDpzJTNBYyUyRnJldA=="));
}

#[test]
fn credentials_can_be_sent_in_the_form() {
    let credentials = ClientCredentials::new("id", "s3cret").authentication(ClientAuthentication::Form);
    let call = token_call(|builder| builder.token_source(credentials));
    assert_eq!(header(&call, "authorization"), None);
    assert!(form(&call).ends_with(&pairs(&[("client_id", "id"), ("client_secret", "s3cret")])), "{call:?}");
}

#[test]
fn the_scope_can_be_changed_or_removed() {
    let asked = |scope: Option<&'static str>| {
        let call = token_call(|builder| builder.scope(scope));
        form(&call).into_iter().find(|(name, _)| name == "scope").map(|(_, value)| value)
    };
    assert_eq!(asked(Some("read:users write:users")).as_deref(), Some("read:users write:users"));
    assert_eq!(asked(None), None);
}

#[test]
fn the_resource_on_logto_cloud_does_not_depend_on_custom_domains() {
    for endpoint in [Endpoint::cloud("acme"), Endpoint::cloud("acme").custom_domain("https://auth.acme.example")] {
        let (transport, runtime) = (ScriptedTransport::api(|_| ok("[]")), FakeRuntime::new());
        let builder = Client::builder(endpoint.clone()).client_credentials("id", "secret");
        let client = builder.transport(transport.clone()).runtime(runtime.clone()).build().unwrap();
        runtime.run(client.access_token()).unwrap();
        let call = transport.token_calls().remove(0);
        assert_eq!(call.url, format!("{}/oidc/token", endpoint.url()));
        assert!(form(&call).contains(&("resource".into(), "https://acme.logto.app/api".into())), "{call:?}");
    }
}

#[test]
fn the_current_token_is_available() {
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder);
    let token = stage.run(stage.client.access_token()).unwrap();
    assert_eq!((token.secret(), token.granted_scope()), ("token-1", Some("all")));
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer token-1"));
}

#[test]
fn clients_without_credentials_have_no_token() {
    let (transport, runtime) = (ScriptedTransport::answers::<HttpResponse>([]), FakeRuntime::new());
    let client =
        Client::builder(Endpoint::cloud("acme")).transport(transport).runtime(runtime.clone()).build().unwrap();
    assert_eq!(runtime.run(client.access_token()).unwrap_err().kind(), ErrorKind::Authentication);
}

#[test]
fn a_401_renews_the_token_once_and_repeats_the_request() {
    let stage = Stage::answering([refusal(401, "auth.unauthorized"), ok("[]")]);
    stage.run(stage.client.users().list()).unwrap();
    let tokens: Vec<_> =
        stage.transport.api_calls().iter().map(|call| call.headers.get("authorization").unwrap().to_owned()).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);
}

/// Nothing was created, so repeating the request is safe.
#[test]
fn a_401_also_repeats_a_creation() {
    let stage = Stage::answering([refusal(401, "auth.unauthorized"), ok(&crate::stage::user("u1"))]);
    stage.run(stage.client.users().create(logto_admin::models::CreateUser::default())).unwrap();
    assert_eq!(stage.sends(), 2);
}

#[test]
fn a_second_401_is_returned() {
    let stage = Stage::answering([refusal(401, "auth.unauthorized"), refusal(401, "auth.unauthorized")]);
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!((error.code(), error.attempts()), (Some("auth.unauthorized"), 2));
    assert_eq!(stage.transport.token_calls().len(), 2);
}

#[test]
fn fixed_tokens_are_sent_unchanged_and_not_renewed() {
    let transport = ScriptedTransport::answers([refusal(401, "auth.unauthorized")]);
    let stage = Stage::set_up(transport, |builder| builder.token_source(FixedToken::new("mine")));
    stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer mine"));
    assert!(stage.transport.token_calls().is_empty());
}

#[test]
fn token_closures_are_called_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let source = token_fn(move || {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        async move { Ok(AccessToken::new(format!("closure-{number}"))) }
    });
    let stage = Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder.token_source(source));
    for _ in 0..3 {
        stage.run(stage.client.users().list()).unwrap();
    }
    assert_eq!(header(&stage.transport.api_calls()[2], "authorization"), Some("Bearer closure-0"));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn errors_of_token_closures_end_the_call_before_it_is_sent() {
    let source = token_fn(|| async { Err(TokenError::other("the vault is sealed")) });
    let stage = Stage::silent_with(|builder| builder.token_source(source));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Token, 0));
    assert!(error.message().contains("the vault is sealed"), "{error}");
}

#[test]
fn subject_tokens_are_exchanged_for_user_tokens() {
    let exchange = TokenExchange::new(ClientCredentials::new("id", "secret"), "sub_1").scope("openid profile");
    let call = token_call(|builder| builder.token_source(exchange));
    let expected = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", "sub_1"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("scope", "openid profile"),
    ];
    assert_eq!(form(&call), pairs(&expected));
    assert_eq!(header(&call, "authorization"), Some("Basic aWQ6c2VjcmV0"));
}

#[test]
fn subject_tokens_can_be_exchanged_for_a_resource() {
    let exchange =
        TokenExchange::new(ClientCredentials::new("id", "secret"), "sub_1").for_resource("https://api.example");
    let call = token_call(|builder| builder.token_source(exchange));
    assert!(form(&call).contains(&("resource".into(), "https://api.example".into())), "{call:?}");
}

#[test]
fn token_sources_have_a_token_kind() {
    use logto_admin::token::TokenSource;
    let application = ClientCredentials::new("id", "secret");
    assert_eq!(application.kind(), TokenKind::Management);
    assert_eq!(TokenExchange::new(application, "sub_1").kind(), TokenKind::User);
    assert_eq!(FixedToken::new("t").kind(), TokenKind::Unknown);
    assert_eq!(FixedToken::new("t").with_kind(TokenKind::User).kind(), TokenKind::User);
}

#[test]
fn authorization_headers_of_the_call_override_the_token() {
    let stage = Stage::answering([ok("[]")]);
    stage.run(stage.client.users().list().header("authorization", "Bearer of-this-call")).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer of-this-call"));
    assert!(stage.transport.token_calls().is_empty());
}

#[test]
fn failed_token_calls_are_retried() {
    let calls = AtomicUsize::new(0);
    let transport = ScriptedTransport::new(move |_, options| {
        let first = options.token_call && calls.fetch_add(1, Ordering::SeqCst) == 0;
        let answer = match (first, options.token_call) {
            (true, _) => HttpResponse::new(503),
            (false, true) => token_answer("second-time", 3600),
            (false, false) => ok("[]"),
        };
        async { Ok(answer) }
    });
    let stage = Stage::set_up(transport, |builder| builder);
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer second-time"));
}
