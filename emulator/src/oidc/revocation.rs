//! `/oidc/token/revocation` (RFC 7009): makes a token invalid.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{Context, client, refuse};
use crate::errors::Outcome;
use crate::http::reply;
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::oidc::Authorized;

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
        log(context, &client.id, &known.authorized);
    }
    Ok(reply::nothing(200))
}

/// Logs that a grant was revoked with its refresh token.
fn log(context: &mut Context<'_>, client: &str, authorized: &Authorized) {
    let parameters = context.form.iter().filter(|(name, _)| !name.starts_with("client_"));
    let mut parameters: Members = parameters.map(|(name, value)| (name.to_owned(), value.into())).collect();
    parameters.insert("client_secret".to_owned(), MASK.into());
    let payload = [
        ("applicationId", Value::from(client)),
        ("userId", authorized.user.as_str().into()),
        ("grantId", authorized.grant.as_str().into()),
        ("tokenTypes", json!(["RefreshToken"])),
        ("params", parameters.into()),
    ];
    let payload = payload.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let entry = Entry::new("RevokeToken".to_owned(), None, payload).from(context.request);
    context.state.log(context.now, entry);
}
