//! Second factors: their proofs, new ones, and when they are required.

use std::cmp::Reverse;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{delegate, identifiers, members, not_for_forgotten_passwords, profile, progress};
use crate::call::Call;
use crate::collections::{BACKUP_CODES, TOTP_SECRET, unused_codes};
use crate::crypto::totp;
use crate::errors::{Outcome, Refusal};
use crate::experience::factors::nothing_new;
use crate::experience::policy::Policy;
use crate::experience::{binding, changes, factors, guards, passkeys};
use crate::http::reply;
use crate::operations::{mfa, users};
use crate::record::{Members, Record};
use crate::state::progress::{Event, Kind, Verification};

/// Returns the user who adds a factor. A new user does not exist yet.
fn owner(call: &mut Call<'_>) -> Outcome<Record> {
    not_for_forgotten_passwords(call)?;
    let is_new = progress(call)?.event == Event::Register;
    let user = if is_new { None } else { Some(identifiers::account(call)?.0) };
    profile::verify(call, user.as_ref())?;
    let draft = profile::drafted(call, user.as_ref())?;
    Ok(user.unwrap_or_else(|| changes::drafted(call, &draft)))
}

pub(super) fn create_secret(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    owner(call)?;
    let secret = totp::secret(&mut call.state.ids);
    pend(call, Kind::Totp, TOTP_SECRET, secret.clone().into())?;
    Ok(reply::json(200, &json!({ "secret": secret, "secretQrCode": mfa::QR_CODE })))
}

/// Adds a record of a new factor, which the user confirms.
fn pend(call: &mut Call<'_>, kind: Kind, name: &str, value: Value) -> Outcome<()> {
    let mut record = Verification::new(call.state.ids.id(21), kind);
    record.verified = Some(false);
    record.hidden.insert(name.to_owned(), value);
    progress(call)?.add(record);
    Ok(())
}

/// Returns the record of a new factor.
fn pending(call: &mut Call<'_>, kind: Kind) -> Outcome<Verification> {
    progress(call)?.of_kind(kind).cloned().ok_or_else(nothing_new)
}

pub(super) fn begin_registration(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = owner(call)?;
    let asked = members(&passkeys::ask_for_new(call, &user)?);
    Ok(reply::json(200, &json!(asked.get("registrationOptions"))))
}

fn only_for_sign_ins() -> Refusal {
    Refusal::usual(400, "session.mfa.mfa_sign_in_only")
}

pub(super) fn begin_authentication(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let current = progress(call)?;
    if current.event != Event::SignIn || current.user.is_none() {
        return Err(only_for_sign_ins());
    }
    let asked = delegate(call, json!({}), passkeys::begin_authentication)?;
    Ok(reply::json(200, &json!(asked.get("authenticationOptions"))))
}

/// Adds a new second factor.
pub(super) fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let kind = call.text("type").to_owned();
    let current = progress(call)?.clone();
    if current.event != Event::ForgotPassword && !mfa::is_on(call.state, &kind) {
        return Err(guards::not_enabled());
    }
    if kind == mfa::BACKUP {
        let own = current.user.as_ref().map(|user| call.state.second_factors(user));
        let has_main = own.into_iter().flatten().any(|factor| factor.text("type") != mfa::BACKUP);
        if !has_main && !current.factors.adds_main() {
            return Err(mfa::codes_alone().at(400));
        }
    } else if current.factors.adds_any() {
        return Err(Refusal::usual(400, "session.mfa.bind_mfa_existed"));
    }
    match kind.as_str() {
        mfa::TOTP => bind_totp(call)?,
        mfa::PASSKEY => {
            let id = pending(call, Kind::WebAuthn)?.id;
            let body = json!({ "verificationId": id, "payload": call.body });
            delegate(call, body, passkeys::enter)?;
            passkeys::keep(call, &id)?;
        }
        _ => {
            let record = pending(call, Kind::BackupCode)?;
            binding::keep_codes(call, &record)?;
        }
    }
    Ok(reply::nothing(204))
}

fn bind_totp(call: &mut Call<'_>) -> Outcome<()> {
    let record = pending(call, Kind::Totp)?;
    let secret = record.hidden.get(TOTP_SECRET).and_then(Value::as_str).ok_or_else(nothing_new)?;
    if !totp::verify(secret, call.text("code"), call.now) {
        return Err(Refusal::usual(400, "session.mfa.invalid_totp_code"));
    }
    progress(call)?.factors.totp = Some(secret.to_owned());
    Ok(())
}

/// Verifies a second factor that the user has.
pub(super) fn prove(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if progress(call)?.event != Event::SignIn {
        return Err(only_for_sign_ins());
    }
    identifiers::account(call)?;
    let code = json!({ "code": call.text("code") });
    match call.text("type") {
        mfa::TOTP => delegate(call, code, factors::verify_totp)?,
        mfa::PASSKEY => {
            let id = pending(call, Kind::WebAuthn)?.id;
            delegate(call, json!({ "verificationId": id, "payload": call.body }), passkeys::authenticate)?
        }
        _ => delegate(call, code, factors::verify_backup_code)?,
    };
    Ok(reply::nothing(204))
}

pub(super) fn skip(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if Policy::of(call.state).is_mandatory() {
        return Err(Refusal::usual(422, "session.mfa.mfa_policy_not_user_controlled"));
    }
    progress(call)?.factors.skipped = true;
    Ok(reply::nothing(204))
}

/// Rejects a sign-in without a proof of a second factor that the user has. The last one used is the first in the error.
pub(super) fn require_proof(call: &mut Call<'_>, user: &Record) -> Outcome<()> {
    let policy = Policy::of(call.state);
    let is_off = users::config(user, "/mfa/skipMfaOnSignIn") == Some(true) && !policy.is_mandatory();
    let has_proven = progress(call)?.proven_factors().next().is_some();
    let own = call.state.second_factors(&user.id);
    let usable = own.filter(|factor| factor.text("type") != mfa::BACKUP || unused_codes(factor) > 0);
    let usable = usable.filter(|factor| policy.permits(factor.text("type")));
    let mut usable: Vec<(&str, &str)> = usable.map(|factor| (factor.text("type"), factor.text("lastUsedAt"))).collect();
    usable.sort_by_key(|(kind, used)| (*kind == mfa::BACKUP, Reverse(*used)));
    let mut kinds: Vec<&str> = Vec::new();
    for (kind, _) in usable {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() || is_off || has_proven {
        return Ok(());
    }
    let refusal = Refusal::usual(403, "session.mfa.require_mfa_verification");
    Err(refusal.with("data", json!({ "availableFactors": kinds })))
}

/// Rejects a user who lacks a second factor or backup codes. Creates backup codes for the user.
pub(super) fn require(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<()> {
    let policy = Policy::of(call.state);
    let chosen = progress(call)?.factors.clone();
    let own: Vec<Record> = user.into_iter().flat_map(|user| call.state.second_factors(&user.id)).cloned().collect();
    let has = |kind: &str| own.iter().any(|factor| factor.text("type") == kind);
    if chosen.totp.is_some() && has(mfa::TOTP) {
        return Err(mfa::totp_exists());
    }
    let main: Vec<&String> = policy.factors.iter().filter(|kind| *kind != mfa::BACKUP).collect();
    let binds = |kind: &str| match kind {
        mfa::TOTP => chosen.totp.is_some(),
        mfa::PASSKEY => !chosen.passkeys.is_empty(),
        _ => false,
    };
    let may_skip = !policy.is_mandatory();
    let skipped = chosen.skipped || user.is_some_and(|user| users::config(user, "/mfa/skipped") == Some(true));
    let later = user.is_none() && policy.name.starts_with("PromptOnlyAtSignIn");
    let is_free = main.is_empty() || policy.name == "NoPrompt" || may_skip && skipped || later;
    if !is_free && !main.iter().any(|kind| binds(kind) || has(kind)) {
        let mut data = Members::from_iter([("availableFactors".to_owned(), json!(main))]);
        data.extend(may_skip.then(|| ("skippable".to_owned(), true.into())));
        return Err(Refusal::usual(422, "user.missing_mfa").with("data", data));
    }
    let has_main = chosen.adds_main() || own.iter().any(|factor| factor.text("type") != mfa::BACKUP);
    let has_codes = own.iter().any(|factor| factor.text("type") == mfa::BACKUP && unused_codes(factor) > 0);
    if !has_main || has_codes || chosen.codes.is_some() || !policy.permits(mfa::BACKUP) {
        return Ok(());
    }
    let codes = mfa::new_codes(&mut call.state.ids);
    pend(call, Kind::BackupCode, BACKUP_CODES, codes.clone().into())?;
    Err(Refusal::usual(400, "session.mfa.backup_code_required").with("data", json!({ "codes": codes })))
}
