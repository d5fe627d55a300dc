//! Settings of the server: keys, sessions, scripts, and the sign-in experience.

use std::time::Duration;

use logto_admin::models::{Action, CheckPassword, CreateUser, OidcKeyStatus, RotateOidcKeys, UpsertJwtCustomizer};
use logto_admin::operation::Release;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpRequest;
use logto_admin::transport::Method::{Get, Patch, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::{client, refused};

async fn statuses(client: &Client) -> Result<Vec<OidcKeyStatus>> {
    let keys = client.configs().get_oidc_keys("private-keys").await?;
    Ok(keys.into_iter().filter_map(|key| key.status).collect())
}

#[tokio::test]
async fn signing_keys_are_rotated() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let first = client.configs().get_oidc_keys("private-keys").await?.remove(0);
    let last = client.configs().delete_oidc_key("private-keys", &first.id).await;
    assert_eq!(refused(last), (422, "oidc.key_required".into()));

    let rotated = client.configs().rotate_oidc_keys("private-keys", RotateOidcKeys::default()).await?;
    assert_eq!((rotated.len(), &rotated[1].id), (2, &first.id), "newest first");
    assert_eq!(statuses(&client).await?, [OidcKeyStatus::Current, OidcKeyStatus::Previous]);
    let delayed = RotateOidcKeys { rotation_grace_period: Some(60.into()), ..Default::default() };
    let rotated = client.configs().rotate_oidc_keys("private-keys", delayed).await?;
    assert_eq!(statuses(&client).await?, [OidcKeyStatus::Next, OidcKeyStatus::Current, OidcKeyStatus::Previous]);
    let invalid = (422, "oidc.invalid_request".to_owned());
    let at_once = client.configs().rotate_oidc_keys("private-keys", RotateOidcKeys::default()).await;
    assert_eq!(refused(at_once), invalid);
    let of_cookies = RotateOidcKeys { rotation_grace_period: Some(0.into()), ..Default::default() };
    assert_eq!(refused(client.configs().rotate_oidc_keys("cookie-keys", of_cookies).await), invalid);
    let next = client.configs().delete_oidc_key("private-keys", &rotated[0].id).await;
    assert_eq!(refused(next), (422, "oidc.only_previous_key_can_be_deleted".into()));
    emulator.advance(Duration::from_secs(60));
    assert_eq!(statuses(&client).await?, [OidcKeyStatus::Current, OidcKeyStatus::Previous]);

    let missing = client.configs().delete_oidc_key("private-keys", "nope").await;
    assert_eq!(refused(missing), (404, "oidc.key_not_found".into()));
    let replaced = client.configs().delete_oidc_key("private-keys", &first.id).await;
    assert_eq!(refused(replaced), (404, "oidc.key_not_found".into()));
    client.configs().delete_oidc_key("private-keys", &rotated[1].id).await?;
    assert_eq!(statuses(&client).await?, [OidcKeyStatus::Current]);
    Ok(())
}

#[tokio::test]
async fn cookie_keys_have_no_status() -> Result<()> {
    let client = client();
    let rotated = client.configs().rotate_oidc_keys("cookie-keys", RotateOidcKeys::default()).await?;
    assert_eq!(rotated.len(), 2);
    assert!(rotated.iter().all(|key| key.status.is_none() && key.signing_key_algorithm.is_none()));
    client.configs().delete_oidc_key("cookie-keys", &rotated[1].id).await?;
    assert_eq!(client.configs().get_oidc_keys("cookie-keys").await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn settings_start_with_the_defaults_of_a_server() -> Result<()> {
    let client = client();
    let get = async |path: &str| -> Result<Value> { client.request(Get, path).await };
    assert_eq!(get("/api/configs/oidc/session").await?, json!({ "ttl": 1_209_600 }));
    let claims = json!({ "enabledExtendedClaims": ["roles", "organizations", "organization_roles"] });
    assert_eq!(get("/api/configs/id-token").await?, claims);
    let console = json!({ "signInExperienceCustomized": false, "organizationCreated": false });
    assert_eq!(get("/api/configs/admin-console").await?, console);
    Ok(())
}

#[tokio::test]
async fn settings_are_merged_or_replaced() -> Result<()> {
    let client = client();
    let change = json!({ "organizationCreated": true });
    let changed: Value = client.request(Patch, "/api/configs/admin-console").json(&change).await?;
    assert_eq!(changed, json!({ "signInExperienceCustomized": false, "organizationCreated": true }));
    let empty: Value = client.request(Put, "/api/configs/id-token").json(&json!({})).await?;
    assert_eq!(empty, json!({}));
    for ttl in [json!(-1), json!(1.5), json!(31_536_001)] {
        let refusal =
            refused::<Value>(client.request(Patch, "/api/configs/oidc/session").json(&json!({ "ttl": ttl })).await);
        assert_eq!(refusal, (400, "guard.invalid_input".into()), "{ttl}");
    }
    let changed: Value = client.request(Patch, "/api/configs/oidc/session").json(&json!({ "ttl": 60 })).await?;
    assert_eq!(changed, json!({ "ttl": 60 }));
    Ok(())
}

#[tokio::test]
async fn token_scripts_are_stored() -> Result<()> {
    let configs = client();
    let configs = configs.configs();
    let missing = (404, "entity.not_exists_with_id".to_owned());
    assert_eq!(refused(configs.get_jwt_customizer("access-token").await), missing);
    let script = UpsertJwtCustomizer::new("const getCustomJwtClaims = async () => ({});");
    assert_eq!(refused(configs.update_jwt_customizer("access-token", &script).await), missing);
    assert_eq!(configs.upsert_jwt_customizer("access-token", &script).raw().await?.status, 201);
    assert_eq!(configs.upsert_jwt_customizer("access-token", &script).raw().await?.status, 200);
    let blocking = UpsertJwtCustomizer { block_issuance_on_error: Some(true), ..script };
    configs.update_jwt_customizer("access-token", &blocking).await?;
    assert_eq!(configs.get_jwt_customizer("access-token").await?.block_issuance_on_error, Some(true));
    assert_eq!(configs.list_jwt_customizers().await?.len(), 1);
    configs.delete_jwt_customizer("access-token").await?;
    assert_eq!(refused(configs.delete_jwt_customizer("access-token").await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn actions_are_stored() -> Result<()> {
    let configs = client();
    let configs = configs.configs();
    let action = Action::new("const runAction = async () => {};");
    for kind in ["action.postSignIn", "action.postFirstFactorVerification"] {
        configs.upsert_action(kind, &action).await?;
    }
    let keys: Vec<String> = configs.list_actions().await?.into_iter().map(|entry| entry.key.to_string()).collect();
    assert_eq!(keys, ["action.postFirstFactorVerification", "action.postSignIn"]);
    configs.delete_action("action.postSignIn").await?;
    assert_eq!(refused(configs.get_action("action.postSignIn").await), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

async fn update(client: &Client, change: Value) -> Result<Value> {
    client.request(Patch, "/api/sign-in-exp").json(&change).await
}

#[tokio::test]
async fn the_sign_in_experience_is_stored() -> Result<()> {
    let client = client();
    assert_eq!(refused(update(&client, json!({})).await), (422, "entity.invalid_input".into()));
    let changed = update(&client, json!({ "supportEmail": "help@example.com", "customCss": "a{}" })).await?;
    assert_eq!(changed["signInMode"], "SignInAndRegister");
    assert_eq!(changed["supportEmail"], "help@example.com");
    assert_eq!(update(&client, json!({ "supportEmail": "" })).await?["supportEmail"], Value::Null);
    let public: Value = client.request(Get, "/api/.well-known/sign-in-exp").await?;
    assert_eq!(public["customCss"], "a{}");
    assert!(public.get("forgotPasswordMethods").is_none() && public["socialConnectors"] == json!([]));
    Ok(())
}

#[tokio::test]
async fn the_sign_in_page_reads_connectors_and_fields() -> Result<()> {
    let client = client();
    let config = json!({ "clientId": "c", "clientSecret": "s" });
    let connector = json!({ "connectorId": "mock-social-connector", "config": config });
    let _: Value = client.request(Post, "/api/connectors").json(&connector).await?;
    for name in ["seats", "company"] {
        let field = json!({ "name": name, "type": "Text", "label": name, "required": false, "config": {} });
        let _: Value = client.request(Post, "/api/custom-profile-fields").json(&field).await?;
    }
    let page = async || -> Result<Value> { client.request(Get, "/api/.well-known/sign-in-exp").await };
    let shown = page().await?;
    assert_eq!(
        (shown["socialConnectors"].clone(), shown["customProfileFields"].as_array().map(Vec::len)),
        (json!([]), Some(2))
    );
    let change =
        json!({ "socialSignInConnectorTargets": ["mock-social"], "signUpProfileFields": [{ "name": "company" }] });
    update(&client, change).await?;
    let shown = page().await?;
    assert_eq!(shown["socialConnectors"][0]["target"], "mock-social");
    assert!(shown["socialConnectors"][0].get("config").is_none());
    assert_eq!(
        (shown["customProfileFields"].as_array().map(Vec::len), &shown["customProfileFields"][0]["name"]),
        (Some(1), &json!("company"))
    );
    assert_eq!(shown["customProfileFieldCatalog"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn invalid_sign_in_experiences_are_refused() {
    let client = client();
    let refuses = async |change: Value| refused(update(&client, change).await);
    let alone = refuses(json!({ "mfa": { "factors": ["BackupCode"], "policy": "Mandatory" } })).await;
    assert_eq!(alone, (400, "sign_in_experiences.backup_code_cannot_be_enabled_alone".into()));
    let policy = refuses(json!({ "customUiCsp": { "scriptSrc": ["https://cdn.example"] } })).await;
    assert_eq!(policy, (400, "request.invalid_input".into()));
    let expiration = refuses(json!({ "passwordExpiration": { "enabled": true, "validPeriodDays": 30 } })).await;
    assert_eq!(expiration, (422, "sign_in_experiences.password_expiration_requires_forgot_password".into()));
}

#[tokio::test]
async fn codes_require_connectors() -> Result<()> {
    let client = client();
    let method = |identifier: &str, code: bool| json!({ "identifier": identifier, "password": true, "verificationCode": code, "isPasswordPrimary": true });
    let by_code = json!({ "signIn": { "methods": [method("email", true)] } });
    let sign_up = json!({ "signUp": { "identifiers": ["phone"], "password": true, "verify": true } });
    let forgotten = json!({ "forgotPasswordMethods": ["EmailVerificationCode"] });
    let missing = (400, "sign_in_experiences.enabled_connector_not_found".to_owned());
    assert_eq!(refused(update(&client, by_code.clone()).await), missing);
    assert_eq!(refused(update(&client, sign_up).await), missing);
    let without = (400, "sign_in_experiences.forgot_password_method_requires_connector".to_owned());
    assert_eq!(refused(update(&client, forgotten.clone()).await), without);
    update(&client, json!({ "signIn": { "methods": [method("email", false)] } })).await?;

    let config = json!({ "apiKey": "k", "fromEmail": "a@example.com", "fromName": "A", "templates": [] });
    let connector = json!({ "connectorId": "mock-email-service", "config": config });
    let _: Value = client.request(Post, "/api/connectors").json(&connector).await?;
    update(&client, by_code).await?;
    update(&client, forgotten).await?;
    let factor =
        update(&client, json!({ "mfa": { "factors": ["EmailVerificationCode"], "policy": "Mandatory" } })).await;
    assert_eq!(refused(factor), (400, "sign_in_experiences.email_verification_code_cannot_be_used_for_mfa".into()));
    let expiration = json!({ "passwordExpiration": { "enabled": true, "validPeriodDays": 30 } });
    assert!(update(&client, expiration).await?["passwordExpiration"]["enabledAt"].is_number());
    let public: Value = client.request(Get, "/api/.well-known/sign-in-exp").await?;
    assert_eq!(public["forgotPassword"], json!({ "email": true, "phone": false }));
    Ok(())
}

#[tokio::test]
async fn sign_in_settings_must_fit_together() {
    let client = client();
    let refuses = async |change: Value| refused(update(&client, change).await);
    let code = |problem: &str| format!("sign_in_experiences.{problem}");
    let method =
        json!({ "identifier": "username", "password": false, "verificationCode": false, "isPasswordPrimary": true });
    let nothing = refuses(json!({ "signIn": { "methods": [method] } })).await;
    assert_eq!(nothing, (400, code("at_least_one_authentication_factor")));
    let twice = refuses(json!({ "mfa": { "factors": ["Totp", "Totp"], "policy": "Mandatory" } })).await;
    assert_eq!(twice, (400, code("duplicated_mfa_factors")));
    let secondary = json!([{ "identifier": "username" }]);
    let sign_up = |identifiers: Value| json!({ "signUp": { "identifiers": identifiers, "password": true, "verify": false, "secondaryIdentifiers": secondary } });
    assert_eq!(refuses(sign_up(json!(["username"]))).await, (400, code("duplicated_sign_up_identifiers")));
    assert_eq!(refuses(sign_up(json!([]))).await, (400, code("missing_sign_up_identifiers")));
    let entries = json!({ "emailBlocklistPolicy": { "customBlocklist": ["bad"] } });
    assert_eq!(refuses(entries).await, (400, code("invalid_custom_email_blocklist_format")));
    let unknown = update(&client, json!({ "socialSignInConnectorTargets": ["nope"] })).await;
    assert_eq!(unknown.unwrap()["socialSignInConnectorTargets"], json!([]));
}

#[tokio::test]
async fn passwords_are_checked_against_the_policy() -> Result<()> {
    let client = client();
    let id = client.users().create(CreateUser::default()).await?.id;
    let check = CheckPassword { user_id: Some(id), ..CheckPassword::new("aaaa1111") };
    let unreachable = client.sign_in_experience().check_password(&check).await;
    assert_eq!(refused(unreachable), (400, "request.invalid_input".into()), "leaked passwords cannot be looked up");
    update(&client, json!({ "passwordPolicy": { "rejects": { "pwned": false } } })).await?;
    let rejected = client.sign_in_experience().check_password(&check).await.unwrap_err();
    assert_eq!(rejected.status(), Some(400));
    let accepted = CheckPassword { password: "violet-anchor-47-kettle".into(), ..check };
    assert!(client.sign_in_experience().check_password(&accepted).await?.result);
    let without_user = client.sign_in_experience().check_password(CheckPassword::new("aaaa1111")).await;
    assert_eq!(refused(without_user), (400, "request.invalid_input".into()));
    update(&client, json!({ "passwordPolicy": { "rejects": { "pwned": false, "userInfo": false, "repetitionAndSequence": false } } }))
        .await?;
    assert!(client.sign_in_experience().check_password(CheckPassword::new("aaaa1111")).await?.result);
    Ok(())
}

#[tokio::test]
async fn usernames_that_differ_in_case_are_conflicts() -> Result<()> {
    let client = client();
    for name in ["ada", "Ada", "bob"] {
        client.users().create(CreateUser { username: Some(name.into()), ..Default::default() }).await?;
    }
    let conflicts: Value = client.request(Get, "/api/sign-in-exp/username-policy/case-sensitivity-conflicts").await?;
    assert_eq!((&conflicts["totalConflicts"], &conflicts["samples"][0]["usernameLower"]), (&json!(1), &json!("ada")));
    assert_eq!(conflicts["samples"][0]["userIds"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn applications_can_have_their_own_sign_in_experience() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let path = format!("/api/applications/{}/sign-in-experience", emulator.app_id());
    let missing = client.request(Get, &path).await;
    assert_eq!(refused(missing), (404, "entity.not_exists_with_id".into()));
    let put = async |body: Value| client.request(Put, &path).json(&body).raw().await;
    let terms = json!({ "termsOfUseUrl": "https://example.com/terms", "privacyPolicyUrl": null, "displayName": "App" });
    assert_eq!(put(terms).await?.status, 201);
    assert_eq!(put(json!({ "termsOfUseUrl": "", "privacyPolicyUrl": null, "customCss": "b{}" })).await?.status, 200);
    let stored: Value = client.request(Get, &path).await?;
    assert_eq!((&stored["displayName"], &stored["termsOfUseUrl"]), (&json!("App"), &Value::Null));
    let shown: Value = client.request(Get, "/api/.well-known/sign-in-exp").query("appId", emulator.app_id()).await?;
    assert_eq!(shown["customCss"], "b{}");
    Ok(())
}

#[tokio::test]
async fn the_api_is_documented_per_audience() -> Result<()> {
    let client = client();
    let document = async |name: &str| -> Result<Value> {
        client.request(Get, &format!("/api/.well-known/{name}.openapi.json")).await
    };
    let (management, user) = (document("management").await?, document("user").await?);
    assert!(management["paths"].get("/api/users").is_some() && management["paths"].get("/api/my-account").is_none());
    assert!(user["paths"].get("/api/my-account").is_some() && user["paths"].get("/api/users").is_none());
    assert!(document("experience").await?["paths"].get("/api/experience").is_some());
    Ok(())
}

#[tokio::test]
async fn documents_name_the_server_that_was_asked_and_its_operations() -> Result<()> {
    let document = |emulator: &Emulator, origin: &str| -> Value {
        let response = emulator.handle(&HttpRequest::new(Get, format!("{origin}/api/swagger.json")));
        serde_json::from_str(&response.body.text()).unwrap()
    };
    let newest = Emulator::new();
    for origin in ["http://one.example", "http://two.example"] {
        assert_eq!(document(&newest, origin)["servers"][0]["url"], origin);
    }
    let oldest = Emulator::builder().release(Release::OLDEST).build();
    let paths = |emulator: &Emulator| document(emulator, "http://one.example")["paths"].as_object().unwrap().len();
    assert!(paths(&oldest) < paths(&newest));
    Ok(())
}

#[tokio::test]
async fn the_document_describes_every_operation() -> Result<()> {
    let document: Value = client().request(Get, "/api/swagger.json").await?;
    let text = document.to_string();
    for reference in text.split("\"#").skip(1) {
        let place = reference.split('"').next().unwrap();
        assert!(document.pointer(place).is_some(), "{place}");
    }
    let tags: Vec<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert!(tags.is_sorted_by_key(|tag| tag.to_lowercase()), "{tags:?}");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().unwrap();
            let resolved = |parameter: &Value| match parameter["$ref"].as_str() {
                Some(shared) => document.pointer(&shared[1..]).unwrap().clone(),
                None => parameter.clone(),
            };
            let in_path = parameters.iter().map(resolved).filter(|parameter| parameter["in"] == "path");
            let names: Vec<String> =
                in_path.map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap())).collect();
            assert_eq!(
                names,
                path.split('/').filter(|step| step.starts_with('{')).collect::<Vec<_>>(),
                "{method} {path}"
            );
            let mut statuses = operation["responses"].as_object().unwrap().keys();
            assert!(statuses.any(|status| status.starts_with(['2', '3'])), "{method} {path}");
            assert!(tags.contains(&operation["tags"][0].as_str().unwrap()), "{method} {path}");
        }
    }
    let create = &document["paths"]["/api/roles"]["post"];
    assert_eq!(create["tags"], json!(["Roles"]));
    let statuses: Vec<&String> = create["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200", "400", "401", "403", "404", "422"]);
    let body = &create["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"]["name"], json!({ "type": "string", "minLength": 1, "maxLength": 128 }));
    Ok(())
}

#[tokio::test]
async fn the_document_has_the_tags_and_parameters_of_the_server() -> Result<()> {
    let document: Value = client().request(Get, "/api/swagger.json").await?;
    for (method, path, tag, parameter) in [
        ("get", "/api/logs/{id}", "Audit logs", "logId-root"),
        ("get", "/api/sso-connectors/{id}", "SSO connectors", "ssoConnectorId-root"),
        ("get", "/api/saml-applications/{id}", "SAML applications", "samlApplicationId-root"),
        ("get", "/api/connector-factories/{id}", "Connector factories", "connectorFactoryId-root"),
        ("get", "/api/one-time-tokens/{id}", "One-time tokens", "oneTimeTokenId-root"),
        ("get", "/api/users/{userId}", "Users", "userId"),
    ] {
        let operation = &document["paths"][path][method];
        assert_eq!(operation["tags"], json!([tag]), "{path}");
        let shared = json!({ "$ref": format!("#/components/parameters/{parameter}") });
        assert_eq!(operation["parameters"][0], shared, "{path}");
    }
    // Sign-in pages need no token. Of the routes of SAML applications, the document does not tell.
    let security = |path: &str, method: &str| document["paths"][path][method].get("security").cloned();
    assert_eq!(security("/api/experience", "put"), Some(json!([])));
    assert_eq!(security("/api/status", "get"), Some(json!([])));
    assert_eq!(security("/api/saml/{id}/authn", "get"), None);
    assert_eq!(security("/api/users", "get"), None);
    Ok(())
}

#[tokio::test]
async fn password_policies_are_limited() -> Result<()> {
    let client = client();
    let set = async |policy: Value| {
        client.request(Patch, "/api/sign-in-exp").json(&json!({ "passwordPolicy": policy })).await.map(|_: Value| ())
    };
    for policy in [
        json!({ "length": { "min": 0 } }),
        json!({ "length": { "max": 1.5 } }),
        json!({ "characterTypes": { "min": 5 } }),
    ] {
        assert_eq!(refused(set(policy).await), (400, "guard.invalid_input".into()));
    }
    set(json!({ "length": { "min": 1, "max": 9 }, "characterTypes": { "min": 4 } })).await
}

#[tokio::test]
async fn browsers_find_the_origins_that_share_passkeys() -> Result<()> {
    let client = client();
    let origins = async || -> Result<Value> { client.request(Get, "/.well-known/webauthn").await };
    assert_eq!(origins().await?, json!({ "origins": [] }));
    let change = json!({ "webauthnRelatedOrigins": ["https://account.example"] });
    client.operation("UpdateAccountCenterSettings")?.json(&change).await?;
    assert_eq!(origins().await?, json!({ "origins": ["https://account.example"] }));
    Ok(())
}

#[tokio::test]
async fn a_change_of_unknown_members_is_empty() -> Result<()> {
    let client = client();
    for operation in ["UpdateSignInExp", "UpdateAccountCenterSettings"] {
        for body in [json!({}), json!({ "unknown": 1 }), json!({ "id": "other" })] {
            let result: Result<Value> = client.operation(operation)?.json(&body).await;
            assert_eq!(refused(result), (422, "entity.invalid_input".into()), "{operation} {body}");
        }
    }
    Ok(())
}
