use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::ONE_TIME_TOKENS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::of_collections::keep;
use crate::record::Record;

pub(super) const ALL: &[(&str, Handler)] = &[("VerifyOneTimeToken", verify), ("ReplaceOneTimeTokenStatus", set_status)];

fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, &format!("one_time_token.{code}"), message)
}

/// Returns the token if it is active and belongs to this email address. It must also suit this event, if any.
fn check(call: &mut Call<'_>, token: &str, email: &str, event: Option<&str>) -> Outcome<Record> {
    let found = call.state.store.all(&ONE_TIME_TOKENS).find(|known| known.text("token") == token);
    let found = found.ok_or_else(|| refuse(404, "token_not_found", &format!("Token {token} not found.")))?.clone();
    if found.text("email") != email {
        return Err(refuse(400, "email_mismatch", "Email mismatch with given token."));
    }
    let status = found.text("status").to_owned();
    let has_expired = found.members.get("expiresAt").and_then(Value::as_i64).is_none_or(|at| at <= call.now);
    if status == "expired" || has_expired {
        if status == "active" {
            set(call, found, "expired");
        }
        return Err(refuse(400, "token_expired", "The token has expired."));
    }
    match status.as_str() {
        "consumed" => return Err(refuse(400, "token_consumed", "The token has been consumed.")),
        "revoked" => return Err(refuse(400, "token_revoked", "The token has been revoked.")),
        _ => {}
    }
    let expected = found.members.get("context").and_then(|context| context.get("interactionEvent")?.as_str());
    if event.zip(expected).is_some_and(|(event, expected)| event != expected) {
        return Err(refuse(400, "interaction_event_mismatch", "The token is for another interaction event."));
    }
    Ok(found)
}

/// Consumes an active token of this email address, and returns it. The token must suit this event, if any.
pub(crate) fn consume(call: &mut Call<'_>, token: &str, email: &str, event: Option<&str>) -> Outcome<Record> {
    let token = check(call, token, email, event)?;
    Ok(set(call, token, "consumed"))
}

/// Verifies a token and consumes it.
fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (token, email) = (call.text("token").to_owned(), call.text("email").to_owned());
    let token = consume(call, &token, &email, None)?;
    Ok(reply::json(call.success(), &token.members.to_value()))
}

fn set(call: &mut Call<'_>, mut token: Record, status: &str) -> Record {
    token.members.insert("status".to_owned(), status.into());
    keep(call, &ONE_TIME_TOKENS, &mut token);
    token
}

fn set_status(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let token = call.record(&ONE_TIME_TOKENS, call.parameter(0))?.clone();
    let status = call.text("status").to_owned();
    if status == "active" {
        return Err(refuse(400, "cannot_reactivate_token", "Cannot reactivate the token."));
    }
    let token = set(call, token, &status);
    Ok(reply::json(call.success(), &token.members.to_value()))
}
