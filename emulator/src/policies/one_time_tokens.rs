//! Conditions under which a one-time token can be used.

use logto_admin::serde_json::Value;

use crate::collections::ONE_TIME_TOKENS;
use crate::errors::{Outcome, Refusal};
use crate::record::Record;
use crate::state::State;

pub(crate) fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, &format!("one_time_token.{code}"), message)
}

/// The code of the error for a token that has expired.
pub(crate) const EXPIRED: &str = "one_time_token.token_expired";
/// The code of the error for a token that has been consumed.
pub(crate) const CONSUMED: &str = "one_time_token.token_consumed";

/// Returns a token.
pub(crate) fn find<'s>(state: &'s State, token: &str) -> Outcome<&'s Record> {
    let found = state.store.all(&ONE_TIME_TOKENS).find(|known| known.text("token") == token);
    found.ok_or_else(|| refuse(404, "token_not_found", &format!("Token {token} not found.")))
}

/// Returns the token if it is active and belongs to this email address. It must also suit this event, if any.
pub(crate) fn check(state: &State, now: i64, token: &str, (email, event): (&str, Option<&str>)) -> Outcome<Record> {
    let found = find(state, token)?;
    if found.text("email") != email {
        return Err(refuse(400, "email_mismatch", "Email mismatch with given token."));
    }
    let has_expired = found.members.get("expiresAt").and_then(Value::as_i64).is_none_or(|at| at <= now);
    match found.text("status") {
        status if status == "expired" || has_expired => {
            return Err(Refusal::new(400, EXPIRED, "The token has expired."));
        }
        "consumed" => return Err(Refusal::new(400, CONSUMED, "The token has been consumed.")),
        "revoked" => return Err(refuse(400, "token_revoked", "The token has been revoked.")),
        _ => {}
    }
    let expected = found.members.get("context").and_then(|context| context.get("interactionEvent")?.as_str());
    if event.zip(expected).is_some_and(|(event, expected)| event != expected) {
        return Err(refuse(400, "interaction_event_mismatch", "The token is for another interaction event."));
    }
    Ok(found.clone())
}
