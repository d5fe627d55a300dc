//! Webhooks of changes and failures in interactions and in the account API.

use logto_admin::Result;
use logto_admin::models::{CreateOneTimeToken, CreateOrganization, CreateUser, HookEvent, OneTimeTokenContext};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Patch, Post};

use crate::browser::{Browser, PASSWORD, account};
use crate::connectors::email_connector;
use crate::deliveries::Stage;

const EMAIL: &str = "ada@engines.example";

fn identifier() -> Value {
    json!({ "type": "email", "value": EMAIL })
}

fn events(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().filter_map(|body| body["event"].as_str()).collect()
}

async fn organization(stage: &Stage) -> Result<String> {
    Ok(stage.client.organizations().create(CreateOrganization::new("engines")).await?.id)
}

async fn deliveries(stage: &Stage) -> Vec<Value> {
    stage.emulator.deliver().await;
    stage.bodies()
}

#[tokio::test]
async fn a_registration_that_joins_an_organization_is_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    email_connector(&stage.client).await?;
    let organization = organization(&stage).await?;
    let provision = stage.client.operation("CreateOrganizationJitEmailDomain")?.path("id", &organization);
    provision.json(&json!({ "emailDomain": "engines.example" })).await?;
    let sign_up = json!({ "identifiers": ["email"], "password": false, "verify": true });
    stage.client.operation("UpdateSignInExp")?.json(&json!({ "signUp": sign_up })).await?;
    stage
        .hook(&[HookEvent::UserCreated, HookEvent::OrganizationMembershipUpdated, HookEvent::UserDataUpdated], 0)
        .await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    browser.start("Register", "openid");
    let record = browser.prove_address(&identifier(), "Register");
    browser.call(Post, "/identification", &record);
    browser.submit();
    let bodies = deliveries(&stage).await;
    assert_eq!(events(&bodies), ["Organization.Membership.Updated", "User.Created"]);
    let (joined, created) = (&bodies[0], &bodies[1]);
    assert_eq!(created["data"]["primaryEmail"], EMAIL);
    assert_eq!(joined["addedUserIds"], json!([created["data"]["id"]]));
    assert_eq!((&joined["organizationId"], &joined["interactionEvent"]), (&json!(organization), &json!("Register")));
    for body in &bodies {
        assert_eq!((&body["ip"], &body["applicationId"]), (&json!("127.0.0.1"), &json!(browser.application)));
        assert_eq!(body["application"]["name"], "web");
    }
    Ok(())
}

#[tokio::test]
async fn data_that_a_sign_in_adds_is_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    email_connector(&stage.client).await?;
    crate::browser::ada(&stage.emulator).await?;
    let sign_up = json!({
        "identifiers": ["username"],
        "password": true,
        "verify": true,
        "secondaryIdentifiers": [{ "identifier": "email", "verify": true }],
    });
    stage.client.operation("UpdateSignInExp")?.json(&json!({ "signUp": sign_up })).await?;
    stage.hook(&[HookEvent::UserDataUpdated], 0).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert_eq!(browser.experience(Post, "/submit", &Value::Null), (422, json!("user.missing_profile")));
    let record = browser.prove_address(&identifier(), "SignIn");
    let email = json!({ "type": "email", "verificationId": record["verificationId"] });
    browser.call(Post, "/profile", &email);
    assert!(deliveries(&stage).await.is_empty(), "only the submission changes the user");
    browser.submit();
    let bodies = deliveries(&stage).await;
    assert_eq!(events(&bodies), ["User.Data.Updated"]);
    assert_eq!((&bodies[0]["data"]["primaryEmail"], &bodies[0]["interactionEvent"]), (&json!(EMAIL), &json!("SignIn")));
    browser.sign_in("ada", PASSWORD, "openid");
    assert!(deliveries(&stage).await.is_empty(), "the user has everything");
    Ok(())
}

#[tokio::test]
async fn members_that_a_one_time_token_adds_are_delivered_once() -> Result<()> {
    let stage = Stage::new(Some(200));
    let organization = organization(&stage).await?;
    let user = CreateUser { primary_email: Some(EMAIL.into()), ..Default::default() };
    let user = stage.client.users().create(user).await?.id;
    stage.hook(&[HookEvent::OrganizationMembershipUpdated], 0).await?;
    for expected in [1, 0] {
        let mut token = CreateOneTimeToken::new(EMAIL);
        let ids = Some(vec![organization.clone()]);
        token.context = Some(OneTimeTokenContext { jit_organization_ids: ids, ..Default::default() });
        let token = stage.client.one_time_tokens().create(token).await?.token;
        let mut browser = Browser::open(&stage.emulator).await?;
        browser.start("SignIn", "openid");
        let body = json!({ "identifier": identifier(), "token": token });
        let record = browser.verify("one-time-token/verify", &body);
        browser.call(Post, "/identification", &json!({ "verificationId": record }));
        let sign_up = json!({ "signUp": { "identifiers": [], "password": false, "verify": false } });
        stage.client.operation("UpdateSignInExp")?.json(&sign_up).await?;
        browser.submit();
        let bodies = deliveries(&stage).await;
        assert_eq!(bodies.len(), expected, "{bodies:?}");
        for body in bodies {
            assert_eq!((&body["addedUserIds"], &body["organizationId"]), (&json!([user]), &json!(organization)));
        }
    }
    Ok(())
}

#[tokio::test]
async fn too_many_messages_to_a_recipient_are_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    email_connector(&stage.client).await?;
    stage.hook(&[HookEvent::MessageRateLimited], 0).await?;
    let about = json!({ "action": "VerificationCodeSend", "recipient": EMAIL });
    let mut browser = Browser::open(&stage.emulator).await?;
    browser.start("Register", "openid");
    let body = json!({ "identifier": identifier(), "interactionEvent": "Register" });
    for _ in 0..10 {
        browser.verify("verification-code", &body);
    }
    let limited = browser.experience(Post, "/verification/verification-code", &body);
    assert_eq!(limited, (429, json!("request.message_rate_limited")));
    let bodies = deliveries(&stage).await;
    assert_eq!(events(&bodies), ["Message.RateLimited"]);
    assert_eq!((&bodies[0]["action"], &bodies[0]["recipient"]), (&about["action"], &about["recipient"]));
    assert_eq!(bodies[0]["interactionEvent"], "Register");

    crate::browser::ada(&stage.emulator).await?;
    crate::browser::enable_account_api(&stage.emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid");
    let code = account(&stage.emulator, &tokens)?.request(Post, "/api/verifications/verification-code");
    let limited = crate::refused::<Value>(code.json(&json!({ "identifier": identifier() })).await);
    assert_eq!(limited, (429, "request.message_rate_limited".into()));
    let bodies = deliveries(&stage).await;
    assert_eq!(events(&bodies), ["Message.RateLimited"]);
    assert_eq!((&bodies[0]["recipient"], &bodies[0]["ip"]), (&json!(EMAIL), &json!("127.0.0.1")));
    Ok(())
}

/// Otherwise, the limit would tell which addresses are known.
#[tokio::test]
async fn codes_for_strangers_count_although_they_are_not_sent() -> Result<()> {
    let stage = Stage::new(Some(200));
    email_connector(&stage.client).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    browser.start("ForgotPassword", "openid");
    for number in 0..11 {
        let address = if number % 2 == 0 { EMAIL.to_owned() } else { EMAIL.to_uppercase() };
        let identifier = json!({ "type": "email", "value": address });
        let body = json!({ "identifier": identifier, "interactionEvent": "ForgotPassword" });
        let expected = if number < 10 { 200 } else { 429 };
        assert_eq!(browser.experience(Post, "/verification/verification-code", &body).0, expected, "{number}");
    }
    assert!(stage.emulator.messages().is_empty());
    Ok(())
}

#[tokio::test]
async fn settings_of_the_own_factors_are_delivered() -> Result<()> {
    let stage = Stage::new(Some(200));
    crate::browser::ada(&stage.emulator).await?;
    let settings = json!({ "enabled": true, "fields": { "mfa": "Edit" } });
    stage.client.operation("UpdateAccountCenterSettings")?.json(&settings).await?;
    let tokens = Browser::open(&stage.emulator).await?.sign_in("ada", PASSWORD, "openid identities");
    let me = account(&stage.emulator, &tokens)?;
    let proof: Value = me.request(Post, "/api/verifications/password").json(&json!({ "password": PASSWORD })).await?;
    let proof = proof["verificationRecordId"].as_str().unwrap();
    stage.hook(&[HookEvent::UserDataUpdated], 0).await?;
    for (path, body) in [
        ("/api/my-account/mfa-settings", json!({ "skipMfaOnSignIn": true })),
        ("/api/my-account/logto-configs", json!({ "mfa": { "enabled": true } })),
    ] {
        let _: Value = me.request(Patch, path).verification_record(proof).json(&body).await?;
        let bodies = deliveries(&stage).await;
        assert_eq!(events(&bodies), ["User.Data.Updated"], "{path}");
        assert_eq!(bodies[0]["data"]["username"], "ada");
    }
    Ok(())
}

#[tokio::test]
async fn clients_without_a_user_agent_are_described_without_one() -> Result<()> {
    let stage = Stage::new(Some(200));
    crate::browser::ada(&stage.emulator).await?;
    stage.hook(&[HookEvent::PostSignIn], 0).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    browser.headers.push(("user-agent", ""));
    browser.sign_in("ada", PASSWORD, "openid");
    let bodies = deliveries(&stage).await;
    assert_eq!((&bodies[0]["userIp"], bodies[0].get("userAgent")), (&json!("127.0.0.1"), None));
    let logs = stage.client.operation("ListLogs")?.query("logKey", "Interaction.SignIn.Submit").await?;
    let payload = &logs[0]["payload"];
    let agent = ["userAgent", "userAgentParsed"].map(|name| payload.get(name));
    assert_eq!((&payload["ip"], agent), (&json!("127.0.0.1"), [None, None]));
    Ok(())
}

#[tokio::test]
async fn stored_tokens_of_a_provider_are_a_change_of_the_user() -> Result<()> {
    for stores in [true, false] {
        let stage = Stage::new(Some(200));
        let config = json!({ "clientId": "a", "clientSecret": "b" });
        let connector =
            json!({ "connectorId": "mock-social-connector", "config": config, "enableTokenStorage": stores });
        let connector = stage.client.operation("CreateConnector")?.json(&connector).await?["id"].clone();
        let ada = stage.client.users().create(CreateUser::default()).await?.id;
        let data = json!({ "code": "c", "userId": "ada-1", "tokenResponse": { "access_token": "t" } });
        let identity = json!({ "connectorId": connector, "connectorData": data });
        stage.client.operation("CreateUserIdentity")?.path("userId", &ada).json(&identity).await?;
        stage.hook(&[HookEvent::UserDataUpdated], 0).await?;
        let sign_up = json!({ "signUp": { "identifiers": [], "password": false, "verify": false } });
        stage.client.operation("UpdateSignInExp")?.json(&sign_up).await?;
        let mut browser = Browser::open(&stage.emulator).await?;
        browser.start("SignIn", "openid");
        let path = format!("/verification/social/{}", connector.as_str().unwrap());
        let begin = json!({ "state": "s", "redirectUri": "https://app.example/social" });
        let begun = browser.call(Post, &format!("{path}/authorization-uri"), &begin);
        let proof = json!({ "verificationId": begun["verificationId"], "connectorData": data });
        let record = browser.call(Post, &format!("{path}/verify"), &proof);
        browser.call(Post, "/identification", &record);
        browser.submit();
        assert_eq!(deliveries(&stage).await.len(), usize::from(stores));
    }
    Ok(())
}
