//! Verification records of the account API.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::user;
use crate::call::Call;
use crate::clock::iso;
use crate::errors::{Outcome, Refusal};
use crate::passwords;
use crate::reply;
use crate::special::Handler;
use crate::verifications::Kind;

pub(super) const ALL: &[(&str, Handler)] = &[("CreateVerificationByPassword", by_password)];

fn by_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if !passwords::verify(&user(call)?.hidden, call.text("password")) {
        return Err(Refusal::new(422, "session.invalid_credentials", "The password is incorrect."));
    }
    let (state, user) = (&mut *call.state, Some(call.caller.clone()));
    let (id, expires_at) = state.verifications.add(&mut state.ids, call.now, user, Kind::Password);
    Ok(reply::json(201, &json!({ "verificationRecordId": id, "expiresAt": iso(expires_at) })))
}
