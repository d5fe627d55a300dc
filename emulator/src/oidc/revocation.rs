//! `/oidc/token/revocation` (RFC 7009): makes a token invalid.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::{Context, client, refuse};
use crate::errors::Outcome;
use crate::http::reply;
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::oidc::Authorized;

/// Parameters that the log masks.
const SECRET: [&str; 2] = ["token", "refresh_token"];

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
        // A client without a secret must not learn which tokens are valid.
        return if client.is_public() {
            Ok(reply::nothing(200))
        } else {
            Err(refuse(400, "invalid_request", "client is not authorized to revoke the presented token"))
        };
    }
    if let Some(known) = oidc.access_tokens.remove(&token) {
        oidc.revoke_tokens(&known.grant);
    }
    if let Some(known) = oidc.refresh_tokens.remove(&token) {
        oidc.revoke(&known.authorized.grant);
        let Authorized { grant, user, .. } = known.authorized;
        log(context, &client.id, &grant, Some(&user));
    }
    Ok(reply::nothing(200))
}

/// Logs that a grant was revoked. `user` is set if the request has a token of theirs.
pub(super) fn log(context: &mut Context<'_>, client: &str, grant: &str, user: Option<&str>) {
    let parameters = context.form.iter().filter(|(name, _)| !name.starts_with("client_"));
    let secret = |name: &str| SECRET.contains(&name);
    let mut parameters: Members =
        parameters.map(|(name, value)| (name.to_owned(), if secret(name) { MASK } else { value }.into())).collect();
    parameters.insert("client_secret".to_owned(), MASK.into());
    let mut payload = Members::from_iter([
        ("applicationId".to_owned(), client.into()),
        ("grantId".to_owned(), grant.into()),
        ("tokenTypes".to_owned(), if user.is_some() { json!(["RefreshToken"]) } else { json!([]) }),
        ("params".to_owned(), parameters.into()),
    ]);
    payload.extend(user.map(|user| ("userId".to_owned(), user.into())));
    let entry = Entry::new("RevokeToken".to_owned(), None, payload).from(context.request);
    context.state.log(context.now, entry);
}
