//! `/oidc/me`: the claims about the user of an access token.

use logto_admin::transport::HttpResponse;

use super::{Context, bearer, claims, refuse};
use crate::errors::Outcome;
use crate::http::reply;

pub(super) fn answer(context: &Context<'_>) -> Outcome<HttpResponse> {
    let token = bearer(context.request).or_else(|| context.parameter("access_token"));
    let token = token.ok_or_else(|| refuse(400, "invalid_request", "no access token provided"))?;
    let invalid = || refuse(401, "invalid_token", "invalid token provided");
    let known = context.state.oidc.access_tokens.get(token).ok_or_else(invalid)?;
    context.state.store.get(&crate::collections::USERS, &known.user).ok_or_else(invalid)?;
    let scopes: Vec<&str> = known.scope.split(' ').collect();
    if !scopes.contains(&"openid") {
        return Err(refuse(403, "insufficient_scope", "access token missing openid scope").with("scope", "openid"));
    }
    Ok(reply::json(200, &claims::of(context.state, &known.user, &scopes, |_| true).into()))
}
