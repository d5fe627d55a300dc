//! The page on which the user of a device without a browser enters its code.
//!
//! The emulator has no such page. The browser is sent to it with what the page shows, and posts what it asks for.

use logto_admin::transport::{HttpResponse, Method};

use super::authorization::{form_post, redirect};
use super::device::{PAGE, SECRET};
use super::{Context, cookies, flow};
use crate::errors::Outcome;
use crate::http::reply;
use crate::http::request::{Incoming, Query, form_encoded};
use crate::state::oidc::{Answer, Authorization, Form};

/// `/device`: the page. The first visit leads to the provider, which passes a secret to the browser.
pub(crate) fn shown(request: &Incoming) -> HttpResponse {
    if request.cookie(SECRET).is_some() {
        return reply::page();
    }
    let query = request.query.to_string();
    redirect(302, &if query.is_empty() { "/oidc/device".to_owned() } else { format!("/oidc/device?{query}") })
}

/// A problem with a form, and the code that the user has entered.
struct Problem(&'static str, Option<String>);

/// `/oidc/device`: sends the browser to the page. Starts the sign-in for the code that the user enters.
pub(super) fn page(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let session = context.request.cookie(cookies::SESSION).map(str::to_owned);
    let id = session.clone().unwrap_or_else(|| context.state.ids.token(43));
    let mut response = if context.request.method == Method::Post {
        entered(context, &id).unwrap_or_else(|Problem(error, code)| {
            context.state.oidc.forms.remove(&id);
            let state = [("input_code", code.as_deref()), ("error", Some(error))];
            go_to_page(context, &id, &context.request.query, &state)
        })
    } else if let Some(code) = context.request.query.get("user_code") {
        let secret = secret(context, &id);
        form_post(&format!("{}/device", context.issuer()), &[("xsrf", &secret), ("user_code", code)])
    } else {
        go_to_page(context, &id, &context.request.query, &[])
    };
    if session.is_none() {
        cookies::set(&mut response, cookies::SESSION, &id, "/");
    }
    Ok(response)
}

/// Returns the secret of the browser's form.
fn secret(context: &mut Context<'_>, session: &str) -> String {
    let new = Form {
        secret: context.state.ids.hexadecimal(48),
        expires_at: context.now.saturating_add(cookies::FORM_LIFETIME),
    };
    context.state.oidc.forms.entry(session.to_owned()).or_insert(new).secret.clone()
}

/// Handles the posted form.
fn entered(context: &mut Context<'_>, session: &str) -> Result<HttpResponse, Problem> {
    let known = context.state.oidc.forms.get(session);
    if known.is_none() || known.map(|form| form.secret.as_str()) != context.parameter("xsrf") {
        return Err(Problem("InvalidRequest", None));
    }
    let entered = context.parameter("user_code").ok_or(Problem("NoCodeError", None))?.to_owned();
    let problem = |name| Problem(name, Some(entered.clone()));
    let normalized = |code: &str| code.replace(|letter: char| !letter.is_ascii_alphanumeric(), "").to_ascii_uppercase();
    let mut devices = context.state.oidc.devices.iter_mut();
    let found = devices.find(|(_, device)| normalized(&device.user_code) == normalized(&entered));
    let (_, device) = found.ok_or_else(|| problem("NotFoundError"))?;
    if device.expires_at <= context.now {
        return Err(problem("ExpiredError"));
    }
    if device.entered || !matches!(device.answer, Answer::Pending) {
        return Err(problem("AlreadyUsedError"));
    }
    if context.form.get("abort").is_some_and(|abort| !abort.is_empty()) {
        device.answer = Answer::Denied;
        return Err(Problem("AbortedError", None));
    }
    let confirms = context.form.get("confirm").is_some_and(|confirm| !confirm.is_empty());
    device.entered = confirms;
    let authorization = device.authorization.clone();
    if !confirms {
        let shared = shared(&authorization, &context.request.query);
        return Ok(go_to_page(context, session, &shared, &[("user_code", Some(&entered))]));
    }
    context.state.oidc.forms.remove(session);
    let session = context.state.oidc.sessions.get(session).map(|session| session.uid.clone());
    Ok(flow::proceed(context, authorization, Vec::new(), session))
}

/// Returns the parameters that pages share. They are those of the page or, if it has none, of the device.
fn shared(authorization: &Authorization, query: &Query) -> Query {
    let value = |name| query.get(name).or_else(|| authorization.parameter(name));
    cookies::PAGE_CONTEXT.iter().filter_map(|(_, name)| Some((*name, value(name)?))).collect()
}

/// Sends the browser to the page, with this state and the secret of the form.
fn go_to_page(
    context: &mut Context<'_>,
    session: &str,
    shared: &Query,
    state: &[(&str, Option<&str>)],
) -> HttpResponse {
    let secret = secret(context, session);
    let named = cookies::PAGE_CONTEXT.iter().filter_map(|(_, name)| Some((*name, shared.get(name)?)));
    let state = state.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let query = named.chain(state).map(|(name, value)| format!("{name}={}", form_encoded(value)));
    let query = query.collect::<Vec<_>>().join("&");
    let mut response = redirect(302, &if query.is_empty() { PAGE.to_owned() } else { format!("{PAGE}?{query}") });
    cookies::set_readable(&mut response, SECRET, &secret, PAGE);
    cookies::set_page_context(&mut response, |name| shared.get(name));
    response
}
