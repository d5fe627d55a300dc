//! `/oidc/me`: the claims about the user of an access token.

use logto_admin::serde_json;
use logto_admin::transport::{HttpResponse, Method};

use super::{Context, claims, refuse};
use crate::errors::Outcome;
use crate::http::reply;
use crate::record::{Members, text};

const NO_TOKEN: &str = "no access token provided";

/// Returns the access token of a request. There must be one way to send it.
fn token<'c>(context: &'c Context<'_>) -> Outcome<&'c str> {
    let invalid = |description| refuse(400, "invalid_request", description);
    let header = context.request.headers.get("authorization").filter(|header| !header.is_empty());
    let query = context.request.query.get("access_token").filter(|token| !token.is_empty());
    let body = context.parameter("access_token").filter(|_| context.request.method == Method::Post);
    match (header, query, body) {
        (None, None, None) => Err(refuse(401, "invalid_token", NO_TOKEN)),
        (Some(header), None, None) => match header.split(' ').collect::<Vec<_>>().as_slice() {
            [scheme, token] if scheme.eq_ignore_ascii_case("bearer") => Ok(*token),
            [_, _] => Err(invalid("authorization header scheme must be `Bearer`")),
            _ => Err(invalid("invalid authorization header value format")),
        },
        (None, Some(_), None) => Err(invalid("access tokens must not be provided via query parameter")),
        (None, None, Some(token)) => Ok(token),
        _ => Err(invalid("access token must only be provided using one mechanism")),
    }
}

/// Adds the reason of an error to the header that asks for a token. A request without a token has no reason.
pub(super) fn challenge(issuer: &str, response: &mut HttpResponse) {
    let body: Members = serde_json::from_slice(&response.body.bytes()).unwrap_or_default();
    let known = ["error", "error_description", "scope"];
    let given = known.map(|name| (name, text(&body, name))).into_iter().filter(|(_, value)| !value.is_empty());
    let given = given.filter(|_| text(&body, "error_description") != NO_TOKEN);
    let parts = [("realm", issuer)].into_iter().chain(given).map(|(name, value)| format!("{name}=\"{value}\""));
    response.headers.set("www-authenticate", format!("Bearer {}", parts.collect::<Vec<_>>().join(", ")));
}

/// Returns the application that the access token of a request was issued to.
pub(super) fn client(context: &Context<'_>) -> Option<String> {
    Some(context.state.oidc.access_token(token(context).ok()?)?.client.clone())
}

pub(super) fn answer(context: &Context<'_>) -> Outcome<HttpResponse> {
    let token = token(context)?;
    let invalid = || refuse(401, "invalid_token", "invalid token provided");
    let known = context.state.oidc.access_token(token).ok_or_else(invalid)?;
    context.state.store.get(&crate::collections::USERS, &known.user).ok_or_else(invalid)?;
    let scopes: Vec<&str> = known.scope.split(' ').collect();
    if !scopes.contains(&"openid") {
        return Err(refuse(403, "insufficient_scope", "access token missing openid scope").with("scope", "openid"));
    }
    Ok(reply::json(200, &claims::of(context.state, &known.user, &scopes, |_| true).into()))
}
