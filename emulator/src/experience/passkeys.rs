//! Passkeys: as second factors, and instead of a password.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::factors::{OF_USERS, admit, nothing_new};
use super::{added, events, interaction, known, people, progress, record, verification};
use crate::call::{Call, Handler};
use crate::collections::{MFA_VERIFICATIONS, USERS};
use crate::crypto::webauthn::{self, Challenge, Credential};
use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::mfa;
use crate::record::Record;
use crate::state::progress::{CHALLENGE, Identifier, Kind, Verification, missing};
use crate::state::sentinel::Pool;

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

/// The hidden member of a record with the challenge for a new passkey.
const REGISTRATION: &str = "registration";
/// The hidden member of a record that holds the new credential.
const CREDENTIAL: &str = "credential";

fn challenge(call: &mut Call<'_>) -> Challenge {
    Challenge { value: call.state.ids.token(43), host: webauthn::host_of(&call.request.origin).to_owned() }
}

/// Returns the record that the body names.
fn named<'c>(call: &'c mut Call<'_>, kind: Kind) -> Outcome<&'c mut Verification> {
    let id = call.text("verificationId").to_owned();
    progress(call)?.record(&id, kind)
}

/// Returns the challenge of a record, in the hidden member with this name.
fn asked(record: &Verification, name: &str) -> Option<Challenge> {
    logto_admin::serde_json::from_value(record.hidden.get(name)?.clone()).ok()
}

fn payload(call: &Call<'_>) -> Value {
    call.body.get("payload").cloned().unwrap_or_default()
}

/// Adds a record that waits for an authenticator. Returns its id with the options.
fn ask(
    call: &mut Call<'_>,
    mut record: Verification,
    (name, challenge): (&str, &Challenge),
    options: (&str, Value),
) -> Outcome<HttpResponse> {
    record.hidden.insert(name.to_owned(), json!(challenge));
    let answer = json!({ "verificationId": record.id, (options.0): options.1 });
    progress(call)?.add(record);
    Ok(reply::json(call.success(), &answer))
}

fn begin_registration(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?;
    ask_for_new(call, &user)
}

/// Adds a record that waits for a new passkey.
pub(super) fn ask_for_new(call: &mut Call<'_>, user: &Record) -> Outcome<HttpResponse> {
    let challenge = challenge(call);
    let options = challenge.registration(user, &mfa::passkeys(call.state, &user.id));
    let record = record(call, &user.id, Kind::WebAuthn, Some(false));
    ask(call, record, (REGISTRATION, &challenge), ("registrationOptions", options))
}

fn register(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    known(call)?;
    enter(call)
}

/// Enters a new passkey in the record that waits for it.
pub(super) fn enter(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let challenge = asked(named(call, Kind::WebAuthn)?, REGISTRATION).ok_or_else(nothing_new)?;
    let agent = call.request.agent().unwrap_or_default();
    let credential = challenge.register(&payload(call), agent, &mfa::related_origins(call.state))?;
    let id = call.text("verificationId").to_owned();
    let record = progress(call)?.verification(&id)?;
    record.verified = Some(true);
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
    ask(call, record, (CHALLENGE, &challenge), ("authenticationOptions", options))
}

fn no_passkey() -> Refusal {
    Refusal::new(400, "session.mfa.webauthn_verification_not_found", "WebAuthn verification not found.")
}

pub(super) fn authenticate(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let challenge = asked(named(call, Kind::WebAuthn)?, CHALLENGE);
    events::guard(call, Pool::Passkey, (OF_USERS, &user), |call| {
        let challenge = challenge.ok_or_else(nothing_new)?;
        let (factor, credential) =
            find(call).filter(|(factor, _)| factor.text("userId") == user).ok_or_else(unknown)?;
        prove(call, &challenge, factor, credential)
    })?;
    answer(call)
}

/// Marks the record as verified.
fn answer(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.text("verificationId").to_owned();
    progress(call)?.verification(&id)?.verified = Some(true);
    Ok(verification(call, &id))
}

/// Checks that the authenticator has proven a stored passkey.
fn prove(call: &mut Call<'_>, challenge: &Challenge, mut factor: Record, mut credential: Credential) -> Outcome<()> {
    challenge.authenticate(&payload(call), &mut credential)?;
    mfa::set_credential(&mut factor, &credential);
    factor.members.insert("lastUsedAt".to_owned(), iso(call.now).into());
    call.state.store.put(&MFA_VERIFICATIONS, factor);
    Ok(())
}

/// Returns the factor with the credential in the body.
fn find(call: &Call<'_>) -> Option<(Record, Credential)> {
    let payload = payload(call);
    let all = call.state.store.all(&MFA_VERIFICATIONS);
    let mut passkeys = all.filter_map(|factor| Some((factor, mfa::credential(factor)?)));
    let is_it = |(_, known): &(&Record, Credential)| known.credential_id == webauthn::credential_id(&payload);
    passkeys.find(is_it).map(|(factor, found)| (factor.clone(), found))
}

fn unknown() -> Refusal {
    webauthn::failed("the credential is unknown")
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
    let asked = if id.is_empty() {
        progress(call)?;
        (interaction(call)?.challenge.clone().ok_or_else(missing)?, None)
    } else {
        let record = named(call, Kind::SignInPasskey)?;
        (asked(record, CHALLENGE).ok_or_else(nothing_new)?, Some(record.text("userId").to_owned()))
    };
    let unknown = || Refusal::new(400, "session.identifier_not_found", "The passkey is unknown.");
    let (factor, credential) = find(call).ok_or_else(unknown)?;
    let (challenge, user) = asked;
    let owner = factor.text("userId").to_owned();
    if user.as_ref().is_some_and(|user| *user != owner) {
        return Err(super::conflict());
    }
    prove(call, &challenge, factor, credential)?;
    progress(call)?.captcha.skipped = true;
    if user.is_some() {
        return answer(call);
    }
    let mut record = record(call, &owner, Kind::SignInPasskey, Some(true));
    record.hidden.insert(CHALLENGE.to_owned(), json!(challenge));
    added(call, record)
}

/// Keeps a new passkey for the submission, with which the user can sign in later.
fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    admit(call)?;
    let id = call.text("verificationId").to_owned();
    keep(call, &id)?;
    Ok(reply::nothing(call.success()))
}

/// Keeps the new passkey of a record for the submission.
pub(super) fn keep(call: &mut Call<'_>, id: &str) -> Outcome<()> {
    let record = progress(call)?.record(id, Kind::WebAuthn)?.clone();
    if !record.is_valid() {
        return Err(super::unverified());
    }
    let credential = record.hidden.get(CREDENTIAL).cloned().ok_or_else(nothing_new)?;
    mfa::check_enabled(call.state, mfa::PASSKEY)?;
    let credential = logto_admin::serde_json::from_value(credential).map_err(|_| nothing_new())?;
    progress(call)?.factors.passkeys.push(credential);
    Ok(())
}

/// Returns the user whose passkey a record has proven.
pub(super) fn owner<'c>(call: &'c Call<'_>, record: &Verification) -> Outcome<&'c Record> {
    call.record(&USERS, record.text("userId"))
}
