//! Pushed authorization requests (RFC 9126). A client sends them before it sends the browser.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::authorization::Problem;
use super::{Context, client, refuse};
use crate::errors::Outcome;
use crate::http::reply;
use crate::http::request::Query;
use crate::state::oidc::{Authorization, Pushed};

/// Lifetime of a request, in seconds.
const LIFETIME: i64 = 60;
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// `/oidc/request`: keeps the parameters of a valid request.
pub(super) fn push(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?.id;
    if context.parameter("request_uri").is_some() {
        return Err(refuse(400, "invalid_request", "`request_uri` parameter must not be used at the endpoint"));
    }
    let mut parameters: Query = context.form.iter().filter(|(name, _)| *name != "client_secret").collect();
    parameters.set("client_id", &client);
    context.form = parameters.clone();
    let (_, checked) = Authorization::of(context)?;
    checked.map_err(Problem::refusal)?;
    let id = context.state.ids.token(43);
    let expires_at = context.now.saturating_add(LIFETIME * 1000);
    context.state.oidc.pushed.insert(id.clone(), Pushed { client, parameters, expires_at });
    Ok(reply::json(201, &json!({ "expires_in": LIFETIME, "request_uri": format!("{PREFIX}{id}") })))
}

/// Replaces a reference to a request by its parameters. A reference is valid once.
pub(super) fn resolve(context: &mut Context<'_>) -> Outcome<()> {
    let Some(uri) = context.parameter("request_uri").map(str::to_owned) else { return Ok(()) };
    let invalid = |description| refuse(400, "invalid_request_uri", description);
    let id = uri.strip_prefix(PREFIX).ok_or_else(|| invalid("the request_uri is not supported"))?;
    let client = context.required("client_id")?.to_owned();
    let pushed = context.state.oidc.pushed.remove(id).filter(|pushed| pushed.client == client);
    let pushed = pushed.ok_or_else(|| invalid("request_uri is invalid, expired, or was already used"))?;
    context.form = pushed.parameters;
    Ok(())
}
