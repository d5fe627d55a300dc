//! Answers that deviate slightly from the API document and still decode.

use logto_admin::ErrorKind;
use logto_admin::models::{CaptchaConfig, StringOrObject, UpdateOidcSessionConfig};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method;
use logto_admin::types::{Number, Timestamp};
use serde::Serialize;

use crate::stage::{Stage, ok, user, users};

fn stage(answer: &Value) -> Stage {
    Stage::answering([ok(&answer.to_string())])
}

fn encoded(answer: &impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap()
}

#[test]
fn durations_keep_their_fraction() {
    for (answer, ttl) in [(json!({"ttl":3600}), Number::from(3600)), (json!({"ttl":0.5}), Number::from(0.5))] {
        let stage = stage(&answer);
        let config = stage.run(stage.client.configs().get_oidc_session_config()).unwrap();
        assert_eq!(config.ttl, ttl);
        assert_eq!(encoded(&config), answer);
    }
}

#[test]
fn custom_data_nested_by_a_user_does_not_hide_the_other_users() {
    let nested = |levels: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    let list = |levels: usize| {
        let odd = user("u2").replace(r#""customData":{}"#, &format!(r#""customData":{}"#, nested(levels)));
        assert!(odd.contains("[[["), "{odd}");
        ok(&format!("[{},{odd}]", user("u1")))
    };
    let stage = Stage::answering([list(200)]);
    let users = stage.run(stage.client.users().list()).unwrap();
    assert_eq!(serde_json::to_string(&users[1].custom_data).unwrap(), nested(200));
    let stage = Stage::answering([list(100_000)]);
    assert_eq!(stage.run(stage.client.users().list()).unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn numbers_with_many_digits_are_read_and_sent_unchanged() {
    let text = r#"{"lat":51.391872251432204}"#;
    let stage = Stage::answering([ok(text)]);
    let read = stage.run(stage.client.users().get_custom_data("u1")).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let sent = json!({ "customData": read });
    let stage = Stage::answering([ok(text)]);
    stage.run(stage.client.request(Method::Patch, "/api/users/u1").json(&sent)).unwrap();
    assert_eq!(stage.sent().body.text(), format!(r#"{{"customData":{text}}}"#));
}

#[test]
fn durations_are_sent_unchanged() {
    let sent = |ttl: Number| {
        let stage = stage(&json!({ "ttl": ttl }));
        let change = UpdateOidcSessionConfig { ttl: Some(ttl) };
        stage.run(stage.client.configs().update_oidc_session_config(change)).unwrap();
        stage.sent().body.text()
    };
    assert_eq!([sent(90.into()), sent(1.5.into())], [r#"{"ttl":90}"#, r#"{"ttl":1.5}"#]);
}

#[test]
fn fractional_counts_and_dates_are_truncated() {
    let domains =
        Stage::answering([ok(r#"{"scannedCount":1.0,"deletedCount":1e3,"skippedActiveCount":2.5,"failedCount":0}"#)]);
    let counts = domains.run(domains.client.domains().cleanup(logto_admin::models::CleanupDomains::new(30))).unwrap();
    assert_eq!((counts.scanned_count, counts.deleted_count, counts.skipped_active_count), (1, 1000, 2));
    let stage = Stage::answering([ok(&user("u1").replacen("1795489407742", "1795489407742.75", 1))]);
    let found = stage.run(stage.client.users().get("u1")).unwrap();
    assert_eq!(found.created_at, Timestamp::from_millis(1_795_489_407_742));
}

/// One member that does not fit must not make the other members fail.
#[test]
fn union_kinds_with_invalid_members_are_kept_unchanged() {
    let provider = |config: Value| {
        let answer =
            json!({"tenantId":"default","id":"c1","config":config,"createdAt":1_795_489_404_123_i64,"updatedAt":1});
        let stage = stage(&answer);
        let provider = stage.run(stage.client.captcha_provider().get()).unwrap();
        assert_eq!(encoded(&provider), answer);
        provider.config
    };
    let fitting = json!({"type":"Turnstile","siteKey":"site","secretKey":"s3cret"});
    assert!(matches!(provider(fitting), CaptchaConfig::Turnstile(config) if config.site_key == "site"));
    for odd in [
        json!({"type":"Turnstile","siteKey":{"of":"site"},"secretKey":"s3cret"}),
        json!({"siteKey":"site","type":"Turnstile"}),
        json!({"type":"hCaptcha","secretKey":"s3cret"}),
        json!("none"),
        Value::Null,
    ] {
        let config = provider(odd.clone());
        assert!(matches!(&config, CaptchaConfig::Unknown(kept) if *kept == odd), "{config:?}");
        assert!(!format!("{config:?}").contains("s3cret"), "{config:?}");
    }
}

#[test]
fn text_and_objects_are_distinguished_everywhere() {
    let answer = json!({"sign_in":{"title":"Hi","deep":{"er":"still"}},"name":"N\u{e4}me","odd":[1]});
    let stage = stage(&answer);
    let phrases = stage.run(stage.client.well_known().get_sign_in_experience_phrases()).unwrap();
    assert_eq!(encoded(&phrases), answer);
    assert!(matches!(&phrases["sign_in"], StringOrObject::Object(object) if object["title"] == "Hi"));
    assert!(matches!(&phrases["name"], StringOrObject::String(name) if name == "N\u{e4}me"));
    assert!(matches!(phrases["odd"], StringOrObject::Unknown(_)));
}

#[test]
fn undocumented_nulls_count_as_absent() {
    let body = users([1]).replace(r#""profile":{}"#, r#""profile":{"nickname":null,"address":null,"website":"w"}"#);
    let stage = Stage::answering([ok(&body)]);
    let page = stage.run(stage.client.users().list()).unwrap();
    let profile = &page.items[0].profile;
    assert_eq!((profile.nickname.as_deref(), profile.website.as_deref()), (None, Some("w")));
    assert_eq!(encoded(profile), json!({"website":"w"}));
}
