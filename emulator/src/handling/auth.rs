//! Decides who may call an operation.

use logto_admin::operation::Authentication;
use logto_admin::serde_json::{Value, json};

use crate::collections::{MANAGEMENT_RESOURCE_ID, MANAGEMENT_SCOPE, RESOURCES, USERS};
use crate::errors::{Outcome, Refusal, forbidden};
use crate::http::request::Incoming;
use crate::oidc::{interactions, jwt};
use crate::state::State;

/// Authenticates the caller and returns its id.
pub(crate) fn admit(
    request: &Incoming,
    authentication: Authentication,
    state: &mut State,
    now: i64,
) -> Outcome<String> {
    match authentication {
        Authentication::Management => management(bearer(request)?, state, now),
        Authentication::User => user(bearer(request)?, state, now),
        Authentication::Session => interactions::id_of(request, state, now),
        _ => Ok(String::new()),
    }
}

/// Returns the access token of a request.
fn bearer(request: &Incoming) -> Outcome<&str> {
    if !request.headers.contains("authorization") {
        return Err(Refusal::new(401, "auth.authorization_header_missing", "Authorization header is missing."));
    }
    request.bearer().ok_or_else(|| {
        let message = "Authorization type is not supported.";
        let refusal = Refusal::new(401, "auth.authorization_token_type_not_supported", message);
        refusal.with("data", json!({ "supportedTypes": ["Bearer"] }))
    })
}

fn management(token: &str, state: &mut State, now: i64) -> Outcome<String> {
    let resource = state.store.get(&RESOURCES, MANAGEMENT_RESOURCE_ID);
    let audience = resource.map(|resource| resource.text("indicator").to_owned()).unwrap_or_default();
    let claims =
        jwt::read(state, token, &audience, now).map_err(|problem| unauthorized().with("data", problem.data()))?;
    let text = |claim| claims.get(claim).and_then(Value::as_str).unwrap_or_default();
    if !text("scope").split(' ').any(|scope| scope == MANAGEMENT_SCOPE) {
        return Err(forbidden());
    }
    Ok(text("sub").to_owned())
}

fn user(token: &str, state: &State, now: i64) -> Outcome<String> {
    let known = state.oidc.access_token(token).filter(|known| known.expires_at > now);
    let known = known.ok_or_else(unauthorized)?;
    let user = state.store.get(&USERS, &known.user).ok_or_else(unauthorized)?;
    if !known.scope.split(' ').any(|scope| scope == "openid") {
        return Err(forbidden());
    }
    Ok(user.id.clone())
}

fn unauthorized() -> Refusal {
    Refusal::usual(401, "auth.unauthorized")
}
