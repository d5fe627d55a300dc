//! `/oidc/token/introspection` (RFC 7662): what a token permits.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{Context, client, refuse};
use crate::errors::Outcome;
use crate::http::reply;

pub(super) fn introspect(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let client = client::authenticate(context)?;
    let token = context.required("token")?;
    if token.split('.').count() == 3 {
        let description = "Structured JWT Tokens cannot be introspected via the introspection_endpoint";
        return Err(refuse(400, "unsupported_token_type", description));
    }
    let shown = described(context, token);
    // A client without a secret sees its own tokens only.
    let foreign = client.is_public() && shown.get("client_id").and_then(Value::as_str) != Some(client.id.as_str());
    Ok(reply::json(200, &if foreign { json!({ "active": false }) } else { shown }))
}

fn described(context: &Context<'_>, token: &str) -> Value {
    let oidc = &context.state.oidc;
    let (user, client, scope, issued_at, expires_at) = if let Some(known) = oidc.access_token(token) {
        (&known.user, &known.client, known.scope.clone(), known.issued_at, known.expires_at)
    } else if let Some(known) = oidc.refresh_token(token).filter(|known| !known.is_spent(context.now)) {
        let authorized = &known.authorized;
        (&authorized.user, &authorized.client, authorized.scopes.join(" "), known.issued_at, known.expires_at)
    } else {
        return json!({ "active": false });
    };
    let mut shown = json!({
        "active": true,
        "client_id": client,
        "exp": expires_at.div_euclid(1000),
        "iat": issued_at.div_euclid(1000),
        "iss": context.issuer(),
        "scope": scope,
        "sub": user,
    });
    if let Some(members) = shown.as_object_mut().filter(|_| oidc.access_tokens.contains_key(token)) {
        members.insert("token_type".to_owned(), "Bearer".into());
    }
    shown
}
