//! Calls every operation that is not stateful, and decodes the responses. The types are the client's.

use logto_admin::operation::{Authentication, BodyKind, OperationInfo, Release, TABLE};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};

use crate::Emulator;
use crate::document::sample::Sampler;
use crate::document::schema::Contract;
use crate::ids::Ids;
use crate::typed::Typed;

/// An emulator with a few entities.
struct World {
    emulator: Emulator,
    token: String,
    user: String,
    user_token: String,
    /// The id of a verification record of the user.
    proof: String,
    organization: String,
    role: String,
    cookie: String,
}

/// The scopes of the user's access token.
const SCOPES: &str = "openid profile email phone identities urn:logto:scope:sessions";

impl World {
    fn of(release: Release) -> Self {
        let emulator = Emulator::builder().release(release).build();
        let text = String::new;
        let mut world = Self {
            emulator,
            token: text(),
            user: text(),
            user_token: text(),
            proof: text(),
            organization: text(),
            role: text(),
            cookie: text(),
        };
        world.token = world.token_for("grant_type=client_credentials&resource=https://default.logto.app/api&scope=all");
        world.user = world.create("/api/users", &json!({ "username": "ada", "password": "s3cret" }), "id");
        world.organization = world.create("/api/organizations", &json!({ "name": "engines" }), "id");
        world.role = world.create("/api/roles", &json!({ "name": "editor", "description": "edits" }), "id");
        let subject = world.create("/api/subject-tokens", &json!({ "userId": world.user }), "subjectToken");
        let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
        let kind = "subject_token_type=urn:ietf:params:oauth:token-type:access_token";
        world.user_token = world.token_for(&format!("{exchange}&{kind}&subject_token={subject}&scope={SCOPES}"));
        let fields = ["avatar", "email", "phone", "session", "social"].map(|field| (field.to_owned(), "Edit".into()));
        let settings = json!({ "enabled": true, "fields": Value::Object(fields.into_iter().collect()) });
        world.send(Method::Patch, "/api/account-center", &settings, &world.token);
        let password = json!({ "password": "s3cret" });
        let proof = world.send(Method::Post, "/api/verifications/password", &password, &world.user_token);
        world.cookie = world.sign_in();
        world.proof = proof["verificationRecordId"].as_str().unwrap_or_default().to_owned();
        world
    }

    /// Starts a sign-in, and returns its cookie.
    fn sign_in(&self) -> String {
        let uri = "https://app.example";
        let client = json!({ "redirectUris": [uri], "postLogoutRedirectUris": [] });
        let application = json!({ "name": "web", "type": "Traditional", "oidcClientMetadata": client });
        let client = self.create("/api/applications", &application, "id");
        let query = format!("client_id={client}&response_type=code&scope=openid&redirect_uri={uri}");
        let request = HttpRequest::new(Method::Get, format!("http://logto/oidc/auth?{query}"));
        let response = self.emulator.handle(&request);
        let mut cookies = response.headers.iter().filter(|(name, _)| *name == "set-cookie").map(|(_, value)| value);
        let cookie = cookies.find(|cookie| cookie.starts_with("_interaction=")).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    fn token_for(&self, form: &str) -> String {
        let mut request = HttpRequest::new(Method::Post, "http://logto/oidc/token");
        let app = format!("client_id={}&client_secret={}", self.emulator.app_id(), self.emulator.app_secret());
        request.body = format!("{form}&{app}").into();
        json_of(&self.emulator.handle(&request))["access_token"].as_str().unwrap().to_owned()
    }

    fn create(&self, path: &str, body: &Value, member: &str) -> String {
        self.send(Method::Post, path, body, &self.token)[member].as_str().unwrap().to_owned()
    }

    fn send(&self, method: Method, path: &str, body: &Value, token: &str) -> Value {
        let mut request = HttpRequest::new(method, format!("http://logto{path}"));
        request.headers.set("authorization", format!("Bearer {token}"));
        request.body = body.to_string().into();
        json_of(&self.emulator.handle(&request))
    }

    /// Builds a request that matches the operation's schemas.
    fn request(&self, info: &OperationInfo, ids: &mut Ids) -> HttpRequest {
        let contract = Contract::of(info);
        let mut sampler = Sampler { ids, now: 0 };
        let mut path = info.path.to_owned();
        let given = contract.path().map(|schema| sampler.value(schema, "")).unwrap_or_default();
        for name in info.path_parameters {
            let known = self.known(info.path, name);
            let value = known.or_else(|| given[*name].as_str()).unwrap_or("sample");
            path = path.replace(&format!("{{{name}}}"), value);
        }
        let query = contract.query().map(|schema| sampler.value(schema, "")).unwrap_or_default();
        let query = query.as_object().into_iter().flatten();
        let query: Vec<String> = query
            .filter(|(name, _)| {
                info.query_parameters.iter().any(|parameter| parameter.required && parameter.name == *name)
            })
            .map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        let mut request = HttpRequest::new(info.method, format!("http://logto{path}?{}", query.join("&")));
        match info.authentication {
            Authentication::Management => request.headers.set("authorization", format!("Bearer {}", self.token)),
            Authentication::User => {
                request.headers.set("authorization", format!("Bearer {}", self.user_token));
                request.headers.set("logto-verification-id", self.proof.clone());
            }
            _ => request.headers.set("cookie", self.cookie.clone()),
        }
        match info.body {
            BodyKind::None => {}
            BodyKind::Multipart { .. } => {
                request.headers.set("content-type", "multipart/form-data; boundary=b");
                request.body = "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\na\r\n--b--".into();
            }
            _ => {
                let body = contract.body().map(|schema| sampler.value(schema, "")).unwrap_or_default();
                request.body = body.to_string().into();
            }
        }
        request
    }

    /// Returns the id of an existing entity for a path parameter.
    fn known(&self, path: &str, name: &str) -> Option<&str> {
        match (path.split('/').nth(2)?, name) {
            (_, "userId") => Some(&self.user),
            ("applications", "id" | "applicationId") => Some(self.emulator.app_id()),
            ("organizations", "id") => Some(&self.organization),
            ("roles", "id") => Some(&self.role),
            _ => None,
        }
    }
}

fn json_of(response: &HttpResponse) -> Value {
    serde_json::from_slice(&response.body.bytes()).unwrap_or_default()
}

#[test]
fn the_client_decodes_every_sample_response() {
    let worlds = [Release::new(42), Release::new(30), Release::NEXT].map(|release| (release, World::of(release)));
    let mut ids = Ids::new(2);
    let mut failures = Vec::new();
    for info in TABLE.iter().filter(|info| !Emulator::keeps(info.id)) {
        let (_, world) = worlds.iter().find(|(release, _)| info.is_in(*release)).expect("a release with the operation");
        let answer = world.emulator.handle(&world.request(info, &mut ids));
        let read = Typed::find(info.id).map(|typed| (typed.read)(&answer));
        if !info.success.contains(&answer.status) {
            failures.push(format!("{}: {} {}", info.id, answer.status, answer.body.text()));
        } else if let Some(Err(error)) = read {
            failures.push(format!("{}: {error}: {}", info.id, answer.body.text()));
        }
    }
    assert!(failures.is_empty(), "{} operations failed:\n{}", failures.len(), failures.join("\n"));
}
