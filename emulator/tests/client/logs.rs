//! Audit logs.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::Post;
use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::Emulator;

use crate::browser::Browser;
use crate::connectors::email_connector;
use crate::refused;

fn token(emulator: &Emulator, form: &str) {
    let mut request = HttpRequest::new(Method::Post, "http://localhost/oidc/token");
    request.headers.set("user-agent", "curl/8");
    request.body = form.to_owned().into();
    let _ = emulator.handle(&request);
}

#[tokio::test]
async fn token_requests_are_logged_without_secrets() -> Result<()> {
    let emulator = Emulator::new();
    let app = "client_id=emulator-app&client_secret=emulator-secret";
    token(&emulator, &format!("grant_type=client_credentials&resource={}&scope=all&{app}", emulator.resource()));
    token(&emulator, "grant_type=client_credentials&client_id=nobody&client_secret=emulator-secret");
    token(&emulator, &format!("grant_type=password&password=p&{app}"));
    let client = emulator.client()?;
    let page = client.audit_logs().list().raw().await?;
    let text = page.body.text();
    assert!(!text.contains("emulator-secret"), "{text}");
    let logs: Value = serde_json::from_str(&text).unwrap();
    // The first log is that of the client's own token.
    let keys: Vec<_> =
        logs.as_array().unwrap().iter().map(|log| (log["key"].clone(), log["payload"]["result"].clone())).collect();
    assert_eq!(
        keys,
        [
            ("ExchangeTokenBy.ClientCredentials".into(), "Success".into()),
            ("ExchangeTokenBy.Unknown".into(), "Error".into()),
            ("ExchangeTokenBy.ClientCredentials".into(), "Error".into()),
            ("ExchangeTokenBy.ClientCredentials".into(), "Success".into()),
        ]
    );
    let (success, unknown) = (&logs[3]["payload"], &logs[2]["payload"]);
    assert_eq!((&success["applicationId"], &success["tokenTypes"]), (&json!("emulator-app"), &json!(["AccessToken"])));
    assert_eq!((&success["ip"], &success["userAgent"]), (&json!("127.0.0.1"), &json!("curl/8")));
    assert_eq!(success["params"]["client_secret"], "******");
    assert!(
        unknown.get("applicationId").is_none() && unknown["error"].as_str().unwrap().contains("invalid client nobody")
    );
    Ok(())
}

#[tokio::test]
async fn logs_are_filtered_by_application_key_and_time() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    token(&emulator, "grant_type=client_credentials&client_id=nobody&client_secret=a");
    let logs = client.audit_logs();
    let total = logs.list().await?;
    assert_eq!(total.total, Some(2));
    assert_eq!(logs.list().application_id("emulator-app").await?.total, Some(1));
    assert_eq!(logs.list().user_id("nobody").await?.total, Some(0));
    assert_eq!(logs.list().log_key("ExchangeTokenBy.Unknown").await?.total, Some(0));
    assert_eq!(logs.list().log_key("ExchangeTokenBy.ClientCredentials").await?.total, Some(2));
    let at = emulator.now();
    emulator.advance(Duration::from_secs(60));
    assert_eq!(logs.list().start_time(at + Duration::from_millis(1)).await?.total, Some(0));
    assert_eq!(logs.list().end_time(at).page_size(1).await?.len(), 1);
    let one = &total[0];
    assert_eq!(logs.get(&one.id).await?.key, one.key);
    assert_eq!(refused(logs.get("nope").await), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn the_steps_of_sign_ins_are_logged_without_secrets() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser { username: Some("ada".into()), password: Some(password.into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let wrong = json!({ "identifier": { "type": "username", "value": "ada" }, "password": "wrong-password" });
    browser.experience(Post, "/verification/password", &wrong);
    browser.sign_in("ada", password, "openid");

    let logs = admin.operation("ListLogs")?.query("page_size", "100").await?;
    let logs = logs.as_array().unwrap();
    let keys: Vec<&str> =
        logs.iter().rev().filter_map(|log| log["key"].as_str()).filter(|key| key.contains("Interaction")).collect();
    let steps = [
        "Interaction.Create",
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Verification.Password.Submit",
        "Interaction.Create",
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Verification.Password.Submit",
        "Interaction.SignIn.Identifier.Submit",
        "Interaction.SignIn.Submit",
        "Interaction.End",
        "Interaction.Create",
        "Interaction.End",
    ];
    assert_eq!(keys, steps);
    let failed = logs.iter().find(|log| log["payload"]["error"]["code"] == "session.invalid_credentials").unwrap();
    assert_eq!(failed["payload"]["payload"]["password"], "******");
    let submitted = logs.iter().find(|log| log["key"] == "Interaction.SignIn.Submit").unwrap();
    assert_eq!((&submitted["payload"]["userId"], &submitted["payload"]["result"]), (&json!(id), &json!("Success")));
    assert_eq!(submitted["payload"]["applicationId"], browser.application);
    assert!(!json!(logs).to_string().contains(password));
    Ok(())
}

#[tokio::test]
async fn codes_are_logged() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    email_connector(&admin).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    browser.prove_address(&json!({ "type": "email", "value": "ada@example.com" }), "Register");
    let logs =
        admin.operation("ListLogs")?.query("logKey", "Interaction.Register.Verification.EmailVerificationCode.Submit");
    let logs = logs.await?;
    let sent = emulator.messages().last().unwrap().code().unwrap().to_owned();
    assert_eq!(logs[0]["payload"]["payload"]["code"], sent);
    Ok(())
}

#[tokio::test]
async fn logs_of_interactions_tell_the_session_and_the_reasons_of_a_prompt() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let password = "violet-anchor-47-kettle";
    let ada = CreateUser { username: Some("ada".into()), password: Some(password.into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    Browser::open(&emulator).await?.sign_in("ada", password, "openid profile");

    let logs = admin.operation("ListLogs")?.query("page_size", "100").await?;
    let oldest_first = logs.as_array().unwrap().iter().rev();
    let payloads = |key: &str| -> Vec<Value> {
        oldest_first.clone().filter(|log| log["key"] == key).map(|log| log["payload"].clone()).collect()
    };
    let (created, ended) = (payloads("Interaction.Create"), payloads("Interaction.End"));
    let login = json!({ "name": "login", "details": {}, "reasons": ["login_prompt", "no_session"] });
    assert_eq!((&created[0]["prompt"], &created[0]["userId"]), (&login, &Value::Null));
    let details = json!({ "missingOIDCScope": ["openid", "profile"] });
    let reasons = ["consent_prompt", "op_scopes_missing"];
    let consent = json!({ "name": "consent", "details": details, "reasons": reasons });
    assert_eq!((&created[1]["prompt"], &created[1]["userId"]), (&consent, &json!(id)));
    for payload in created.iter().chain(&ended) {
        assert!(payload["sessionId"].is_string() && payload["interactionId"].is_string(), "{payload}");
        assert_eq!(payload["params"]["one_time_token"], "******");
        assert_eq!(payload["params"]["google_one_tap_credential"], "******");
    }
    assert_eq!(ended.len(), 2);
    assert!(ended.iter().all(|payload| payload.get("userId").is_none()), "{ended:?}");
    assert_eq!(payloads("Interaction.SignIn.Create")[0].get("payload"), None);
    let identified = &payloads("Interaction.SignIn.Identifier.Submit")[0];
    assert_eq!(identified["verification"]["id"], identified["payload"]["verificationId"]);
    assert_eq!(identified["verification"]["type"], "Password");
    Ok(())
}

#[tokio::test]
async fn logs_of_a_consent_name_the_missing_scopes_of_resources() -> Result<()> {
    let emulator = Emulator::new();
    let seed = json!({
        "resources": [{ "name": "Orders", "indicator": "https://orders.example", "scopes": [{ "name": "read" }] }],
        "roles": [{ "name": "clerk", "description": "d", "scopes": ["read"] }],
        "users": [{ "username": "ada", "password": "violet-anchor-47-kettle", "roles": ["clerk"] }],
    });
    emulator.import(&seed).unwrap();
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", "violet-anchor-47-kettle", "openid");
    let target = browser.authorize("scope=openid read&resource=https://orders.example");
    assert_eq!(target, format!("/consent?app_id={}", browser.application));
    let logs = emulator.client()?.operation("ListLogs")?.query("logKey", "Interaction.Create").await?;
    let details = json!({ "missingResourceScopes": { "https://orders.example": ["read"] } });
    let consent = json!({ "name": "consent", "details": details, "reasons": ["rs_scopes_missing"] });
    assert_eq!(logs[0]["payload"]["prompt"], consent);
    Ok(())
}

#[tokio::test]
async fn windows_of_logs_are_checked() -> Result<()> {
    let client = Emulator::new().client()?;
    for (start, end, code) in [("x", "1", "guard.invalid_input"), ("2", "1", "log.invalid_time_window")] {
        for path in ["/api/logs", "/api/hooks/h/recent-logs"] {
            let list = client.request(Method::Get, path).query("start_time", start).query("end_time", end);
            assert_eq!(refused::<Value>(list.await), (400, code.into()), "{path} {start}");
        }
    }
    Ok(())
}
