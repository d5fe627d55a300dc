//! Sign-ins to applications that every server has.

use logto_admin::Result;
use logto_admin::models::{CreateHook, HookConfig, HookEvent};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method, TransportError, transport_fn};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CHALLENGE, PASSWORD, VERIFIER, ada, location};

/// Opens a built-in application. It has no secret, and its page is at this path of the server.
async fn open(emulator: &Emulator, application: &str) -> Result<Browser> {
    let mut browser = Browser::open(emulator).await?;
    browser.application = application.to_owned();
    browser.secret = String::new();
    Ok(browser)
}

/// Asks for an authorization that the page at this path gets.
fn authorize(browser: &mut Browser, path: &str) -> HttpResponse {
    let page = format!("{}{path}", browser.emulator.endpoint().url());
    let client = &browser.application;
    let scope = "openid offline_access profile";
    let path = format!(
        "/oidc/auth?client_id={client}&response_type=code&redirect_uri={page}&scope={scope}&prompt=consent&{CHALLENGE}"
    );
    browser.get(&path)
}

/// Signs in to the page at this path, and returns the tokens.
fn sign_in(browser: &mut Browser, path: &str) -> Value {
    let sent = location(&authorize(browser, path));
    assert_eq!(sent, format!("/sign-in?app_id={}", browser.application));
    browser.call(Method::Put, "", &json!({ "interactionEvent": "SignIn" }));
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let mut target = browser.call(Method::Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    let page = format!("{}{path}", browser.emulator.endpoint().url());
    while !target.starts_with(&page) {
        target = location(&browser.get(&target));
    }
    let code = target.split(['?', '&']).find_map(|pair| pair.strip_prefix("code=")).expect("a code");
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={page}&code_verifier={VERIFIER}");
    let (status, tokens) = browser.token(&form);
    assert_eq!(status, 200, "{tokens}");
    tokens
}

#[tokio::test]
async fn users_sign_in_to_the_live_preview_and_to_the_account_center() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    for (application, path) in [("demo-app", "/demo-app"), ("account-center", "/account")] {
        let mut browser = open(&emulator, application).await?;
        let tokens = sign_in(&mut browser, path);
        assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string(), "{application}: {tokens}");
        let local = format!("/oidc/auth?client_id={application}&response_type=code&scope=openid&{CHALLENGE}");
        let local = browser.get(&format!("{local}&redirect_uri=http://localhost:3001{path}"));
        assert!(location(&local).starts_with(&format!("http://localhost:3001{path}?code=")), "{local:?}");
        let elsewhere = authorize(&mut browser, "/elsewhere");
        let refused: Value = serde_json::from_str(&elsewhere.body.text()).unwrap();
        assert_eq!((elsewhere.status, &refused["error"]), (400, &json!("invalid_redirect_uri")));
        let bye = format!("{}{path}", emulator.endpoint().url());
        let ended = browser.get(&format!("/oidc/session/end?client_id={application}&post_logout_redirect_uri={bye}"));
        assert_eq!(ended.status, 200, "{}", ended.body.text());
    }
    Ok(())
}

#[tokio::test]
async fn only_the_account_center_gets_refresh_tokens_without_asking() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    for (application, path, refreshes) in [("demo-app", "/demo-app", false), ("account-center", "/account", true)] {
        let mut browser = open(&emulator, application).await?;
        sign_in(&mut browser, path);
        // The user has signed in and consented.
        let page = format!("{}{path}", emulator.endpoint().url());
        let silent = format!(
            "/oidc/auth?client_id={application}&response_type=code&redirect_uri={page}&scope=openid&{CHALLENGE}"
        );
        let target = location(&browser.get(&silent));
        let code = target.split(['?', '&']).find_map(|pair| pair.strip_prefix("code=")).expect("a code");
        let form = format!("grant_type=authorization_code&code={code}&redirect_uri={page}&code_verifier={VERIFIER}");
        assert_eq!(browser.token(&form).1["refresh_token"].is_string(), refreshes, "{application}");
    }
    Ok(())
}

#[tokio::test]
async fn the_device_preview_uses_the_device_flow() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = open(&emulator, "device-demo-app").await?;
    let body = json!({ "client_id": "device-demo-app", "scope": "openid" });
    let response = browser.send(Method::Post, "/oidc/device/auth", Some(&body));
    let answer: Value = serde_json::from_str(&response.body.text()).unwrap();
    assert!(answer["user_code"].is_string(), "{answer}");
    Ok(())
}

#[tokio::test]
async fn events_of_built_in_applications_have_their_id_alone() -> Result<()> {
    let (delivered, deliveries) = std::sync::mpsc::channel();
    let receiver = transport_fn(move |request: HttpRequest, _options| {
        let delivered = delivered.clone();
        async move {
            let body: Value = serde_json::from_str(&request.body.text()).unwrap();
            delivered.send(body).unwrap();
            Ok::<_, TransportError>(HttpResponse::new(200))
        }
    });
    let emulator = Emulator::builder().webhooks(receiver).build();
    ada(&emulator).await?;
    let admin = emulator.client()?;
    let hook = CreateHook::new(HookConfig::new("https://receiver.example"));
    admin.hooks().create(CreateHook { events: Some(vec![HookEvent::PostSignIn]), ..hook }).await?;
    let mut browser = open(&emulator, "demo-app").await?;
    sign_in(&mut browser, "/demo-app");
    emulator.deliver().await;
    let body = deliveries.recv().unwrap();
    assert_eq!(body["event"], "PostSignIn");
    assert!(body.get("application").is_none(), "{body}");
    Ok(())
}
