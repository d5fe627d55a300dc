//! `/oidc/token/revocation` (RFC 7009): makes a token invalid.

use logto_admin::transport::HttpResponse;

use super::{Context, client, refuse};
use crate::errors::Outcome;
use crate::http::reply;

/// Revokes a token of the client. Revoking a refresh token also revokes its grant. Unknown tokens are ignored.
pub(super) fn revoke(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?;
    let token = context.required("token")?.to_owned();
    if token.split('.').count() == 3 {
        let description = "Structured JWT Tokens cannot be revoked via the revocation_endpoint";
        return Err(refuse(400, "unsupported_token_type", description));
    }
    let oidc = &mut context.state.oidc;
    let owner = oidc.access_tokens.get(&token).map(|known| &known.client);
    let owner = owner.or_else(|| oidc.refresh_tokens.get(&token).map(|known| &known.authorized.client));
    if owner.is_some_and(|owner| *owner != client.id) {
        return Err(refuse(400, "invalid_request", "this token does not belong to you"));
    }
    oidc.access_tokens.remove(&token);
    if let Some(known) = oidc.refresh_tokens.remove(&token) {
        oidc.revoke(&known.authorized.grant);
    }
    Ok(reply::nothing(200))
}
