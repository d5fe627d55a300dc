//! The consent of users to third-party applications.

use logto_admin::Result;
use logto_admin::models::{CreateOrganization, CreateResourceScope, CreateUser};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method;
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, PASSWORD, ada, location};

const CONSENT: &str = "/api/interaction/consent";

/// Signs in to a third-party application, up to the page that asks for the consent.
async fn asked(emulator: &Emulator, scope: &str) -> Result<Browser> {
    let mut browser = partner(emulator).await?;
    assign(&browser, json!({ "userScopes": ["profile", "urn:logto:scope:organizations"] })).await?;
    consent_page(&mut browser, scope);
    Ok(browser)
}

/// Opens a third-party application.
async fn partner(emulator: &Emulator) -> Result<Browser> {
    let settings = json!({ "name": "Partner", "type": "Traditional", "isThirdParty": true });
    Browser::open_application(emulator, settings).await
}

/// Assigns the application scopes that it may request.
async fn assign(browser: &Browser, scopes: Value) -> Result<()> {
    let assign = browser.emulator.client()?.operation("CreateApplicationUserConsentScope")?;
    assign.path("applicationId", &browser.application).json(&scopes).raw().await?;
    Ok(())
}

fn consent_page(browser: &mut Browser, scope: &str) {
    browser.start("SignIn", scope);
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let target = browser.call(Method::Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
    let consent = location(&browser.get(&target));
    assert_eq!(consent, format!("/consent?app_id={}", browser.application));
    assert_eq!(browser.get(&consent).status, 200, "the page asks the user");
}

/// Calls the API of the page. Returns the status and the body.
fn consent(browser: &mut Browser, method: Method, body: Option<&Value>) -> (u16, Value) {
    let response = browser.send(method, CONSENT, body);
    (response.status, serde_json::from_str(&response.body.text()).unwrap())
}

#[tokio::test]
async fn third_party_applications_need_the_consent_of_the_user() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = asked(&emulator, "openid profile offline_access").await?;
    let (_, shown) = consent(&mut browser, Method::Get, None);
    assert_eq!((&shown["application"]["name"], &shown["user"]["id"]), (&json!("Partner"), &json!(id)));
    assert_eq!(shown["missingOIDCScope"], json!(["profile"]));
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({})));
    assert!(browser.follow(given["redirectTo"].as_str().unwrap()).contains_key("code"));
    let grants = emulator.client()?.users().list_grants(&id).await?.grants;
    assert_eq!(grants.len(), 1);

    let page = browser.authorize("scope=openid profile&prompt=consent");
    assert_eq!(page, format!("/consent?app_id={}", browser.application));
    let (_, shown) = consent(&mut browser, Method::Get, None);
    assert_eq!(shown.get("missingOIDCScope"), None, "the user has granted everything");
    Ok(())
}

#[tokio::test]
async fn a_consent_can_be_limited_to_some_organizations() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, user) = (emulator.client()?, ada(&emulator).await?);
    let mut ids = Vec::new();
    for name in ["engines", "looms", "strangers"] {
        ids.push(admin.organizations().create(CreateOrganization::new(name)).await?.id);
    }
    let [engines, looms, strangers] = ids.as_slice() else { panic!("three organizations") };
    for id in [engines, looms] {
        admin.organizations().add_users(id, [user.clone()]).await?;
    }
    let mut browser = asked(&emulator, "openid urn:logto:scope:organizations").await?;
    let (_, shown) = consent(&mut browser, Method::Get, None);
    assert_eq!(shown["organizations"].as_array().map(Vec::len), Some(2), "{shown}");
    let (status, _) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [strangers] })));
    assert!(status >= 400, "the user is not a member");
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [engines] })));
    assert!(browser.follow(given["redirectTo"].as_str().unwrap()).contains_key("code"));
    let chosen = admin.applications().list_user_consent_organizations(&browser.application, &user).await?;
    assert_eq!(chosen.iter().map(|one| &one.id).collect::<Vec<_>>(), [engines]);
    Ok(())
}

#[tokio::test]
async fn third_party_applications_request_only_the_scopes_that_they_were_assigned() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let mut browser = partner(&emulator).await?;
    let resource = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let resource = admin.operation("CreateResource")?.json(&resource).await?["id"].as_str().unwrap().to_owned();
    let scope = admin.resources().create_scope(&resource, CreateResourceScope::new("read:orders")).await?.id;
    let invite = admin.operation("CreateOrganizationScope")?.json(&json!({ "name": "invite" })).await?["id"].clone();
    for scope in ["profile", "email"] {
        let target = browser.authorize(&format!("scope=openid offline_access {scope}&prompt=consent"));
        let reported = browser.follow(&target);
        let shown = ["error", "error_description", "scope", "state"].map(|name| reported[name].as_str());
        assert_eq!(shown, ["invalid_scope", "requested scope is not allowed", scope, "here"]);
    }
    assign(&browser, json!({ "userScopes": ["profile"], "resourceScopes": [scope], "organizationScopes": [invite] }))
        .await?;
    // Scopes of resources and of organizations are left out of the consent instead.
    for scope in ["profile", "read:orders", "invite", "unknown"] {
        let asked = format!("scope=openid offline_access {scope}&prompt=consent");
        assert!(browser.authorize(&asked).starts_with("/sign-in"), "{scope}");
    }
    let target = browser.authorize("scope=openid email");
    assert_eq!(browser.follow(&target)["scope"], "email");

    let body = json!({
        "client_id": browser.application, "client_secret": browser.secret, "response_type": "code",
        "redirect_uri": CALLBACK, "scope": "openid email",
    });
    let pushed = browser.send(Method::Post, "/oidc/request", Some(&body));
    let pushed: Value = serde_json::from_str(&pushed.body.text()).unwrap();
    assert_eq!((&pushed["error"], &pushed["scope"]), (&json!("invalid_scope"), &json!("email")));

    let device = json!({
        "name": "Partner",
        "type": "Native",
        "isThirdParty": true,
        "customClientMetadata": { "isDeviceFlow": true },
    });
    let mut device = Browser::open_application(&emulator, device).await?;
    let body = json!({ "client_id": device.application, "scope": "openid email" });
    let refused = device.send(Method::Post, "/oidc/device/auth", Some(&body));
    let body: Value = serde_json::from_str(&refused.body.text()).unwrap();
    assert_eq!((refused.status, &body["error"], &body["scope"]), (400, &json!("invalid_scope"), &json!("email")));

    let mut own = Browser::open(&emulator).await?;
    assert!(own.authorize("scope=openid email read:orders unknown").starts_with("/sign-in"));
    Ok(())
}

#[tokio::test]
async fn third_party_applications_get_no_other_scopes_of_the_same_name() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, user) = (emulator.client()?, ada(&emulator).await?);
    let mut scopes = Vec::new();
    for name in ["orders", "bills"] {
        let resource = json!({ "name": name, "indicator": format!("https://{name}.example") });
        let id = admin.operation("CreateResource")?.json(&resource).await?["id"].as_str().unwrap().to_owned();
        scopes.push(admin.resources().create_scope(&id, CreateResourceScope::new("read")).await?.id);
    }
    let role = json!({ "name": "clerk", "description": "d", "scopeIds": scopes });
    let role = admin.operation("CreateRole")?.json(&role).await?["id"].as_str().unwrap().to_owned();
    admin.users().assign_roles(&user, [role]).await?;
    let mut browser = partner(&emulator).await?;
    assign(&browser, json!({ "resourceScopes": [scopes[0]] })).await?;
    consent_page(
        &mut browser,
        "openid offline_access read&resource=https://orders.example&resource=https://bills.example",
    );
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({})));
    let code = browser.follow(given["redirectTo"].as_str().unwrap())["code"].clone();
    let (_, tokens) = browser.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}"));
    let form = format!("grant_type=refresh_token&refresh_token={}", tokens["refresh_token"].as_str().unwrap());
    let scope = |name: &str| browser.token(&format!("{form}&resource=https://{name}.example")).1["scope"].clone();
    assert_eq!((scope("orders"), scope("bills")), (json!("read"), json!("")));
    Ok(())
}

#[tokio::test]
async fn the_page_shows_the_style_of_the_application_and_the_scopes_by_organization() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, user) = (emulator.client()?, ada(&emulator).await?);
    let create = async |operation: &str, body: Value| -> Result<String> {
        Ok(admin.operation(operation)?.json(&body).await?["id"].as_str().unwrap().to_owned())
    };
    let api = create("CreateResource", json!({ "name": "Orders", "indicator": "https://orders.example" })).await?;
    let read = admin.resources().create_scope(&api, CreateResourceScope::new("read")).await?.id;
    let write = admin.resources().create_scope(&api, CreateResourceScope::new("write")).await?.id;
    let role = create("CreateRole", json!({ "name": "clerk", "description": "d", "scopeIds": [read] })).await?;
    admin.users().assign_roles(&user, [role]).await?;
    let acme = create("CreateOrganization", json!({ "name": "Acme" })).await?;
    admin.organizations().add_users(&acme, [user.clone()]).await?;
    let role = create("CreateOrganizationRole", json!({ "name": "boss", "resourceScopeIds": [write] })).await?;
    let assign_role = admin.operation("AssignOrganizationRolesToUser")?.path("id", &acme).path("userId", &user);
    assign_role.json(&json!({ "organizationRoleIds": [role] })).raw().await?;

    let mut browser = partner(&emulator).await?;
    let style = json!({ "displayName": "Partner Inc", "termsOfUseUrl": "https://partner.example/terms" });
    let update = admin.operation("ReplaceApplicationSignInExperience")?.path("applicationId", &browser.application);
    update.json(&style).await?;
    assign(
        &browser,
        json!({
            "userScopes": ["urn:logto:scope:organizations"],
            "resourceScopes": [read],
            "organizationResourceScopes": [write],
        }),
    )
    .await?;
    let scope = "openid urn:logto:scope:organizations read write&resource=https://orders.example";
    consent_page(&mut browser, scope);
    let (_, shown) = consent(&mut browser, Method::Get, None);
    let application = &shown["application"];
    assert_eq!((&application["displayName"], &application["branding"]), (&json!("Partner Inc"), &json!({})));
    assert_eq!(application["color"], Value::Null);
    let name = |list: &Value| list[0]["scopes"].as_array().unwrap().iter().map(|scope| scope["name"].clone()).collect();
    let outside: Value = name(&shown["missingResourceScopes"]);
    let inside: Value = name(&shown["organizations"][0]["missingResourceScopes"]);
    assert_eq!((outside, inside), (json!(["read"]), json!(["write"])));

    // Without the organization, its scopes are rejected, and are not asked for again.
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({})));
    browser.follow(given["redirectTo"].as_str().unwrap());
    let grants = admin.users().list_grants(&user).await?.grants;
    let grants = logto_admin::serde_json::to_value(&grants).unwrap();
    let expected = json!({ "resources": { "https://orders.example": "write" } });
    assert_eq!(grants[0]["payload"]["rejected"], expected, "{grants}");
    let again = browser.authorize(&format!("scope={scope}"));
    assert!(again.starts_with(CALLBACK), "{again}");
    Ok(())
}

#[tokio::test]
async fn the_organizations_of_a_consent_are_checked() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    ada(&emulator).await?;
    let strangers = admin.organizations().create(CreateOrganization::new("strangers")).await?.id;
    let mut browser = asked(&emulator, "openid profile").await?;
    assert_eq!(consent(&mut browser, Method::Get, None).1["organizations"], json!([]));
    let (status, refused) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [strangers] })));
    assert_eq!((status, &refused["code"]), (422, &json!("organization.require_membership")));
    let (status, refused) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": "x" })));
    assert_eq!((status, &refused["code"]), (400, &json!("guard.invalid_input")));
    Ok(())
}

#[tokio::test]
async fn users_without_access_to_an_application_cannot_consent() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    ada(&emulator).await?;
    let other = admin.users().create(CreateUser::default()).await?.id;
    let mut browser = asked(&emulator, "openid profile").await?;
    let rules = json!({
        "userIds": [other], "userRoleIds": [], "organizationIds": [], "organizationRoleRules": [],
    });
    let replace = admin.operation("ReplaceApplicationAccessControl")?.path("applicationId", &browser.application);
    replace.json(&rules).await?;
    let enable = admin.operation("UpdateApplication")?.path("id", &browser.application);
    enable.json(&json!({ "appLevelAccessControlEnabled": true })).await?;
    for (method, body) in [(Method::Get, None), (Method::Post, Some(json!({})))] {
        let (status, refused) = consent(&mut browser, method, body.as_ref());
        assert_eq!((status, &refused["code"]), (400, &json!("oidc.access_denied")));
    }
    Ok(())
}

#[tokio::test]
async fn the_server_asks_again_if_no_scope_of_a_resource_can_be_granted() -> Result<()> {
    let emulator = Emulator::new();
    let (admin, user) = (emulator.client()?, ada(&emulator).await?);
    let api = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let api = admin.operation("CreateResource")?.json(&api).await?["id"].as_str().unwrap().to_owned();
    let write = admin.resources().create_scope(&api, CreateResourceScope::new("write")).await?.id;
    let acme = admin.organizations().create(CreateOrganization::new("Acme")).await?.id;
    admin.organizations().add_users(&acme, [user.clone()]).await?;
    let role = json!({ "name": "boss", "resourceScopeIds": [write] });
    let role = admin.operation("CreateOrganizationRole")?.json(&role).await?["id"].clone();
    let assign_role = admin.operation("AssignOrganizationRolesToUser")?.path("id", &acme).path("userId", &user);
    assign_role.json(&json!({ "organizationRoleIds": [role] })).raw().await?;
    let mut browser = partner(&emulator).await?;
    let scopes = json!({ "userScopes": ["urn:logto:scope:organizations"], "organizationResourceScopes": [write] });
    assign(&browser, scopes).await?;
    consent_page(&mut browser, "openid urn:logto:scope:organizations write&resource=https://orders.example");

    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({})));
    let again = location(&browser.get(given["redirectTo"].as_str().unwrap()));
    assert_eq!(again, format!("/consent?app_id={}", browser.application), "the organization was not chosen");
    let (_, given) = consent(&mut browser, Method::Post, Some(&json!({ "organizationIds": [acme] })));
    assert!(browser.follow(given["redirectTo"].as_str().unwrap()).contains_key("code"));
    Ok(())
}
