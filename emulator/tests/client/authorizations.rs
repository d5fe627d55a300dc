//! The pages and the resources of authorization requests.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpRequest;
use logto_admin::transport::Method::{Post, Put};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, CHALLENGE, PASSWORD, VERIFIER, ada, claims, location};

/// Creates a user who may read from an API, and returns the id of the user.
async fn reader(emulator: &Emulator, is_default: bool) -> Result<String> {
    let admin = emulator.client()?;
    let create = async |operation: &str, body: Value| -> Result<String> {
        Ok(admin.operation(operation)?.json(&body).await?["id"].as_str().unwrap().to_owned())
    };
    let ada = ada(emulator).await?;
    let api = create("CreateResource", json!({ "name": "API", "indicator": "https://api.example" })).await?;
    if is_default {
        let change = admin.operation("UpdateResourceIsDefault")?.path("id", &api);
        change.json(&json!({ "isDefault": true })).await?;
    }
    let scope = admin.operation("CreateResourceScope")?.path("resourceId", &api);
    let scope = scope.json(&json!({ "name": "read" })).await?["id"].clone();
    let role = create("CreateRole", json!({ "name": "reader", "description": "d", "scopeIds": [scope] })).await?;
    admin.users().assign_roles(&ada, [role]).await?;
    Ok(ada)
}

#[tokio::test]
async fn parameters_of_the_request_choose_the_page() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let id = browser.application.clone();
    let cases = [
        ("", format!("/sign-in?app_id={id}")),
        ("&first_screen=register", format!("/register?app_id={id}")),
        ("&first_screen=identifier:sign_in", format!("/identifier-sign-in?app_id={id}")),
        ("&login_hint=ada&ui_locales=de", format!("/sign-in?app_id={id}&ui_locales=de&login_hint=ada")),
        ("&direct_sign_in=social:github", format!("/direct/social/github?app_id={id}&fallback=sign-in")),
        ("&direct_sign_in=sso:acme&first_screen=register", format!("/direct/sso/acme?app_id={id}&fallback=register")),
    ];
    for (more, page) in cases {
        assert_eq!(browser.authorize(&format!("scope=openid{more}")), page, "{more}");
    }
    Ok(())
}

#[tokio::test]
async fn the_default_resource_is_requested_without_another() -> Result<()> {
    let emulator = Emulator::new();
    reader(&emulator, true).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid read");
    let client = &browser.application;
    let path = format!("/oidc/auth?client_id={client}&response_type=code&redirect_uri={CALLBACK}&scope=read");
    let target = location(&browser.get(&path));
    let code = browser.follow(&target).remove("code").unwrap();
    let (_, tokens) = browser.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}"));
    let access = claims(&tokens["access_token"]);
    assert_eq!((&access["aud"], &access["scope"]), (&json!("https://api.example"), &json!("read")));
    Ok(())
}

#[tokio::test]
async fn roles_in_organizations_permit_scopes_outside_of_them() -> Result<()> {
    let emulator = Emulator::new();
    let ada = reader(&emulator, false).await?;
    let admin = emulator.client()?;
    let create = async |operation: &str, body: Value| -> Result<String> {
        Ok(admin.operation(operation)?.json(&body).await?["id"].as_str().unwrap().to_owned())
    };
    let resources = admin.operation("ListResources")?.await?;
    let api = resources.as_array().unwrap().iter().find(|known| known["name"] == "API").unwrap()["id"].clone();
    let scope = admin.operation("CreateResourceScope")?.path("resourceId", api.as_str().unwrap());
    let write = scope.json(&json!({ "name": "write" })).await?["id"].clone();
    let acme = create("CreateOrganization", json!({ "name": "Acme" })).await?;
    let role = create("CreateOrganizationRole", json!({ "name": "boss", "resourceScopeIds": [write] })).await?;
    admin.organizations().add_users(&acme, [ada.clone()]).await?;
    let assign = admin.operation("AssignOrganizationRolesToUser")?.path("id", &acme).path("userId", &ada);
    assign.json(&json!({ "organizationRoleIds": [role] })).raw().await?;

    let mut browser = Browser::open(&emulator).await?;
    let scope = "openid offline_access read write urn:logto:scope:organizations&resource=https://api.example";
    let tokens = browser.sign_in("ada", PASSWORD, scope);
    let refresh = |more: &str| {
        let token = tokens["refresh_token"].as_str().unwrap();
        browser.token(&format!("grant_type=refresh_token&refresh_token={token}&resource=https://api.example{more}"))
    };
    assert_eq!(refresh("").1["scope"], "read write");
    let other = create("CreateOrganization", json!({ "name": "Other" })).await?;
    admin.organizations().add_users(&other, [ada]).await?;
    assert_eq!(refresh(&format!("&organization_id={acme}")).1["scope"], "read write");
    assert_eq!(refresh(&format!("&organization_id={other}")).1["scope"], "read");
    Ok(())
}

#[tokio::test]
async fn a_suspension_revokes_tokens_but_not_codes() -> Result<()> {
    let emulator = Emulator::new();
    let ada = reader(&emulator, false).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let target = browser.authorize("scope=openid offline_access&prompt=consent");
    let code = browser.follow(&target)["code"].clone();
    let suspend = emulator.client()?.operation("UpdateUserIsSuspended")?.path("userId", &ada);
    suspend.json(&json!({ "isSuspended": true })).await?;
    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(browser.token(&format!("grant_type=refresh_token&refresh_token={token}")).1["error"], "invalid_grant");
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    assert_eq!(browser.token(&form).0, 200);
    assert!(browser.authorize("scope=openid").starts_with("/sign-in"), "the session has ended");
    Ok(())
}

#[tokio::test]
async fn a_revoked_refresh_token_is_logged() -> Result<()> {
    let emulator = Emulator::new();
    let ada = reader(&emulator, false).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let body = json!({
        "token": tokens["refresh_token"], "client_id": browser.application, "client_secret": browser.secret,
    });
    assert_eq!(browser.send(Post, "/oidc/token/revocation", Some(&body)).status, 200);
    let logs = emulator.client()?.operation("ListLogs")?.query("logKey", "RevokeToken").await?;
    let payload = &logs[0]["payload"];
    assert_eq!((&payload["userId"], &payload["tokenTypes"]), (&json!(ada), &json!(["RefreshToken"])));
    assert!(payload["grantId"].is_string());
    assert_eq!(
        (&payload["params"]["token"], &payload["params"]["client_secret"]),
        (&json!("******"), &json!("******"))
    );
    Ok(())
}

/// Returns the payload of the only entry about a revocation.
async fn revocation(emulator: &Emulator) -> Result<Value> {
    let logs = emulator.client()?.operation("ListLogs")?.query("logKey", "RevokeToken").await?;
    assert_eq!(logs.as_array().unwrap().len(), 1, "{logs}");
    Ok(logs[0]["payload"].clone())
}

#[tokio::test]
async fn the_revocation_for_a_reused_code_is_logged() -> Result<()> {
    let emulator = Emulator::new();
    reader(&emulator, false).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    let code = browser.submit().remove("code").unwrap();
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}");
    let tokens = browser.token(&form).1;
    for _ in 0..2 {
        assert_eq!(browser.token(&form).1["error"], "invalid_grant");
    }
    let payload = revocation(&emulator).await?;
    assert_eq!((&payload["applicationId"], &payload["tokenTypes"]), (&json!(browser.application), &json!([])));
    assert_eq!((payload.get("userId"), &payload["result"]), (None, &json!("Success")));
    assert_eq!(payload["params"]["code"], code);
    assert_eq!(browser.userinfo(&tokens).status, 401);
    Ok(())
}

#[tokio::test]
async fn a_reused_code_without_its_proof_revokes_nothing() -> Result<()> {
    let emulator = Emulator::new();
    reader(&emulator, false).await?;
    let mut browser = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    let code = browser.submit().remove("code").unwrap();
    let form = |verifier: &str| {
        format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&code_verifier={verifier}")
    };
    let tokens = browser.token(&form(VERIFIER)).1;
    assert_eq!(browser.token(&form(&"x".repeat(43))).1["error"], "invalid_grant");
    assert_eq!(browser.userinfo(&tokens).status, 200);
    Ok(())
}

#[tokio::test]
async fn the_revocation_for_a_reused_refresh_token_is_logged() -> Result<()> {
    let emulator = Emulator::new();
    let ada = reader(&emulator, false).await?;
    let mut browser = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let form = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(browser.token(&form).0, 200);
    emulator.advance(Duration::from_secs(4));
    let scope = browser.token(&format!("{form}&scope=email"));
    assert_eq!(scope.1["error"], "invalid_scope", "scopes are checked first");
    assert_eq!(browser.token(&form).1["error"], "invalid_grant");
    let payload = revocation(&emulator).await?;
    assert_eq!((&payload["userId"], &payload["tokenTypes"]), (&json!(ada), &json!(["RefreshToken"])));
    assert_eq!(payload["params"]["refresh_token"], "******");
    Ok(())
}

#[tokio::test]
async fn a_revoked_access_token_takes_the_other_tokens_of_its_grant_along() -> Result<()> {
    let emulator = Emulator::new();
    let ada = reader(&emulator, false).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid offline_access");
    let mut foreign = Browser::open(&emulator).await?;
    let mut page = Browser::open_application(&emulator, json!({ "name": "page", "type": "SPA" })).await?;
    let revoke = |browser: &mut Browser| {
        let mut body = json!({ "token": tokens["access_token"], "client_id": browser.application });
        if !browser.secret.is_empty() {
            body["client_secret"] = browser.secret.clone().into();
        }
        let response = browser.send(Post, "/oidc/token/revocation", Some(&body));
        (response.status, response.body.text().contains("client is not authorized to revoke the presented token"))
    };
    let refresh = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(revoke(&mut foreign), (400, true));
    assert_eq!(revoke(&mut page), (200, false), "public clients do not learn whether the token is valid");
    assert_eq!(browser.token(&refresh).0, 200);
    assert_eq!(revoke(&mut browser), (200, false));
    assert_eq!(browser.token(&refresh).1["error"], "invalid_grant");
    assert_eq!(emulator.client()?.users().list_grants(&ada).await?.grants.len(), 1, "the consent stays");
    Ok(())
}

#[tokio::test]
async fn refresh_tokens_expire_as_the_application_says() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    for (settings, seconds) in [
        (json!({ "refreshTokenTtl": 60 }), 60),
        (json!({ "refreshTokenTtl": 60, "refreshTokenTtlInDays": 1 }), 86_400),
        (json!({}), 1_209_600),
    ] {
        let mut settings = settings;
        settings["alwaysIssueRefreshToken"] = json!(true);
        let application = json!({ "name": "web", "type": "Traditional", "customClientMetadata": settings });
        let mut browser = Browser::open_application(&emulator, application).await?;
        let tokens = browser.sign_in("ada", PASSWORD, "openid");
        let body = json!({ "token": tokens["refresh_token"], "client_id": browser.application, "client_secret": browser.secret });
        let shown = browser.send(Post, "/oidc/token/introspection", Some(&body)).body.text();
        let shown: Value = logto_admin::serde_json::from_str(&shown).unwrap();
        let lifetime = shown["exp"].as_i64().unwrap() - shown["iat"].as_i64().unwrap();
        assert_eq!(lifetime, seconds);
    }
    Ok(())
}

#[tokio::test]
async fn pages_need_a_sign_in_in_progress() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let guarded = ["/", "/sign-in", "/consent", "/register/password", "/social/register", "/forgot-password"];
    let unknown = format!("{}/unknown-session", emulator.endpoint().url().trim_end_matches('/'));
    for page in guarded {
        assert_eq!(location(&browser.get(page)), unknown, "{page}");
    }
    for page in ["/sign-in?preview=true", "/unknown-session", "/device/success"] {
        assert_eq!(browser.get(page).status, 200, "{page}");
    }
    let settings = json!({ "unknownSessionRedirectUrl": "https://app.example/lost" });
    emulator.client()?.operation("UpdateSignInExp")?.json(&settings).await?;
    assert_eq!(location(&browser.get("/sign-in")), "https://app.example/lost");
    browser.authorize("scope=openid");
    for page in guarded {
        assert_eq!(browser.get(page).status, 200, "{page}");
    }
    Ok(())
}

#[tokio::test]
async fn responses_that_providers_post_are_passed_on() -> Result<()> {
    let emulator = Emulator::new();
    let post = |path: &str, kind: &'static str, body: &str| {
        let mut request = HttpRequest::new(Post, format!("{}{path}", emulator.endpoint().url()));
        request.headers.set("content-type", kind);
        request.body = body.to_owned().into();
        emulator.handle(&request)
    };
    let form = "application/x-www-form-urlencoded";
    let response = post("/callback/apple", form, "code=a+b&state=s");
    assert_eq!((response.status, location(&response)), (303, "/callback/apple?code=a+b&state=s".to_owned()));
    let response = post("/account/callback/social/apple", "application/json", r#"{"code":"c"}"#);
    assert_eq!((response.status, location(&response)), (303, "/account/callback/social/apple?code=c".to_owned()));
    let refused = post("/callback/apple", "application/json", r#"{"code":1}"#);
    assert!(refused.status == 400 && refused.body.text().contains("oidc.invalid_request"));
    Ok(())
}

#[tokio::test]
async fn refreshed_tokens_have_only_scopes_that_were_granted() -> Result<()> {
    let emulator = Emulator::new();
    reader(&emulator, false).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in(
        "ada",
        PASSWORD,
        "openid offline_access email profile read unknown&resource=https://api.example",
    );
    assert_eq!(claims(&tokens["id_token"])["name"], "Ada");
    let refresh = |more: &str| {
        let token = tokens["refresh_token"].as_str().unwrap();
        browser.token(&format!("grant_type=refresh_token&refresh_token={token}{more}"))
    };
    let (status, refused) = refresh("&scope=openid unknown");
    assert_eq!((status, &refused["error"], &refused["scope"]), (400, &json!("invalid_scope"), &json!("unknown")));
    let (_, of_api) = refresh("&scope=read&resource=https://api.example");
    assert_eq!((&of_api["scope"], of_api.get("id_token")), (&json!("read"), None));
    let (_, fewer) = refresh("&scope=openid email");
    let about = claims(&fewer["id_token"]);
    assert_eq!((about.get("email_verified"), about.get("name")), (Some(&json!(false)), None));
    // A later request for less gets less, although the user has granted more.
    let tokens = browser.sign_in("ada", PASSWORD, "openid");
    assert_eq!(claims(&tokens["id_token"]).get("name"), None);
    Ok(())
}

#[tokio::test]
async fn tokens_for_organizations_need_the_resource_of_all_organizations() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, ada) = (emulator.client()?, ada(&emulator).await?);
    let create = async |operation: &str, body: Value| -> Result<String> {
        Ok(admin.operation(operation)?.json(&body).await?["id"].as_str().unwrap().to_owned())
    };
    let act = create("CreateOrganizationScope", json!({ "name": "act" })).await?;
    let role = json!({ "name": "boss", "organizationScopeIds": [act] });
    let role = create("CreateOrganizationRole", role).await?;
    let acme = create("CreateOrganization", json!({ "name": "Acme" })).await?;
    admin.organizations().add_users(&acme, [ada.clone()]).await?;
    let assign = admin.operation("AssignOrganizationRolesToUser")?.path("id", &acme).path("userId", &ada);
    assign.json(&json!({ "organizationRoleIds": [role] })).raw().await?;
    let mut browser = Browser::open(&emulator).await?;
    for (resource, expected) in [("", ""), ("&resource=urn:logto:resource:organizations", "act")] {
        let scope = format!("openid offline_access urn:logto:scope:organizations act{resource}");
        let tokens = browser.sign_in("ada", PASSWORD, &scope);
        let token = tokens["refresh_token"].as_str().unwrap();
        let form = format!("grant_type=refresh_token&refresh_token={token}&organization_id={acme}");
        let (_, refreshed) = browser.token(&form);
        assert_eq!(refreshed["scope"], expected, "{refreshed}");
    }
    Ok(())
}

#[tokio::test]
async fn a_client_with_one_redirect_uri_can_leave_it_out() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let client = browser.application.clone();
    let ask = format!("/oidc/auth?client_id={client}&response_type=code&scope=openid");
    browser.get(&ask);
    browser.call(Put, "", &json!({ "interactionEvent": "SignIn" }));
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    let code = browser.submit().remove("code").unwrap();
    let (status, tokens) = browser.token(&format!("grant_type=authorization_code&code={code}"));
    assert_eq!(status, 200, "{tokens}");

    let uris = json!({ "oidcClientMetadata": { "redirectUris": [CALLBACK, "https://other.example/"], "postLogoutRedirectUris": [] } });
    emulator.client()?.operation("UpdateApplication")?.path("id", &client).json(&uris).await?;
    let refused = browser.get(&ask);
    assert!(refused.status == 400 && refused.body.text().contains("missing required parameter 'redirect_uri'"));
    Ok(())
}

#[tokio::test]
async fn a_greatest_age_of_zero_asks_for_a_new_sign_in() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    assert!(browser.authorize("scope=openid&max_age=60").starts_with(CALLBACK));
    assert!(browser.authorize("scope=openid&max_age=0").starts_with("/sign-in"));
    let quiet = browser.authorize("scope=openid&max_age=0&prompt=none");
    assert!(quiet.contains("error=login_required"), "{quiet}");
    let refused = browser.authorize("scope=openid&max_age=-1");
    assert!(refused.contains("error=invalid_request"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_machine_cannot_ask_for_a_code() -> Result<()> {
    let emulator = Emulator::new();
    let settings = json!({ "name": "device", "type": "Native", "customClientMetadata": { "isDeviceFlow": true } });
    let mut browser = Browser::open_application(&emulator, settings).await?;
    let refused = browser.authorize("scope=openid");
    assert!(refused.contains("error=invalid_request&error_description=requested"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_sign_out_without_a_target_ends_on_a_page() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.sign_in("ada", PASSWORD, "openid");
    let ended = browser.sign_out("");
    assert!(ended.ends_with("/oidc/session/end/success"), "{ended}");
    assert_eq!(browser.get("/oidc/session/end/success").status, 200);
    assert!(browser.authorize("scope=openid").starts_with("/sign-in"));
    Ok(())
}

/// Requests an authorization without prompts. Returns the error and its description.
fn unprompted(browser: &mut Browser, more: &str) -> (String, String) {
    let target = browser.authorize(&format!("scope=openid email&{CHALLENGE}&prompt=none{more}"));
    let answer = browser.follow(&target);
    (answer["error"].clone(), answer["error_description"].clone())
}

#[tokio::test]
async fn requests_without_prompts_report_what_is_missing() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    for (kind, error, description) in [
        ("Traditional", "consent_required", "requested scopes not granted"),
        ("Native", "interaction_required", "native clients require End-User interaction"),
    ] {
        let mut browser = Browser::open_application(&emulator, json!({ "name": "app", "type": kind })).await?;
        let unknown = ("login_required".to_owned(), "End-User authentication is required".to_owned());
        assert_eq!(unprompted(&mut browser, ""), unknown);
        browser.sign_in("ada", PASSWORD, "openid");
        assert_eq!(unprompted(&mut browser, ""), (error.to_owned(), description.to_owned()));
        let required = |description: &str| ("login_required".to_owned(), description.to_owned());
        assert_eq!(unprompted(&mut browser, "&max_age=0"), required("login prompt was not resolved"));
        emulator.advance(Duration::from_secs(120));
        let old = required("End-User authentication could not be obtained");
        assert_eq!(unprompted(&mut browser, "&max_age=60"), old);
    }
    Ok(())
}

#[tokio::test]
async fn logs_show_the_hints_of_a_request() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    browser.authorize("scope=openid&login_hint=ada&max_age=60");
    let logs = emulator.client()?.operation("ListLogs")?.query("logKey", "Interaction.Create").await?;
    assert_eq!(logs[0]["payload"]["prompt"]["details"], json!({ "login_hint": "ada", "max_age": "60" }));
    Ok(())
}
