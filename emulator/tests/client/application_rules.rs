//! Rules of the server for applications, and their parts besides their members.

use logto_admin::models::{ApplicationType, CreateApplication, CreateOrganization, CreateUser};
use logto_admin::operation::Release;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Get;
use logto_admin::{Client, Result};
use logto_admin_emulator::{Emulator, Service};

use crate::{call, client, refused};

async fn application(client: &Client, body: Value) -> Result<String> {
    Ok(call(client, "CreateApplication", &[], body).await?["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn invalid_applications_are_rejected() {
    let client = client();
    let device = json!({ "isDeviceFlow": true });
    let redirects = |uri: &str| json!({ "redirectUris": ["https://*.a.example", uri], "postLogoutRedirectUris": [] });
    for (body, status, code) in [
        (json!({ "type": "SPA", "customClientMetadata": device }), 422, "application.device_flow_native_only"),
        (json!({ "type": "SPA", "oidcClientMetadata": redirects("not a uri") }), 400, "guard.invalid_input"),
        (json!({ "type": "SPA", "oidcClientMetadata": redirects("https://*/cb") }), 400, "guard.invalid_input"),
        (
            json!({ "type": "SPA", "customClientMetadata": { "refreshTokenTtlInDays": 181 } }),
            400,
            "guard.invalid_input",
        ),
        (
            json!({ "type": "SPA", "customClientMetadata": { "refreshTokenTtlInDays": 0.5 } }),
            400,
            "guard.invalid_input",
        ),
        (json!({ "type": "SPA", "customClientMetadata": { "maxAllowedGrants": 0 } }), 400, "guard.invalid_input"),
        (json!({ "type": "Protected" }), 400, "application.protected_app_metadata_is_required"),
        (
            json!({ "type": "Protected", "protectedAppMetadata": { "subDomain": "a", "origin": "https://a.example" } }),
            501,
            "application.protected_app_not_configured",
        ),
        (json!({ "type": "SAML" }), 400, "application.saml.use_saml_app_api"),
    ] {
        let mut body = body;
        body["name"] = "A".into();
        assert_eq!(refused(application(&client, body.clone()).await), (status, code.into()), "{body}");
    }
    let native = json!({ "name": "TV", "type": "Native", "customClientMetadata": { "isDeviceFlow": true } });
    application(&client, native).await.unwrap();
    let page = json!({ "name": "A", "type": "SPA", "oidcClientMetadata": redirects("https://a.example/*") });
    application(&client, page).await.unwrap();
}

#[tokio::test]
async fn third_parties_are_applications_of_users_that_do_not_exchange_tokens() -> Result<()> {
    let client = client();
    let exchanges = json!({ "allowTokenExchange": true });
    for (kind, metadata, status, code) in [
        ("MachineToMachine", json!({}), 400, "application.invalid_third_party_application_type"),
        ("SPA", exchanges.clone(), 422, "application.third_party_application_cannot_enable_token_exchange"),
    ] {
        let body = json!({ "name": "A", "type": kind, "isThirdParty": true, "customClientMetadata": metadata });
        assert_eq!(refused(application(&client, body).await), (status, code.into()), "{kind}");
    }
    let gate = json!({ "subDomain": "a", "origin": "https://a.example" });
    let gate = json!({ "name": "A", "type": "Protected", "isThirdParty": true, "protectedAppMetadata": gate });
    let refusal = refused(application(&client, gate).await);
    assert_eq!(refusal, (400, "application.invalid_third_party_application_type".into()));
    let id = application(&client, json!({ "name": "A", "type": "SPA", "isThirdParty": true })).await?;
    let change = json!({ "customClientMetadata": exchanges });
    let change = call(&client, "UpdateApplication", &[("id", id.as_str())], change).await;
    assert_eq!(refused(change), (422, "application.third_party_application_cannot_enable_token_exchange".into()));
    Ok(())
}

#[tokio::test]
async fn the_device_flow_of_an_application_does_not_change() -> Result<()> {
    let client = client();
    let metadata = |device: bool| json!({ "customClientMetadata": { "isDeviceFlow": device, "idTokenTtl": 60 } });
    let mut native = metadata(true);
    native["name"] = "TV".into();
    native["type"] = "Native".into();
    let id = application(&client, native).await?;
    let path = [("id", id.as_str())];
    let update = |body: Value| call(&client, "UpdateApplication", &path, body);
    update(metadata(true)).await?;
    assert_eq!(refused(update(metadata(false)).await), (422, "application.device_flow_not_changeable".into()));
    let id = application(&client, json!({ "name": "page", "type": "SPA" })).await?;
    let change = call(&client, "UpdateApplication", &[("id", id.as_str())], metadata(true)).await;
    assert_eq!(refused(change), (422, "application.device_flow_not_changeable".into()));
    Ok(())
}

#[tokio::test]
async fn a_list_excludes_the_applications_of_a_role_or_of_an_organization() {
    let client = client();
    let list = client.request(Get, "/api/applications").query("excludeRoleId", "r").query("excludeOrganizationId", "o");
    assert_eq!(refused::<Value>(list.await), (400, "request.invalid_input".into()));
}

#[tokio::test]
async fn repeated_rules_of_access_control_are_kept_once_in_their_order() -> Result<()> {
    let client = client();
    let mut users = [
        client.users().create(CreateUser::default()).await?.id,
        client.users().create(CreateUser::default()).await?.id,
    ];
    users.sort();
    let [first, second] = users;
    let organization = client.organizations().create(CreateOrganization::new("o")).await?.id;
    let role = call(&client, "CreateOrganizationRole", &[], json!({ "name": "admin" })).await?["id"].clone();
    let path = [("applicationId", "emulator-app")];
    let rule = |roles: Value| json!({ "organizationId": organization, "organizationRoleIds": roles });
    let rules = |users: Value, rules: Value| json!({ "userIds": users, "userRoleIds": [], "organizationIds": [], "organizationRoleRules": rules });
    let replace = |body: Value| call(&client, "ReplaceApplicationAccessControl", &path, body);
    let sent = rules(json!([second, first, second]), json!([rule(json!([role])), rule(json!([role]))]));
    assert_eq!(replace(sent).await?, rules(json!([second, first]), json!([rule(json!([role]))])));
    let shown = call(&client, "GetApplicationAccessControl", &path, Value::Null).await?;
    assert_eq!(shown, rules(json!([first, second]), json!([rule(json!([role]))])), "sorted");
    // Users have no roles of applications.
    let machine = json!({ "name": "machine", "type": "MachineToMachine" });
    let machine = call(&client, "CreateOrganizationRole", &[], machine).await?["id"].clone();
    let unfit = replace(rules(json!([]), json!([rule(json!([machine]))]))).await;
    assert_eq!(refused(unfit), (422, "entity.db_constraint_violated".into()));
    let unfit = json!({ "userIds": [], "userRoleIds": ["management-api-access"], "organizationIds": [], "organizationRoleRules": [] });
    assert_eq!(refused(replace(unfit).await), (422, "entity.db_constraint_violated".into()));
    let empty = replace(rules(json!([]), json!([rule(json!([]))]))).await;
    assert_eq!(refused(empty), (422, "request.invalid_input".into()));
    let many: Vec<String> = (0..=1000).map(|number| number.to_string()).collect();
    assert_eq!(refused(replace(rules(json!(many), json!([]))).await), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn an_application_can_become_an_administrator() -> Result<()> {
    let client = client();
    let id = application(&client, json!({ "name": "robot", "type": "MachineToMachine" })).await?;
    let path = [("id", id.as_str())];
    for admin in [true, false] {
        call(&client, "UpdateApplication", &path, json!({ "isAdmin": admin })).await?;
        assert_eq!(client.applications().get(&id).await?.is_admin, Some(admin));
        assert!(client.applications().list_roles(&id).await?.is_empty(), "the role is internal");
    }
    Ok(())
}

#[tokio::test]
async fn built_in_applications_can_only_be_read() -> Result<()> {
    let client = client();
    let demo = client.applications().get("demo-app").await?;
    assert_eq!((demo.name.as_str(), demo.r#type.as_str()), ("Live Preview", "SPA"));
    assert_eq!(client.applications().get("account-center").await?.r#type.as_str(), "SPA");
    let device = client.applications().get("device-demo-app").await?;
    assert_eq!((device.r#type.as_str(), device.custom_client_metadata.is_device_flow), ("Native", Some(true)));
    let deleted = client.applications().delete("demo-app").await;
    assert_eq!(refused(deleted), (404, "entity.not_exists_with_id".into()));
    assert_eq!(client.applications().list().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn features_of_other_kinds_of_applications_are_refused() -> Result<()> {
    let client = client();
    let id = application(&client, json!({ "name": "page", "type": "SPA" })).await?;
    let path = [("id", id.as_str())];
    let metadata = json!({ "protectedAppMetadata": { "origin": "https://a.example" } });
    let change = call(&client, "UpdateApplication", &path, metadata).await;
    assert_eq!(refused(change), (400, "application.protected_application_only".into()));
    let domains = call(&client, "ListApplicationProtectedAppMetadataCustomDomains", &path, Value::Null).await;
    assert_eq!(refused(domains), (422, "application.protected_application_only".into()));
    let secret = call(&client, "DeleteApplicationLegacySecret", &path, Value::Null).await;
    assert_eq!(refused(secret), (400, "application.no_legacy_secret_found".into()));
    let path = [("applicationId", id.as_str())];
    let consent = call(&client, "CreateApplicationUserConsentScope", &path, json!({ "userScopes": ["email"] })).await;
    assert_eq!(refused(consent), (422, "application.third_party_application_only".into()));
    Ok(())
}

#[tokio::test]
async fn protected_applications_need_a_service() -> Result<()> {
    let client = Emulator::builder().service(Service::ProtectedApps).build().client()?;
    let gate = |name: &str| {
        let metadata = json!({ "subDomain": name, "origin": "https://a.example" });
        json!({ "name": "Gate", "type": "Protected", "protectedAppMetadata": metadata })
    };
    let id = application(&client, gate("gate")).await?;
    let again = application(&client, gate("gate")).await;
    assert_eq!(refused(again), (422, "application.protected_application_subdomain_exists".into()));
    for invalid in ["", "a b", "Gate", "-gate", "gate-", "gate.more", &"g".repeat(64)] {
        let refusal = (422, "application.invalid_subdomain".to_owned());
        assert_eq!(refused(application(&client, gate(invalid)).await), refusal, "{invalid}");
    }
    let path = [("id", id.as_str())];
    let change = json!({ "protectedAppMetadata": { "pageRules": [{ "path": "/admin" }] } });
    let changed = call(&client, "UpdateApplication", &path, change).await?;
    assert_eq!(changed["protectedAppMetadata"]["host"], "gate.protected.example");
    assert_eq!(changed["protectedAppMetadata"]["pageRules"][0]["path"], "/admin");

    let add = || {
        let domain = json!({ "domain": "own.example" });
        call(&client, "CreateApplicationProtectedAppMetadataCustomDomain", &path, domain)
    };
    add().await?;
    assert_eq!(refused(add().await), (422, "domain.limit_to_one_domain".into()));
    let redirects = call(&client, "GetApplication", &path, Value::Null).await?["oidcClientMetadata"].clone();
    let expected = ["https://gate.protected.example/sign-in-callback", "https://own.example/sign-in-callback"];
    assert_eq!(redirects["redirectUris"], json!(expected));
    let deleted = client.applications().delete(&id).await;
    assert_eq!(refused(deleted), (422, "application.should_delete_custom_domains_first".into()));
    let domain = [("id", id.as_str()), ("domain", "own.example")];
    let remove = || call(&client, "DeleteApplicationProtectedAppMetadataCustomDomain", &domain, Value::Null);
    remove().await?;
    assert_eq!(refused(remove().await), (404, "application.custom_domain_not_found".into()));
    client.applications().delete(&id).await?;
    Ok(())
}

#[tokio::test]
async fn access_control_restricts_the_exchange_of_tokens() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let user = client.users().create(CreateUser::default()).await?.id;
    let path = [("applicationId", "emulator-app")];
    let enable = || {
        call(&client, "UpdateApplication", &[("id", "emulator-app")], json!({ "appLevelAccessControlEnabled": true }))
    };
    assert_eq!(refused(enable().await), (422, "request.invalid_input".into()));

    let rules = |users: &[&str]| json!({ "userIds": users, "userRoleIds": [], "organizationIds": [], "organizationRoleRules": [] });
    let replace = |body: Value| call(&client, "ReplaceApplicationAccessControl", &path, body);
    let unknown = replace(rules(&["nope"])).await;
    assert_eq!(refused(unknown), (404, "entity.relation_foreign_key_not_found".into()));
    assert_eq!(replace(rules(&[&user])).await?, rules(&[&user]));
    enable().await?;
    assert_eq!(refused(replace(rules(&[])).await), (422, "request.invalid_input".into()));

    let exchange = async |user: &str| {
        let subject = call(&client, "CreateSubjectToken", &[], json!({ "userId": user })).await?;
        let application = logto_admin::token::ClientCredentials::new(emulator.app_id(), emulator.app_secret());
        let source = logto_admin::token::TokenExchange::new(application, subject["subjectToken"].as_str().unwrap());
        let builder = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone());
        builder.build()?.access_token().await
    };
    exchange(&user).await?;
    let other = client.users().create(CreateUser::default()).await?.id;
    assert_eq!(refused(exchange(&other).await).0, 400);
    // Rules of a deleted user disappear.
    client.users().delete(&user).await?;
    assert_eq!(call(&client, "GetApplicationAccessControl", &path, Value::Null).await?, rules(&[]));
    Ok(())
}

#[tokio::test]
async fn users_consent_to_scopes_and_organizations_of_third_party_applications() -> Result<()> {
    let client = client();
    let third_party = json!({ "name": "partner", "type": "SPA", "isThirdParty": true });
    let id = application(&client, third_party).await?;
    let path = [("applicationId", id.as_str())];
    let add = |body: Value| call(&client, "CreateApplicationUserConsentScope", &path, body);
    let unknown = add(json!({ "resourceScopes": ["nope"] })).await.unwrap_err();
    assert_eq!((unknown.status(), unknown.code()), (Some(422), Some("application.user_consent_scopes_not_found")));
    assert_eq!(unknown.data().unwrap()["invalidResourceScopes"], json!(["nope"]));
    let management = add(json!({ "resourceScopes": ["management-api-all"] })).await;
    assert_eq!(refused(management).1, "application.consent_management_api_scopes_not_allowed");

    let resource = json!({ "name": "API", "indicator": "https://api.example" });
    let resource = call(&client, "CreateResource", &[], resource).await?["id"].clone();
    let resource = [("resourceId", resource.as_str().unwrap())];
    let scope = call(&client, "CreateResourceScope", &resource, json!({ "name": "read" })).await?["id"].clone();
    add(json!({ "userScopes": ["profile", "email"], "resourceScopes": [scope] })).await?;
    let scopes = call(&client, "ListApplicationUserConsentScopes", &path, Value::Null).await?;
    assert_eq!(scopes["userScopes"], json!(["email", "profile"]), "in the order of their names");
    assert_eq!(refused(add(json!({ "organizationScopes": [] })).await), (422, "entity.invalid_input".into()));
    assert_eq!(scopes["resourceScopes"][0]["scopes"][0]["name"], "read");
    let mut email = path.to_vec();
    email.extend([("scopeType", "user-scopes"), ("scopeId", "email")]);
    call(&client, "DeleteApplicationUserConsentScope", &email, Value::Null).await?;
    let gone = call(&client, "DeleteApplicationUserConsentScope", &email, Value::Null).await;
    assert_eq!(refused(gone), (404, "entity.not_found".into()));

    // Applications that are identified by their metadata document share their scopes.
    let cimd = Emulator::builder().release(Release::NEXT).build().client()?;
    call(&cimd, "AssignCimdUserConsentScopes", &[], json!({ "userScopes": ["email"] })).await?;
    assert_eq!(call(&cimd, "ListCimdUserConsentScopes", &[], Value::Null).await?["userScopes"], json!(["email"]));
    let email = [("scopeType", "user-scopes"), ("scopeId", "email")];
    call(&cimd, "DeleteCimdUserConsentScope", &email, Value::Null).await?;

    let user = client.users().create(CreateUser::default()).await?.id;
    let organization = client.organizations().create(CreateOrganization::new("Acme")).await?.id;
    let path = [("id", id.as_str()), ("userId", user.as_str())];
    let consent = || {
        call(&client, "CreateApplicationUserConsentOrganization", &path, json!({ "organizationIds": [organization] }))
    };
    assert_eq!(refused(consent().await), (422, "organization.require_membership".into()));
    let nothing =
        call(&client, "CreateApplicationUserConsentOrganization", &path, json!({ "organizationIds": [] })).await;
    assert_eq!(refused(nothing), (400, "guard.invalid_input".into()));
    client.organizations().add_users(&organization, [user.as_str()]).await?;
    consent().await?;
    let list = || call(&client, "ListApplicationUserConsentOrganizations", &path, Value::Null);
    assert_eq!(list().await?["organizations"][0]["id"], organization.as_str());
    // The consent ends with the membership.
    client.organizations().remove_user(&organization, &user).await?;
    assert_eq!(list().await?, json!({ "organizations": [] }));
    let app = client.applications().create(CreateApplication::new("page", ApplicationType::Spa)).await?;
    let path = [("id", app.id.as_str()), ("userId", user.as_str())];
    let own = call(&client, "ListApplicationUserConsentOrganizations", &path, Value::Null).await;
    assert_eq!(refused(own), (422, "application.third_party_application_only".into()));
    Ok(())
}

#[tokio::test]
async fn the_type_of_an_application_is_checked_before_the_body() -> Result<()> {
    let client = client();
    let id = application(&client, json!({ "name": "site", "type": "SPA" })).await?;
    let add_domain = async |id: &str| {
        let operation = "CreateApplicationProtectedAppMetadataCustomDomain";
        refused(call(&client, operation, &[("id", id)], json!({})).await)
    };
    assert_eq!(add_domain(&id).await, (422, "application.protected_application_only".into()));
    assert_eq!(add_domain("nope").await, (404, "entity.not_exists_with_id".into()));
    let consent = async |id: &str| {
        let path = [("id", id), ("userId", "nope")];
        refused(call(&client, "CreateApplicationUserConsentOrganization", &path, json!({})).await)
    };
    assert_eq!(consent(&id).await, (422, "application.third_party_application_only".into()));
    let partner = application(&client, json!({ "name": "partner", "type": "SPA", "isThirdParty": true })).await?;
    assert_eq!(consent(&partner).await, (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn the_expiry_of_a_secret_is_checked_first() -> Result<()> {
    let client = client();
    let id = application(&client, json!({ "name": "site", "type": "SPA" })).await?;
    for id in [id.as_str(), "nope"] {
        let body = json!({ "name": "old", "expiresAt": 1 });
        let created = call(&client, "CreateApplicationSecret", &[("id", id)], body).await;
        assert_eq!(refused(created), (400, "request.invalid_input".into()));
    }
    Ok(())
}

#[tokio::test]
async fn the_sign_in_experience_of_an_application_has_no_empty_change() -> Result<()> {
    let client = client();
    let id = application(&client, json!({ "name": "site", "type": "SPA" })).await?;
    let path = [("applicationId", id.as_str())];
    let replace = || call(&client, "ReplaceApplicationSignInExperience", &path, json!({}));
    replace().await?;
    assert_eq!(refused(replace().await), (422, "entity.invalid_input".into()));
    Ok(())
}
