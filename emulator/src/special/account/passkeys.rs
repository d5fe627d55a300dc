//! Registration of passkeys. The challenge and the origin are checked, but not the attestation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpResponse;

use super::verifications::add;
use super::{no_record, user};
use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::reply;
use crate::special::{Handler, mfa};
use crate::verifications::Kind;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GenerateWebAuthnRegistrationOptions", options), ("VerifyWebAuthnRegistration", verify)];

/// The hidden member of a passkey that holds the id of the credential.
pub(super) const CREDENTIAL: &str = "credentialId";

/// Returns the host of the request, without the port.
fn host(call: &Call<'_>) -> String {
    let authority = call.request.origin.split_once("://").map_or("", |(_, authority)| authority);
    authority.split(':').next().unwrap_or_default().to_owned()
}

fn options(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = user(call)?;
    let challenge = call.state.ids.token(43);
    let kind = Kind::Passkey { challenge: challenge.clone(), credential: None };
    let (id, expires_at) = add(call, true, kind);
    let names = ["username", "primaryEmail", "primaryPhone", "name"].map(|member| user.text(member));
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or("Unnamed User");
    let display_name = Some(user.text("name")).filter(|name| !name.is_empty()).unwrap_or(name);
    let options = json!({
        "rp": { "name": host(call), "id": host(call) },
        "user": { "id": URL_SAFE_NO_PAD.encode(&user.id), "name": name, "displayName": display_name },
        "challenge": challenge,
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }],
        "timeout": 60_000,
        "excludeCredentials": known(call, &user.id),
        "authenticatorSelection":
            { "requireResidentKey": true, "residentKey": "required", "userVerification": "required" },
        "attestation": "none",
        "extensions": { "credProps": true },
    });
    let answer = json!({ "verificationRecordId": id, "registrationOptions": options, "expiresAt": expires_at });
    Ok(reply::json(200, &answer))
}

/// Returns the passkeys that the user has.
fn known(call: &Call<'_>, user: &str) -> Value {
    let credentials = mfa::factors(call.state, user).filter_map(|factor| factor.hidden.get(CREDENTIAL));
    credentials.map(|id| json!({ "type": "public-key", "id": id })).collect()
}

fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.text("verificationRecordId").to_owned();
    let payload = call.body.get("payload").cloned().unwrap_or_default();
    let host = host(call);
    let record = call.state.verifications.get_mut(&id, call.now).filter(|record| record.is_of(&call.caller));
    let record = record.ok_or_else(no_record)?;
    let Kind::Passkey { challenge, credential } = &mut record.kind else { return Err(no_record()) };
    let message = "The passkey does not answer the challenge.";
    let failed = || Refusal::new(400, "session.mfa.webauthn_verification_failed", message);
    let data = client_data(&payload).ok_or_else(failed)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let origin = text("origin").split_once("://").map_or("", |(_, authority)| authority);
    let same_host = origin.split(':').next() == Some(host.as_str());
    if text("type") != "webauthn.create" || text("challenge") != challenge || !same_host {
        return Err(failed());
    }
    *credential = payload.get("id").and_then(Value::as_str).map(str::to_owned);
    record.is_verified = true;
    Ok(reply::json(200, &json!({ "verificationRecordId": id })))
}

fn client_data(payload: &Value) -> Option<Value> {
    let encoded = payload.get("response")?.get("clientDataJSON")?.as_str()?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?).ok()
}
