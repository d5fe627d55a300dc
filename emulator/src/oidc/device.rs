//! Sign-in on a device without a browser (RFC 8628): the user enters a code on another device.

use logto_admin::serde_json::json;
use logto_admin::transport::{HttpResponse, Method};
use serde::{Deserialize, Serialize};

use super::artifacts::Authorized;
use super::authorization::{Authorization, not_allowed};
use super::client::{self, DEVICE};
use super::{Context, cookies, flow};
use crate::errors::Outcome;
use crate::http::reply;
use crate::providers::saml::escape;

/// Lifetime of a device code, in seconds.
const LIFETIME: i64 = 600;
/// The letters of the codes that users enter.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// A device that waits for its user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Device {
    pub client: String,
    /// The code that the user enters.
    pub user_code: String,
    pub authorization: Authorization,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub answer: Answer,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Pending,
    Denied,
    Approved(Box<Authorized>),
}

/// `/oidc/device/auth`: issues the codes.
pub(super) fn begin(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?;
    if !client.may(DEVICE) {
        return Err(not_allowed(&format!("{DEVICE} is not allowed for this client")));
    }
    let device_code = context.state.ids.token(43);
    let user_code = user_code(context);
    let mut authorization = Authorization::without_redirect(context, client);
    authorization.device_code = Some(device_code.clone());
    let device = Device {
        client: authorization.client.id.clone(),
        user_code: user_code.clone(),
        authorization,
        expires_at: context.now.saturating_add(LIFETIME * 1000),
        answer: Answer::Pending,
    };
    context.state.oidc.devices.insert(device_code.clone(), device);
    let page = format!("{}/device", context.issuer());
    let answer = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFETIME,
    });
    Ok(reply::json(200, &answer))
}

fn user_code(context: &mut Context<'_>) -> String {
    let drawn = context.state.ids.secret(8);
    let letters = drawn.bytes().filter_map(|byte| LETTERS.get(usize::from(byte) % LETTERS.len()));
    let letters: String = letters.map(|byte| char::from(*byte)).collect();
    let (first, last) = letters.split_at_checked(4).unwrap_or((&letters, ""));
    format!("{first}-{last}")
}

/// `/oidc/device`: shows a form for the code, and begins the sign-in for the code that the user enters.
pub(super) fn page(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let entered = context.parameter("user_code").unwrap_or_default().to_ascii_uppercase();
    let letters = |code: &str| code.replace('-', "");
    let mut devices = context.state.oidc.devices.iter();
    let found = devices.find(|(_, device)| {
        matches!(device.answer, Answer::Pending) && letters(&device.user_code) == letters(&entered)
    });
    let found = found.map(|(code, device)| (code.clone(), device.authorization.clone()));
    let Some((code, authorization)) = found.filter(|_| context.request.method == Method::Post) else {
        return Ok(form(&entered));
    };
    if context.parameter("abort").is_some() {
        if let Some(device) = context.state.oidc.devices.get_mut(&code) {
            device.answer = Answer::Denied;
        }
        return Ok(shown("Sign-in cancelled"));
    }
    let session = cookies::get(context.request, cookies::SESSION).map(str::to_owned);
    let session = session.filter(|id| context.state.oidc.sessions.get(id).is_some());
    Ok(flow::proceed(context, authorization, Vec::new(), session))
}

/// Answers a device with what its user has permitted.
pub(super) fn approve(context: &mut Context<'_>, code: &str, authorized: Authorized) -> HttpResponse {
    if let Some(device) = context.state.oidc.devices.get_mut(code) {
        device.answer = Answer::Approved(Box::new(authorized));
    }
    shown("The device is signed in")
}

fn form(entered: &str) -> HttpResponse {
    let field = format!("<input name=\"user_code\" value=\"{}\"/>", escape(entered));
    let form = format!("<form method=\"post\">{field}<button name=\"confirm\" value=\"yes\">Continue</button></form>");
    reply::text(200, "text/html; charset=utf-8", format!("<!doctype html><title>Device</title>{form}\n"))
}

fn shown(text: &str) -> HttpResponse {
    reply::text(200, "text/html; charset=utf-8", format!("<!doctype html><title>Device</title>{text}\n"))
}
