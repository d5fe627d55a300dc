//! The page on which the user of a device without a browser enters its code.

use logto_admin::transport::{HttpResponse, Method};

use super::device::shown;
use super::{Context, cookies, flow};
use crate::errors::Outcome;
use crate::http::reply;
use crate::providers::saml::escape;
use crate::state::oidc::Answer;

/// `/oidc/device`. Shows a form for the code, and begins the sign-in for the code that the user enters.
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

fn form(entered: &str) -> HttpResponse {
    let field = format!("<input name=\"user_code\" value=\"{}\"/>", escape(entered));
    let form = format!("<form method=\"post\">{field}<button name=\"confirm\" value=\"yes\">Continue</button></form>");
    reply::text(200, "text/html; charset=utf-8", format!("<!doctype html><title>Device</title>{form}\n"))
}
