//! Users sign in the way browser applications do. Authorization request, Experience API, consent, tokens.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::{CreateUser, Password};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::{
    Browser, CALLBACK, CHALLENGE, PASSWORD, VERIFIER, account, ada, claims, enable_account_api, location,
};
use crate::refused;

#[tokio::test]
async fn a_user_signs_in_the_way_a_browser_application_does_and_calls_the_account_api_with_the_token() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    enable_account_api(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid profile offline_access");
    assert_eq!(tokens["scope"], "openid profile offline_access");
    let about = claims(&tokens["id_token"]);
    assert_eq!((&about["sub"], &about["name"], &about["username"]), (&json!(id), &json!("Ada"), &json!("ada")));
    assert_eq!((&about["nonce"], &about["aud"]), (&json!("once"), &json!(browser.application)));
    let profile = account(&emulator, &tokens)?.my_account().get_profile().await?;
    assert_eq!(profile.id.as_deref(), Some(id.as_str()));

    let user = emulator.client()?.users().get(&id).await?;
    assert!(user.last_sign_in_at.is_some());
    assert_eq!(user.application_id.as_deref(), Some(browser.application.as_str()));
    Ok(())
}

#[tokio::test]
async fn the_application_gets_its_state_and_the_issuer() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    // The session makes a second sign-in unnecessary.
    let target = browser.authorize("scope=openid");
    let returned = browser.follow(&target);
    assert_eq!((returned["state"].as_str(), returned["code"].len()), ("here", 43));
    assert_eq!(returned["iss"], format!("{}/oidc", emulator.endpoint().url()));
    Ok(())
}

#[tokio::test]
async fn the_sign_in_page_gets_the_application_the_organization_and_the_languages() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    browser.authorize("scope=openid&organization_id=org-1&ui_locales=fr%20de");
    let context = json!({ "appId": browser.application, "organizationId": "org-1", "uiLocales": "fr de" });
    assert_eq!(browser.cookie("_logto"), Some(context.to_string().as_str()));
    assert!(browser.cookie("_logto.sig").is_some());
    Ok(())
}

#[tokio::test]
async fn codes_can_be_exchanged_once_and_with_their_redirect_uri() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    let mut code = || {
        let target = browser.authorize("scope=openid");
        browser.follow(&target)["code"].clone()
    };
    let (first, second, third) = (code(), code(), code());
    let exchange =
        |code: &str, uri: &str| browser.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={uri}"));
    assert_eq!(exchange(&first, "https://app.example/other").1["error"], "invalid_grant");
    let (status, tokens) = exchange(&first, CALLBACK);
    assert_eq!(status, 200);
    emulator.advance(Duration::from_secs(61));
    assert_eq!(exchange(&second, CALLBACK).1["error"], "invalid_grant", "expired");
    assert_eq!(exchange(&first, CALLBACK).1["error"], "invalid_grant", "used");
    drop((third, tokens));
    Ok(())
}

#[tokio::test]
async fn a_code_that_is_used_twice_revokes_the_tokens() -> Result<()> {
    let emulator = Emulator::new();
    enable_account_api(&emulator).await?;
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    let target = browser.authorize("scope=openid");
    let code = browser.follow(&target)["code"].clone();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let (_, tokens) = browser.token(&form);
    assert!(account(&emulator, &tokens)?.my_account().get_profile().await.is_ok());
    assert_eq!(browser.token(&form).0, 400);
    let error = account(&emulator, &tokens)?.my_account().get_profile().await.unwrap_err();
    assert_eq!(error.status(), Some(401));
    Ok(())
}

#[tokio::test]
async fn applications_without_a_secret_prove_their_requests() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    let refused = browser.authorize("scope=openid");
    assert!(refused.contains("error=invalid_request") && refused.contains("PKCE"), "{refused}");
    let page = browser.authorize(&format!("scope=openid&{CHALLENGE}"));
    assert!(page.starts_with("/sign-in"));
    browser.call(Method::Put, "", &json!({ "interactionEvent": "SignIn" }));
    let id = browser
        .verify("password", &json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD }));
    browser.call(Method::Post, "/identification", &json!({ "verificationId": id }));
    let code = browser.submit()["code"].clone();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let wrong = "x".repeat(43);
    assert_eq!(browser.token(&form).1["error"], "invalid_grant");
    assert_eq!(browser.token(&format!("{form}&code_verifier={wrong}")).1["error"], "invalid_grant");
    assert_eq!(browser.token(&format!("{form}&code_verifier={VERIFIER}")).0, 200);
    Ok(())
}

/// Exchanges a refresh token. Returns the status and the answer.
fn refresh(browser: &Browser, token: &Value) -> (u16, Value) {
    browser.token(&format!("grant_type=refresh_token&refresh_token={}", token.as_str().unwrap()))
}

#[tokio::test]
async fn refresh_tokens_are_rotated_and_expire() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open_application(&emulator, json!({ "name": "phone", "type": "Native" })).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let refresh = |token: &Value| refresh(&browser, token);
    let (status, second) = refresh(&tokens["refresh_token"]);
    assert_eq!((status, claims(&second["id_token"])["sub"].is_string()), (200, true));
    assert_ne!(second["refresh_token"], tokens["refresh_token"]);
    emulator.advance(Duration::from_secs(13 * 86_400));
    let (status, third) = refresh(&second["refresh_token"]);
    assert_eq!(status, 200);
    emulator.advance(Duration::from_secs(15 * 86_400));
    assert_eq!(refresh(&third["refresh_token"]).1["error"], "invalid_grant");
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_later_revokes_the_grant() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let refresh = |token: &Value| refresh(&browser, token);
    let second = refresh(&tokens["refresh_token"]).1;
    emulator.advance(Duration::from_millis(2500));
    let (status, third) = refresh(&tokens["refresh_token"]);
    assert_eq!(status, 200, "concurrent requests of a client");
    assert_ne!(third["refresh_token"], second["refresh_token"]);
    emulator.advance(Duration::from_millis(600));
    assert_eq!(refresh(&tokens["refresh_token"]).0, 400, "counted from the first use");
    assert_eq!(refresh(&second["refresh_token"]).0, 400);
    assert_eq!(refresh(&third["refresh_token"]).0, 400);
    Ok(())
}

#[tokio::test]
async fn the_kind_of_the_application_decides_about_the_next_refresh_token() -> Result<()> {
    let day = Duration::from_secs(86_400);
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut server = Browser::open(&emulator).await?;
    let mut page = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    let mut kept = server.sign_in("ada", PASSWORD, "openid offline_access")["refresh_token"].clone();
    let mut replaced = page.sign_in("ada", PASSWORD, "openid offline_access")["refresh_token"].clone();
    emulator.advance(day * 9);
    assert_eq!(refresh(&server, &kept).1["refresh_token"], kept, "a client with a secret keeps it");
    replaced = refresh(&page, &replaced).1["refresh_token"].clone();
    emulator.advance(day);
    let next = refresh(&server, &kept).1["refresh_token"].clone();
    assert_ne!(next, kept, "most of its life is over");
    kept = next;
    emulator.advance(day * 5);
    assert_eq!(refresh(&server, &kept).0, 200);
    assert_eq!(refresh(&page, &replaced).0, 400, "the first one decided about the end");
    Ok(())
}

#[tokio::test]
async fn a_refreshed_token_has_at_most_the_scopes_of_the_first() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let token = browser.sign_in("ada", PASSWORD, "openid offline_access email")["refresh_token"].clone();
    let ask = |scope: &str| {
        let token = token.as_str().unwrap();
        browser.token(&format!("grant_type=refresh_token&refresh_token={token}&scope={scope}"))
    };
    assert_eq!(ask("openid").1["scope"], "openid");
    let (status, refused) = ask("openid phone");
    assert_eq!((status, &refused["error"], &refused["scope"]), (400, &json!("invalid_scope"), &json!("phone")));
    Ok(())
}

#[tokio::test]
async fn there_is_a_refresh_token_only_with_consent() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    assert_eq!(browser.sign_in("ada", PASSWORD, "openid")["refresh_token"], Value::Null);
    let target = browser.authorize("scope=openid offline_access");
    let code = browser.follow(&target)["code"].clone();
    let (_, tokens) = browser.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}"));
    assert_eq!((&tokens["refresh_token"], &tokens["scope"]), (&Value::Null, &json!("openid")));
    Ok(())
}

#[tokio::test]
async fn administrators_see_and_end_sessions() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let admin = emulator.client()?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let sessions = admin.operation("ListUserSessions")?.path("userId", &id).await?;
    let session = &sessions["sessions"][0];
    assert_eq!(session["clientId"], browser.application);
    assert_eq!(session["lastSubmission"]["verificationRecords"][0]["type"], "Password");
    assert_eq!(session["lastSubmission"]["signInContext"]["userAgent"], "test");
    assert_eq!(session["payload"]["authorizations"][&browser.application]["persistsLogout"], true);
    let uid = session["payload"]["uid"].as_str().unwrap();
    let other = admin.operation("DeleteUserSession")?.path("userId", "other").path("sessionId", uid).await;
    assert_eq!(refused(other), (404, "oidc.invalid_session_account_id".into()));
    let end = admin.operation("DeleteUserSession")?.path("userId", &id).path("sessionId", uid);
    end.query("revokeGrantsTarget", "all").await?;
    let form = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(browser.token(&form).0, 400);
    assert!(browser.authorize("scope=openid").starts_with("/sign-in"));
    Ok(())
}

#[tokio::test]
async fn prompts_of_a_request_are_respected() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let target = browser.authorize("scope=openid&prompt=none");
    assert_eq!(browser.follow(&target)["error"], "login_required");
    browser.sign_in("ada", PASSWORD, "openid");
    let target = browser.authorize("scope=openid&prompt=none");
    assert!(browser.follow(&target).contains_key("code"));
    let target = browser.authorize("scope=openid profile&prompt=none");
    assert_eq!(browser.follow(&target)["error"], "consent_required");
    assert!(browser.authorize("scope=openid&prompt=login").starts_with("/sign-in"));
    emulator.advance(Duration::from_secs(100));
    assert!(browser.authorize("scope=openid&max_age=60").starts_with("/sign-in"));
    assert!(browser.authorize("scope=openid&prompt=login&first_screen=register").starts_with("/register"));
    Ok(())
}

#[tokio::test]
async fn invalid_authorization_requests_are_reported() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let client = browser.application.clone();
    let cases = [
        ("client_id=nope&redirect_uri=https://app.example/callback".to_owned(), "invalid_client"),
        (format!("client_id={client}&redirect_uri=https://other.example"), "invalid_redirect_uri"),
    ];
    for (query, error) in cases {
        let response = browser.get(&format!("/oidc/auth?{query}"));
        let body: Value = logto_admin::serde_json::from_str(&response.body.text()).unwrap();
        assert_eq!((response.status, &body["error"]), (400, &json!(error)), "{query}");
    }
    for (more, error) in [
        ("scope=openid&resource=https://nope.example", "invalid_target"),
        ("prompt=sometimes", "invalid_request"),
        ("code_challenge_method=S256", "invalid_request"),
    ] {
        let target = browser.authorize(more);
        assert_eq!(browser.follow(&target)["error"], error, "{more}");
    }
    Ok(())
}

#[tokio::test]
async fn users_get_tokens_for_resources_and_organizations() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let admin = emulator.client()?;
    let create = async |operation: &str, body: Value| -> Result<String> {
        Ok(admin.operation(operation)?.json(&body).await?["id"].as_str().unwrap().to_owned())
    };
    let api = create("CreateResource", json!({ "name": "API", "indicator": "https://api.example" })).await?;
    let read =
        admin.operation("CreateResourceScope")?.path("resourceId", &api).json(&json!({ "name": "read" })).await?;
    let role = create("CreateRole", json!({ "name": "reader", "description": "d", "scopeIds": [read["id"]] })).await?;
    admin.users().assign_roles(&id, [role.as_str()]).await?;
    let organization = create("CreateOrganization", json!({ "name": "Acme" })).await?;
    admin.organizations().add_users(&organization, [id.as_str()]).await?;

    let mut browser = Browser::open(&emulator).await?;
    let scope = "openid offline_access read write roles urn:logto:scope:organizations";
    let tokens = browser.sign_in("ada", PASSWORD, &format!("{scope}&resource=https://api.example"));
    let about = claims(&tokens["id_token"]);
    assert_eq!((&about["roles"], &about["organizations"]), (&json!(["reader"]), &json!([organization])));
    let refresh = |token: &Value, more: &str| {
        browser.token(&format!(
            "grant_type=refresh_token&refresh_token={}&{more}",
            token["refresh_token"].as_str().unwrap()
        ))
    };
    let (_, tokens) = refresh(&tokens, "resource=https://api.example");
    let access = claims(&tokens["access_token"]);
    assert_eq!((&access["aud"], &access["scope"]), (&json!("https://api.example"), &json!("read")));
    let (_, tokens) = refresh(&tokens, &format!("organization_id={organization}"));
    assert_eq!(claims(&tokens["access_token"])["aud"], format!("urn:logto:organization:{organization}"));
    assert_eq!(refresh(&tokens, "organization_id=nope").1["error"], "access_denied");
    assert_eq!(refresh(&tokens, "resource=https://other.example").1["error"], "invalid_target");
    Ok(())
}

#[tokio::test]
async fn userinfo_has_the_claims_of_the_granted_scopes() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let address = json!({ "address": { "streetAddress": "1 Main Street" } });
    emulator.client()?.operation("UpdateUserProfile")?.path("userId", &id).json(&json!({ "profile": address })).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid email custom_data address");
    let ask = |token: &str| {
        let url = format!("{}/oidc/me", emulator.endpoint().url());
        let mut request = logto_admin::transport::HttpRequest::new(Method::Get, url);
        request.headers.set("authorization", format!("bearer {token}"));
        emulator.handle(&request)
    };
    let about = ask(tokens["access_token"].as_str().unwrap());
    let about: Value = logto_admin::serde_json::from_str(&about.body.text()).unwrap();
    assert_eq!(
        about,
        json!({ "sub": id, "email": null, "email_verified": false, "custom_data": {}, "address": address["address"] })
    );
    let refused = ask("nope");
    let challenge = refused.headers.get("www-authenticate").unwrap();
    assert!(refused.status == 401 && challenge.starts_with("Bearer ") && challenge.contains("invalid_token"));
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid");
    let hint = tokens["id_token"].as_str().unwrap();
    let query = format!("id_token_hint={hint}&post_logout_redirect_uri=https://app.example/bye&state=s");
    assert_eq!(browser.sign_out(&query), "https://app.example/bye?state=s");
    assert!(browser.cookie("_session").is_none());
    assert!(browser.authorize("scope=openid").starts_with("/sign-in"));
    Ok(())
}

#[tokio::test]
async fn the_form_of_the_sign_out_is_enough() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid");
    let hint = tokens["id_token"].as_str().unwrap();
    let query = format!("id_token_hint={hint}&post_logout_redirect_uri=https://app.example/bye&state=s");
    let page = browser.get(&format!("/oidc/session/end?{query}")).body.text();
    let xsrf = page.split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut confirm = |xsrf: &str| {
        let form = json!({ "xsrf": xsrf, "logout": "yes" });
        browser.send(Method::Post, "/oidc/session/end/confirm", Some(&form))
    };
    let refused = confirm("other");
    assert!(refused.status == 400 && refused.body.text().contains("xsrf token invalid"), "{}", refused.body.text());
    assert_eq!(location(&confirm(xsrf)), "https://app.example/bye?state=s");
    assert!(browser.authorize("scope=openid").starts_with("/sign-in"));
    Ok(())
}

#[tokio::test]
async fn redirect_uris_can_have_wildcards() -> Result<()> {
    let emulator = Emulator::new();
    let uris = ["https://*.app.example/cb", "https://app.example/*/cb"];
    let settings = json!({
        "name": "web",
        "type": "Traditional",
        "oidcClientMetadata": { "redirectUris": uris, "postLogoutRedirectUris": [] },
    });
    let mut browser = Browser::open_application(&emulator, settings).await?;
    let client = browser.application.clone();
    for (uri, status) in [
        ("https://pr-1.app.example/cb", 303),
        ("https://app.example/pr-1/cb", 303),
        ("https://a.b.app.example/cb", 400),
        ("https://evil.example/x.app.example/cb", 400),
        ("https://app.example/a/b/cb", 400),
    ] {
        let path = format!("/oidc/auth?client_id={client}&response_type=code&scope=openid&redirect_uri={uri}");
        assert_eq!(browser.get(&path).status, status, "{uri}");
    }
    Ok(())
}

#[tokio::test]
async fn problems_of_requests_for_tokens_stay_in_the_browser() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let client = browser.application.clone();
    let mut target = |kind: &str| {
        let path = format!("/oidc/auth?client_id={client}&redirect_uri={CALLBACK}&scope=openid&response_type={kind}");
        location(&browser.get(&path))
    };
    for (kind, expected) in [
        ("token", "#error=unsupported_response_type&"),
        ("code id_token", "#error=invalid_request&"),
        ("none", "?error=invalid_request&"),
        ("id_token&response_mode=query", "?error=invalid_request&"),
        ("code&response_mode=cookie", "?error=unsupported_response_mode&"),
    ] {
        assert!(target(kind).starts_with(&format!("{CALLBACK}{expected}")), "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn applications_can_limit_the_sign_ins_of_a_user() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let settings = json!({ "name": "web", "type": "Traditional", "customClientMetadata": { "maxAllowedGrants": 2 } });
    let mut first = Browser::open_application(&emulator, settings).await?;
    let mut refresh_tokens = Vec::new();
    for _ in 0..3 {
        let mut browser = Browser::open(&emulator).await?;
        (browser.application, browser.secret) = (first.application.clone(), first.secret.clone());
        let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
        refresh_tokens.push(tokens["refresh_token"].as_str().unwrap().to_owned());
        first = browser;
    }
    let refresh = |token: &str| first.token(&format!("grant_type=refresh_token&refresh_token={token}")).0;
    let statuses: Vec<u16> = refresh_tokens.iter().map(|token| refresh(token)).collect();
    assert_eq!(statuses, [400, 200, 200], "the oldest sign-in has ended");
    let grants = emulator.client()?.operation("ListUserGrants")?.path("userId", &id).await?;
    assert_eq!(grants["grants"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn a_session_forgets_the_applications_of_revoked_grants() -> Result<()> {
    let emulator = Emulator::new();
    let (id, admin) = (ada(&emulator).await?, emulator.client()?);
    Browser::open(&emulator).await?.sign_in("ada", PASSWORD, "openid");
    let authorizations = async || -> Result<Value> {
        let sessions = admin.operation("ListUserSessions")?.path("userId", &id).await?;
        Ok(sessions["sessions"][0]["payload"]["authorizations"].clone())
    };
    assert_ne!(authorizations().await?, json!({}));
    let grants = admin.users().list_grants(&id).await?.grants;
    admin.users().delete_grant(&id, &grants[0].id).await?;
    assert_eq!(authorizations().await?, json!({}));
    Ok(())
}

#[tokio::test]
async fn users_end_only_their_own_sessions() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let bob = CreateUser { username: Some("bob".into()), password: Some(PASSWORD.into()), ..Default::default() };
    let bob = emulator.client()?.users().create(bob).await?.id;
    let settings = json!({ "enabled": true, "fields": { "session": "Edit" } });
    emulator.client()?.operation("UpdateAccountCenterSettings")?.json(&settings).await?;
    let scope = "openid urn:logto:scope:sessions";
    Browser::open(&emulator).await?.sign_in("bob", PASSWORD, scope);
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, scope);
    let client = account(&emulator, &tokens)?;
    let proof = client.verifications().create_by_password(Password::new(PASSWORD)).await?.verification_record_id;
    let end = async |uid: &str| {
        let path = format!("/api/my-account/sessions/{uid}");
        client.request(Method::Delete, &path).verification_record(&proof).await.unwrap_err()
    };
    let sessions = emulator.client()?.operation("ListUserSessions")?.path("userId", &bob).await?;
    let foreign = sessions["sessions"][0]["payload"]["uid"].as_str().unwrap().to_owned();
    let error = end(&foreign).await;
    assert_eq!((error.status(), error.code()), (Some(400), Some("oidc.invalid_session_account_id")));
    let error = end("nope").await;
    assert_eq!((error.status(), error.code()), (Some(400), Some("oidc.session_not_found")));
    Ok(())
}
