use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::ONE_TIME_TOKENS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::of_collections::keep;
use crate::record::Record;
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] = &[("VerifyOneTimeToken", verify), ("ReplaceOneTimeTokenStatus", set_status)];

fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, &format!("one_time_token.{code}"), message)
}

/// Returns the token if it is active and belongs to this email address.
pub(crate) fn check(state: &State, token: &str, email: &str, now: i64) -> Outcome<Record> {
    let found = state.store.all(&ONE_TIME_TOKENS).find(|known| known.text("token") == token);
    let found = found.ok_or_else(|| refuse(404, "token_not_found", &format!("Token {token} not found.")))?;
    if found.text("email") != email {
        return Err(refuse(400, "email_mismatch", "Email mismatch with given token."));
    }
    let has_expired = found.members.get("expiresAt").and_then(Value::as_i64).is_none_or(|at| at <= now);
    match found.text("status") {
        status if has_expired || status == "expired" => Err(refuse(400, "token_expired", "The token has expired.")),
        "consumed" => Err(refuse(400, "token_consumed", "The token has been consumed.")),
        "revoked" => Err(refuse(400, "token_revoked", "The token has been revoked.")),
        _ => Ok(found.clone()),
    }
}

/// Verifies a token and consumes it.
fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let token = check(call.state, call.text("token"), call.text("email"), call.now)?;
    changed(call, token, "consumed")
}

fn changed(call: &mut Call<'_>, mut token: Record, status: &str) -> Outcome<HttpResponse> {
    token.members.insert("status".to_owned(), status.into());
    keep(call, &ONE_TIME_TOKENS, &mut token);
    Ok(reply::json(call.success(), &token.members.to_value()))
}

fn set_status(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let token = call.record(&ONE_TIME_TOKENS, call.parameter(0))?.clone();
    let status = call.text("status").to_owned();
    if status == "active" {
        return Err(refuse(400, "cannot_reactivate_token", "Cannot reactivate the token."));
    }
    changed(call, token, &status)
}
