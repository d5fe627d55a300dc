//! Saving, restoring, resetting and importing state. Also the routes that control the emulator.

use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::{CreateUser, VerificationCodeRecipient};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, PASSWORD};
use crate::refused;

fn ada() -> CreateUser {
    CreateUser { username: Some("ada".into()), password: Some("s3cret".into()), ..Default::default() }
}

fn saved(emulator: &Emulator) -> Vec<u8> {
    let mut saved = Vec::new();
    emulator.save(&mut saved).unwrap();
    saved
}

#[tokio::test]
async fn a_restored_emulator_continues_where_the_saved_one_ended() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let ada = client.users().create(ada()).await?;
    let organization = client.organizations().create(logto_admin::models::CreateOrganization::new("engines")).await?;
    client.organizations().add_users(&organization.id, [ada.id.clone()]).await?;
    emulator.advance(Duration::from_secs(60));

    let restored = Emulator::new();
    restored.restore(saved(&emulator).as_slice()).unwrap();
    assert_eq!(restored.now(), emulator.now());
    let token = client.access_token().await?;
    let client =
        logto_admin::Client::builder(restored.endpoint()).access_token(token.secret()).transport(restored.clone());
    let client = client.build()?;
    assert_eq!(client.users().get(&ada.id).await?, ada);
    client.users().verify_password(&ada.id, logto_admin::models::Password { password: "s3cret".into() }).await?;
    assert_eq!(client.organizations().list_users(&organization.id).await?.len(), 1);
    assert_eq!(refused(client.users().create(self::ada()).await), (422, "user.username_already_in_use".into()));
    let next = CreateUser { username: Some("grace".into()), ..Default::default() };
    let (ours, original) = (client.users().create(&next).await?.id, emulator.client()?.users().create(&next).await?.id);
    assert_ne!(ours, ada.id);
    assert_eq!(ours.len(), original.len());
    Ok(())
}

/// A deleted last entity of a kind is like one that never existed. So is the last link.
#[tokio::test]
async fn a_restored_emulator_saves_the_same_state() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let ada = client.users().create(ada()).await?;
    let organization = client.organizations().create(logto_admin::models::CreateOrganization::new("engines")).await?;
    client.organizations().add_users(&organization.id, [ada.id]).await?;
    client.organizations().delete(&organization.id).await?;
    let restored = Emulator::new();
    restored.restore(saved(&emulator).as_slice()).unwrap();
    let state = |emulator: &Emulator| serde_json::from_slice::<Value>(&saved(emulator)).unwrap();
    assert_eq!(state(&restored), state(&emulator));
    Ok(())
}

#[tokio::test]
async fn everything_that_a_request_can_contain_can_be_restored() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let create = async |levels: usize| {
        let data = (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }));
        client.operation("CreateUser")?.json(&json!({ "customData": data })).await
    };
    // The body is a level too.
    create(249).await?;
    assert_eq!(create(250).await.unwrap_err().status(), Some(400));
    Emulator::new().restore(saved(&emulator).as_slice()).unwrap();
    Ok(())
}

/// Files of earlier releases lack the time of the first token.
#[tokio::test]
async fn refresh_tokens_of_old_states_are_replaced() -> Result<()> {
    let emulator = Emulator::new();
    let id = crate::browser::ada(&emulator).await?;
    let settings = json!({ "name": "page", "type": "SPA" });
    let mut browser = Browser::open_application(&emulator, settings).await?;
    let token = browser.sign_in("ada", PASSWORD, "openid offline_access")["refresh_token"].clone();
    let mut state: Value = serde_json::from_slice(&saved(&emulator)).unwrap();
    let known = state["oidc"]["refresh_tokens"][token.as_str().unwrap()].as_object_mut().unwrap();
    assert_eq!(known["authorized"]["user"], id);
    known.remove("began_at").unwrap();
    emulator.restore(state.to_string().as_bytes()).unwrap();
    let (status, tokens) =
        browser.token(&format!("grant_type=refresh_token&refresh_token={}", token.as_str().unwrap()));
    assert_eq!(status, 200, "{tokens}");
    assert_ne!(tokens["refresh_token"], token);
    Ok(())
}

#[tokio::test]
async fn forms_of_devices_are_kept_as_long_as_a_session() -> Result<()> {
    let emulator = Emulator::new();
    let forms = |emulator: &Emulator| {
        let state: Value = serde_json::from_slice(&saved(emulator)).unwrap();
        state["oidc"]["device_forms"].as_object().unwrap().len()
    };
    Browser::open(&emulator).await?.get("/oidc/device");
    emulator.advance(Duration::from_secs(14 * 86_400 - 60));
    Browser::open(&emulator).await?.get("/oidc/device");
    assert_eq!(forms(&emulator), 2);
    emulator.advance(Duration::from_secs(60));
    Browser::open(&emulator).await?.get("/oidc/device");
    assert_eq!(forms(&emulator), 2, "the first one has expired");
    Ok(())
}

#[test]
fn invalid_states_are_rejected_and_change_nothing() {
    let emulator = Emulator::new();
    let before = saved(&emulator);
    for invalid in ["", "{}", "[]", r#"{"store": {"tables": {"nope": []}, "links": {}}}"#, &"[".repeat(1 << 20)] {
        assert!(emulator.restore(invalid.as_bytes()).is_err(), "{}", invalid.len());
    }
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    assert_eq!(value(&saved(&emulator)), value(&before));
}

#[tokio::test]
async fn a_reset_discards_everything_but_imported_data() -> Result<()> {
    let emulator = Emulator::new();
    let started = emulator.now();
    emulator.import(&json!({ "users": [{ "username": "ada" }] })).unwrap();
    let client = emulator.client()?;
    client.users().create(CreateUser { username: Some("grace".into()), ..Default::default() }).await?;
    emulator.reset();
    let users = client.users().list().await?;
    assert_eq!(users.iter().map(|user| user.username.as_deref()).collect::<Vec<_>>(), [Some("ada")]);
    assert!(emulator.now() < started + Duration::from_secs(1));
    Ok(())
}

#[tokio::test]
async fn imported_entities_are_linked_by_their_names() -> Result<()> {
    let emulator = Emulator::new();
    emulator
        .import(&json!({
            "resources": [
                { "name": "Orders", "indicator": "https://orders.example", "scopes": [{ "name": "read" }] },
                { "name": "Stock", "indicator": "https://stock.example", "scopes": [{ "name": "read" }] },
            ],
            "roles": [{ "name": "clerk", "description": "c", "scopes": ["https://orders.example read"] }],
            "organizationScopes": [{ "name": "invite" }],
            "organizationRoles": [{ "name": "admin", "scopes": ["invite"] }],
            "applications": [
                { "id": "worker", "secret": "worker-secret", "name": "Worker", "type": "MachineToMachine",
                  "roles": ["Logto Management API access"] },
            ],
            "users": [{ "id": "ada", "username": "ada", "roles": ["clerk"], "isSuspended": true }],
            "organizations": [
                { "name": "engines", "users": [{ "user": "ada", "roles": ["admin"] }], "applications": ["Worker"],
                  "jitEmailDomains": ["a.example"] },
            ],
            "organizationInvitations": [
                { "organization": "engines", "invitee": "grace@example.com", "expiresAt": 4_000_000_000_000_u64,
                  "roles": ["admin"] },
            ],
        }))
        .unwrap();
    let client = logto_admin::Client::builder(emulator.endpoint()).client_credentials("worker", "worker-secret");
    let client = client.transport(emulator.clone()).build()?;
    assert!(client.users().get("ada").await?.is_suspended);
    assert_eq!(client.users().list_roles("ada").await?[0].name, "clerk");
    let organization = client.organizations().list().await?[0].id.clone();
    let roles = client.operation("ListOrganizationUserRoles")?.path("id", &organization).path("userId", "ada").await?;
    assert_eq!(roles[0]["name"], "admin");
    let scopes = client.operation("ListOrganizationRoleScopes")?.path("id", roles[0]["id"].as_str().unwrap()).await?;
    assert_eq!(scopes[0]["name"], "invite");
    let clerk = client.users().list_roles("ada").await?[0].id.clone();
    let (scopes, resources) = (client.roles().list_scopes(&clerk).await?, client.resources().list().await?);
    let orders = resources.iter().find(|resource| resource.name == "Orders").unwrap();
    assert_eq!((scopes.len(), &scopes[0].resource_id), (1, &orders.id), "the scope of the other resource is left out");
    assert_eq!(client.organizations().list_applications(&organization).await?[0].id, "worker");
    let domains = client.organizations().list_jit_email_domains(&organization).await?;
    assert_eq!(domains[0].email_domain, "a.example");
    let invitation = client.operation("ListOrganizationInvitations")?.await?[0].clone();
    assert_eq!(invitation["invitee"], "grace@example.com");
    assert_eq!(invitation["organizationRoles"][0]["name"], "admin");
    Ok(())
}

#[tokio::test]
async fn imported_entities_have_what_requests_add_and_any_kind_of_reference() -> Result<()> {
    let emulator = Emulator::new();
    emulator
        .import(&json!({
            "resources": [{ "name": "Orders", "indicator": "https://orders.example", "scopes": [{ "name": "read" }] }],
            "organizationRoles": [{ "name": "admin", "resourceScopes": ["read"] }],
            "applications": [
                { "id": "app", "name": "App", "type": "MachineToMachine", "secrets": [{ "name": "second" }] },
            ],
            "users": [
                { "id": "ada", "primaryEmail": "ada@example.com", "identities": { "google": { "userId": "1080" } },
                  "personalAccessTokens": [{ "name": "cli" }] },
                { "id": "grace", "primaryPhone": "4915111234567" },
            ],
            "organizations": [
                { "id": "engines", "name": "Engines", "jitRoles": ["admin"],
                  "users": ["ada@example.com", "4915111234567"],
                  "applications": [{ "application": "app", "roles": [] }] },
            ],
            "organizationInvitations": [
                { "organization": "Engines", "inviter": "ada", "invitee": "edith@example.com",
                  "expiresAt": 4_000_000_000_000_u64 },
            ],
        }))
        .unwrap();
    let client = emulator.client()?;
    let ada = client.users().get("ada").await?;
    assert_eq!(ada.identities.get("google").map(|identity| identity.user_id.as_str()), Some("1080"));
    assert_eq!(client.users().list_personal_access_tokens("ada").await?[0].name, "cli");
    assert!(client.applications().list_secrets("app").await?.iter().any(|secret| secret.name == "second"));
    assert_eq!(client.organizations().list_users("engines").await?.len(), 2);
    assert_eq!(client.organizations().list_applications("engines").await?.len(), 1);
    let roles = client.organizations().list_jit_roles("engines").await?;
    assert_eq!(roles[0].name, "admin");
    let scopes = client.operation("ListOrganizationRoleResourceScopes")?.path("id", &roles[0].id).await?;
    assert_eq!(scopes[0]["name"], "read");
    assert_eq!(client.operation("ListOrganizationInvitations")?.await?[0]["inviterId"], "ada");
    Ok(())
}

#[tokio::test]
async fn phrases_and_scripts_are_imported_by_language_and_by_kind_of_token() -> Result<()> {
    let emulator = Emulator::new();
    let phrases = json!({ "en": { "action": { "sign_in": "Log in" } } });
    let script = "const getCustomJwtClaims = async () => ({});";
    let scripts = json!({ "access-token": { "script": script }, "client-credentials": { "script": script } });
    emulator.import(&json!({ "customPhrases": phrases, "jwtCustomizers": scripts })).unwrap();
    let client = emulator.client()?;
    let phrase = client.operation("GetCustomPhrase")?.path("languageTag", "en").await?;
    assert_eq!(phrase["translation"], phrases["en"]);
    for kind in ["access-token", "client-credentials"] {
        let kept = client.operation("GetJwtCustomizer")?.path("tokenTypePath", kind).await?;
        assert_eq!(kept["script"], script, "{kind}");
    }
    Ok(())
}

#[test]
fn mistakes_in_imported_data_are_reported_with_their_place() {
    let emulator = Emulator::new();
    let scopes = json!([{ "name": "read" }]);
    for (data, expected) in [
        (json!([]), "expected an object"),
        (json!({ "user": [] }), "user: unknown member, expected one of accountCenter, applications,"),
        (json!({ "users": {} }), "users: expected a list"),
        (
            json!({ "users": [{ "usernme": "ada" }] }),
            "users[0].usernme: unknown member, expected one of avatar, customData, id, identities, isSuspended, name, \
             password, passwordAlgorithm, passwordDigest, personalAccessTokens, primaryEmail, primaryPhone, profile, \
             roles, username",
        ),
        (json!({ "users": [{ "profile": { "nick": "a" } }] }), "users[0].profile.nick: unknown member, expected"),
        (json!({ "users": [{ "username": "a b" }] }), "users[0].username: Invalid"),
        (
            json!({ "users": [{ "username": "b" }, { "username": "b" }] }),
            "users[1]: This username is already in use. (user.",
        ),
        (json!({ "users": [{ "roles": ["nope"] }] }), "users[0].roles[0]: unknown reference to roles: `nope`"),
        (json!({ "users": [{ "id": "a" }, { "id": "a" }] }), "users[1].id: `a` is already in use"),
        (
            json!({
                "resources": [
                    { "name": "a", "indicator": "https://a.example", "scopes": scopes },
                    { "name": "b", "indicator": "https://b.example", "scopes": scopes },
                ],
                "roles": [{ "name": "r", "description": "d", "scopes": ["read"] }],
            }),
            "roles[0].scopes[0]: ambiguous reference to scopes: `read`",
        ),
        (
            json!({ "organizations": [{ "name": "o", "users": [{ "usr": "a" }] }] }),
            "organizations[0].users[0].usr: unknown member, expected one of roles, user",
        ),
    ] {
        let error = emulator.import(&data).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_repeated_reference_counts_once() -> Result<()> {
    let emulator = Emulator::new();
    let seed = json!({
        "roles": [{ "name": "clerk", "description": "d", "scopes": [] }],
        "organizationRoles": [{ "name": "admin" }, { "name": "guest" }],
        "users": [{ "username": "ada", "roles": ["clerk", "clerk"] }],
        "organizations": [{
            "name": "engines",
            "users": ["ada", { "user": "ada", "roles": ["admin", "admin"] }, { "user": "ada", "roles": ["guest"] }],
        }],
    });
    emulator.import(&seed).unwrap();
    let client = emulator.client()?;
    let ada = client.users().list().await?[0].id.clone();
    assert_eq!(client.users().list_roles(&ada).await?.len(), 1);
    let organization = client.organizations().list().await?[0].id.clone();
    assert_eq!(client.organizations().list_users(&organization).await?.len(), 1);
    let roles = client.organizations().list_user_roles(&organization, &ada).await?;
    assert_eq!(roles.len(), 2);
    Ok(())
}

/// Returns an answer of the Management API to a token.
fn users(emulator: &Emulator, token: &str) -> HttpResponse {
    let mut request = HttpRequest::new(Method::Get, "http://localhost/api/users");
    request.headers.set("authorization", format!("Bearer {token}"));
    emulator.handle(&request)
}

#[tokio::test]
async fn a_reset_keeps_the_signing_keys_and_the_clients_of_the_emulator() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let token = client.access_token().await?;
    emulator.reset();
    assert_eq!(users(&emulator, token.secret()).status, 200);
    client.users().list().await?;
    Ok(())
}

fn control(emulator: &Emulator, method: Method, path: &str, body: &str) -> HttpResponse {
    let mut request = HttpRequest::new(method, format!("http://localhost{path}"));
    request.body = body.to_owned().into();
    emulator.handle(&request)
}

#[tokio::test]
async fn control_routes_reset_and_advance_the_emulator() -> Result<()> {
    let emulator = Emulator::new();
    let before = emulator.now();
    let advanced = control(&emulator, Method::Post, "/emulator/advance", r#"{"seconds": 1.5}"#);
    assert_eq!(advanced.status, 200);
    assert_eq!(emulator.now(), before + Duration::from_millis(1500));
    let now: Value = serde_json::from_str(&advanced.body.text()).unwrap();
    assert_eq!(now, json!({ "now": emulator.now().as_millis() }));
    for body in ["", "{}", r#"{"seconds": -1}"#, r#"{"seconds": "1"}"#, r#"{"seconds": 1e18}"#, r#"{"seconds": 1e300}"#]
    {
        assert_eq!(control(&emulator, Method::Post, "/emulator/advance", body).status, 400, "{body}");
    }
    emulator.client()?.users().create(ada()).await?;
    assert_eq!(control(&emulator, Method::Post, "/emulator/reset", "").status, 204);
    assert!(emulator.client()?.users().list().await?.is_empty());
    assert_eq!(control(&emulator, Method::Get, "/emulator/reset", "").status, 405);
    assert_eq!(control(&emulator, Method::Post, "/emulator/nope", "").status, 404);
    Ok(())
}

#[tokio::test]
async fn handled_requests_are_listed_without_secrets() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    client.users().create(ada()).await?;
    let _ = client.users().list().search("%s3cret%").await?;
    let _ = client.request(Method::Get, "/api/nope").await;
    let listed = control(&emulator, Method::Get, "/emulator/requests", "").body.text();
    let requests: Value = serde_json::from_str(&listed).unwrap();
    let shown: Vec<_> = requests
        .as_array()
        .unwrap()
        .iter()
        .map(|request| {
            let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
            format!("{} {} {} {}", text("method"), text("path"), request["status"], text("operation"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "POST /oidc/token 200 ",
            "POST /api/users 200 CreateUser",
            "GET /api/users 200 ListUsers",
            "GET /api/nope 404 ",
        ]
    );
    assert!(requests[0]["time"].is_i64() && requests[0].as_object().unwrap().len() == 5, "{listed}");
    assert!(!listed.contains("s3cret"));
    for _ in 0..1100 {
        let _ = client.users().get("nobody").await;
    }
    assert_eq!(emulator.requests().len(), 1000);
    Ok(())
}

#[tokio::test]
async fn sent_messages_are_listed() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    crate::connectors::email_connector(&client).await?;
    let ada = VerificationCodeRecipient { email: Some("ada@example.com".into()), phone: None };
    client.verification_codes().send(ada).await?;
    let listed = control(&emulator, Method::Get, "/emulator/messages", "");
    let listed: Value = serde_json::from_str(&listed.body.text()).unwrap();
    assert_eq!((&listed[0]["channel"], &listed[0]["recipient"]), (&json!("Email"), &json!("ada@example.com")));
    let sent_at = emulator.messages()[0].sent_at.as_millis();
    assert_eq!((&listed[0]["usage"], &listed[0]["sentAt"]), (&json!("Generic"), &json!(sent_at)));
    assert_eq!(listed[0]["payload"]["code"].as_str(), emulator.messages()[0].code());
    assert_eq!(listed[0]["connector"], "http-email");
    assert_eq!(
        (&listed[0]["subject"], &listed[0]["content"]),
        (&Value::Null, &Value::Null),
        "only its provider has them"
    );
    Ok(())
}
