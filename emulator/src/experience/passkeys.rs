//! Passkeys: as second factors, and instead of a password.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{added, interaction, known, people, progress, record, verification};
use crate::call::{Call, Handler};
use crate::collections::{MFA_VERIFICATIONS, USERS};
use crate::crypto::webauthn::{self, Challenge, Credential};
use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::mfa;
use crate::record::Record;
use crate::state::State;
use crate::state::progress::{Identifier, Kind, Verification};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateWebAuthnRegistrationVerification", begin_registration),
    ("VerifyWebAuthnRegistrationVerification", register),
    ("CreateWebAuthnAuthenticationVerification", begin_authentication),
    ("VerifyWebAuthnAuthenticationVerification", authenticate),
    ("CreateSignInPasskeyAuthentication", preflight),
    ("CreateSignInPasskeyAuthenticationWithIdentifier", begin_sign_in),
    ("VerifySignInPasskeyAuthentication", sign_in),
    ("BindPasskey", bind),
];

/// The hidden member of a record with the unanswered challenge.
const CHALLENGE: &str = "challenge";
/// The hidden member of a record that holds the new credential.
const CREDENTIAL: &str = "credential";

fn challenge(call: &mut Call<'_>) -> Challenge {
    Challenge { value: call.state.ids.token(43), host: webauthn::host_of(&call.request.origin).to_owned() }
}

/// Returns the challenge of a record of this kind.
fn asked(call: &mut Call<'_>, kind: Kind) -> Outcome<Challenge> {
    let id = call.text("verificationId").to_owned();
    let record = progress(call)?.record(&id, kind)?;
    let challenge =
        record.hidden.get(CHALLENGE).and_then(|value| logto_admin::serde_json::from_value(value.clone()).ok());
    challenge.ok_or_else(|| webauthn::failed("the challenge has been answered already"))
}

fn payload(call: &Call<'_>) -> Value {
    call.body.get("payload").cloned().unwrap_or_default()
}

/// Adds a record that waits for an authenticator. Returns its id with the options.
fn ask(
    call: &mut Call<'_>,
    mut record: Verification,
    challenge: &Challenge,
    options: (&str, Value),
) -> Outcome<HttpResponse> {
    record.hidden.insert(CHALLENGE.to_owned(), json!(challenge));
    let answer = json!({ "verificationId": record.id, (options.0): options.1 });
    progress(call)?.add(record);
    Ok(reply::json(call.success(), &answer))
}

pub(super) fn begin_registration(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?;
    let challenge = challenge(call);
    let options = challenge.registration(&user, &mfa::passkeys(call.state, &user.id));
    let record = record(call, &user.id, Kind::WebAuthn, Some(false));
    ask(call, record, &challenge, ("registrationOptions", options))
}

pub(super) fn register(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let challenge = asked(call, Kind::WebAuthn)?;
    let agent = call.request.headers.get("user-agent").unwrap_or_default();
    let credential = challenge.register(&payload(call), agent)?;
    let id = call.text("verificationId").to_owned();
    let record = progress(call)?.verification(&id)?;
    answered(record);
    record.hidden.insert(CREDENTIAL.to_owned(), json!(credential));
    Ok(verification(call, &id))
}

pub(super) fn begin_authentication(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    ask_for_passkey(call, &user, Kind::WebAuthn)
}

/// Adds a record that waits for one of the user's passkeys.
fn ask_for_passkey(call: &mut Call<'_>, user: &str, kind: Kind) -> Outcome<HttpResponse> {
    let passkeys = mfa::passkeys(call.state, user);
    if passkeys.is_empty() {
        return Err(no_passkey());
    }
    let challenge = challenge(call);
    let options = challenge.authentication(&passkeys);
    let record = record(call, user, kind, Some(false));
    ask(call, record, &challenge, ("authenticationOptions", options))
}

fn no_passkey() -> Refusal {
    Refusal::new(400, "session.mfa.webauthn_verification_not_found", "WebAuthn verification not found.")
}

pub(super) fn authenticate(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let challenge = asked(call, Kind::WebAuthn)?;
    let user = known(call)?.id;
    answer(call, &challenge, &user)
}

/// Verifies the record that has asked for a passkey of this user.
fn answer(call: &mut Call<'_>, challenge: &Challenge, user: &str) -> Outcome<HttpResponse> {
    prove(call, challenge, Some(user))?;
    let id = call.text("verificationId").to_owned();
    answered(progress(call)?.verification(&id)?);
    Ok(verification(call, &id))
}

fn answered(record: &mut Verification) {
    record.verified = Some(true);
    record.hidden.clear();
}

/// Checks that the authenticator has proven a stored passkey. With `user`, the passkey must belong to that user. Returns
/// the id of its owner.
fn prove(call: &mut Call<'_>, challenge: &Challenge, user: Option<&str>) -> Outcome<String> {
    let payload = payload(call);
    let (mut factor, mut credential) = find(call.state, webauthn::credential_id(&payload)).ok_or_else(no_passkey)?;
    let owner = factor.text("userId").to_owned();
    if user.is_some_and(|user| user != owner) {
        return Err(no_passkey());
    }
    challenge.authenticate(&payload, &mut credential)?;
    mfa::set_credential(&mut factor, &credential);
    factor.members.insert("lastUsedAt".to_owned(), iso(call.now).into());
    call.state.store.put(&MFA_VERIFICATIONS, factor);
    Ok(owner)
}

/// Returns the factor with this credential.
fn find(state: &State, id: &str) -> Option<(Record, Credential)> {
    let all = state.store.all(&MFA_VERIFICATIONS);
    let mut passkeys = all.filter_map(|factor| Some((factor, mfa::credential(factor)?)));
    passkeys.find(|(_, credential)| credential.credential_id == id).map(|(factor, found)| (factor.clone(), found))
}

/// Returns the request for an authenticator before the user has entered anything.
fn preflight(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let challenge = challenge(call);
    let options = challenge.authentication(&[]);
    interaction(call)?.challenge = Some(challenge);
    Ok(reply::json(call.success(), &json!({ "authenticationOptions": options })))
}

fn begin_sign_in(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let identifier = Identifier::of(&call.body);
    progress(call)?;
    let user = people::find(call.state, &identifier).ok_or_else(no_passkey)?.id.clone();
    ask_for_passkey(call, &user, Kind::SignInPasskey)
}

/// Verifies a passkey instead of a password. Without a record, it answers the challenge of the preflight.
fn sign_in(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.text("verificationId").to_owned();
    if id.is_empty() {
        return sign_in_without_record(call);
    }
    let challenge = asked(call, Kind::SignInPasskey)?;
    let user = progress(call)?.verification(&id)?.text("userId").to_owned();
    answer(call, &challenge, &user)
}

fn sign_in_without_record(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    progress(call)?;
    let challenge = interaction(call)?.challenge.take().ok_or_else(no_passkey)?;
    let user = prove(call, &challenge, None)?;
    let record = record(call, &user, Kind::SignInPasskey, Some(true));
    added(call, record)
}

/// Keeps a new passkey for the submission, with which the user can sign in later.
fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    known(call)?;
    let id = call.text("verificationId").to_owned();
    let credential = new_credential(progress(call)?.record(&id, Kind::WebAuthn)?)?;
    let factors = &mut progress(call)?.factors;
    factors.passkeys.push(credential);
    factors.signs_in_with_passkey = true;
    Ok(reply::nothing(call.success()))
}

/// Returns the credential of a record that has registered one.
pub(super) fn new_credential(record: &Verification) -> Outcome<Credential> {
    let credential = record.hidden.get(CREDENTIAL);
    let credential = credential.and_then(|value| logto_admin::serde_json::from_value(value.clone()).ok());
    credential.ok_or_else(super::unverified)
}

/// Returns the user whose passkey a record has proven.
pub(super) fn owner<'c>(call: &'c Call<'_>, record: &Verification) -> Outcome<&'c Record> {
    call.record(&USERS, record.text("userId"))
}
