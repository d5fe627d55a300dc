//! Deliveries of webhooks, and their logs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::models::{
    CreateHook, CreateOrganization, CreateOrganizationRole, CreateResource, CreateResourceScope, CreateRole,
    CreateUser, HookConfig, HookEvent, TestHook, UpdateHook, UpdateUser,
};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method, TransportError, TransportErrorKind, transport_fn};
use logto_admin::{Client, Result, Timestamp};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, account, claims, enable_account_api};
use crate::refused;

/// An emulator whose webhooks a test receives.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    received: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Stage {
    /// The receiver answers with this status. Without a status, it cannot be reached.
    pub(crate) fn new(status: Option<u16>) -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let copy = Arc::clone(&received);
        let receiver = transport_fn(move |request: HttpRequest, _options| {
            copy.lock().unwrap().push(request);
            async move {
                let refused = || TransportError::new(TransportErrorKind::Connect, "connection refused");
                Ok(HttpResponse::json(status.ok_or_else(refused)?, r#"{"ok":true}"#))
            }
        });
        let emulator = Emulator::builder().webhooks(receiver).build();
        Self { client: emulator.client().unwrap(), emulator, received }
    }

    pub(crate) async fn hook(&self, events: &[HookEvent], retries: i64) -> Result<logto_admin::models::Hook> {
        let config = HookConfig { retries: Some(retries), ..HookConfig::new("https://receiver.example/hook") };
        self.client.hooks().create(CreateHook { events: Some(events.to_vec()), ..CreateHook::new(config) }).await
    }

    /// Returns the bodies of the deliveries since the last call.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        let received = std::mem::take(&mut *self.received.lock().unwrap());
        received.iter().map(|request| serde_json::from_slice(&request.body.bytes()).unwrap()).collect()
    }
}

fn ada() -> CreateUser {
    CreateUser { username: Some("ada".into()), ..Default::default() }
}

#[tokio::test]
async fn a_delivery_is_signed_and_describes_the_request() -> Result<()> {
    let stage = Stage::new(Some(200));
    let hook = stage.hook(&[HookEvent::UserCreated], 0).await?;
    let user = stage.client.users().create(ada()).await?;
    let received = stage.received.lock().unwrap().pop().unwrap();
    assert_eq!((received.method, received.url.as_str()), (Method::Post, "https://receiver.example/hook"));
    assert_eq!(received.headers.get("content-type"), Some("application/json"));
    assert_eq!(received.headers.get("user-agent"), Some("Logto (https://logto.io/)"));
    let signature = received.headers.get("logto-signature-sha-256").unwrap();
    let delivery = logto_admin::webhook::receive(&hook.signing_key, signature, &received.body.bytes()).unwrap();
    assert_eq!((delivery.hook_id.as_str(), delivery.event.clone()), (hook.id.as_str(), HookEvent::UserCreated));
    assert_eq!((delivery.path.as_deref(), delivery.matched_route.as_deref()), (Some("/users"), Some("/users")));
    assert_eq!((delivery.method.as_deref(), delivery.status), (Some("POST"), Some(200)));
    assert_eq!(delivery.data_as::<logto_admin::models::User>().unwrap().unwrap().id, user.id);
    assert!(delivery.created_at.starts_with("2025-01-01T00:00:00.") && delivery.user_agent.is_some());
    Ok(())
}

#[tokio::test]
async fn sign_ins_and_registrations_are_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    stage.hook(&[HookEvent::PostRegister, HookEvent::PostSignIn, HookEvent::UserCreated], 0).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    let password = "violet-anchor-47-kettle";
    browser.start("Register", "openid");
    let new = json!({ "identifier": { "type": "username", "value": "ada" }, "password": password });
    let record = browser.verify("new-password-identity", &new);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    browser.submit();
    browser.sign_in("ada", password, "openid");
    stage.client.users().list().await?;
    let bodies = stage.bodies();
    let events: Vec<&str> = bodies.iter().filter_map(|body| body["event"].as_str()).collect();
    assert_eq!(events, ["User.Created", "PostRegister", "PostSignIn"]);
    assert_eq!(bodies[0]["data"]["username"], "ada");
    let sign_in = &bodies[2];
    assert_eq!((&sign_in["interactionEvent"], &sign_in["userAgent"]), (&json!("SignIn"), &json!("test")));
    assert_eq!((&sign_in["user"]["username"], &sign_in["application"]["name"]), (&json!("ada"), &json!("web")));
    assert_eq!(sign_in["userId"], sign_in["user"]["id"]);
    Ok(())
}

#[tokio::test]
async fn applications_are_told_about_the_end_of_a_session() -> Result<()> {
    let stage = Stage::new(Some(200));
    let password = "violet-anchor-47-kettle";
    let ada = stage.client.users().create(CreateUser { password: Some(password.into()), ..ada() }).await?;
    let named = json!({
        "redirectUris": [CALLBACK],
        "postLogoutRedirectUris": [],
        "backchannelLogoutUri": "https://app.example/logout",
        "backchannelLogoutSessionRequired": true,
    });
    let named = json!({ "name": "web", "type": "Traditional", "oidcClientMetadata": named });
    let mut browser = Browser::open_application(&stage.emulator, named).await?;
    let tokens = browser.sign_in("ada", password, "openid");
    let id = claims(&tokens["id_token"]);
    let sessions = stage.client.operation("ListUserSessions")?.path("userId", &ada.id).await?;
    let session = &sessions["sessions"][0]["payload"]["authorizations"][&browser.application];
    assert_eq!(session["sid"], id["sid"]);

    browser.sign_out("");
    stage.emulator.deliver().await;
    let received = std::mem::take(&mut *stage.received.lock().unwrap());
    let [request] = received.as_slice() else { panic!("one request: {received:?}") };
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://app.example/logout"));
    assert_eq!(request.headers.get("content-type"), Some("application/x-www-form-urlencoded"));
    let body = request.body.text();
    let token = body.strip_prefix("logout_token=").unwrap();
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&header).unwrap()["typ"], "logout+jwt");
    let sent = claims(&json!(token));
    assert_eq!(sent["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    for claim in ["iss", "aud", "sub", "sid"] {
        assert_eq!(sent[claim], id[claim], "{claim}");
    }
    assert!(sent["jti"].is_string() && sent["iat"].is_i64(), "{sent}");
    assert_eq!(sent.get("nonce"), None);

    let unnamed = json!({ "redirectUris": [CALLBACK], "postLogoutRedirectUris": [], "backchannelLogoutUri": "https://a.example" });
    let unnamed = json!({ "name": "web", "type": "Traditional", "oidcClientMetadata": unnamed });
    let mut browser = Browser::open_application(&stage.emulator, unnamed).await?;
    let tokens = browser.sign_in("ada", password, "openid");
    assert_eq!(claims(&tokens["id_token"]).get("sid"), None);
    browser.sign_out("");
    stage.emulator.deliver().await;
    let token = stage.received.lock().unwrap().pop().unwrap().body.text().replace("logout_token=", "");
    assert_eq!((&claims(&json!(token))["sub"], claims(&json!(token)).get("sid")), (&json!(ada.id), None));

    browser.sign_in("ada", password, "openid");
    let sessions = stage.client.operation("ListUserSessions")?.path("userId", &ada.id).await?;
    let uid = sessions["sessions"][0]["payload"]["uid"].as_str().unwrap();
    stage.client.operation("DeleteUserSession")?.path("userId", &ada.id).path("sessionId", uid).await?;
    assert!(stage.received.lock().unwrap().is_empty());
    Ok(())
}

#[tokio::test]
async fn changes_of_the_own_account_are_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    let password = "violet-anchor-47-kettle";
    let ada = stage.client.users().create(CreateUser { password: Some(password.into()), ..ada() }).await?;
    enable_account_api(&stage.emulator).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    let tokens = browser.sign_in("ada", password, "openid profile");
    stage.hook(&[HookEvent::UserDataUpdated], 0).await?;
    let name = json!({ "name": "Ada" });
    let _: Value = account(&stage.emulator, &tokens)?.request(Method::Patch, "/api/my-account").json(&name).await?;
    let bodies = stage.bodies();
    assert_eq!((bodies.len(), &bodies[0]["event"]), (1, &json!("User.Data.Updated")));
    assert_eq!((&bodies[0]["data"]["id"], &bodies[0]["data"]["name"]), (&json!(ada.id), &json!("Ada")));
    Ok(())
}

#[tokio::test]
async fn only_enabled_hooks_get_the_events_that_they_subscribe_to() -> Result<()> {
    let stage = Stage::new(Some(200));
    let hook = stage.hook(&[HookEvent::UserDeleted], 0).await?;
    let user = stage.client.users().create(ada()).await?;
    let rename = UpdateUser { name: "Ada".into(), ..Default::default() };
    stage.client.users().update(&user.id, rename).await?;
    assert!(stage.bodies().is_empty());
    stage.client.users().delete(&user.id).await?;
    let deleted = &stage.bodies()[0];
    assert_eq!((&deleted["event"], &deleted["params"]), (&json!("User.Deleted"), &json!({ "userId": user.id })));
    assert_eq!(deleted["data"]["username"], "ada");
    assert!(deleted["data"].get("hasPassword").is_none());

    assert!(stage.client.users().delete(&user.id).await.is_err());
    let off = UpdateHook { enabled: Some(false), ..Default::default() };
    stage.client.hooks().update(&hook.id, off).await?;
    let user = stage.client.users().create(ada()).await?;
    stage.client.users().delete(&user.id).await?;
    assert!(stage.bodies().is_empty());
    Ok(())
}

#[tokio::test]
async fn roles_and_organizations_trigger_events() -> Result<()> {
    let stage = Stage::new(Some(200));
    let events = [
        HookEvent::RoleCreated,
        HookEvent::RoleScopesUpdated,
        HookEvent::OrganizationCreated,
        HookEvent::OrganizationMembershipUpdated,
    ];
    stage.hook(&events, 0).await?;
    let client = &stage.client;
    client.roles().create(CreateRole::new("plain", "without scopes")).await?;
    assert_eq!(stage.bodies().len(), 1);
    let scope_ids = Some(vec!["management-api-all".into()]);
    let machines = logto_admin::models::RoleType::MachineToMachine;
    let role = CreateRole { scope_ids, r#type: Some(machines), ..CreateRole::new("all", "with a scope") };
    let role = client.roles().create(role).await?;
    let names = |bodies: &[Value]| bodies.iter().map(|body| body["event"].clone()).collect::<Vec<_>>();
    let bodies = stage.bodies();
    assert_eq!(names(&bodies), ["Role.Created", "Role.Scopes.Updated"]);
    assert_eq!(bodies[1]["roleId"], role.id);
    assert_eq!(bodies[1]["data"][0]["id"], "management-api-all");

    let organization = client.organizations().create(CreateOrganization::new("engines")).await?;
    let user = client.users().create(ada()).await?;
    client.organizations().add_users(&organization.id, [user.id.clone()]).await?;
    client.organizations().remove_user(&organization.id, &user.id).await?;
    let bodies = stage.bodies();
    assert_eq!(
        names(&bodies),
        ["Organization.Created", "Organization.Membership.Updated", "Organization.Membership.Updated"]
    );
    assert_eq!(
        (&bodies[1]["addedUserIds"], &bodies[1]["organizationId"]),
        (&json!([user.id]), &json!(organization.id))
    );
    assert_eq!((&bodies[2]["removedUserIds"], bodies[2].get("data")), (&json!([user.id]), None));
    Ok(())
}

#[tokio::test]
async fn scopes_of_new_organization_roles_and_settings_of_users_trigger_events() -> Result<()> {
    let stage = Stage::new(Some(200));
    let client = &stage.client;
    let user = client.users().create(ada()).await?;
    let resource = client.resources().create(CreateResource::new("engines", "https://engines.example.com")).await?;
    let scope = client.resources().create_scope(&resource.id, CreateResourceScope::new("start")).await?;
    stage.hook(&[HookEvent::OrganizationRoleScopesUpdated, HookEvent::UserDataUpdated], 0).await?;
    client.organization_roles().create(CreateOrganizationRole::new("visitor")).await?;
    assert!(stage.bodies().is_empty());
    let resource_scope_ids = Some(vec![scope.id]);
    let role = CreateOrganizationRole { resource_scope_ids, ..CreateOrganizationRole::new("driver") };
    let role = client.organization_roles().create(role).await?;
    let bodies = stage.bodies();
    assert_eq!((&bodies[0]["organizationRoleId"], bodies[0].get("data")), (&json!(role.id), None));

    let settings = json!({ "mfa": { "skipped": true } });
    client.operation("UpdateUserLogtoConfigs")?.path("userId", &user.id).json(&settings).await?;
    let bodies = stage.bodies();
    assert_eq!((&bodies[0]["data"]["id"], bodies[0].get("path")), (&json!(user.id), None));
    Ok(())
}

#[tokio::test]
async fn failed_deliveries_are_repeated_and_logged() -> Result<()> {
    for status in [Some(500), None] {
        let stage = Stage::new(status);
        let hook = stage.hook(&[HookEvent::UserCreated], 2).await?;
        stage.client.users().create(ada()).await?;
        assert_eq!(stage.bodies().len(), 3);
        let logs = stage.client.hooks().list_recent_logs(&hook.id).raw().await?;
        let logs: Value = serde_json::from_slice(&logs.body.bytes()).unwrap();
        assert_eq!(
            (&logs[0]["key"], &logs[0]["payload"]["result"]),
            (&json!("TriggerHook.User.Created"), &json!("Error"))
        );
        assert_eq!(logs[0]["payload"]["hookRequest"]["body"]["event"], "User.Created");
        let shown = stage.client.hooks().get(&hook.id).include_execution_stats(true).await?;
        assert_eq!(shown.execution_stats.map(|stats| (stats.success_count, stats.request_count)), Some((0, 1)));
    }
    Ok(())
}

#[tokio::test]
async fn statistics_and_recent_logs_are_of_the_last_day() -> Result<()> {
    let stage = Stage::new(Some(200));
    let hook = stage.hook(&[HookEvent::UserCreated], 0).await?;
    stage.client.users().create(ada()).await?;
    let stats = || async {
        let shown = stage.client.hooks().get(&hook.id).include_execution_stats(true).await?;
        let recent = stage.client.hooks().list_recent_logs(&hook.id).await?.total;
        Ok::<_, logto_admin::Error>((
            shown.execution_stats.map(|stats| (stats.success_count, stats.request_count)),
            recent,
        ))
    };
    assert_eq!(stats().await?, (Some((1, 1)), Some(1)));
    stage.emulator.advance(Duration::from_secs(86_400));
    assert_eq!(stats().await?, (Some((0, 0)), Some(0)));
    let all = stage.client.hooks().list_recent_logs(&hook.id).start_time(Timestamp::from_millis(0)).await?;
    assert_eq!(all.total, Some(1));
    Ok(())
}

#[tokio::test]
async fn a_test_delivery_fails_as_its_receiver_does() -> Result<()> {
    let test =
        || TestHook::new(vec![HookEvent::PostSignIn, HookEvent::UserCreated], HookConfig::new("https://other.example"));
    let stage = Stage::new(Some(204));
    let hook = stage.hook(&[HookEvent::UserDeleted], 0).await?;
    stage.client.hooks().test(&hook.id, test()).await?;
    let received = std::mem::take(&mut *stage.received.lock().unwrap());
    assert_eq!(received.len(), 2);
    for request in received {
        let signature = request.headers.get("logto-signature-sha-256").unwrap();
        let delivery = logto_admin::webhook::receive(&hook.signing_key, signature, &request.body.bytes()).unwrap();
        assert!(delivery.is_test() && request.url == "https://other.example");
    }
    assert_eq!(stage.client.hooks().list_recent_logs(&hook.id).await?.total, Some(0));

    for (status, code) in [(Some(500), "hook.endpoint_responded_with_error"), (None, "hook.send_test_payload_failed")] {
        let stage = Stage::new(status);
        let hook = stage.hook(&[HookEvent::UserDeleted], 0).await?;
        assert_eq!(refused(stage.client.hooks().test(&hook.id, test()).await), (422, code.into()));
    }
    Ok(())
}

#[cfg(feature = "server")]
#[tokio::test]
async fn the_server_delivers_after_its_response() -> Result<()> {
    let stage = Stage::new(Some(200));
    stage.hook(&[HookEvent::UserCreated], 0).await?;
    let server = stage.emulator.serve().await.unwrap();
    let client = Client::builder(server.endpoint());
    let client = client.client_credentials(stage.emulator.app_id(), stage.emulator.app_secret()).build()?;
    client.users().create(ada()).await?;
    for _ in 0..1000 {
        if !stage.received.lock().unwrap().is_empty() {
            return Ok(());
        }
        tokio::task::yield_now().await;
        // The server can deliver during a further exchange.
        client.users().list().await?;
    }
    panic!("no delivery");
}

#[tokio::test]
async fn the_end_of_grants_beyond_the_limit_is_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    let password = "violet-anchor-47-kettle";
    let ada = stage.client.users().create(CreateUser { password: Some(password.into()), ..ada() }).await?;
    let hook = json!({ "events": ["Grant.LimitExceeded"], "config": { "url": "https://receiver.example" } });
    stage.client.operation("CreateHook")?.json(&hook).await?;
    let settings = json!({ "name": "web", "type": "Traditional", "customClientMetadata": { "maxAllowedGrants": 1 } });
    let mut browser = Browser::open_application(&stage.emulator, settings).await?;
    browser.sign_in("ada", password, "openid");
    let grants = stage.client.users().list_grants(&ada.id).await?.grants;
    let mut other = Browser::open(&stage.emulator).await?;
    (other.application, other.secret) = (browser.application.clone(), browser.secret.clone());
    other.sign_in("ada", password, "openid");
    stage.emulator.deliver().await;
    let bodies = stage.bodies();
    let [body] = bodies.as_slice() else { panic!("one delivery: {bodies:?}") };
    let expected = json!({
        "userId": ada.id,
        "applicationId": browser.application,
        "revokedGrantIds": [grants[0].id],
        "maxAllowedGrants": 1,
        "preRevocationActiveGrantCount": 2,
        "ip": "127.0.0.1",
        "userAgent": "test",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&body[name], value, "{body}");
    }
    assert_eq!(
        (&body["application"]["id"], &body["application"]["name"]),
        (&json!(browser.application), &json!("web"))
    );
    let logs = stage.client.operation("ListLogs")?.query("logKey", "RevokeGrants").await?;
    let payload = &logs[0]["payload"];
    assert_eq!((&payload["revokeGrantIds"], &payload["userId"]), (&json!([grants[0].id]), &json!(ada.id)));
    assert_eq!(payload["reason"], "maxAllowedGrants limit reached");
    Ok(())
}
