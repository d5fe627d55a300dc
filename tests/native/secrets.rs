//! Secrets never appear in debug output, errors or URLs.

use std::fmt::Debug;

use logto_admin::models::{CreateSecret, CreateUser, Password};
use logto_admin::token::{AccessToken, ClientCredentials, FixedToken, TokenExchange};
use logto_admin::transport::{HttpResponse, TransportError, TransportErrorKind};
use logto_admin::{Client, Endpoint, RetryPolicy};
use logto_admin_test_support::ScriptedTransport;

use crate::stage::{Stage, ok, refusal};

/// Part of every secret in these tests.
const SECRET: &str = "s3cret";

#[track_caller]
fn hidden(value: &impl Debug) {
    let shown = format!("{value:?} {value:#?}");
    assert!(shown.contains(char::is_alphabetic) && !shown.contains(SECRET), "{shown}");
}

fn stage(answers: impl IntoIterator<Item = HttpResponse>) -> Stage {
    Stage::set_up(ScriptedTransport::answers(answers), |builder| {
        builder.client_credentials("id", SECRET).header("authorization-note", "plain").cookies([("session", SECRET)])
    })
}

#[test]
fn clients_and_builders_hide_credentials_and_cookies() {
    hidden(&stage([]).client);
    hidden(&stage([]).client.users());
    hidden(&Client::builder(Endpoint::cloud("acme")).client_credentials("id", SECRET).cookies([("a", SECRET)]));
    hidden(&Client::builder(Endpoint::cloud("acme")).header("Authorization", SECRET));
    hidden(&Client::builder(Endpoint::cloud("acme")).header("X-Api-Key", SECRET));
}

#[test]
fn token_sources_hide_tokens() {
    let application = ClientCredentials::new("id", SECRET);
    hidden(&application);
    hidden(&TokenExchange::new(application, SECRET));
    hidden(&FixedToken::new(SECRET));
    hidden(&AccessToken::new(SECRET));
}

#[test]
fn requests_hide_bodies_credentials_and_queries() {
    let stage = stage([]);
    let create = CreateUser { password: Some(SECRET.into()), ..Default::default() };
    hidden(&stage.client.users().create(create.clone()));
    hidden(&stage.client.users().create(create).to_http().unwrap());
    let list = || stage.client.users().list().search(SECRET).header("authorization", SECRET).header("cookie", SECRET);
    hidden(&list());
    hidden(&list().to_http().unwrap());
    hidden(&stage.client.users().get("u1").if_none_match("tag"));
}

#[test]
fn sent_requests_hide_the_token() {
    let transport = ScriptedTransport::new(|_, options| async move {
        Ok(match options.token_call {
            true => logto_admin_test_support::token_answer(SECRET, 3600),
            false => ok("[]"),
        })
    });
    let stage = Stage::set_up(transport, |builder| builder.client_credentials("id", SECRET));
    stage.run(stage.client.users().list()).unwrap();
    hidden(&stage.transport.seen());
    hidden(&stage.client);
    hidden(&stage.run(stage.client.access_token()).unwrap());
}

#[test]
fn models_hide_their_secret_members() {
    hidden(&CreateUser { password: Some(SECRET.into()), ..Default::default() });
    hidden(&Password::new(SECRET));
}

#[test]
fn answers_hide_their_secret_members() {
    let body = format!(
        r#"{{"tenantId":"t","applicationId":"a","name":"n","value":"{SECRET}","createdAt":1,"expiresAt":null}}"#
    );
    let stage = stage([HttpResponse::json(201, body)]);
    let secret = stage.run(stage.client.applications().create_secret("a", CreateSecret::new("n"))).unwrap();
    assert_eq!(secret.value, SECRET);
    hidden(&secret);
}

#[test]
fn errors_hide_body_query_and_credentials() {
    let body = format!(r#"{{"code":"guard.invalid_input","message":"no","data":{{"payload":"{SECRET}"}}}}"#);
    let stage = stage([HttpResponse::json(400, body).header("set-cookie", SECRET)]);
    let error = stage.run(stage.client.users().list().search(SECRET)).unwrap_err();
    hidden(&error);
    assert!(!error.to_string().contains(SECRET) && error.body().windows(6).any(|part| part == SECRET.as_bytes()));
}

#[test]
fn errors_do_not_show_members_of_an_answer_as_details() {
    let stage = stage([ok(&format!(r#"{{"id":7,"details":"{SECRET}","data":"{SECRET}"}}"#))]);
    let error = stage.run(stage.client.users().get("u1")).unwrap_err();
    hidden(&error);
    assert!(error.is_decode() && !error.to_string().contains(SECRET), "{error}");
    assert_eq!((error.details(), error.data()), (None, None));
}

#[test]
fn token_endpoint_errors_hide_the_credentials() {
    let transport = ScriptedTransport::new(|_, _| async { Ok(refusal(401, "oidc.invalid_client")) });
    let stage = Stage::set_up(transport, |builder| builder.client_credentials("id", SECRET));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    hidden(&error);
    assert!(!error.to_string().contains(SECRET));
}

#[test]
fn errors_without_an_answer_hide_the_query() {
    let transport = ScriptedTransport::api(|_| TransportError::new(TransportErrorKind::Interrupted, "it broke"));
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    let error = stage.run(stage.client.users().list().search(SECRET)).unwrap_err();
    hidden(&error);
    assert!(!error.to_string().contains(SECRET));
}

#[test]
fn detailed_answers_hide_cookies() {
    let stage = stage([ok("[]").header("set-cookie", SECRET)]);
    hidden(&stage.run(stage.client.users().list().detailed()).unwrap());
}

#[test]
fn urls_never_contain_secrets() {
    let stage = stage([ok("[]")]);
    stage.run(stage.client.users().list()).unwrap();
    for seen in stage.transport.seen() {
        assert!(!seen.request.url.contains(SECRET) && !seen.request.url.contains("token-"), "{}", seen.request.url);
    }
}
