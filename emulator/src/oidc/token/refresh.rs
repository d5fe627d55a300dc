//! The exchange of a refresh token for new tokens.

use logto_admin::serde_json::Value;

use super::user;
use crate::errors::Outcome;
use crate::oidc::{Context, invalid_grant};
use crate::state::oidc::{Authorized, Client, RefreshToken};

/// Lifetime of a refresh token, in days.
const DAYS: i64 = 14;
const DAY: i64 = 86_400_000;

pub(super) fn answer(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    let value = context.required("refresh_token")?.to_owned();
    let token = context.state.oidc.refresh_tokens.get(&value).filter(|token| token.authorized.client == client.id);
    let token = token.cloned().ok_or_else(invalid_grant)?;
    if token.is_spent(context.now) {
        // Somebody has a copy of the token.
        context.state.oidc.revoke(&token.authorized.grant);
        return Err(invalid_grant());
    }
    let mut response = user::answer(context, client, &token.authorized)?;
    let mut current = value.clone();
    if client.rotates_refresh_tokens() {
        if let Some(known) = context.state.oidc.refresh_tokens.get_mut(&value) {
            known.used_at.get_or_insert(context.now);
        }
        let expires_at = if client.is_public() { token.expires_at } else { expiry(context, client) };
        current = add(context, RefreshToken { expires_at, used_at: None, ..token });
    }
    response.insert("refresh_token".to_owned(), current.into());
    Ok(response.into())
}

/// Issues the first refresh token.
pub(super) fn first(context: &mut Context<'_>, client: &Client, authorized: Authorized) -> String {
    let (issued_at, expires_at) = (context.now, expiry(context, client));
    add(context, RefreshToken { authorized, issued_at, expires_at, used_at: None })
}

fn expiry(context: &Context<'_>, client: &Client) -> i64 {
    let days = client.number("refreshTokenTtlInDays").unwrap_or(DAYS);
    context.now.saturating_add(days.saturating_mul(DAY))
}

fn add(context: &mut Context<'_>, token: RefreshToken) -> String {
    let value = context.state.ids.token(43);
    context.state.oidc.refresh_tokens.insert(value.clone(), token);
    value
}
