//! The tokens that the provider issues: their signatures, claims and scopes.

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use logto_admin::models::{
    ApplicationType, CreateApplication, CreateOrganization, CreateOrganizationScope, CreateResource,
    CreateResourceScope, CreateSubjectToken, CreateUser, OidcSigningKeyAlgorithm, RotateOidcKeys, UserIds,
};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::Browser;

const APP: &str = "client_id=emulator-app&client_secret=emulator-secret";
const EXCHANGE: &str = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT: &str = "subject_token_type=urn:ietf:params:oauth:token-type:access_token";
const API: &str = "https://api.example";

/// Posts a form, and returns the status and body of the response.
fn post(emulator: &Emulator, path: &str, form: &str) -> (u16, Value) {
    let mut request = HttpRequest::new(Method::Post, format!("{}{path}", emulator.endpoint().url()));
    request.headers.set("content-type", "application/x-www-form-urlencoded");
    request.body = form.to_owned().into();
    let response = emulator.handle(&request);
    (response.status, serde_json::from_str(&response.body.text()).unwrap_or_default())
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let request = HttpRequest::new(Method::Get, format!("{}{path}", emulator.endpoint().url()));
    serde_json::from_str(&emulator.handle(&request).body.text()).unwrap()
}

/// Returns the claims of a token for this audience. A key of the emulator must have signed it.
fn claims(emulator: &Emulator, token: &Value, audience: &str) -> Value {
    let token = token.as_str().unwrap();
    let header = decode_header(token).unwrap();
    let keys: JwkSet = serde_json::from_value(get(emulator, "/oidc/jwks")).unwrap();
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let mut rules = Validation::new(header.alg);
    rules.set_audience(&[audience]);
    rules.set_issuer(&[format!("{}/oidc", emulator.endpoint().url())]);
    // The emulator has a clock of its own.
    rules.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
}

/// Creates an API with two scopes. Returns its id and the ids of the scopes.
async fn api(admin: &Client) -> Result<(String, [String; 2])> {
    let id = admin.resources().create(CreateResource::new("API", API)).await?.id;
    let read = admin.resources().create_scope(&id, CreateResourceScope::new("read")).await?.id;
    let write = admin.resources().create_scope(&id, CreateResourceScope::new("write")).await?.id;
    Ok((id, [read, write]))
}

async fn subject(admin: &Client, user: &str) -> Result<String> {
    Ok(admin.subject_tokens().create(CreateSubjectToken::new(user)).await?.subject_token)
}

#[test]
fn other_libraries_verify_the_signature_with_the_published_keys() {
    let emulator = Emulator::new();
    let form = format!("grant_type=client_credentials&resource={}&scope=all&{APP}", emulator.resource());
    let (_, body) = post(&emulator, "/oidc/token", &form);
    let claims = claims(&emulator, &body["access_token"], emulator.resource());
    let expected = json!({ "sub": "emulator-app", "client_id": "emulator-app", "scope": "all" });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(claims["iat"].as_i64().unwrap(), emulator.now().as_millis() / 1000);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 43);
}

#[tokio::test]
async fn organizations_can_require_a_second_factor() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = admin.users().create(CreateUser::default()).await?.id;
    let strict = CreateOrganization { is_mfa_required: Some(true), ..CreateOrganization::new("Engines") };
    let organization = admin.organizations().create(strict).await?.id;
    admin.organizations().add_users(&organization, UserIds { user_ids: vec![ada.clone()] }).await?;
    let ask = async || -> Result<(u16, Value)> {
        let subject = subject(&admin, &ada).await?;
        let form = format!("{EXCHANGE}&{SUBJECT}&subject_token={subject}&organization_id={organization}&{APP}");
        Ok(post(&emulator, "/oidc/token", &form))
    };
    let (status, body) = ask().await?;
    assert_eq!((status, &body["error"]), (403, &json!("access_denied")));
    let factor = json!({ "type": "Totp" });
    admin.operation("CreateUserMfaVerification")?.path("userId", &ada).json(&factor).await?;
    assert_eq!(ask().await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn tokens_are_signed_with_the_algorithm_of_the_current_key() -> Result<()> {
    let emulator = Emulator::new();
    let form = format!("grant_type=client_credentials&resource={}&scope=all&{APP}", emulator.resource());
    let issue = || post(&emulator, "/oidc/token", &form).1["access_token"].clone();
    let before = issue();
    let rsa = RotateOidcKeys { signing_key_algorithm: Some(OidcSigningKeyAlgorithm::Rsa), ..Default::default() };
    emulator.client()?.configs().rotate_oidc_keys("private-keys", rsa).await?;
    for (token, algorithm) in [(before, Algorithm::ES384), (issue(), Algorithm::RS256)] {
        assert_eq!(decode_header(token.as_str().unwrap()).unwrap().alg, algorithm);
        assert_eq!(claims(&emulator, &token, emulator.resource())["sub"], "emulator-app");
        let mut request = HttpRequest::new(Method::Get, format!("{}/api/roles", emulator.endpoint().url()));
        request.headers.set("authorization", format!("Bearer {}", token.as_str().unwrap()));
        assert_eq!(emulator.handle(&request).status, 200);
    }
    let document = get(&emulator, "/oidc/.well-known/openid-configuration");
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
    Ok(())
}

#[test]
fn the_seed_determines_the_keys() {
    let keys = |seed| get(&Emulator::builder().seed(seed).build(), "/oidc/jwks");
    assert_eq!(keys(1), keys(1));
    assert_ne!(keys(1), keys(2));
}

#[test]
fn discovery_names_the_endpoints() {
    let emulator = Emulator::new();
    let issuer = format!("{}/oidc", emulator.endpoint().url());
    let document = get(&emulator, "/oidc/.well-known/openid-configuration");
    let endpoints = [
        ("issuer", ""),
        ("jwks_uri", "/jwks"),
        ("token_endpoint", "/token"),
        ("authorization_endpoint", "/auth"),
        ("userinfo_endpoint", "/me"),
        ("introspection_endpoint", "/token/introspection"),
        ("revocation_endpoint", "/token/revocation"),
        ("end_session_endpoint", "/session/end"),
    ];
    for (name, path) in endpoints {
        assert_eq!(document[name], format!("{issuer}{path}"), "{name}");
    }
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES384"]));
    assert_eq!(document["response_types_supported"], json!(["code id_token", "code", "id_token", "none"]));
    assert_eq!(document["grant_types_supported"].as_array().map(Vec::len), Some(6));
    assert_eq!(get(&emulator, "/oidc/.well-known/oauth-authorization-server"), document);
}

#[tokio::test]
async fn the_default_resource_is_used_if_no_resource_is_requested() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let form = format!("grant_type=client_credentials&{APP}");
    assert_eq!(post(&emulator, "/oidc/token", &form).1["error"], "invalid_target");
    let (id, _) = api(&admin).await?;
    let change = admin.operation("UpdateResourceIsDefault")?.path("id", &id);
    change.json(&json!({ "isDefault": true })).await?;
    let (status, body) = post(&emulator, "/oidc/token", &form);
    assert_eq!(status, 200);
    claims(&emulator, &body["access_token"], API);
    Ok(())
}

#[tokio::test]
async fn roles_in_an_organization_permit_scopes_of_the_organization_and_of_resources() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let (_, [read, _]) = api(&admin).await?;
    let invite = admin.organization_scopes().create(CreateOrganizationScope::new("invite")).await?.id;
    let role = json!({
        "name": "robot",
        "type": "MachineToMachine",
        "organizationScopeIds": [invite],
        "resourceScopeIds": [read],
    });
    let role = admin.operation("CreateOrganizationRole")?.json(&role).await?["id"].as_str().unwrap().to_owned();
    let organization = admin.organizations().create(CreateOrganization::new("Acme")).await?.id;
    admin.organizations().add_applications(&organization, [emulator.app_id()]).await?;
    let form = format!("grant_type=client_credentials&organization_id={organization}&{APP}");
    let with = |more: &str| post(&emulator, "/oidc/token", &format!("{form}{more}")).1;

    assert_eq!(with("&scope=invite")["scope"], "");
    let assignment = admin.operation("AssignOrganizationRolesToApplication")?.path("id", &organization);
    let assignment = assignment.path("applicationId", emulator.app_id());
    assignment.json(&json!({ "organizationRoleIds": [role] })).await?;
    let body = with("&scope=invite read");
    let own = claims(&emulator, &body["access_token"], &format!("urn:logto:organization:{organization}"));
    assert_eq!((&body["scope"], &own["scope"]), (&json!("invite"), &json!("invite")));
    let body = with(&format!("&scope=invite read write&resource={API}"));
    let api = claims(&emulator, &body["access_token"], API);
    assert_eq!((&api["scope"], &api["organization_id"]), (&json!("read"), &json!(organization)));
    Ok(())
}

#[test]
fn client_authentication_is_checked() {
    let emulator = Emulator::new();
    let form = format!("grant_type=client_credentials&resource={}", emulator.resource());
    let basic = |form: &str| {
        let mut request = HttpRequest::new(Method::Post, format!("{}/oidc/token", emulator.endpoint().url()));
        request.headers.set("authorization", "Basic ZW11bGF0b3ItYXBwOmVtdWxhdG9yLXNlY3JldA==");
        request.body = form.to_owned().into();
        let response = emulator.handle(&request);
        let body: Value = serde_json::from_str(&response.body.text()).unwrap();
        (response.status, body["error_description"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(basic(&form), (200, String::new()));
    let (status, description) = basic(&format!("{form}&client_id=other"));
    assert_eq!((status, description.as_str()), (400, "mismatch in body and authorization client ids"));
    let (status, description) = basic(&format!("{form}&scope=a&scope=b"));
    assert_eq!((status, description.as_str()), (400, "'scope' parameter must not be provided twice"));
}

#[tokio::test]
async fn exchanged_tokens_have_the_scopes_of_the_roles_of_the_user() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let (_, [read, _]) = api(&admin).await?;
    let role = json!({ "name": "reader", "description": "Reads", "scopeIds": [read] });
    let role = admin.operation("CreateRole")?.json(&role).await?["id"].as_str().unwrap().to_owned();
    let ada = CreateUser { username: Some("ada".into()), ..Default::default() };
    let ada = admin.users().create(ada).await?.id;
    let exchange = async |more: &str| -> Result<(u16, Value)> {
        let token = subject(&admin, &ada).await?;
        let form = format!("{EXCHANGE}&{SUBJECT}&subject_token={token}&{APP}&scope=openid read write{more}");
        Ok(post(&emulator, "/oidc/token", &form))
    };
    let resource = format!("&resource={API}");
    assert_eq!(exchange(&resource).await?.1["scope"], "");
    admin.users().assign_roles(&ada, [role.as_str()]).await?;
    let (_, body) = exchange(&resource).await?;
    let api = claims(&emulator, &body["access_token"], API);
    assert_eq!((&api["sub"], &api["scope"]), (&json!(ada), &json!("read")));
    let (_, body) = exchange("").await?;
    assert_eq!((&body["scope"], body["access_token"].as_str().unwrap().len()), (&json!("openid"), 43));

    let grants = admin.users().list_grants(&ada).await?.grants;
    assert_eq!(grants.len(), 3, "every exchange is a grant");
    admin.users().delete_grant(&ada, &grants[2].id).await?;
    let form = format!("token={}&{APP}", body["access_token"].as_str().unwrap());
    assert_eq!(post(&emulator, "/oidc/token/introspection", &form).1, json!({ "active": false }));

    let token = subject(&admin, &ada).await?;
    let form = format!("{EXCHANGE}&{SUBJECT}&subject_token={token}&{APP}&scope=openid offline_access other");
    let (_, body) = post(&emulator, "/oidc/token", &form);
    assert_eq!((&body["scope"], body.get("refresh_token")), (&json!("openid offline_access"), None));
    Ok(())
}

#[tokio::test]
async fn subject_tokens_expire() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = admin.users().create(CreateUser::default()).await?.id;
    let token = subject(&admin, &ada).await?;
    emulator.advance(Duration::from_secs(601));
    let form = format!("{EXCHANGE}&{SUBJECT}&subject_token={token}&{APP}");
    assert_eq!(post(&emulator, "/oidc/token", &form).1["error"], "invalid_grant");
    Ok(())
}

#[tokio::test]
async fn access_tokens_are_exchanged_more_than_once() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    api(&admin).await?;
    let ada = admin.users().create(CreateUser::default()).await?.id;
    let exchange = |kind: &str, token: &Value, more: &str| {
        let token = token.as_str().unwrap();
        let kind = format!("subject_token_type=urn:{kind}&subject_token={token}");
        post(&emulator, "/oidc/token", &format!("{EXCHANGE}&{kind}&{APP}{more}"))
    };
    let (access, impersonation) = ("ietf:params:oauth:token-type:access_token", "logto:token-type:impersonation_token");
    let subject = json!(subject(&admin, &ada).await?);
    let (status, opaque) = exchange(impersonation, &subject, "&scope=openid");
    assert_eq!((status, &opaque["scope"]), (200, &json!("openid")));
    assert_eq!(exchange(impersonation, &subject, "").1["error"], "invalid_grant", "used");
    let resource = format!("&resource={API}");
    for _ in 0..2 {
        let (status, signed) = exchange(access, &opaque["access_token"], &resource);
        let about = claims(&emulator, &signed["access_token"], API);
        assert_eq!((status, &about["sub"]), (200, &json!(ada)));
        assert_eq!(exchange(access, &signed["access_token"], &resource).0, 200);
    }
    assert_eq!(
        exchange("ietf:params:oauth:token-type:id_token", &opaque["access_token"], "").1["error"],
        "invalid_grant"
    );
    Ok(())
}

#[tokio::test]
async fn applications_exchange_tokens_only_if_they_may_and_are_complete() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let web = admin.applications().create(CreateApplication::new("web", ApplicationType::Traditional)).await?.id;
    let secret = admin.applications().list_secrets(&web).await?[0].value.clone();
    let form = format!("{EXCHANGE}&{SUBJECT}&subject_token=x&client_id={web}&client_secret={secret}");
    let error = || {
        let (status, body) = post(&emulator, "/oidc/token", &form);
        (status, body["error_description"].as_str().unwrap_or_default().to_owned())
    };
    let update = async |body: Value| admin.operation("UpdateApplication")?.path("id", &web).json(&body).await;
    assert_eq!(error(), (400, "redirect_uris must contain members".to_owned()));
    update(json!({ "oidcClientMetadata": { "redirectUris": ["https://a.example/cb"], "postLogoutRedirectUris": [] } }))
        .await?;
    assert_eq!(error(), (400, "requested grant type is not allowed for this client".to_owned()));
    update(json!({ "customClientMetadata": { "allowTokenExchange": true } })).await?;
    assert_eq!(error(), (400, "grant request is invalid".to_owned()));
    Ok(())
}

#[tokio::test]
async fn third_party_applications_cannot_exchange_tokens() -> Result<()> {
    let emulator = Emulator::new();
    let partner = |third_party: bool| {
        json!({
            "name": "partner",
            "type": "Traditional",
            "isThirdParty": third_party,
            "customClientMetadata": { "allowTokenExchange": !third_party },
        })
    };
    for (third_party, description) in
        [(true, "requested grant type is not allowed for this client"), (false, "grant request is invalid")]
    {
        let browser = Browser::open_application(&emulator, partner(third_party)).await?;
        let (status, body) = browser.token(&format!("{EXCHANGE}&{SUBJECT}&subject_token=x"));
        assert_eq!((status, &body["error_description"]), (400, &json!(description)));
    }
    Ok(())
}

#[tokio::test]
async fn opaque_tokens_are_introspected_and_revoked() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = admin.users().create(CreateUser::default()).await?.id;
    let form = format!("{EXCHANGE}&{SUBJECT}&subject_token={}&{APP}&scope=openid", subject(&admin, &ada).await?);
    let token = post(&emulator, "/oidc/token", &form).1["access_token"].as_str().unwrap().to_owned();
    let form = format!("token={token}&{APP}");
    let (_, body) = post(&emulator, "/oidc/token/introspection", &form);
    let expected = json!({ "active": true, "client_id": "emulator-app", "scope": "openid", "sub": ada });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&body[name], value, "{name}");
    }
    assert_eq!(post(&emulator, "/oidc/token/introspection", &format!("token=a.b.c&{APP}")).0, 400);
    assert_eq!(post(&emulator, "/oidc/token/revocation", &form).0, 200);
    assert_eq!(post(&emulator, "/oidc/token/introspection", &form).1, json!({ "active": false }));
    Ok(())
}

#[tokio::test]
async fn errors_can_have_the_format_of_oauth_alone() {
    let emulator = Emulator::new();
    let error = |query: &str| -> Value {
        let mut request = HttpRequest::new(Method::Post, format!("{}/oidc/token{query}", emulator.endpoint().url()));
        request.body = "grant_type=refresh_token&refresh_token=nope&client_id=emulator-app&client_secret=nope".into();
        serde_json::from_str(&emulator.handle(&request).body.text()).unwrap()
    };
    let plain = json!({ "error": "invalid_client", "error_description": "client authentication failed" });
    assert_eq!(error("?parse_error=false"), plain);
    assert_eq!(error("?parse_error=true")["code"], "oidc.invalid_client");
}
