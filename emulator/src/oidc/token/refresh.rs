//! The exchange of a refresh token for new tokens.

use logto_admin::serde_json::Value;

use super::user::{self, Parameters};
use crate::errors::Outcome;
use crate::oidc::{Context, invalid_grant, refuse, revocation};
use crate::state::oidc::{Authorized, Client, RefreshToken};

/// Lifetime of a refresh token, in days.
const DAYS: i64 = 14;
const DAY: i64 = 86_400_000;

pub(super) fn answer(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    let value = context.required("refresh_token")?.to_owned();
    let token = context.state.oidc.refresh_token(&value).filter(|token| token.authorized.client == client.id);
    let token = token.cloned().ok_or_else(invalid_grant)?;
    if let Some(scopes) = context.parameter("scope") {
        let had = &token.authorized.scopes;
        let missing: Vec<&str> = scopes.split(' ').filter(|scope| !had.iter().any(|known| known == scope)).collect();
        if !missing.is_empty() {
            let noun = if missing.len() > 1 { "scopes" } else { "scope" };
            let refusal = refuse(400, "invalid_scope", &format!("refresh token missing requested {noun}"));
            return Err(refusal.with("scope", missing.join(" ")));
        }
    }
    if token.is_spent(context.now) {
        // Somebody has a copy of the token.
        let Authorized { grant, user, .. } = &token.authorized;
        context.state.oidc.revoke(grant);
        revocation::log(context, &client.id, grant, Some(user));
        return Err(invalid_grant());
    }
    let parameters = Parameters {
        scope: context.parameter("scope").map(str::to_owned),
        organization: context.parameter("organization_id").map(str::to_owned),
    };
    let mut response = user::answer(context, client, &token.authorized, &parameters)?;
    let mut current = value.clone();
    if token.rotates(client, context.now) {
        if let Some(known) = context.state.oidc.refresh_tokens.get_mut(&value) {
            known.used_at.get_or_insert(context.now);
        }
        // The sign-in of a page cannot last for longer than its first token.
        let expires_at = if client.kind == "SPA" { token.expires_at } else { expiry(context, client) };
        let began_at = Some(token.began_at());
        current = add(context, RefreshToken { began_at, issued_at: context.now, expires_at, used_at: None, ..token });
    }
    response.insert("refresh_token".to_owned(), current.into());
    Ok(response.into())
}

/// Issues the first refresh token.
pub(super) fn first(context: &mut Context<'_>, client: &Client, authorized: Authorized) -> String {
    let (issued_at, expires_at) = (context.now, expiry(context, client));
    add(context, RefreshToken { authorized, began_at: Some(issued_at), issued_at, expires_at, used_at: None })
}

fn expiry(context: &Context<'_>, client: &Client) -> i64 {
    let in_days = client.number("refreshTokenTtlInDays").map(|days| days.saturating_mul(DAY));
    // The older setting, in seconds.
    let in_seconds = client.number("refreshTokenTtl").map(|seconds| seconds.saturating_mul(1000));
    context.now.saturating_add(in_days.or(in_seconds).unwrap_or(DAYS * DAY))
}

fn add(context: &mut Context<'_>, token: RefreshToken) -> String {
    let value = context.state.ids.token(43);
    context.state.oidc.refresh_tokens.insert(value.clone(), token);
    value
}
