//! Recorded token requests. The emulator's clients, codes and tokens replace the masked ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpRequest;

use crate::browser::Browser;
use crate::exchange::Exchange;
use crate::names::Names;
use crate::stage::{Application, encode};

const SUBJECT_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const MASK: &str = "<masked>";

/// Credentials of the recorder.
pub(crate) struct Held<'a> {
    pub(crate) manager: &'a Application,
    pub(crate) without_role: &'a Application,
    /// The application of the sign-ins.
    pub(crate) web: Option<&'a Application>,
    pub(crate) browser: &'a Browser,
    /// Where the application of the sign-ins receives its codes.
    pub(crate) redirect_uri: &'a str,
    pub(crate) refresh_token: Option<&'a str>,
    pub(crate) subject_token: Option<&'a str>,
    pub(crate) personal_token: Option<&'a str>,
}

/// Fills in the credentials and the body. Returns `None` if the recorder had something that the emulator lacks.
pub(crate) fn fill(exchange: &Exchange, held: &Held<'_>, names: &Names, request: &mut HttpRequest) -> Option<()> {
    let body = &exchange.request_body;
    let grant = form(body).find(|(name, _)| *name == "grant_type").map(|(_, value)| value).unwrap_or_default();
    let client = match exchange.note.as_str() {
        note if note.contains("without") => held.without_role,
        // A code of another application was not recorded.
        _ if exchange.is_success() && form(body).any(|it| it.0 == "redirect_uri" && it.1 != held.redirect_uri) => {
            return None;
        }
        _ if matches!(grant, "authorization_code" | "refresh_token") => held.web?,
        _ => held.manager,
    };
    if exchange.request_headers["authorization"].is_string() {
        let credentials = match exchange.note.as_str() {
            note if note.starts_with("wrong secret") => format!("{}:wrong", client.id),
            "unknown client" => "nosuch:secret".to_owned(),
            _ => format!("{}:{}", client.id, client.secret),
        };
        let credentials = if exchange.note == "bad basic" { "!".to_owned() } else { STANDARD.encode(credentials) };
        request.headers.set("authorization", format!("Basic {credentials}"));
    }
    let pair = |(name, value): (&str, &str)| {
        let value = match (name, value) {
            ("client_id", _) => client.id.clone(),
            ("client_secret", MASK) => client.secret.clone(),
            (_, MASK) => unmasked(name, exchange, held)?,
            (_, value) => names.replace(value)?,
        };
        Some((name.to_owned(), value))
    };
    let pairs: Vec<(String, String)> = form(body).map(pair).collect::<Option<_>>()?;
    request.body = if body["form"].is_array() {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value)));
        pairs.collect::<Vec<_>>().join("&").into()
    } else if let Some(raw) = body["raw"].as_str() {
        raw.to_owned().into()
    } else if body.is_object() {
        pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Value>().to_string().into()
    } else {
        String::new().into()
    };
    Some(())
}

/// Returns the members of a form or of a JSON body.
fn form(body: &Value) -> impl Iterator<Item = (&str, &str)> {
    let pairs = body["form"].as_array().into_iter().flatten();
    let pairs = pairs.filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?)));
    let members = body.as_object().into_iter().flatten();
    pairs.chain(members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))
}

/// Returns whether the request exchanges a subject token.
pub(crate) fn consumes_subject(exchange: &Exchange) -> bool {
    let members = form(&exchange.request_body);
    exchange.is_token_request() && members.into_iter().any(|member| member == ("subject_token_type", SUBJECT_TOKEN))
}

fn unmasked(name: &str, exchange: &Exchange, held: &Held<'_>) -> Option<String> {
    let is_bad = ["bad", "unknown"].iter().any(|word| exchange.note.contains(word));
    let is_personal = form(&exchange.request_body).any(|(_, value)| value.ends_with("personal_access_token"));
    match name {
        _ if is_bad => Some("nope".to_owned()),
        "code" => held.browser.code.clone(),
        "refresh_token" => held.refresh_token.map(str::to_owned),
        "subject_token" if is_personal => held.personal_token.map(str::to_owned),
        "subject_token" => held.subject_token.map(str::to_owned),
        _ => None,
    }
}
