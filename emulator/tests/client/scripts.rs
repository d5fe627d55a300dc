//! Scripts that customize tokens.

use logto_admin::Result;
use logto_admin::models::UpsertJwtCustomizer;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Post;
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, claims};
use crate::{client, refused};

#[tokio::test]
async fn scripts_can_be_tried_out() -> Result<()> {
    let client = client();
    let customize = async |script: &str| -> Result<Value> {
        let variables = json!({ "PLAN": "gold" });
        let context = json!({ "user": { "id": "u" } });
        let body = json!({
            "tokenType": "access-token",
            "script": format!("const getCustomJwtClaims = async ({{ context, environmentVariables, api }}) => {{ {script} }};"),
            "environmentVariables": variables,
            "token": {},
            "context": context,
        });
        client.request(Post, "/api/configs/jwt-customizer/test").json(&body).await
    };
    let claims = customize("return { plan: environmentVariables.PLAN, user: context.user.id };").await?;
    assert_eq!(claims, json!({ "plan": "gold", "user": "u" }));
    let failed = customize("throw new Error('boom');").await;
    assert_eq!(refused(failed), (422, "jwt_customizer.general".into()));
    let denied = customize("api.denyAccess('no');").await;
    assert_eq!(refused(denied), (403, "jwt_customizer.general".into()));

    let script = "const runAction = async (event) => ({ got: event });";
    let action = json!({ "actionType": "action.postSignIn", "script": script, "event": { "n": 1 } });
    let result: Value = client.request(Post, "/api/configs/actions/test").json(&action).await?;
    assert_eq!(result, json!({ "got": { "event": { "n": 1 } } }));
    let nothing = json!({ "actionType": "action.postSignIn", "script": "const runAction = () => {};", "event": {} });
    assert_eq!(client.request(Post, "/api/configs/actions/test").json(&nothing).raw().await?.status, 204);
    Ok(())
}

#[tokio::test]
async fn scripts_add_claims_to_tokens() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let script = "const getCustomJwtClaims = async ({ token }) => ({ kind: token.kind, sub: 'other' });";
    client.configs().upsert_jwt_customizer("client-credentials", UpsertJwtCustomizer::new(script)).await?;
    let other = emulator.client()?;
    let added = claims(&other.access_token().await?.secret().into());
    assert_eq!((&added["kind"], &added["sub"]), (&json!("ClientCredentials"), &json!(emulator.app_id())));

    let denies = UpsertJwtCustomizer::new("const getCustomJwtClaims = async ({ api }) => api.denyAccess('no');");
    client.configs().upsert_jwt_customizer("client-credentials", denies).await?;
    assert_eq!(refused(emulator.client()?.access_token().await), (400, "access_denied".into()));
    let fails = UpsertJwtCustomizer::new("const getCustomJwtClaims = async () => { throw 1; };");
    client.configs().upsert_jwt_customizer("client-credentials", &fails).await?;
    emulator.client()?.access_token().await?;
    let blocks = UpsertJwtCustomizer { block_issuance_on_error: Some(true), ..fails };
    client.configs().upsert_jwt_customizer("client-credentials", blocks).await?;
    assert_eq!(refused(emulator.client()?.access_token().await), (400, "invalid_request".into()));
    Ok(())
}

#[tokio::test]
async fn a_code_can_be_exchanged_once_although_a_script_runs() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    admin.operation("CreateUser")?.json(&json!({ "username": "ada", "password": "s3cret-enough" })).await?;
    let resource = json!({ "name": "Orders", "indicator": "https://orders.example" });
    admin.operation("CreateResource")?.json(&resource).await?;
    let script = "const getCustomJwtClaims = async ({ token }) => ({ kind: token.kind });";
    admin.configs().upsert_jwt_customizer("access-token", UpsertJwtCustomizer::new(script)).await?;

    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid&resource=https://orders.example");
    let identifier = json!({ "type": "username", "value": "ada" });
    let id = browser.verify("password", &json!({ "identifier": identifier, "password": "s3cret-enough" }));
    browser.call(Post, "/identification", &json!({ "verificationId": id }));
    let code = browser.submit().remove("code").unwrap();
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&resource=https://orders.example");
    let logged =
        async || admin.audit_logs().list().log_key("ExchangeTokenBy.AuthorizationCode").await.map(|logs| logs.len());
    let (status, tokens) = browser.token(&form);
    assert_eq!((status, logged().await?), (200, 1), "{tokens}");
    assert_eq!(claims(&tokens["access_token"])["kind"], "AccessToken");
    assert_eq!(browser.token(&form).0, 400);
    Ok(())
}
