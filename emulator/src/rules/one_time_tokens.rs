use logto_admin::serde_json::Value;

use super::{Draft, Rules};
use crate::call::Call;
use crate::collections::ONE_TIME_TOKENS;
use crate::errors::Outcome;
use crate::record::Record;

/// The lifetime of a token, in seconds, if the request does not set it.
const LIFETIME: f64 = 600.0;

pub(super) static RULES: Rules = Rules {
    prepare,
    // An active token that has expired is shown as such. Filters use the stored status.
    present: |view, token, members| {
        if is_over(token, view.state.clock.now()) {
            members.insert("status".to_owned(), "expired".into());
        }
    },
    ..Rules::NONE
};

/// Returns whether an active token has expired.
fn is_over(token: &Record, now: i64) -> bool {
    let expires_at = token.members.get("expiresAt").and_then(Value::as_i64);
    token.text("status") == "active" && expires_at.is_some_and(|at| at <= now)
}

/// Replaces the values of members that a request cannot set.
fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    mark_expired(call, draft.members.text("email"));
    let lifetime = draft.sent.get("expiresIn").and_then(Value::as_f64).unwrap_or(LIFETIME);
    let expires_at = call.now.saturating_add((lifetime * 1000.0) as i64);
    draft.members.insert("token".to_owned(), call.state.ids.secret(32).into());
    draft.members.insert("status".to_owned(), "active".into());
    draft.members.insert("expiresAt".to_owned(), expires_at.into());
    Ok(())
}

/// Sets the status of the expired tokens of an address. The server does so when the address gets a new token.
fn mark_expired(call: &mut Call<'_>, email: &str) {
    let has_expired = |token: &&Record| token.text("email") == email && is_over(token, call.now);
    let expired: Vec<Record> = call.state.store.all(&ONE_TIME_TOKENS).filter(has_expired).cloned().collect();
    for mut token in expired {
        token.members.insert("status".to_owned(), "expired".into());
        call.state.store.put(&ONE_TIME_TOKENS, token);
    }
}
