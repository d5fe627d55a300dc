//! A browser in which users sign in to applications.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// The password of the user that [`ada`] creates.
pub(crate) const PASSWORD: &str = "violet-anchor-47-kettle";

/// The verifier of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The parameters of a request for which that verifier is the proof.
pub(crate) const CHALLENGE: &str =
    "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// A browser with its cookies, and the application that it shows.
pub(crate) struct Browser {
    pub(crate) emulator: Emulator,
    cookies: BTreeMap<String, String>,
    /// Headers that a proxy adds.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) application: String,
    pub(crate) secret: String,
}

impl Browser {
    /// Opens an application with a server.
    pub(crate) async fn open(emulator: &Emulator) -> Result<Self> {
        Self::open_application(emulator, json!({ "name": "web", "type": "Traditional" })).await
    }

    /// Creates an application with these settings, and opens it.
    pub(crate) async fn open_application(emulator: &Emulator, mut settings: Value) -> Result<Self> {
        let uris = json!({ "redirectUris": [CALLBACK], "postLogoutRedirectUris": ["https://app.example/bye"] });
        settings.as_object_mut().unwrap().entry("oidcClientMetadata").or_insert(uris);
        let admin = emulator.client()?;
        let application =
            admin.operation("CreateApplication")?.json(&settings).await?["id"].as_str().unwrap().to_owned();
        let secrets = admin.applications().list_secrets(&application).await?;
        let secret = secrets.into_iter().next().map(|secret| secret.value).unwrap_or_default();
        Ok(Self { emulator: emulator.clone(), cookies: BTreeMap::new(), headers: Vec::new(), application, secret })
    }

    /// Sends a request with the cookies, and keeps those of the response.
    pub(crate) fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> HttpResponse {
        let url =
            if path.starts_with('/') { format!("{}{path}", self.emulator.endpoint().url()) } else { path.to_owned() };
        let mut request = HttpRequest::new(method, url);
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers.set("cookie", cookies.join("; "));
        }
        request.headers.set("user-agent", "test");
        for (name, value) in &self.headers {
            request.headers.set(*name, *value);
        }
        if let Some(body) = body {
            request.headers.set("content-type", "application/json");
            request.body = body.to_string().into();
        }
        let response = self.emulator.handle(&request);
        for (_, cookie) in response.headers.iter().filter(|(name, _)| *name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Returns the id of the latest sign-in that the browser has started.
    pub(crate) fn interaction(&self) -> String {
        let ids: Value = serde_json::from_str(self.cookie("_interaction").unwrap()).unwrap();
        ids["_legacy"].as_str().unwrap().to_owned()
    }

    pub(crate) fn get(&mut self, path: &str) -> HttpResponse {
        self.send(Method::Get, path, None)
    }

    /// Calls the Experience API, and returns the status and the body. Of an error, returns its code.
    pub(crate) fn experience(&mut self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { None } else { Some(body) };
        let response = self.send(method, &format!("/api/experience{path}"), body);
        let answer: Value = serde_json::from_str(&response.body.text()).unwrap_or_default();
        (response.status, if response.status < 400 { answer } else { answer["code"].clone() })
    }

    /// Makes a call that must succeed.
    pub(crate) fn call(&mut self, method: Method, path: &str, body: &Value) -> Value {
        let (status, answer) = self.experience(method, path, body);
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    /// Makes a call that creates a verification record, and returns its id.
    pub(crate) fn verify(&mut self, path: &str, body: &Value) -> String {
        self.call(Method::Post, &format!("/verification/{path}"), body)["verificationId"].as_str().unwrap().to_owned()
    }

    /// Proves an address with a code. Returns the body with the verification record.
    pub(crate) fn prove_address(&mut self, identifier: &Value, event: &str) -> Value {
        let record = self.verify("verification-code", &json!({ "identifier": identifier, "interactionEvent": event }));
        let code = self.emulator.messages().last().unwrap().code().unwrap().to_owned();
        let body = json!({ "identifier": identifier, "verificationId": record, "code": code });
        json!({ "verificationId": self.verify("verification-code/verify", &body) })
    }

    /// Requests an authorization with further parameters. Returns where the browser is sent.
    pub(crate) fn authorize(&mut self, more: &str) -> String {
        let client = &self.application;
        let path = format!(
            "/oidc/auth?client_id={client}&response_type=code&redirect_uri={CALLBACK}&state=here&nonce=once&{more}"
        );
        let response = self.get(&path);
        assert_eq!(response.status, 303, "{}", response.body.text());
        location(&response)
    }

    /// Starts an interaction of the Experience API.
    pub(crate) fn start(&mut self, event: &str, scope: &str) {
        let challenge = if self.secret.is_empty() { format!("&{CHALLENGE}") } else { String::new() };
        let page = self.authorize(&format!("scope={scope}&prompt=login consent{challenge}"));
        assert_eq!(page, format!("/sign-in?app_id={}", self.application));
        self.call(Method::Put, "", &json!({ "interactionEvent": event }));
    }

    /// Submits the interaction. Returns the parameters with which the browser returns to the application.
    pub(crate) fn submit(&mut self) -> BTreeMap<String, String> {
        let target = self.call(Method::Post, "/submit", &Value::Null)["redirectTo"].as_str().unwrap().to_owned();
        self.follow(&target)
    }

    /// Follows redirects until the browser returns to the application. Returns the parameters.
    pub(crate) fn follow(&mut self, target: &str) -> BTreeMap<String, String> {
        let mut target = target.to_owned();
        for _ in 0..8 {
            if let Some((_, query)) =
                target.strip_prefix(CALLBACK).and_then(|rest| rest.split_once('?').or(Some(("", rest))))
            {
                return parameters(query);
            }
            let response = self.get(&target);
            // The provider ends the session of another user first.
            target = location(&if response.status == 200 { self.post_form(&response) } else { response });
        }
        panic!("too many redirects")
    }

    /// Signs in with a username and a password, and returns the tokens.
    pub(crate) fn sign_in(&mut self, username: &str, password: &str, scope: &str) -> Value {
        self.start("SignIn", scope);
        let body = json!({ "identifier": { "type": "username", "value": username }, "password": password });
        let id = self.verify("password", &body);
        self.call(Method::Post, "/identification", &json!({ "verificationId": id }));
        let code = self.submit().remove("code").expect("a code");
        let proof = if self.secret.is_empty() { format!("&code_verifier={VERIFIER}") } else { String::new() };
        let (status, tokens) =
            self.token(&format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}{proof}"));
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Asks to sign out with these parameters, and posts the form of the answer. Returns where the browser is sent.
    pub(crate) fn sign_out(&mut self, query: &str) -> String {
        let page = self.get(&format!("/oidc/session/end?{query}"));
        assert_eq!(page.status, 200, "{}", page.body.text());
        location(&self.post_form(&page))
    }

    /// Posts the form of a page.
    pub(crate) fn post_form(&mut self, page: &HttpResponse) -> HttpResponse {
        let text = page.body.text();
        let value = |text: &str, name: &str| {
            text.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
        };
        let target = value(&text, "action").expect("a form");
        let fields = text
            .split("<input")
            .skip(1)
            .map(|field| (value(field, "name").unwrap(), value(field, "value").unwrap().into()));
        let fields = Value::Object(fields.collect());
        self.send(Method::Post, &target, Some(&fields))
    }

    /// Asks for the claims about the user of an access token.
    pub(crate) fn userinfo(&mut self, tokens: &Value) -> HttpResponse {
        self.send(Method::Post, "/oidc/me", Some(&json!({ "access_token": tokens["access_token"] })))
    }

    /// Makes a token request, as the server of the application.
    pub(crate) fn token(&self, form: &str) -> (u16, Value) {
        let mut request = HttpRequest::new(Method::Post, format!("{}/oidc/token", self.emulator.endpoint().url()));
        let secret = if self.secret.is_empty() { String::new() } else { format!("&client_secret={}", self.secret) };
        request.body = format!("{form}&client_id={}{secret}", self.application).into();
        let response = self.emulator.handle(&request);
        (response.status, serde_json::from_str(&response.body.text()).unwrap())
    }
}

/// Returns the target of a redirect.
pub(crate) fn location(response: &HttpResponse) -> String {
    let text = response.body.text();
    response.headers.get("location").unwrap_or_else(|| panic!("no redirect: {} {text}", response.status)).to_owned()
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let text = text.replace('+', " ");
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            let hex: Vec<u8> = if byte == b'%' { rest.by_ref().take(2).collect() } else { Vec::new() };
            let code = u8::from_str_radix(&String::from_utf8(hex).unwrap(), 16);
            bytes.push(code.unwrap_or(byte));
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// Returns the claims of a token, without a check of its signature.
pub(crate) fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Creates a user, and returns the id.
pub(crate) async fn ada(emulator: &Emulator) -> Result<String> {
    let ada = CreateUser {
        username: Some("ada".into()),
        password: Some(PASSWORD.into()),
        name: Some("Ada".into()),
        ..Default::default()
    };
    Ok(emulator.client()?.users().create(ada).await?.id)
}

/// Enables the account API.
pub(crate) async fn enable_account_api(emulator: &Emulator) -> Result<()> {
    let settings = json!({ "enabled": true, "fields": { "name": "Edit" } });
    emulator.client()?.operation("UpdateAccountCenterSettings")?.json(&settings).await?;
    Ok(())
}

/// Returns a client that acts as the user of these tokens.
pub(crate) fn account(emulator: &Emulator, tokens: &Value) -> Result<Client> {
    let token = tokens["access_token"].as_str().unwrap();
    Client::builder(emulator.endpoint()).transport(emulator.clone()).user_token(token).build()
}
