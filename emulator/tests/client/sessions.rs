//! The sessions of browsers, what ends with them, and sign-outs.

use logto_admin::Result;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::{Get, Post, Put};
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, PASSWORD, account, ada, claims, enable_account_api, location};

async fn bob(emulator: &Emulator) -> Result<String> {
    let bob = CreateUser { username: Some("bob".into()), password: Some(PASSWORD.into()), ..Default::default() };
    Ok(emulator.client()?.users().create(bob).await?.id)
}

/// Returns the payloads of a user's sessions.
async fn sessions(emulator: &Emulator, user: &str) -> Result<Vec<Value>> {
    let sessions = emulator.client()?.operation("ListUserSessions")?.path("userId", user).await?;
    Ok(sessions["sessions"].as_array().unwrap().iter().map(|session| session["payload"].clone()).collect())
}

fn error(response: &HttpResponse) -> (u16, Value) {
    let body: Value = serde_json::from_str(&response.body.text()).unwrap();
    (response.status, body["error_description"].clone())
}

/// Enters the password of a user. Returns where the browser goes on.
fn enter(browser: &mut Browser, username: &str) -> String {
    let body = json!({ "identifier": { "type": "username", "value": username }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    browser.call(Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn another_user_signs_in_after_the_first_one_was_signed_out() -> Result<()> {
    let emulator = Emulator::new();
    let (ada, bob) = (ada(&emulator).await?, bob(&emulator).await?);
    let mut browser = Browser::open(&emulator).await?;
    let first = browser.sign_in("ada", PASSWORD, "openid");
    browser.start("SignIn", "openid");
    let target = enter(&mut browser, "bob");
    let page = browser.get(&target);
    assert!(page.status == 200 && page.body.text().contains("/oidc/session/end/confirm"), "{}", page.body.text());
    assert_eq!(sessions(&emulator, &ada).await?.len(), 1);
    let back = location(&browser.post_form(&page));
    assert_eq!(back, target);
    assert!(sessions(&emulator, &ada).await?.is_empty());
    let code = browser.follow(&back).remove("code").unwrap();
    let (_, tokens) = browser.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}"));
    assert_eq!(claims(&tokens["id_token"])["sub"], bob);
    assert_eq!(sessions(&emulator, &bob).await?.len(), 1);
    enable_account_api(&emulator).await?;
    assert!(account(&emulator, &first)?.my_account().get_profile().await.is_err());
    Ok(())
}

#[tokio::test]
async fn the_id_in_the_cookie_changes_with_each_step() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    let before = sessions(&emulator, &id).await?.remove(0);
    assert_eq!(before["jti"], browser.cookie("_session").unwrap());
    emulator.advance(std::time::Duration::from_secs(100));
    let target = browser.authorize("scope=openid&prompt=consent");
    browser.follow(&target);
    let after = sessions(&emulator, &id).await?.remove(0);
    assert_eq!((&after["uid"], &after["loginTs"]), (&before["uid"], &before["loginTs"]));
    assert_eq!(after["jti"], browser.cookie("_session").unwrap());
    assert_ne!(after["jti"], before["jti"]);
    let prolonged = after["exp"].as_i64().unwrap() - before["exp"].as_i64().unwrap();
    assert!(prolonged >= 100, "{prolonged}");
    Ok(())
}

#[tokio::test]
async fn tokens_without_offline_access_end_with_the_session() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    enable_account_api(&emulator).await?;
    let admin = emulator.client()?;
    for (scope, survives) in [("openid", false), ("openid offline_access", true)] {
        let mut browser = Browser::open(&emulator).await?;
        let tokens = browser.sign_in("ada", PASSWORD, scope);
        let target = browser.authorize(&format!("scope={scope}&prompt=consent"));
        let code = browser.follow(&target).remove("code").unwrap();
        let introspect = |browser: &mut Browser| {
            let body = json!({
                "token": tokens["access_token"], "client_id": browser.application, "client_secret": browser.secret,
            });
            let response = browser.send(Post, "/oidc/token/introspection", Some(&body));
            serde_json::from_str::<Value>(&response.body.text()).unwrap()["active"].clone()
        };
        assert_eq!(introspect(&mut browser), true, "{scope}");
        let uid = sessions(&emulator, &id).await?.remove(0)["uid"].as_str().unwrap().to_owned();
        admin.operation("DeleteUserSession")?.path("userId", &id).path("sessionId", &uid).await?;
        assert_eq!(introspect(&mut browser), survives, "{scope}");
        assert_eq!(account(&emulator, &tokens)?.my_account().get_profile().await.is_ok(), survives, "{scope}");
        let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
        assert_eq!(browser.token(&form).0, if survives { 200 } else { 400 }, "{scope}");
    }
    Ok(())
}

#[tokio::test]
async fn sign_ins_of_two_applications_in_one_browser_are_independent() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let other = Browser::open(&emulator).await?.application;
    browser.start("SignIn", "openid");
    let first = browser.interaction();
    let own = std::mem::replace(&mut browser.application, other.clone());
    browser.authorize("scope=openid");
    assert_ne!(browser.interaction(), first);
    let shown = |query: &str, application: &str| {
        let mut request =
            HttpRequest::new(Get, format!("{}/api/experience/interaction{query}", emulator.endpoint().url()));
        request.headers.set("cookie", format!("_interaction={}", browser.cookie("_interaction").unwrap()));
        if !application.is_empty() {
            request.headers.set("logto-app-id", application.to_owned());
        }
        let response = emulator.handle(&request);
        let body: Value = serde_json::from_str(&response.body.text()).unwrap();
        (response.status, body["code"].clone())
    };
    assert_eq!(shown("", &own), (200, Value::Null));
    assert_eq!(shown(&format!("?app_id={own}"), ""), (200, Value::Null));
    let not_started = (404, json!("session.interaction_not_found"));
    assert_eq!(shown("", &other), not_started);
    assert_eq!(shown("", ""), not_started, "the latest one");
    assert_eq!(shown("", "nope"), (400, json!("oidc.invalid_request")));
    Ok(())
}

#[tokio::test]
async fn a_step_belongs_to_the_session_in_which_it_began() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let expired = (400, json!("authorization request has expired"));
    assert_eq!(error(&browser.get("/oidc/auth/nope")), expired);
    browser.sign_in("ada", PASSWORD, "openid");
    browser.start("SignIn", "openid");
    let target = enter(&mut browser, "ada");
    let uid = sessions(&emulator, &id).await?.remove(0)["uid"].as_str().unwrap().to_owned();
    emulator.client()?.operation("DeleteUserSession")?.path("userId", &id).path("sessionId", &uid).await?;
    assert_eq!(browser.experience(Put, "", &json!({ "interactionEvent": "SignIn" })).1, "session.not_found");
    let mismatch = (400, json!("interaction session and authentication session mismatch"));
    assert_eq!(error(&browser.get(&target)), mismatch);
    Ok(())
}

#[tokio::test]
async fn sign_outs_need_the_secret_of_the_form() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    let confirm = "/oidc/session/end/confirm";
    let unasked = (400, json!("could not find logout details"));
    assert_eq!(error(&browser.send(Post, confirm, Some(&json!({ "logout": "yes" })))), unasked);
    assert_eq!(browser.get(confirm).status, 404);
    browser.get("/oidc/session/end");
    let wrong = (400, json!("xsrf token invalid"));
    assert_eq!(error(&browser.send(Post, confirm, Some(&json!({ "logout": "yes" })))), wrong);
    assert_eq!(sessions(&emulator, &id).await?.len(), 1);
    browser.sign_out("");
    assert!(sessions(&emulator, &id).await?.is_empty());
    let target = browser
        .sign_out(&format!("client_id={}&post_logout_redirect_uri=https://app.example/bye", browser.application));
    assert_eq!(target, "https://app.example/bye", "without a session");
    Ok(())
}

#[tokio::test]
async fn a_sign_out_can_be_that_of_one_application() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let other = Browser::open(&emulator).await?.application;
    browser.sign_in("ada", PASSWORD, "openid");
    let own = std::mem::replace(&mut browser.application, other.clone());
    let target = browser.authorize("scope=openid");
    browser.follow(&target);
    let page = browser.get(&format!("/oidc/session/end?client_id={own}")).body.text();
    let xsrf = page.split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let ended = location(&browser.send(Post, "/oidc/session/end/confirm", Some(&json!({ "xsrf": xsrf }))));
    assert!(ended.ends_with(&format!("/oidc/session/end/success?client_id={own}")), "{ended}");
    let kept = sessions(&emulator, &id).await?.remove(0);
    let authorizations = kept["authorizations"].as_object().unwrap();
    assert!(authorizations.len() == 1 && authorizations.contains_key(&other), "{authorizations:?}");
    assert!(browser.authorize("scope=openid").starts_with(CALLBACK), "the session goes on");
    Ok(())
}
