//! Registration of passkeys.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::verifications::add;
use super::{no_record, user};
use crate::call::{Call, Handler};
use crate::crypto::webauthn::{Challenge, host_of};
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::mfa;
use crate::state::verification_records::Kind;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GenerateWebAuthnRegistrationOptions", options), ("VerifyWebAuthnRegistration", verify)];

fn options(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = user(call)?;
    let challenge = Challenge { value: call.state.ids.token(43), host: host_of(&call.request.origin).to_owned() };
    let options = challenge.registration(&user, &mfa::passkeys(call.state, &user.id));
    let (id, expires_at) = add(call, true, Kind::Passkey { challenge, credential: None });
    let answer = json!({ "verificationRecordId": id, "registrationOptions": options, "expiresAt": expires_at });
    Ok(reply::json(200, &answer))
}

fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.text("verificationRecordId").to_owned();
    let payload = call.body.get("payload").cloned().unwrap_or_default();
    let agent = call.request.agent().unwrap_or_default();
    let related = mfa::related_origins(call.state);
    let record = call.state.verifications.get_mut(&id, call.now).ok_or_else(no_record)?;
    let Kind::Passkey { challenge, credential } = &mut record.kind else { return Err(no_record()) };
    *credential = Some(challenge.register(&payload, agent, &related)?);
    record.is_verified = true;
    Ok(reply::json(200, &json!({ "verificationRecordId": id })))
}
