use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::ONE_TIME_TOKENS;
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::collection_operations::keep;
use crate::policies::one_time_tokens::{EXPIRED, check, find, refuse};
use crate::record::Record;

pub(super) const ALL: &[(&str, Handler)] = &[("VerifyOneTimeToken", verify), ("ReplaceOneTimeTokenStatus", set_status)];

/// Consumes an active token of this email address, and returns it. The token must suit this event, if any.
pub(crate) fn consume(call: &mut Call<'_>, token: &str, email: &str, event: Option<&str>) -> Outcome<Record> {
    let checked = check(call.state, call.now, token, (email, event));
    if checked.as_ref().is_err_and(|refusal| refusal.code() == Some(EXPIRED)) {
        let expired = find(call.state, token)?.clone();
        if expired.text("status") == "active" {
            set(call, expired, "expired");
        }
    }
    let token = checked?;
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
