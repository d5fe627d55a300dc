//! Second factors: their proofs, and new ones that the submission stores.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{added, events, known, policy, progress, record, verification};
use crate::call::{Call, Handler};
use crate::collections::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET};
use crate::crypto::totp;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::mfa;
use crate::record::{Record, text};
use crate::state::progress::{Event, Identifier, Kind, Verification};
use crate::state::verification_codes::{self, Purpose};

/// The kind of an identifier that is the id of a user.
const OF_USERS: &str = "userId";

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateTotpSecret", create_secret),
    ("VerifyTotpVerification", verify_totp),
    ("GenerateBackupCodes", generate_codes),
    ("VerifyBackupCode", verify_backup_code),
    ("CreateAndSendMfaVerificationCode", send_code),
    ("VerifyMfaVerificationCode", verify_code),
    ("BindMfaVerification", bind),
    ("MarkMfaEnabled", |call| {
        known(call)?;
        progress(call)?.factors.enabled = true;
        Ok(reply::nothing(call.success()))
    }),
    ("SkipMfaBindingFlow", skip),
    ("SkipMfaSuggestion", |call| {
        known(call)?;
        progress(call)?.factors.suggestion_skipped = true;
        Ok(reply::nothing(call.success()))
    }),
    ("SkipPasskeyBinding", |call| {
        known(call)?;
        progress(call)?.factors.passkey_skipped = true;
        Ok(reply::nothing(call.success()))
    }),
];

pub(super) fn skip(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    known(call)?;
    if policy::is_mandatory(call.state) {
        let code = "session.mfa.mfa_policy_not_user_controlled";
        return Err(Refusal::new(422, code, "Second factors are mandatory."));
    }
    progress(call)?.factors.skipped = true;
    Ok(reply::nothing(call.success()))
}

fn of_kind(call: &Call<'_>, user: &str, kind: &str) -> Option<Record> {
    call.state.second_factors(user).find(|factor| factor.text("type") == kind).cloned()
}

pub(super) fn create_secret(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let secret = totp::secret(&mut call.state.ids);
    let mut record = record(call, &user, Kind::Totp, Some(false));
    record.hidden.insert(TOTP_SECRET.to_owned(), secret.clone().into());
    let answer = json!({ "verificationId": record.id, "secret": secret, "secretQrCode": mfa::QR_CODE });
    progress(call)?.add(record);
    Ok(reply::json(call.success(), &answer))
}

/// Verifies the code of a new secret. Without a record, it is that of the secret that the user has.
pub(super) fn verify_totp(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let (id, code) = (call.text("verificationId").to_owned(), call.text("code").to_owned());
    let secret = if id.is_empty() {
        of_kind(call, &user, mfa::TOTP).map(|factor| factor.hidden.text(TOTP_SECRET).to_owned())
    } else {
        Some(text(&progress(call)?.verification(&id)?.hidden, TOTP_SECRET).to_owned())
    };
    let now = call.now;
    let invalid = || Refusal::usual(400, "session.mfa.invalid_totp_code");
    events::guard(call, (OF_USERS, &user), |_| {
        let valid = secret.is_some_and(|secret| totp::verify(&secret, &code, now));
        if valid { Ok(()) } else { Err(invalid()) }
    })?;
    if !id.is_empty() {
        progress(call)?.verification(&id)?.verified = Some(true);
        return Ok(verification(call, &id));
    }
    let record = record(call, &user, Kind::Totp, Some(true));
    added(call, record)
}

pub(super) fn generate_codes(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let codes = mfa::new_codes(&mut call.state.ids);
    let mut record = record(call, &user, Kind::BackupCode, None);
    record.hidden.insert(BACKUP_CODES.to_owned(), codes.clone().into());
    let answer = json!({ "verificationId": record.id, "codes": codes });
    progress(call)?.add(record);
    Ok(reply::json(call.success(), &answer))
}

/// Verifies a backup code, which can be used once.
pub(super) fn verify_backup_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let code = call.text("code").to_owned();
    let invalid = || Refusal::new(400, "session.mfa.invalid_backup_code", "Invalid backup code.");
    let mut factor = of_kind(call, &user, mfa::BACKUP).ok_or_else(invalid)?;
    events::guard(call, (OF_USERS, &user), |_| {
        let codes = factor.hidden.get_mut(BACKUP_CODES).and_then(Value::as_array_mut).ok_or_else(invalid)?;
        let place = codes.iter().position(|known| *known == *code).ok_or_else(invalid)?;
        codes.remove(place);
        Ok(())
    })?;
    call.state.store.put(&MFA_VERIFICATIONS, factor);
    let mut record = record(call, &user, Kind::BackupCode, None);
    record.shown.insert("code".to_owned(), code.into());
    added(call, record)
}

/// Returns the address of the identified user that the body asks for.
fn address(call: &mut Call<'_>) -> Outcome<(Kind, Identifier)> {
    let kind = call.text("identifierType").to_owned();
    let identifier = Identifier::of_user(&kind, &known(call)?);
    if identifier.value.is_empty() {
        return Err(not_enabled("The user has no such address."));
    }
    Ok((if identifier.kind == "phone" { Kind::MfaPhoneCode } else { Kind::MfaEmailCode }, identifier))
}

fn not_enabled(message: &str) -> Refusal {
    Refusal::new(400, "session.mfa.mfa_factor_not_enabled", message)
}

fn purpose(call: &Call<'_>, identifier: &Identifier) -> Purpose {
    Purpose { usage: "MfaVerification".into(), session: format!("{} {}", call.caller, identifier.kind) }
}

fn send_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (kind, identifier) = address(call)?;
    let purpose = purpose(call, &identifier);
    verification_codes::send(call.state, call.now, &identifier.recipient(), purpose)?;
    let mut record = Verification::new(call.state.ids.id(21), kind);
    record.verified = Some(false);
    record.identifier = Some(identifier);
    record.shown.insert("templateType".to_owned(), "MfaVerification".into());
    added(call, record)
}

fn verify_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (id, code) = (call.text("verificationId").to_owned(), call.text("code").to_owned());
    progress(call)?.verification(&id)?;
    let (_, identifier) = address(call)?;
    let purpose = purpose(call, &identifier);
    events::guard(call, (&identifier.kind, &identifier.value), |call| {
        verification_codes::verify(call.state, call.now, &identifier.recipient(), &purpose, &code)
    })?;
    progress(call)?.verification(&id)?.verified = Some(true);
    Ok(verification(call, &id))
}

/// Keeps a verified factor for the submission.
pub(super) fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?.id;
    let (kind, id) = (call.text("type").to_owned(), call.text("verificationId").to_owned());
    let current = progress(call)?;
    if current.event == Event::ForgotPassword {
        return Err(super::start::not_for_forgotten_passwords());
    }
    let record = current.verification(&id)?.clone();
    if record.kind.name() != kind || !record.is_valid() {
        return Err(super::unverified());
    }
    if !policy::is_on(call.state, &kind) {
        return Err(not_enabled("The factor is not enabled."));
    }
    match record.kind {
        Kind::Totp if of_kind(call, &user, mfa::TOTP).is_some() => return Err(mfa::totp_exists()),
        Kind::Totp => {
            let secret = text(&record.hidden, TOTP_SECRET).to_owned();
            progress(call)?.factors.totp = Some(secret);
        }
        Kind::BackupCode => {
            let others = call.state.second_factors(&user).any(|factor| factor.text("type") != mfa::BACKUP);
            let factors = &progress(call)?.factors;
            if !others && !factors.adds_main() {
                return Err(mfa::codes_alone());
            }
            let codes = record.hidden.get(BACKUP_CODES).cloned();
            progress(call)?.factors.codes = codes;
        }
        Kind::WebAuthn => {
            let credential = super::passkeys::new_credential(&record)?;
            progress(call)?.factors.passkeys.push(credential);
        }
        _ => return Err(super::unverified()),
    }
    progress(call)?.factors.enabled = true;
    Ok(reply::nothing(call.success()))
}
