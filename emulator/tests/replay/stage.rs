use logto_admin::operation::{Authentication, find};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

use crate::exchange::Exchange;
use crate::names::Names;
use crate::prelude::UNRECORDED;

/// The emulator and its access tokens.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    token: String,
    without_scope: String,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let emulator = Emulator::new();
        let token = token(&emulator, emulator.app_id(), emulator.app_secret());
        let mut stage = Self { emulator, token, without_scope: String::new() };
        let app =
            stage.manage(Method::Post, "/api/applications", &json!({ "name": "no role", "type": "MachineToMachine" }));
        let id = app["id"].as_str().unwrap().to_owned();
        let secrets = stage.manage(Method::Get, &format!("/api/applications/{id}/secrets"), &Value::Null);
        stage.without_scope = self::token(&stage.emulator, &id, secrets[0]["value"].as_str().unwrap());
        stage
    }

    /// Makes the unrecorded requests that come before an exchange.
    pub(crate) fn prepare(&self, seq: u64, done: &mut usize, names: &mut Names) {
        while let Some(unrecorded) = UNRECORDED.get(*done).filter(|unrecorded| unrecorded.before <= seq) {
            *done += 1;
            let replaced = |text: &str| names.replace(text).unwrap_or_else(|| panic!("unknown id {text}"));
            let path: Vec<String> = unrecorded.path.split('/').map(replaced).collect();
            let body: Value = serde_json::from_str(unrecorded.body).unwrap_or_default();
            let body = names.replace_in(&body).expect("all ids in the body are known");
            let answer = self.manage(unrecorded.method, &path.join("/"), &body);
            assert!(answer.get("code").is_none(), "{}: {answer}", unrecorded.path);
            if !unrecorded.id.is_empty() {
                names.add(unrecorded.id, answer["id"].as_str().expect("the created entity has an id"));
            }
        }
    }

    fn manage(&self, method: Method, path: &str, body: &Value) -> Value {
        let mut request = HttpRequest::new(method, format!("http://logto{path}"));
        request.headers.set("authorization", format!("Bearer {}", self.token));
        request.headers.set("content-type", "application/json");
        request.body = if body.is_null() { String::new() } else { body.to_string() }.into();
        body_of(&self.emulator.handle(&request))
    }

    /// Returns the request of an exchange, with the emulator's ids.
    ///
    /// Returns `None` if the emulator does not have the entity or the caller.
    pub(crate) fn request(&self, exchange: &Exchange, names: &Names) -> Option<HttpRequest> {
        let segments: Option<Vec<String>> = exchange.path.split('/').map(|segment| names.replace(segment)).collect();
        let query: Option<Vec<String>> = exchange
            .query
            .iter()
            .map(|(name, value)| Some(format!("{name}={}", encode(&names.replace(value)?))))
            .collect();
        let query = query?.join("&");
        let method = method(&exchange.method)?;
        let mut request = HttpRequest::new(method, format!("http://logto{}?{query}", segments?.join("/")));
        self.authorize(exchange, &mut request)?;
        for (name, value) in
            exchange.request_headers.as_object().into_iter().flatten().filter(|(name, _)| *name == "content-type")
        {
            request.headers.set(name.clone(), value.as_str()?.to_owned());
        }
        self.fill(exchange, names, &mut request)?;
        if exchange.request_headers.get("if-none-match").is_some() {
            let tag = self.emulator.handle(&request).headers.get("etag")?.to_owned();
            request.headers.set("if-none-match", tag);
        }
        Some(request)
    }

    fn authorize(&self, exchange: &Exchange, request: &mut HttpRequest) -> Option<()> {
        let kind = exchange.operation_id.as_deref().and_then(find).map(|info| info.authentication);
        let given = &exchange.request_headers["authorization"];
        match kind {
            _ if exchange.operation_id.as_deref() == Some("OidcToken") => return None,
            _ if exchange.note == "expired token" => return None,
            // The users of the recordings do not exist in the emulator.
            Some(Authentication::User) if !given.is_null() => return None,
            Some(Authentication::Session) if !exchange.request_headers["cookie"].is_null() => return None,
            _ if given.is_null() => {}
            _ if exchange.note.contains("token without the scope") => {
                request.headers.set("authorization", format!("Bearer {}", self.without_scope));
            }
            _ => request.headers.set("authorization", format!("Bearer {}", self.token)),
        }
        Some(())
    }

    fn fill(&self, exchange: &Exchange, names: &Names, request: &mut HttpRequest) -> Option<()> {
        if exchange.truncated {
            return None;
        }
        let body = &exchange.request_body;
        if let Some(form) = body.get("form").and_then(Value::as_array) {
            let pairs =
                form.iter().filter_map(|pair| Some(format!("{}={}", pair[0].as_str()?, encode(pair[1].as_str()?))));
            request.body = pairs.collect::<Vec<_>>().join("&").into();
        } else if let Some(raw) = body.get("raw").and_then(Value::as_str) {
            request.body = raw.to_owned().into();
        } else if body.get("raw_base64").is_some() || body.get("multipart").is_some() {
            return None;
        } else if !body.is_null() {
            request.body = names.replace_in(body)?.to_string().into();
        }
        Some(())
    }
}

fn token(emulator: &Emulator, id: &str, secret: &str) -> String {
    let mut request = HttpRequest::new(Method::Post, "http://logto/oidc/token");
    let form = format!(
        "grant_type=client_credentials&resource={}&scope=all&client_id={id}&client_secret={secret}",
        encode(emulator.resource())
    );
    request.body = form.into();
    body_of(&emulator.handle(&request))["access_token"].as_str().unwrap().to_owned()
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn method(name: &str) -> Option<Method> {
    use Method::{Delete, Get, Head, Patch, Post, Put};
    [Get, Post, Put, Patch, Delete, Head].into_iter().find(|method| method.as_str() == name)
}

/// Returns the JSON or text of a response.
pub(crate) fn body(response: &HttpResponse) -> Value {
    body_of(response)
}

fn body_of(response: &HttpResponse) -> Value {
    let text = response.body.text();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
