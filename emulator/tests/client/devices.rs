//! Sign-ins on devices without a browser.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, PASSWORD, ada, claims, location};

/// Opens the application of a device that has no browser.
async fn device(emulator: &Emulator) -> Result<(Browser, Value)> {
    let settings = json!({
        "name": "TV",
        "type": "Native",
        "oidcClientMetadata": { "redirectUris": [], "postLogoutRedirectUris": [] },
        "customClientMetadata": { "isDeviceFlow": true },
    });
    let mut browser = Browser::open_application(emulator, settings).await?;
    let body = json!({ "client_id": browser.application, "scope": "openid profile" });
    let response = browser.send(Method::Post, "/oidc/device/auth", Some(&body));
    Ok((browser, serde_json::from_str(&response.body.text()).unwrap()))
}

/// The token request of a device.
fn poll(device: &Value) -> String {
    let code = device["device_code"].as_str().unwrap();
    format!("grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={code}")
}

/// Opens the page, and posts its form. Returns where the browser is sent.
fn post(browser: &mut Browser, mut form: Value) -> String {
    let page = location(&browser.get("/oidc/device"));
    assert!(page.starts_with("/device"), "{page}");
    let secret = browser.cookie("_logto_device_flow_xsrf").expect("a secret");
    form.as_object_mut().unwrap().entry("xsrf").or_insert(secret.into());
    location(&browser.send(Method::Post, "/oidc/device", Some(&form)))
}

#[tokio::test]
async fn devices_without_a_browser_get_tokens() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let (mut browser, device) = device(&emulator).await?;
    let poll = poll(&device);
    assert_eq!(browser.token(&poll).1["error"], "authorization_pending");

    let code = &device["user_code"];
    assert_eq!(
        post(&mut browser, json!({ "user_code": code })),
        format!("/device?user_code={}", code.as_str().unwrap())
    );
    let page = post(&mut browser, json!({ "user_code": code, "confirm": "yes" }));
    assert!(page.starts_with("/sign-in"), "{page}");
    browser.call(Method::Put, "", &json!({ "interactionEvent": "SignIn" }));
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let mut target = browser.call(Method::Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    let mut page = browser.get(&target);
    while page.status != 200 {
        target = location(&page);
        page = browser.get(&target);
    }
    assert_eq!(target, "/device/success");
    assert_eq!(browser.cookie("_logto_device_flow_xsrf"), None);
    let (status, tokens) = browser.token(&poll);
    assert_eq!((status, &claims(&tokens["id_token"])["sub"]), (200, &json!(id)), "{tokens}");

    assert_eq!(browser.userinfo(&tokens).status, 200);
    assert_eq!(browser.token(&poll).1["error"], "invalid_grant", "somebody has a copy of the code");
    assert_eq!(browser.userinfo(&tokens).status, 401);
    let logs = emulator.client()?.operation("ListLogs")?.query("logKey", "RevokeToken").await?;
    assert_eq!(logs[0]["payload"]["applicationId"], browser.application);
    Ok(())
}

#[tokio::test]
async fn a_user_can_refuse_a_device() -> Result<()> {
    let emulator = Emulator::new();
    let (mut browser, device) = device(&emulator).await?;
    let refused = post(&mut browser, json!({ "user_code": device["user_code"], "abort": "yes" }));
    assert_eq!(refused, "/device?error=AbortedError");
    let (status, answer) = browser.token(&poll(&device));
    assert_eq!((status, &answer["error"]), (400, &json!("access_denied")));
    Ok(())
}

#[tokio::test]
async fn the_page_of_a_device_learns_what_is_wrong_with_a_code() -> Result<()> {
    let emulator = Emulator::new();
    let (mut browser, device) = device(&emulator).await?;
    let code = device["user_code"].as_str().unwrap();
    let mut form = |form: Value| post(&mut browser, form);
    assert_eq!(form(json!({ "user_code": code, "xsrf": "x" })), "/device?error=InvalidRequest");
    assert_eq!(form(json!({ "confirm": "yes" })), "/device?error=NoCodeError");
    assert_eq!(form(json!({ "user_code": "nope" })), "/device?input_code=nope&error=NotFoundError");
    let entered = json!({ "user_code": code.replace('-', "").to_lowercase(), "confirm": "yes" });
    assert!(form(entered).starts_with("/sign-in"));
    assert_eq!(form(json!({ "user_code": code })), format!("/device?input_code={code}&error=AlreadyUsedError"));
    Ok(())
}

#[tokio::test]
async fn codes_of_devices_expire() -> Result<()> {
    let emulator = Emulator::new();
    let (mut browser, device) = device(&emulator).await?;
    emulator.advance(Duration::from_secs(601));
    let code = device["user_code"].as_str().unwrap();
    assert_eq!(
        post(&mut browser, json!({ "user_code": code })),
        format!("/device?input_code={code}&error=ExpiredError")
    );
    assert_eq!(browser.token(&poll(&device)).1["error"], "expired_token");
    Ok(())
}

#[tokio::test]
async fn the_address_on_the_device_leads_to_the_form() -> Result<()> {
    let emulator = Emulator::new();
    let (mut browser, device) = device(&emulator).await?;
    let code = device["user_code"].as_str().unwrap();
    let address = format!("{}/device", emulator.endpoint().url());
    assert_eq!(device["verification_uri"], address);
    assert_eq!(device["verification_uri_complete"], format!("{address}?user_code={code}"));
    let target = location(&browser.get(&format!("/device?user_code={code}")));
    assert_eq!(target, format!("/oidc/device?user_code={code}"));
    let page = browser.get(&target).body.text();
    assert!(["name=\"xsrf\"", code, "submit()"].iter().all(|part| page.contains(part)), "{page}");
    assert_eq!(location(&browser.get("/oidc/device?ui_locales=de")), "/device?ui_locales=de");
    assert_eq!(browser.get("/device").status, 200);
    Ok(())
}
