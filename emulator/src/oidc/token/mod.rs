//! `/oidc/token`: issues tokens.

mod code;
mod context;
mod credentials;
mod customizer;
mod exchange;
mod issue;
mod log;
mod recipient;
mod refresh;
mod user;

use logto_admin::transport::HttpResponse;

use super::client;
use super::{Context, refuse};
use crate::errors::Outcome;
use crate::http::reply;
use crate::state::oidc::{CODE, CREDENTIALS, DEVICE, EXCHANGE, GRANTS, REFRESH};

/// Answers a token request, and logs it.
pub(super) fn issue(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let outcome = answer(context);
    if !context.state.jobs.is_waiting() {
        log::log(context, &outcome);
    }
    outcome
}

fn answer(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?;
    if let Some(name) = repeated(context) {
        return Err(refuse(400, "invalid_request", &format!("'{name}' parameter must not be provided twice")));
    }
    let kind = context.required("grant_type")?.to_owned();
    if !GRANTS.contains(&kind.as_str()) {
        return Err(refuse(400, "unsupported_grant_type", "unsupported grant_type requested"));
    }
    if !client.may(&kind) {
        return Err(refuse(400, "invalid_request", "requested grant type is not allowed for this client"));
    }
    let answer = match kind.as_str() {
        CREDENTIALS => credentials::answer(context, &client)?,
        EXCHANGE => exchange::answer(context, &client)?,
        CODE => code::answer(context, &client)?,
        REFRESH => refresh::answer(context, &client)?,
        DEVICE => code::for_device(context, &client)?,
        _ => return Err(refuse(400, "unsupported_grant_type", "unsupported grant_type requested")),
    };
    Ok(reply::json(200, &answer))
}

/// Returns a parameter that occurs more than once although only resources may.
fn repeated<'c>(context: &'c Context<'_>) -> Option<&'c str> {
    let names = context.form.iter().map(|(name, _)| name).filter(|name| *name != "resource");
    names.into_iter().find(|name| context.form.all(name).nth(1).is_some())
}
