use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::Timestamp;
use logto_admin::operation::{Authentication, find};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, Method, TransportError, TransportErrorKind, TransportOptions,
    transport_fn,
};
use logto_admin_emulator::Emulator;

use crate::browser::Browser;
use crate::devices::{Devices, ORIGIN};
use crate::exchange::Exchange;
use crate::names::Names;
use crate::providers;
use crate::recordings::Recording;
use crate::tokens::{self, Held};

/// The emulator and its access tokens.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    recording: &'static Recording,
    clock: Arc<AtomicI64>,
    token: String,
    without_scope: String,
    user_tokens: HashMap<String, String>,
    manager: Application,
    without_role: Application,
    /// The application that the users of the recorded sign-ins use.
    web: Option<Application>,
    pub(crate) browser: Browser,
    pub(crate) devices: Devices,
    subject_tokens: Vec<String>,
    /// Number of subject tokens that were exchanged.
    exchanged: usize,
    personal_token: Option<String>,
    /// Refresh tokens, by the number of the exchange that returned them.
    refresh_tokens: Vec<(u64, String)>,
    /// Failed steps.
    pub(crate) problems: Vec<String>,
    /// Whether a step has opened the sign-in page of the next exchange.
    pub(crate) is_open: bool,
}

pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) secret: String,
}

const NEITHER: &str = "invalid JSON, only supports object and array";

const USER_SCOPES: &str = "openid profile email phone address custom_data identities roles \
    urn:logto:scope:organizations urn:logto:scope:organization_roles urn:logto:scope:sessions";

impl Stage {
    pub(crate) fn new(recording: &'static Recording, start: i64) -> Self {
        let clock = Arc::new(AtomicI64::new(start));
        let read = Arc::clone(&clock);
        let emulator = Emulator::builder().clock(move || Timestamp::from_millis(read.fetch_add(1, Ordering::SeqCst)));
        let emulator = emulator.webhooks(transport_fn(receive)).build();
        let token = token(&emulator, emulator.app_id(), emulator.app_secret());
        let manager = Application { id: emulator.app_id().to_owned(), secret: emulator.app_secret().to_owned() };
        let application = json!({ "name": "no role", "type": "MachineToMachine" });
        let without_role = create(&emulator, &token, &application);
        let without_scope = self::token(&emulator, &without_role.id, &without_role.secret);
        Self {
            emulator,
            recording,
            clock,
            token,
            without_scope,
            user_tokens: HashMap::new(),
            manager,
            without_role,
            web: None,
            browser: Browser::default(),
            devices: Devices::default(),
            subject_tokens: Vec::new(),
            exchanged: 0,
            personal_token: None,
            refresh_tokens: Vec::new(),
            problems: Vec::new(),
            is_open: false,
        }
    }

    pub(crate) const fn recording(&self) -> &'static Recording {
        self.recording
    }

    /// Returns the body of a response. Keeps the cookies and tokens that the recordings mask.
    pub(crate) fn answered(&mut self, exchange: &Exchange, answer: &HttpResponse) -> Value {
        let body = body_of(answer);
        if self.is_sign_in(exchange) || exchange.is_token_request() {
            self.browser.keep(&self.emulator, answer, &body);
        }
        if let Some(token) = body["refresh_token"].as_str() {
            self.refresh_tokens.push((exchange.seq, token.to_owned()));
        }
        self.devices.keep(&body);
        self.subject_tokens.extend(body["subjectToken"].as_str().map(str::to_owned));
        if exchange.is_success() && tokens::consumes_subject(exchange) {
            self.exchanged += 1;
        }
        body
    }

    /// Sends a request. Only test deliveries of webhooks are sent.
    pub(crate) fn send(&self, exchange: &Exchange, request: HttpRequest) -> HttpResponse {
        if exchange.operation_id.as_deref() != Some("CreateHookTest") {
            return self.emulator.handle(&request);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.emulator.send(request, &TransportOptions::default())).unwrap()
    }

    /// Returns whether the browser of a sign-in makes the request.
    fn is_sign_in(&self, exchange: &Exchange) -> bool {
        let (first, last) = self.recording.sign_ins;
        (first..=last).contains(&exchange.seq) && !exchange.request_headers["cookie"].is_null()
    }

    /// Advances the clock to a recorded time.
    pub(crate) fn advance_to(&self, time: i64) {
        self.clock.fetch_max(time, Ordering::SeqCst);
    }

    /// Does what was done before an exchange but not recorded.
    pub(crate) fn prepare(&mut self, seq: u64, done: &mut usize, names: &mut Names) {
        for (_, service) in self.recording.services.iter().filter(|(first, _)| *first == seq) {
            self.emulator.configure(*service);
        }
        while let Some(unrecorded) = self.recording.unrecorded.get(*done).filter(|unrecorded| unrecorded.before <= seq)
        {
            *done += 1;
            let replaced = |text: &str| names.replace(text).unwrap_or_else(|| panic!("unknown id {text}"));
            let path: Vec<String> = unrecorded.path.split('/').map(replaced).collect();
            let body: Value = serde_json::from_str(unrecorded.body).unwrap_or_default();
            let body = names.replace_in(&body).expect("all ids in the body are known");
            let answer = self.manage(unrecorded.method, &path.join("/"), &body);
            assert!(answer.get("code").is_none(), "{}: {answer}", unrecorded.path);
            if !unrecorded.id.is_empty() {
                // A one-time token also has an id, which no request contains.
                let id = answer["token"].as_str().or(answer["id"].as_str());
                names.add(unrecorded.id, id.expect("the created entity has an id"));
            }
            self.personal_token = answer["value"].as_str().map(str::to_owned).or(self.personal_token.take());
        }
    }

    fn manage(&self, method: Method, path: &str, body: &Value) -> Value {
        manage(&self.emulator, &self.token, method, path, body)
    }

    /// Returns the request of an exchange, with the emulator's ids.
    ///
    /// Returns `None` if the emulator does not have the entity or the caller.
    pub(crate) fn request(&mut self, exchange: &Exchange, names: &Names) -> Option<HttpRequest> {
        let segments: Option<Vec<String>> = exchange.path.split('/').map(|segment| names.replace(segment)).collect();
        let query: Option<Vec<String>> = exchange
            .query
            .iter()
            .map(|(name, value)| Some(format!("{name}={}", encode(&names.replace(value)?))))
            .collect();
        let query = query?.join("&");
        let method = method(&exchange.method)?;
        let mut request = HttpRequest::new(method, format!("http://logto{}?{query}", segments?.join("/")));
        self.authorize(exchange, names, &mut request)?;
        if exchange.request_headers["origin"].is_string() {
            request.headers.set("origin", ORIGIN);
        }
        for name in ["content-type", "logto-verification-id"] {
            if let Some(value) = exchange.request_headers[name].as_str() {
                request.headers.set(name, names.replace(value)?);
            }
        }
        self.fill(exchange, names, &mut request)?;
        if exchange.request_headers.get("if-none-match").is_some() {
            let tag = self.emulator.handle(&request).headers.get("etag")?.to_owned();
            request.headers.set("if-none-match", tag);
        }
        Some(request)
    }

    fn authorize(&mut self, exchange: &Exchange, names: &Names, request: &mut HttpRequest) -> Option<()> {
        let kind = exchange.operation_id.as_deref().and_then(find).map(|info| info.authentication);
        let given = exchange.request_headers["authorization"].as_str();
        let masked = given == Some("Bearer <token>");
        let token = match (kind, given) {
            _ if exchange.is_token_request() => {
                // The keys of earlier tokens might have been deleted.
                self.token = self::token(&self.emulator, &self.manager.id, &self.manager.secret);
                return Some(());
            }
            _ if exchange.note == "expired token" => return None,
            (Some(Authentication::Session), _) if self.is_sign_in(exchange) => {
                self.enter(exchange, names);
                self.browser.sign(request);
                return Some(());
            }
            (Some(Authentication::Session), _) if !exchange.request_headers["cookie"].is_null() => return None,
            (_, None) => return Some(()),
            (_, Some(given)) if !masked => given.to_owned(),
            _ if exchange.note == "user token" => "Bearer opaque".to_owned(),
            (Some(Authentication::User), _) if exchange.note != "machine token" => {
                let user = names.get(self.recording.caller(exchange.seq)?)?.to_owned();
                format!("Bearer {}", self.user_token(&user))
            }
            _ if exchange.note.contains("token without the scope") => format!("Bearer {}", self.without_scope),
            _ => format!("Bearer {}", self.token),
        };
        request.headers.set("authorization", token);
        if self.is_sign_in(exchange) {
            self.browser.sign(request);
        }
        Some(())
    }

    /// Opens the sign-in page in a new browser if the recorder did.
    fn enter(&mut self, exchange: &Exchange, names: &Names) {
        let operation = exchange.operation_id.as_deref().filter(|_| exchange.is_success());
        let uploads = operation == Some("UploadExperienceAvatar");
        let opens = uploads || operation == Some("InitInteraction");
        if (opens || self.web.is_none()) && !self.is_open {
            self.open_page(names);
        }
        if uploads {
            // The recorder has started the registration without a recorded exchange.
            self.browser.register(&self.emulator);
        }
        self.is_open = false;
    }

    /// Opens the sign-in page in a new browser.
    pub(crate) fn open_page(&mut self, names: &Names) {
        let registered = &self.recording.web;
        let web = self.web.get_or_insert_with(|| match names.get(registered.id) {
            Some(id) => with_secret(&self.emulator, &self.token, id),
            None => {
                let metadata = json!({ "redirectUris": [registered.redirect_uri], "postLogoutRedirectUris": [] });
                let application = json!({ "name": "flow", "type": "Traditional", "oidcClientMetadata": metadata });
                create(&self.emulator, &self.token, &application)
            }
        });
        self.browser.begin(&self.emulator, &web.id, registered);
    }

    /// Returns the id of the user with an email address.
    pub(crate) fn user(&self, email: &str) -> String {
        let path = format!("/api/users?search.primaryEmail={}&mode=exact", encode(email));
        self.manage(Method::Get, &path, &Value::Null)[0]["id"].as_str().unwrap().to_owned()
    }

    /// Returns a token of a user, exchanged for a subject token.
    fn user_token(&mut self, user: &str) -> String {
        if let Some(token) = self.user_tokens.get(user) {
            return token.clone();
        }
        let subject = self.manage(Method::Post, "/api/subject-tokens", &json!({ "userId": user }));
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token", subject["subjectToken"].as_str().unwrap()),
            ("scope", USER_SCOPES),
            ("client_id", self.emulator.app_id()),
            ("client_secret", self.emulator.app_secret()),
        ];
        let token = issue(&self.emulator, &form);
        self.user_tokens.insert(user.to_owned(), token.clone());
        token
    }

    /// Returns the refresh token for a token request. It is the last one, unless the recording lists another.
    fn refresh_token(&self, seq: u64) -> Option<&str> {
        let listed = self.recording.refreshes.iter().find(|(request, _)| *request == seq).map(|(_, from)| *from);
        let suits = |(from, _): &&(u64, String)| listed.is_none_or(|listed| listed == *from);
        self.refresh_tokens.iter().rev().find(suits).map(|(_, token)| token.as_str())
    }

    fn fill(&mut self, exchange: &Exchange, names: &Names, request: &mut HttpRequest) -> Option<()> {
        if exchange.is_request_cut {
            return None;
        }
        if exchange.is_token_request() {
            // A refused token was exchanged before.
            let subject = if exchange.is_success() { Some(self.exchanged) } else { self.exchanged.checked_sub(1) };
            let held = Held {
                manager: &self.manager,
                without_role: &self.without_role,
                web: self.web.as_ref(),
                browser: &self.browser,
                redirect_uri: self.recording.web.redirect_uri,
                refresh_token: self.refresh_token(exchange.seq),
                subject_token: subject.and_then(|index| self.subject_tokens.get(index)).map(String::as_str),
                personal_token: self.personal_token.as_deref(),
            };
            return tokens::fill(exchange, &held, names, request);
        }
        let body = &exchange.request_body;
        if let Some(form) = body.get("form").and_then(Value::as_array) {
            let pairs =
                form.iter().filter_map(|pair| Some(format!("{}={}", pair[0].as_str()?, encode(pair[1].as_str()?))));
            request.body = pairs.collect::<Vec<_>>().join("&").into();
        } else if let Some(raw) = body.get("raw").and_then(Value::as_str) {
            request.body = raw.to_owned().into();
        } else if let Some(parts) = body.get("multipart").and_then(Value::as_array) {
            request.headers.set("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
            request.body = multipart(parts)?.into();
        } else if body.get("raw_base64").is_some() {
            return None;
        } else if exchange.response_body["message"] == NEITHER {
            // The recording lacks the body: JSON that is neither an object nor an array.
            request.body = "null".into();
        } else if !body.is_null() {
            let mut body = body.clone();
            let relayed =
                body.as_object_mut().filter(|_| self.is_sign_in(exchange)).and_then(|it| it.remove("RelayState"));
            let mut body = names.replace_in(&body)?;
            if relayed.is_some() {
                body["RelayState"] = self.browser.interaction();
            }
            providers::translate(exchange, &mut body);
            let by_record = [
                Some("VerifyVerificationByVerificationCode"),
                Some("VerifyVerificationCodeVerification"),
                Some("VerifyMfaVerificationCode"),
            ];
            let is_by_record = by_record.contains(&exchange.operation_id.as_deref());
            let member = if is_by_record { "code" } else { "verificationCode" };
            if let Some(code) = body.get_mut(member).filter(|_| exchange.is_success()) {
                *code = self.emulator.messages().last()?.code()?.into();
            }
            let now = self.clock.load(Ordering::SeqCst);
            self.devices.prove(exchange, &mut body, now);
            request.body = body.to_string().into();
        }
        Some(())
    }
}

/// Answers a delivery like the receivers of the recorder.
async fn receive(request: HttpRequest, _: TransportOptions) -> Result<HttpResponse, TransportError> {
    match request.url.rsplit('/').next() {
        Some("hook") => Ok(HttpResponse::json(200, r#"{"ok":true}"#)),
        Some("hook-fail") => Ok(HttpResponse::json(500, r#"{"no":true}"#)),
        _ => Err(TransportError::new(TransportErrorKind::Connect, "connection refused")),
    }
}

fn token(emulator: &Emulator, id: &str, secret: &str) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("resource", emulator.resource()),
        ("scope", "all"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    issue(emulator, &form)
}

/// Requests an access token.
fn issue(emulator: &Emulator, form: &[(&str, &str)]) -> String {
    let mut request = HttpRequest::new(Method::Post, "http://logto/oidc/token");
    let pairs = form.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    request.body = pairs.collect::<Vec<_>>().join("&").into();
    body_of(&emulator.handle(&request))["access_token"].as_str().expect("the emulator issues a token").to_owned()
}

const BOUNDARY: &str = "boundary-of-the-replay";

fn multipart(parts: &[Value]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for part in parts {
        let text = |name: &str| part[name].as_str().unwrap_or_default();
        let disposition = match part["filename"].as_str() {
            Some(filename) => format!("form-data; name=\"{}\"; filename=\"{filename}\"", text("name")),
            None => format!("form-data; name=\"{}\"", text("name")),
        };
        let kind = text("content_type");
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend(STANDARD.decode(text("data_base64")).ok()?);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Some(body)
}

/// Creates an application.
fn create(emulator: &Emulator, token: &str, application: &Value) -> Application {
    let created = manage(emulator, token, Method::Post, "/api/applications", application);
    with_secret(emulator, token, created["id"].as_str().unwrap())
}

/// Returns an application with its secret.
fn with_secret(emulator: &Emulator, token: &str, id: &str) -> Application {
    let secrets = manage(emulator, token, Method::Get, &format!("/api/applications/{id}/secrets"), &Value::Null);
    Application { secret: secrets[0]["value"].as_str().unwrap().to_owned(), id: id.to_owned() }
}

/// Calls the Management API.
fn manage(emulator: &Emulator, token: &str, method: Method, path: &str, body: &Value) -> Value {
    let mut request = HttpRequest::new(method, format!("http://logto{path}"));
    request.headers.set("authorization", format!("Bearer {token}"));
    request.headers.set("content-type", "application/json");
    request.body = if body.is_null() { String::new() } else { body.to_string() }.into();
    body_of(&emulator.handle(&request))
}

pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn method(name: &str) -> Option<Method> {
    use Method::{Delete, Get, Head, Patch, Post, Put};
    [Get, Post, Put, Patch, Delete, Head].into_iter().find(|method| method.as_str() == name)
}

/// Returns the JSON or text of a response.
pub(crate) fn body_of(response: &HttpResponse) -> Value {
    let text = response.body.text();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
