//! The cases in which the Rust client and the npm package must agree. The package's tests read the same file.

use std::time::Duration;

use logto_admin::models::{CreateUser, UserIds};
use logto_admin::transport::{HttpResponse, Method, RedirectPolicy};
use logto_admin::{Client, Endpoint, Error, ErrorKind, RetryPolicy};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, token_answer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::stage::{Stage, ok, target};

#[derive(Deserialize)]
struct Cases {
    errors: Vec<Value>,
    token_errors: Vec<Value>,
    endpoints: Vec<Value>,
    paths: Vec<Value>,
    queries: Vec<Value>,
    untyped: Vec<Value>,
    retries: Vec<Value>,
    retry_after: Vec<Value>,
    call_retries: Vec<Value>,
    redirects: Vec<Value>,
    strict: Vec<Value>,
    #[cfg_attr(not(feature = "webhook"), allow(dead_code))]
    webhooks: Vec<Value>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("../fixtures/cases.json")).unwrap()
}

fn text<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case[name].as_str()
}

fn status(case: &Value) -> u16 {
    case["status"].as_u64().unwrap().try_into().unwrap()
}

fn questions(error: &Error) -> Value {
    let all: [(&str, bool); 7] = [
        ("conflict", error.is_conflict()),
        ("invalid_input", error.is_invalid_input()),
        ("unauthorized", error.is_unauthorized()),
        ("forbidden", error.is_forbidden()),
        ("not_found", error.is_not_found()),
        ("rate_limited", error.is_rate_limited()),
        ("server_error", error.is_server_error()),
    ];
    all.iter().filter(|(_, yes)| *yes).map(|(name, _)| *name).collect()
}

#[test]
fn errors_have_a_meaning() {
    for case in cases().errors {
        let body = json!({ "code": case["code"], "message": "no" }).to_string();
        let transport = ScriptedTransport::answers([HttpResponse::json(status(&case), body)]);
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER).token_source(fixed()));
        let error = stage.run(stage.client.users().get("u")).unwrap_err();
        assert_eq!(questions(&error), case["is"], "{case}");
    }
}

fn fixed() -> logto_admin::token::FixedToken {
    logto_admin::token::FixedToken::new("t")
}

#[test]
fn failed_token_calls_have_the_meaning_of_their_reason() {
    for case in cases().token_errors {
        let body = json!({ "error": case["error"] }).to_string();
        let answer = HttpResponse::json(status(&case), body);
        let transport = ScriptedTransport::new(move |_, _| {
            let answer = answer.clone();
            async { Ok(answer) }
        });
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
        let error = stage.run(stage.client.users().get("u")).unwrap_err();
        assert_eq!(questions(&error), case["is"], "{case}");
    }
}

#[test]
fn endpoints_are_recognised_or_refused() {
    for case in cases().endpoints {
        let endpoint = match (text(&case, "tenant"), text(&case, "endpoint")) {
            (Some(tenant), Some(url)) => Endpoint::cloud(tenant).custom_domain(url),
            (Some(tenant), None) => Endpoint::cloud(tenant),
            (None, url) => Endpoint::self_hosted(url.unwrap()),
        };
        let transport = ScriptedTransport::new(|_, options| async move {
            if options.token_call { Ok(token_answer("t", 3600)) } else { Ok(ok("[]")) }
        });
        let runtime = FakeRuntime::new();
        let builder = Client::builder(endpoint).client_credentials("app", "secret");
        let built = builder.transport(transport.clone()).runtime(runtime.clone()).build();
        if case["refused"] == true {
            assert_eq!(built.unwrap_err().kind(), ErrorKind::Config, "{case}");
            continue;
        }
        let client = built.unwrap();
        runtime.run(async {
            for _ in 0..210 {
                client.users().list().await.unwrap();
            }
        });
        let call = transport.token_calls().remove(0);
        assert_eq!(call.url, format!("{}/oidc/token", case["url"].as_str().unwrap()), "{case}");
        let resource = percent_encoding::percent_decode_str(&call.body.text()).decode_utf8_lossy().into_owned();
        assert!(resource.contains(&format!("resource={}&", case["resource"].as_str().unwrap())), "{case}: {resource}");
        assert_eq!(!runtime.sleeps().is_empty(), case["limited"] == true, "{case}");
    }
}

#[test]
fn paths_are_encoded() {
    let client = Stage::silent().client;
    for case in cases().paths {
        let request = client.users().get(text(&case, "id").unwrap()).to_http();
        match text(&case, "path") {
            Some(path) => assert_eq!(target(&request.unwrap()), path, "{case}"),
            None => assert_eq!(request.unwrap_err().kind(), ErrorKind::Input, "{case}"),
        }
    }
}

#[test]
fn queries_are_encoded() {
    let client = Stage::silent().client;
    for case in cases().queries {
        let mut list = client.users().list();
        for member in case["members"].as_array().unwrap() {
            let name = member[0].as_str().unwrap();
            list = match &member[1] {
                Value::String(value) => list.query(name, value),
                Value::Bool(value) => list.query(name, *value),
                values => {
                    list.query(name, values.as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>())
                }
            };
        }
        let url = url::Url::parse(&list.to_http().unwrap().url).unwrap();
        let sent: Vec<_> = url.query_pairs().map(|(name, value)| json!([name, value])).collect();
        assert_eq!(json!(sent), case["decoded"], "{case}");
    }
}

#[test]
fn untyped_calls_tell_the_api_from_other_servers() {
    for case in cases().untyped {
        let mut answer = HttpResponse::new(status(&case)).body(text(&case, "body").unwrap_or_default().to_owned());
        for (header, member) in [("location", "location"), ("content-type", "type")] {
            if let Some(value) = text(&case, member) {
                answer = answer.header(header, value.to_owned());
            }
        }
        let stage = Stage::answering([answer]);
        let method = match text(&case, "method") {
            Some("POST") => Method::Post,
            Some("PUT") => Method::Put,
            Some("DELETE") => Method::Delete,
            _ => Method::Get,
        };
        match stage.run(stage.client.request(method, "/api/something/new")) {
            Ok(data) => assert_eq!(Some(&data), case.get("data"), "{case}"),
            Err(error) => assert_eq!(case["refused"], true, "{case}: {error}"),
        }
    }
}

#[test]
fn requests_are_retried() {
    for case in cases().retries {
        let body = json!({ "code": case["code"].as_str().unwrap_or("some.code"), "message": "no" }).to_string();
        let mut failed = HttpResponse::json(status(&case), body);
        if let Some(seconds) = text(&case, "retry_after") {
            failed = failed.header("retry-after", seconds.to_owned());
        }
        let transport = ScriptedTransport::api(move |_| failed.clone());
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::attempts(2)));
        let failed = match text(&case, "operation") {
            Some("list") => stage.run(stage.client.users().list()).is_err(),
            _ => stage.run(stage.client.users().create(CreateUser::default())).is_err(),
        };
        assert!(failed, "{case}");
        assert_eq!(json!(stage.sends()), case["sends"], "{case}");
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    for case in cases().retry_after {
        let failed = HttpResponse::json(503, r#"{"code":"some.code","message":"no"}"#);
        let failed = failed.header("retry-after", text(&case, "value").unwrap().to_owned());
        let transport = ScriptedTransport::answers([failed]);
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER).token_source(fixed()));
        let error = stage.run(stage.client.users().list()).unwrap_err();
        assert_eq!(json!(error.retry_after().map(|wait| wait.as_secs())), case["seconds"], "{case}");
    }
}

#[test]
fn calls_override_the_retry_policy() {
    for case in cases().call_retries {
        let mut failed = HttpResponse::json(status(&case), r#"{"code":"some.code","message":"no"}"#);
        if let Some(seconds) = text(&case, "retry_after") {
            failed = failed.header("retry-after", seconds.to_owned());
        }
        let transport = ScriptedTransport::api(move |_| failed.clone());
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::attempts(2)));
        let millis = |name: &str| case[name].as_u64().map(Duration::from_millis);
        let retries = case["retries"].as_u64().unwrap_or(1);
        let policy = RetryPolicy::attempts(u32::try_from(retries).unwrap() + 1);
        let policy = policy.waits(millis("base").unwrap_or(policy.base), millis("longest").unwrap_or(policy.longest));
        let policy = policy.total(millis("total").unwrap_or(policy.total));
        assert!(stage.run(stage.client.users().list().retry(policy)).is_err(), "{case}");
        assert_eq!(json!(stage.sends()), case["sends"], "{case}");
    }
}

#[test]
fn redirects_are_followed_if_the_call_allows_it() {
    for case in cases().redirects {
        let mut redirect = HttpResponse::new(status(&case));
        if let Some(location) = text(&case, "location") {
            redirect = redirect.header("location", location.to_owned());
        }
        let transport = ScriptedTransport::api(move |request| match request.url.contains("/api/else") {
            true => ok("[]"),
            false => redirect.clone(),
        });
        let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
        let policy = RedirectPolicy::Follow(case["redirects"].as_u64().unwrap().try_into().unwrap());
        let users = stage.client.users();
        let error = match text(&case, "operation") {
            Some("list") => stage.run(users.list().redirects(policy)).err(),
            Some("delete") => stage.run(users.delete("u").redirects(policy)).err(),
            // The body of the answer is that of a list, which does not matter here.
            _ => stage.run(users.create(CreateUser::default()).redirects(policy).raw()).err(),
        };
        let sent: Vec<_> =
            stage.transport.api_calls().iter().map(|call| format!("{} {}", call.method, target(call))).collect();
        assert_eq!(json!(sent), case["requests"], "{case}");
        assert_eq!(error.is_some(), case["refused"] == true, "{case}: {error:?}");
    }
}

#[test]
fn undocumented_successes_are_errors_in_strict_mode() {
    for case in cases().strict {
        let answer = HttpResponse::new(status(&case)).body(text(&case, "body").unwrap_or_default().to_owned());
        let stage = Stage::answering([answer]);
        let strict = case["strict"] == true;
        let error = match text(&case, "operation") {
            Some("list") => stage.run(stage.client.users().list().strict(strict)).err(),
            Some("delete") => stage.run(stage.client.users().delete("u").strict(strict)).err(),
            _ => stage
                .run(stage.client.roles().assign_users("r", UserIds::new(vec!["u".to_owned()])).strict(strict))
                .err(),
        };
        let expected = (case["refused"] == true).then_some(ErrorKind::Decode);
        assert_eq!(error.map(|error| error.kind()), expected, "{case}");
    }
}

#[cfg(feature = "webhook")]
#[test]
fn webhooks_are_verified() {
    use logto_admin::webhook::{WebhookError, receive};

    for case in cases().webhooks {
        let keys: Vec<&str> = case["keys"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let (signature, body) = (text(&case, "signature").unwrap(), text(&case, "body").unwrap());
        let outcome = match receive(keys.as_slice(), signature, body.as_bytes()) {
            Ok(_) => "event",
            Err(WebhookError::SigningKey) => "configuration",
            Err(_) => "refused",
        };
        assert_eq!(outcome, case["outcome"], "{case}");
    }
}
