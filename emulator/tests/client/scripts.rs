//! Scripts that customize tokens.

use logto_admin::models::UpsertJwtCustomizer;
use logto_admin::operation::Release;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpRequest;
use logto_admin::transport::Method::Post;
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, claims};
use crate::{call, client, refused};

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
    for (result, status, body) in [("undefined", 204, ""), ("null", 200, "null"), ("'text'", 200, "\"text\"")] {
        let script = format!("const runAction = () => {result};");
        let action = json!({ "actionType": "action.postSignIn", "script": script, "event": {} });
        let response = client.request(Post, "/api/configs/actions/test").json(&action).raw().await?;
        assert_eq!((response.status, response.body.text().as_str()), (status, body), "{result}");
    }
    Ok(())
}

#[tokio::test]
async fn scripts_add_claims_to_tokens() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let script = "const getCustomJwtClaims = async ({ token }) => ({ kind: token.kind, sub: 'other', scope: 'all' });";
    client.configs().upsert_jwt_customizer("client-credentials", UpsertJwtCustomizer::new(script)).await?;
    let other = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
    let other = other.transport(emulator.clone()).scope("unknown").build()?;
    let added = claims(&other.access_token().await?.secret().into());
    assert_eq!((&added["kind"], &added["sub"]), (&json!("ClientCredentials"), &json!(emulator.app_id())));
    assert_eq!(added.get("scope"), None, "none was granted");

    let denies = UpsertJwtCustomizer::new("const getCustomJwtClaims = async ({ api }) => api.denyAccess('no');");
    client.configs().upsert_jwt_customizer("client-credentials", denies).await?;
    assert_eq!(refused(emulator.client()?.access_token().await), (400, "access_denied".into()));
    let fails = UpsertJwtCustomizer::new("const getCustomJwtClaims = async () => { throw 1; };");
    client.configs().upsert_jwt_customizer("client-credentials", &fails).await?;
    emulator.client()?.access_token().await?;
    let blocks = UpsertJwtCustomizer { block_issuance_on_error: Some(true), ..fails };
    client.configs().upsert_jwt_customizer("client-credentials", &blocks).await?;
    emulator.client()?.access_token().await?;
    let next = Emulator::builder().release(Release::NEXT).build();
    next.client()?.configs().upsert_jwt_customizer("client-credentials", blocks).await?;
    assert_eq!(refused(next.client()?.access_token().await), (400, "invalid_request".into()));
    Ok(())
}

#[tokio::test]
async fn scripts_that_run_are_logged() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let latest = async |script: &str| -> Result<Value> {
        client.configs().upsert_jwt_customizer("client-credentials", UpsertJwtCustomizer::new(script)).await?;
        let _ = emulator.client()?.access_token().await;
        let logs = client.operation("ListLogs")?.query("logKey", "JwtCustomizer.ClientCredentials").await?;
        Ok(logs[0]["payload"].clone())
    };
    let added = latest("const getCustomJwtClaims = async () => ({ plan: 'gold' });").await?;
    assert_eq!((&added["result"], &added["customTokenClaims"]), (&json!("Success"), &json!({ "plan": "gold" })));
    assert_eq!((&added["applicationId"], &added["tenantId"]), (&json!(emulator.app_id()), &json!("default")));
    let payload = &added["payload"];
    assert_eq!((&payload["token"], &payload["tokenType"]), (&json!("******"), &json!("client-credentials")));
    assert_eq!(payload["context"]["application"]["id"], emulator.app_id());
    let failed = latest("const getCustomJwtClaims = async () => { throw new Error('boom'); };").await?;
    assert_eq!((&failed["result"], &failed["customJwtError"]), (&json!("Error"), &json!({ "message": "boom" })));
    let nothing = latest("const getCustomJwtClaims = async () => {};").await?;
    assert_eq!((&nothing["result"], &nothing["customJwtError"]["message"]), (&json!("Error"), &json!("Invalid input")));
    let denied = latest("const getCustomJwtClaims = async ({ api }) => api.denyAccess('no');").await?;
    assert_eq!(denied["customJwtError"]["error"], json!({ "code": "AccessDenied", "message": "no" }));
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

#[tokio::test]
async fn scripts_know_the_user_the_sign_in_and_the_application() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = json!({ "username": "ada", "password": "s3cret-enough", "customData": { "plan": "gold" } });
    let ada = call(&admin, "CreateUser", &[], ada).await?["id"].clone();
    let user = [("userId", ada.as_str().unwrap())];
    call(&admin, "CreateUserMfaVerification", &user, json!({ "type": "Totp" })).await?;
    let api = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let api = call(&admin, "CreateResource", &[], api).await?["id"].clone();
    let scope = [("resourceId", api.as_str().unwrap())];
    let scope = call(&admin, "CreateResourceScope", &scope, json!({ "name": "read" })).await?["id"].clone();
    let clerk = json!({ "name": "clerk", "description": "Reads", "scopeIds": [scope] });
    let clerk = call(&admin, "CreateRole", &[], clerk).await?["id"].clone();
    call(&admin, "AssignUserRoles", &user, json!({ "roleIds": [clerk] })).await?;
    let engines = call(&admin, "CreateOrganization", &[], json!({ "name": "Engines" })).await?["id"].clone();
    let owner = call(&admin, "CreateOrganizationRole", &[], json!({ "name": "owner" })).await?["id"].clone();
    let organization = [("id", engines.as_str().unwrap())];
    call(&admin, "AddOrganizationUsers", &organization, json!({ "userIds": [ada] })).await?;
    let roles = json!({ "userIds": [ada], "organizationRoleIds": [owner] });
    call(&admin, "AssignOrganizationRolesToUsers", &organization, roles).await?;
    let script = "const getCustomJwtClaims = async ({ token, context }) => ({ about: token, context });";
    admin.configs().upsert_jwt_customizer("access-token", UpsertJwtCustomizer::new(script)).await?;

    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid read&resource=https://orders.example");
    let identifier = json!({ "type": "username", "value": "ada" });
    let id = browser.verify("password", &json!({ "identifier": identifier, "password": "s3cret-enough" }));
    browser.call(Post, "/identification", &json!({ "verificationId": id }));
    let code = browser.submit().remove("code").unwrap();
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&resource=https://orders.example");
    let claims = claims(&browser.token(&form).1["access_token"]);
    let context = &claims["context"];
    assert_eq!((&claims["about"]["accountId"], &claims["about"]["clientId"]), (&ada, &json!(browser.application)));
    let user = &context["user"];
    assert_eq!((&user["id"], &user["hasPassword"], &user["customData"]["plan"]), (&ada, &json!(true), &json!("gold")));
    assert_eq!(user["mfaVerificationFactors"], json!(["Totp"]));
    assert_eq!(user["roles"][0]["scopes"][0]["resource"]["indicator"], "https://orders.example");
    assert_eq!(user["organizations"], json!([{ "id": engines, "name": "Engines", "description": null }]));
    let role = json!({ "organizationId": engines, "roleId": owner, "roleName": "owner" });
    assert_eq!(user["organizationRoles"], json!([role]));
    assert_eq!(context["interaction"]["interactionEvent"], "SignIn");
    assert_eq!(context["application"]["id"], browser.application);
    Ok(())
}

#[tokio::test]
async fn scripts_know_the_context_of_a_subject_token_and_the_organization() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = call(&admin, "CreateUser", &[], json!({ "username": "ada" })).await?["id"].clone();
    let engines = call(&admin, "CreateOrganization", &[], json!({ "name": "Engines" })).await?["id"].clone();
    let members = json!({ "userIds": [ada] });
    call(&admin, "AddOrganizationUsers", &[("id", engines.as_str().unwrap())], members).await?;
    let script = "const getCustomJwtClaims = async ({ context }) => ({ context });";
    admin.configs().upsert_jwt_customizer("access-token", UpsertJwtCustomizer::new(script)).await?;
    let subject = json!({ "userId": ada, "context": { "ticket": 7 } });
    let subject = call(&admin, "CreateSubjectToken", &[], subject).await?["subjectToken"].clone();
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let mut request = HttpRequest::new(Post, format!("{}/oidc/token", emulator.endpoint().url()));
    request.body = format!(
        "grant_type={exchange}&subject_token={}&subject_token_type=urn:ietf:params:oauth:token-type:access_token\
         &organization_id={}&client_id=emulator-app&client_secret=emulator-secret",
        subject.as_str().unwrap(),
        engines.as_str().unwrap(),
    )
    .into();
    let tokens: Value = serde_json::from_str(&emulator.handle(&request).body.text()).unwrap();
    let expected = json!({ "type": exchange, "subjectTokenContext": { "ticket": 7 } });
    let context = &claims(&tokens["access_token"])["context"];
    assert_eq!(context["grant"], expected);
    let expected = json!({ "id": engines, "name": "Engines", "description": null, "customData": {} });
    assert_eq!(context["organization"], expected);
    Ok(())
}
