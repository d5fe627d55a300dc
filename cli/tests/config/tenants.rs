//! A tenant with some of everything.

use logto_admin::Client;
use serde_json::{Value, json};

pub(crate) async fn call(client: &Client, operation: &str, path: &[(&str, &str)], body: Value) -> Value {
    let request = client.operation(operation).unwrap().json(&body);
    let request = path.iter().fold(request, |request, (name, value)| request.path(name, value));
    request.await.unwrap_or_else(|error| panic!("{operation}: {error}"))
}

pub(crate) async fn list(client: &Client, operation: &str) -> Vec<Value> {
    let value = client.operation(operation).unwrap().await.unwrap_or_else(|error| panic!("{operation}: {error}"));
    value.as_array().unwrap().clone()
}

/// Returns the names of the entities that an operation lists.
pub(crate) async fn names(client: &Client, operation: &str) -> Vec<String> {
    let mut names: Vec<String> =
        list(client, operation).await.iter().map(|entity| entity["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// Adds connectors.
pub(crate) async fn connect(client: &Client) {
    let google = json!({
        "connectorId": "google-universal",
        "syncProfile": true,
        "config": { "clientId": "google-id", "clientSecret": "google-secret" },
    });
    call(client, "CreateConnector", &[], google).await;
    let templates = ["SignIn", "Register", "ForgotPassword", "Generic"].map(
        |usage| json!({ "usageType": usage, "contentType": "text/plain", "subject": "Code", "content": "{{code}}" }),
    );
    let smtp = json!({
        "connectorId": "simple-mail-transfer-protocol",
        "config": {
            "host": "smtp.example.com",
            "port": 587,
            "auth": { "type": "login", "user": "mailer", "pass": "smtp-secret" },
            "fromEmail": "mail@example.com",
            "templates": templates,
        },
    });
    call(client, "CreateConnector", &[], smtp).await;
    for target in ["partner", "supplier"] {
        let oidc = json!({
            "connectorId": "oauth2",
            "metadata": { "target": target, "name": { "en": target } },
            "config": {
                "authorizationEndpoint": "https://idp.example.com/auth",
                "tokenEndpoint": "https://idp.example.com/token",
                "userInfoEndpoint": "https://idp.example.com/me",
                "tokenEndpointAuthMethod": "client_secret_post",
                "clientSecretJwtSigningAlgorithm": "HS256",
                "clientId": "id",
                "clientSecret": format!("{target}-secret"),
            },
        });
        call(client, "CreateConnector", &[], oidc).await;
    }
    let sso = json!({
        "connectorName": "Acme",
        "providerName": "OIDC",
        "domains": ["acme.example"],
        "config": { "clientId": "id", "clientSecret": "acme-secret", "issuer": "https://idp.acme.example" },
    });
    call(client, "CreateSsoConnector", &[], sso).await;
}

/// Adds texts, fields, scripts, a captcha and domains.
pub(crate) async fn furnish(client: &Client) {
    call(client, "ReplaceCustomPhrase", &[("languageTag", "en")], json!({ "action": { "sign_in": "Enter" } })).await;
    call(client, "ReplaceCustomPhrase", &[("languageTag", "pt-BR")], json!({ "action": { "sign_in": "Entrar" } }))
        .await;
    let template = json!({
        "languageTag": "en",
        "templateType": "SignIn",
        "details": { "subject": "Your code", "content": "<p>\n  {{code}}\n</p>\n", "contentType": "text/html" },
    });
    call(client, "ReplaceEmailTemplates", &[], json!({ "templates": [template] })).await;
    for (name, kind) in [("size", "Text"), ("age", "Number")] {
        let field = json!({ "name": name, "type": kind, "label": name, "required": false, "config": {} });
        call(client, "CreateCustomProfileField", &[], field).await;
    }
    let captcha = json!({ "config": { "type": "Turnstile", "siteKey": "site", "secretKey": "captcha-secret" } });
    call(client, "UpdateCaptchaProvider", &[], captcha).await;
    let customizer = json!({
        "script": "const getCustomJwtClaims = async () => {\n  return { tier: `${1 + 1}` };\n};\n",
        "environmentVariables": { "API_KEY": "script-secret" },
    });
    call(client, "UpsertJwtCustomizer", &[("tokenTypePath", "access-token")], customizer).await;
    call(client, "CreateDomain", &[], json!({ "domain": "login.example.com" })).await;
}

/// Fills an empty tenant.
pub(crate) async fn fill(client: &Client) {
    let api = json!({ "name": "Orders", "indicator": "https://api.example.com", "accessTokenTtl": 600 });
    let api = call(client, "CreateResource", &[], api).await;
    call(client, "UpdateResourceIsDefault", &[("id", id(&api))], json!({ "isDefault": true })).await;
    let mut scopes = Vec::new();
    for name in ["read:orders", "write:orders"] {
        let scope = json!({ "name": name, "description": format!("Permits to {name}.") });
        scopes.push(call(client, "CreateResourceScope", &[("resourceId", id(&api))], scope).await);
    }
    let scope_ids: Vec<&str> = scopes.iter().map(id).collect();
    let role = json!({ "name": "clerk", "description": "Handles orders", "scopeIds": scope_ids });
    call(client, "CreateRole", &[], role).await;
    let machine = json!({ "name": "machine", "description": "Reads orders", "type": "MachineToMachine", "scopeIds": [scope_ids[0]] });
    let machine = call(client, "CreateRole", &[], machine).await;

    let member =
        call(client, "CreateOrganizationScope", &[], json!({ "name": "invite:member", "description": "Invites" }))
            .await;
    let admin = json!({ "name": "admin", "organizationScopeIds": [id(&member)], "resourceScopeIds": [scope_ids[1]] });
    call(client, "CreateOrganizationRole", &[], admin).await;
    call(
        client,
        "CreateOrganizationRole",
        &[],
        json!({ "name": "viewer", "organizationScopeIds": [], "resourceScopeIds": [] }),
    )
    .await;

    let web = json!({
        "name": "Web shop",
        "type": "SPA",
        "description": "Line 1\nLine 2\n",
        "oidcClientMetadata": { "redirectUris": ["https://shop.example.com/callback"], "postLogoutRedirectUris": [] },
        "customClientMetadata": { "corsAllowedOrigins": ["https://shop.example.com"] },
        "customData": { "team": "shop", "price": "costs ${env:NOTHING}" },
    });
    call(client, "CreateApplication", &[], web).await;
    let worker = call(client, "CreateApplication", &[], json!({ "name": "Worker", "type": "MachineToMachine" })).await;
    call(client, "ReplaceApplicationRoles", &[("applicationId", id(&worker))], json!({ "roleIds": [id(&machine)] }))
        .await;

    let partner = json!({ "name": "Partner", "type": "Traditional", "isThirdParty": true });
    let partner = call(client, "CreateApplication", &[], partner).await;
    let scopes = json!({
        "userScopes": ["profile", "email"],
        "organizationScopes": [id(&member)],
        "resourceScopes": scope_ids,
        "organizationResourceScopes": [scope_ids[0]],
    });
    call(client, "CreateApplicationUserConsentScope", &[("applicationId", id(&partner))], scopes).await;
    let look = json!({ "displayName": "Our partner", "color": { "primaryColor": "#abcdef" }, "termsOfUseUrl": null, "privacyPolicyUrl": null });
    call(client, "ReplaceApplicationSignInExperience", &[("applicationId", id(&partner))], look).await;

    let hook = json!({
        "name": "Audit",
        "events": ["User.Deleted", "User.Created"],
        "config": { "url": "https://audit.example.com", "headers": { "Authorization": "Bearer hook-secret" } },
    });
    call(client, "CreateHook", &[], hook).await;
}
