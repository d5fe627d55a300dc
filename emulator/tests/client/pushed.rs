//! Authorization requests that the client sends itself (RFC 9126).

use std::time::Duration;

use logto_admin::Result;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, location};

fn push(browser: &Browser, more: &str) -> (u16, Value) {
    let mut request = HttpRequest::new(Method::Post, format!("{}/oidc/request", browser.emulator.endpoint().url()));
    let (id, secret) = (&browser.application, &browser.secret);
    request.body = format!("client_id={id}&client_secret={secret}&response_type=code&scope=openid&{more}").into();
    let response = browser.emulator.handle(&request);
    (response.status, serde_json::from_str(&response.body.text()).unwrap())
}

#[tokio::test]
async fn a_pushed_request_is_used_once() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let pushed = || {
        let (status, pushed) = push(&browser, &format!("redirect_uri={CALLBACK}"));
        assert_eq!((status, &pushed["expires_in"]), (201, &json!(60)));
        let uri = pushed["request_uri"].as_str().unwrap();
        format!("/oidc/auth?client_id={}&request_uri={uri}", browser.application)
    };
    let (path, late) = (pushed(), pushed());
    assert!(location(&browser.get(&path)).starts_with("/sign-in"));
    assert_eq!(browser.get(&path).status, 400);
    emulator.advance(Duration::from_secs(61));
    assert!(browser.get(&late).body.text().contains("invalid_request_uri"));
    Ok(())
}

#[tokio::test]
async fn invalid_requests_cannot_be_pushed() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let error = |(status, answer): (u16, Value)| (status, answer["error"].as_str().unwrap().to_owned());
    assert_eq!(error(push(&browser, "redirect_uri=https://other.example")), (400, "invalid_redirect_uri".into()));
    let prompt = push(&browser, &format!("redirect_uri={CALLBACK}&prompt=nope"));
    assert_eq!(error(prompt), (400, "invalid_request".into()));
    browser.secret = "wrong".to_owned();
    assert_eq!(error(push(&browser, &format!("redirect_uri={CALLBACK}"))), (401, "invalid_client".into()));
    Ok(())
}
