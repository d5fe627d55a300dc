//! How access tokens are issued, and how the API rejects invalid ones.

use std::time::Duration;

use logto_admin::models::{ApplicationType, CreateApplication};
use logto_admin::serde_json::{Value, json};
use logto_admin::token::{ClientAuthentication, ClientCredentials, FixedToken, TokenKind};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, ErrorKind, Result};
use logto_admin_emulator::Emulator;

use crate::refused;

fn with_credentials(emulator: &Emulator, id: &str, secret: &str) -> Result<Client> {
    Client::builder(emulator.endpoint()).client_credentials(id, secret).transport(emulator.clone()).build()
}

/// Posts a form to the token endpoint, and returns status and body. The credentials are optional.
fn token(emulator: &Emulator, form: &str) -> (u16, Value) {
    let mut request = HttpRequest::new(Method::Post, format!("{}/oidc/token", emulator.endpoint().url()));
    request.headers.set("content-type", "application/x-www-form-urlencoded");
    request.body = form.to_owned().into();
    let answer = emulator.handle(&request);
    (answer.status, logto_admin::serde_json::from_str(&answer.body.text()).unwrap())
}

#[tokio::test]
async fn both_client_authentication_methods_work() -> Result<()> {
    let emulator = Emulator::builder().application("my app", "a:b%c+d").build();
    for way in [ClientAuthentication::Basic, ClientAuthentication::Form] {
        let credentials = ClientCredentials::new("my app", "a:b%c+d").authentication(way);
        let client =
            Client::builder(emulator.endpoint()).token_source(credentials).transport(emulator.clone()).build()?;
        let token = client.access_token().await?;
        assert_eq!((token.granted_scope(), token.lifetime()), (Some("all"), Some(Duration::from_secs(3600))));
    }
    Ok(())
}

#[test]
fn token_errors_match_the_real_server() {
    let emulator = Emulator::new();
    let app = "client_id=emulator-app&client_secret=emulator-secret";
    let grant = "grant_type=client_credentials";
    let api = "resource=https://default.logto.app/api";
    let cases = [
        (
            format!("{grant}&{api}&client_id=emulator-app&client_secret=wrong"),
            401,
            "invalid_client",
            "client authentication failed",
        ),
        (format!("{grant}&{api}&client_id=emulator-app"), 401, "invalid_client", "client authentication failed"),
        (format!("{grant}&{api}&client_id=nosuch&client_secret=a"), 400, "invalid_client", "invalid client nosuch"),
        (format!("{grant}&{api}"), 400, "invalid_request", "no client authentication mechanism provided"),
        (
            format!("{grant}&resource=https://nope.example&{app}"),
            400,
            "invalid_target",
            "resource indicator is missing, or unknown",
        ),
        (format!("{grant}&resource=nope&{app}"), 400, "invalid_target", "resource indicator must be an absolute URI"),
        (format!("{grant}&{app}"), 400, "invalid_target", "both `resource` and `organization_id` are not provided"),
        (format!("grant_type=password&{api}&{app}"), 400, "unsupported_grant_type", "unsupported grant_type requested"),
        (format!("{api}&{app}"), 400, "invalid_request", "missing required parameter 'grant_type'"),
        (
            format!("{grant}&organization_id=nope&{app}"),
            403,
            "access_denied",
            "app has not associated with the organization",
        ),
    ];
    for (form, status, error, description) in cases {
        let (answered, body) = token(&emulator, &form);
        assert_eq!(
            (answered, body["error"].as_str(), body["error_description"].as_str()),
            (status, Some(error), Some(description)),
            "{form}"
        );
        assert_eq!(body["code"], format!("oidc.{error}"));
        assert!(body["message"].is_string());
    }
}

#[test]
fn ungranted_scopes_are_omitted_from_the_response() {
    let emulator = Emulator::new();
    let form = "grant_type=client_credentials&resource=https://default.logto.app/api&client_id=emulator-app&client_secret=emulator-secret";
    for (scope, granted) in [
        ("&scope=all", json!("all")),
        ("", Value::Null),
        ("&scope=nope", Value::Null),
        ("&scope=all nope", json!("all")),
    ] {
        let (status, body) = token(&emulator, &format!("{form}{scope}"));
        assert_eq!((status, &body["scope"]), (200, &granted), "{scope}");
        assert_eq!(body.get("scope").is_some(), granted.is_string());
    }
}

#[tokio::test]
async fn an_application_without_the_role_is_forbidden() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let app = admin.applications().create(CreateApplication::new("robot", ApplicationType::MachineToMachine)).await?;
    let secret = admin.applications().list_secrets(&app.id).await?[0].value.clone();
    let robot = with_credentials(&emulator, &app.id, &secret)?;
    assert_eq!(robot.access_token().await?.granted_scope(), None);
    let error = robot.users().list().await.err().unwrap();
    assert_eq!((error.status(), error.code()), (Some(403), Some("auth.forbidden")));
    assert!(error.hint().is_some());
    Ok(())
}

#[tokio::test]
async fn invalid_tokens_are_rejected() -> Result<()> {
    let emulator = Emulator::new();
    let ask = |header: Option<&str>| {
        let mut request = HttpRequest::new(Method::Get, "http://h/api/users");
        if let Some(header) = header {
            request.headers.set("authorization", header.to_owned());
        }
        let body: Value = logto_admin::serde_json::from_str(&emulator.handle(&request).body.text()).unwrap();
        (body["code"].as_str().unwrap().to_owned(), body["data"]["code"].clone())
    };
    assert_eq!(ask(None).0, "auth.authorization_header_missing");
    assert_eq!(ask(Some("Basic abc")).0, "auth.authorization_token_type_not_supported");
    assert_eq!(ask(Some("Bearer abc")), ("auth.unauthorized".into(), json!("ERR_JWS_INVALID")));

    let token = emulator.client()?.access_token().await?;
    emulator.advance(Duration::from_secs(3601));
    let expired = ask(Some(&format!("Bearer {}", token.secret())));
    assert_eq!(expired, ("auth.unauthorized".into(), json!("ERR_JWT_EXPIRED")));
    Ok(())
}

#[tokio::test]
async fn the_client_renews_a_token_that_only_the_server_considers_expired() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    client.users().list().await?;
    emulator.advance(Duration::from_secs(7200));
    client.users().list().await?;
    Ok(())
}

#[tokio::test]
async fn tokens_of_another_emulator_are_rejected() -> Result<()> {
    let token = Emulator::builder().seed(1).build().client()?.access_token().await?;
    let emulator = Emulator::new();
    let source = FixedToken::new(token.secret()).with_kind(TokenKind::Management);
    let client = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()?;
    assert_eq!(refused(client.users().list().await), (401, "auth.unauthorized".into()));
    Ok(())
}

#[tokio::test]
async fn wrong_credentials_and_resources_get_hints() -> Result<()> {
    let emulator = Emulator::new();
    let error = with_credentials(&emulator, "emulator-app", "wrong")?.users().list().await.err().unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Token, Some("invalid_client")));
    assert!(error.hint().is_some_and(|hint| hint.contains("secret")), "{error}");
    let endpoint = emulator.endpoint().with_resource("https://my-tenant.logto.app/api");
    let client = Client::builder(endpoint).client_credentials("emulator-app", "emulator-secret");
    let error = client.transport(emulator.clone()).build()?.users().list().await.err().unwrap();
    assert!(error.hint().is_some_and(|hint| hint.contains("resource")), "{error}");
    Ok(())
}
