//! An emulator with an entity of each kind, and the credentials that it accepts.

use std::collections::HashMap;
use std::sync::LazyLock;

use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;
use serde_json::{Value, json};

use crate::recordings::Exchange;

pub const URL: &str = "http://emulator.localhost";

/// The entities whose ids are not generated, by the names of their collections in paths.
const FIXED: [(&str, &str); 6] = [
    ("users", "fuzz-user"),
    ("roles", "fuzz-role"),
    ("resources", "fuzz-resource"),
    ("organizations", "fuzz-organization"),
    ("organization-roles", "fuzz-org-role"),
    ("organization-scopes", "fuzz-org-scope"),
];

/// The application of the sign-in. The emulator also has one of its own.
const APPLICATION: &str = "fuzz-app";
const RETURN: &str = "https://app.example/callback";

/// The collections whose entities have generated ids, by their names in paths.
const LISTED: [(&str, &str); 6] = [
    ("scopes", "/api/resources/fuzz-resource/scopes"),
    ("hooks", "/api/hooks"),
    ("connectors", "/api/connectors"),
    ("sso-connectors", "/api/sso-connectors"),
    ("organization-invitations", "/api/organization-invitations"),
    ("saml-applications", "/api/applications?types=SAML"),
];

/// Members of requests and parameters of paths with an id, by the collection of the entity.
const NAMES: [(&str, &str); 18] = [
    ("userId", "users"),
    ("userIds", "users"),
    ("inviterId", "users"),
    ("roleId", "roles"),
    ("roleIds", "roles"),
    ("resourceId", "resources"),
    ("scopeId", "scopes"),
    ("scopeIds", "scopes"),
    ("resourceScopeIds", "scopes"),
    ("organizationId", "organizations"),
    ("organizationIds", "organizations"),
    ("organizationRoleId", "organization-roles"),
    ("organizationRoleIds", "organization-roles"),
    ("organizationScopeId", "organization-scopes"),
    ("organizationScopeIds", "organization-scopes"),
    ("applicationId", "applications"),
    ("applicationIds", "applications"),
    ("connectorId", "connectors"),
];

/// State and credentials of an emulator with entities.
pub struct Start {
    /// Its saved state.
    pub saved: Vec<u8>,
    /// Ids of entities, by the names of their collections in paths.
    ids: HashMap<&'static str, String>,
    admin: String,
    user: String,
    cookies: String,
}

/// The credentials of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A token for the Management API.
    Admin,
    /// A token of a user.
    User,
    /// The cookies of a browser in which a user signs in.
    Browser,
    None,
}

/// The first requests. They create an entity of each kind, and issue the credentials.
pub static START: LazyLock<Start> = LazyLock::new(|| {
    let emulator = Emulator::new();
    emulator.import(&entities()).expect("the seed is valid");
    let client = "client_id=emulator-app&client_secret=emulator-secret";
    let admin = token(
        &emulator,
        &format!("grant_type=client_credentials&resource=https%3A%2F%2Fdefault.logto.app%2Fapi&scope=all&{client}"),
    );
    let mut start =
        Start { saved: Vec::new(), ids: HashMap::new(), admin, user: String::new(), cookies: String::new() };
    let subject = start.call(&emulator, Method::Post, "/api/subject-tokens", &json!({ "userId": "fuzz-user" }));
    start.user = token(
        &emulator,
        &format!(
            "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={}&\
             subject_token_type=urn:ietf:params:oauth:token-type:access_token&\
             scope=openid+profile+email+phone+identities+custom_data&{client}",
            subject["subjectToken"].as_str().expect("a subject token")
        ),
    );
    start.ids = FIXED.iter().map(|(name, id)| (*name, (*id).to_owned())).collect();
    start.ids.insert("applications", APPLICATION.to_owned());
    for (name, path) in LISTED {
        let list = start.call(&emulator, Method::Get, path, &Value::Null);
        let id = list[0]["id"].as_str().unwrap_or_else(|| panic!("{name} has no entity: {list}"));
        start.ids.insert(name, id.to_owned());
    }
    start.cookies = cookies(&emulator);
    emulator.save(&mut start.saved).expect("the state can be saved");
    start
});

fn entities() -> Value {
    let templates = ["SignIn", "Register", "ForgotPassword", "Generic"].map(
        |usage| json!({ "usageType": usage, "subject": "Code", "content": "{{code}}", "contentType": "text/plain" }),
    );
    json!({
        "connectors": [{ "connectorId": "simple-mail-transfer-protocol", "config": {
            "host": "mail.example", "port": 587, "auth": { "type": "login", "user": "u", "pass": "p" },
            "fromEmail": "no-reply@app.example",
            "templates": templates,
        } }],
        "ssoConnectors": [{ "providerName": "OIDC", "connectorName": "fuzz", "config": {} }],
        "accountCenter": { "enabled": true, "fields": { "name": "Edit", "email": "Edit", "password": "Edit",
            "username": "Edit", "profile": "Edit", "customData": "Edit", "mfa": "Edit", "social": "Edit" } },
        "resources": [{ "id": "fuzz-resource", "name": "Orders", "indicator": "https://orders.example",
            "scopes": [{ "name": "read" }] }],
        "roles": [{ "id": "fuzz-role", "name": "clerk", "description": "Reads", "scopes": ["read"] }],
        "organizationScopes": [{ "id": "fuzz-org-scope", "name": "invite" }],
        "organizationRoles": [{ "id": "fuzz-org-role", "name": "admin", "scopes": ["invite"] }],
        "applications": [{ "id": APPLICATION, "name": "Shop", "type": "SPA",
            "oidcClientMetadata": { "redirectUris": [RETURN], "postLogoutRedirectUris": [] } }],
        "samlApplications": [{ "name": "Saml" }],
        "users": [{ "id": "fuzz-user", "username": "ada", "primaryEmail": "ada@app.example",
            "password": "s3cret-enough", "roles": ["clerk"] }],
        "organizations": [{ "id": "fuzz-organization", "name": "engines",
            "users": [{ "user": "ada", "roles": ["admin"] }] }],
        "organizationInvitations": [{ "organization": "engines", "invitee": "bob@app.example",
            "expiresAt": 4_000_000_000_000_u64 }],
        "hooks": [{ "name": "Sync", "events": ["User.Created"],
            "config": { "url": "https://app.example/hook" } }],
    })
}

/// Starts a sign-in, and returns its cookies.
fn cookies(emulator: &Emulator) -> String {
    let path = format!(
        "/oidc/auth?client_id={APPLICATION}&response_type=code&redirect_uri={RETURN}&scope=openid&prompt=login&\
         code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&state=s"
    );
    let answer = emulator.handle(&HttpRequest::new(Method::Get, format!("{URL}{path}")));
    let set = answer.headers.get_all("set-cookie");
    let pairs: Vec<_> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    assert!(!pairs.is_empty(), "no sign-in: {} {}", answer.status, answer.body.text());
    pairs.join("; ")
}

fn token(emulator: &Emulator, form: &str) -> String {
    let mut request = HttpRequest::new(Method::Post, format!("{URL}/oidc/token"));
    request.headers.set("content-type", "application/x-www-form-urlencoded");
    request.body = form.to_owned().into();
    let issued = json_of(&emulator.handle(&request));
    issued["access_token"].as_str().unwrap_or_else(|| panic!("no token: {issued}")).to_owned()
}

fn json_of(answer: &HttpResponse) -> Value {
    serde_json::from_slice(&answer.body.bytes()).unwrap_or_default()
}

impl Start {
    /// Adds the credentials to a request.
    pub fn authorize(&self, request: &mut HttpRequest, credentials: Credentials) {
        match credentials {
            Credentials::Admin => request.headers.set("authorization", format!("Bearer {}", self.admin)),
            Credentials::User => request.headers.set("authorization", format!("Bearer {}", self.user)),
            Credentials::Browser => request.headers.set("cookie", self.cookies.clone()),
            Credentials::None => {}
        }
    }

    fn call(&self, emulator: &Emulator, method: Method, path: &str, body: &Value) -> Value {
        let mut request = HttpRequest::new(method, format!("{URL}{path}"));
        self.authorize(&mut request, Credentials::Admin);
        if !body.is_null() {
            request.headers.set("content-type", "application/json");
            request.body = body.to_string().into();
        }
        json_of(&emulator.handle(&request))
    }

    /// Returns the path of a recorded request, with ids of this emulator's entities.
    pub fn path(&self, exchange: &Exchange) -> String {
        let Some(template) = &exchange.path_template else { return exchange.path.clone() };
        let mut collection = "";
        let steps = template.split('/').zip(exchange.path.split('/')).map(|(template, recorded)| {
            let Some(name) = template.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
                collection = template;
                return recorded;
            };
            self.id(name).or_else(|| self.ids.get(collection).map(String::as_str)).unwrap_or(recorded)
        });
        steps.collect::<Vec<_>>().join("/")
    }

    /// Returns the body of a recorded request, with ids of this emulator's entities.
    pub fn body(&self, recorded: &Value) -> Value {
        let mut body = recorded.clone();
        self.replace(&mut body);
        body
    }

    fn replace(&self, value: &mut Value) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.replace(value)),
            Value::Object(members) => {
                for (name, value) in members {
                    match (self.id(name), &mut *value) {
                        (Some(id), Value::String(text)) => id.clone_into(text),
                        (Some(id), Value::Array(ids)) if !ids.is_empty() => *ids = vec![id.into()],
                        _ => self.replace(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the id for a member of a request or a parameter of a path.
    fn id(&self, name: &str) -> Option<&str> {
        let (_, collection) = NAMES.iter().find(|(known, _)| *known == name)?;
        self.ids.get(collection).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored() -> Emulator {
        let emulator = Emulator::new();
        emulator.restore(START.saved.as_slice()).unwrap();
        emulator
    }

    fn status(method: Method, path: &str, body: &str, credentials: Credentials) -> u16 {
        let mut request = HttpRequest::new(method, format!("{URL}{path}"));
        START.authorize(&mut request, credentials);
        if !body.is_empty() {
            request.headers.set("content-type", "application/json");
            request.body = body.to_owned().into();
        }
        restored().handle(&request).status
    }

    #[test]
    fn the_emulator_accepts_each_of_the_credentials() {
        assert_eq!(status(Method::Get, "/api/users/fuzz-user", "", Credentials::Admin), 200);
        assert_eq!(status(Method::Get, "/api/users/fuzz-user", "", Credentials::None), 401);
        assert_eq!(status(Method::Get, "/api/my-account", "", Credentials::User), 200);
        let sign_in = r#"{"interactionEvent":"SignIn"}"#;
        assert_eq!(status(Method::Put, "/api/experience", sign_in, Credentials::Browser), 204);
        assert_ne!(status(Method::Put, "/api/experience", sign_in, Credentials::None), 204);
    }

    #[test]
    fn recorded_ids_become_ids_of_the_emulator() {
        let exchange = Exchange {
            operation_id: None,
            method: "PUT".to_owned(),
            path_template: Some("/api/organizations/{id}/users/{userId}/roles".to_owned()),
            path: "/api/organizations/abc/users/def/roles".to_owned(),
            query: Vec::new(),
            request_body: json!({ "organizationRoleIds": ["ghi"], "name": "jkl" }),
            status: 204,
            response_body: Value::Null,
        };
        let path = START.path(&exchange);
        assert_eq!(path, "/api/organizations/fuzz-organization/users/fuzz-user/roles");
        let body = START.body(&exchange.request_body);
        assert_eq!(body, json!({ "organizationRoleIds": ["fuzz-org-role"], "name": "jkl" }));
        assert_eq!(status(Method::Put, &path, &body.to_string(), Credentials::Admin), 204);
    }
}
