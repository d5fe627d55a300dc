//! Second factors: their proofs, and new ones that the submission stores.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{added, codes, events, known, policy, progress, record, verification};
use crate::call::{Call, Handler};
use crate::collections::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET};
use crate::crypto::totp;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::mfa;
use crate::record::{Fields, Record, text};
use crate::state::progress::{Event, Identifier, Kind, Verification, missing};
use crate::state::sentinel::Pool;
use crate::state::verification_codes::{self, Delivery, Purpose};

/// The kind of an identifier that is the id of a user.
pub(super) const OF_USERS: &str = "userId";
/// The hidden member of an authenticator app with the step of the last code. Each code proves the factor once.
const LAST_STEP: &str = "lastUsedTimeStep";

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateTotpSecret", create_secret),
    ("VerifyTotpVerification", verify_totp),
    ("GenerateBackupCodes", generate_codes),
    ("VerifyBackupCode", verify_backup_code),
    ("CreateAndSendMfaVerificationCode", send_code),
    ("VerifyMfaVerificationCode", verify_code),
    ("MarkMfaEnabled", |call| {
        admit(call)?;
        progress(call)?.factors.enabled = true;
        Ok(reply::nothing(call.success()))
    }),
    ("SkipMfaBindingFlow", |call| {
        admit(call)?;
        skip(call)
    }),
    ("SkipMfaSuggestion", |call| {
        admit(call)?;
        progress(call)?.factors.suggestion_skipped = true;
        Ok(reply::nothing(call.success()))
    }),
    ("SkipPasskeyBinding", |call| {
        admit(call)?;
        progress(call)?.factors.passkey_skipped = true;
        Ok(reply::nothing(call.success()))
    }),
];

/// Rejects a change of second factors before the user has proven a required one. Rejects any change for a forgotten
/// password.
pub(super) fn admit(call: &mut Call<'_>) -> Outcome<()> {
    if progress(call)?.event == Event::ForgotPassword {
        return Err(super::start::not_for_forgotten_passwords());
    }
    policy::require(call)
}

pub(super) fn skip(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?;
    policy::refuse_skip(call.state, &user)?;
    progress(call)?.factors.skipped = true;
    Ok(reply::nothing(call.success()))
}

pub(super) fn of_kind(call: &Call<'_>, user: &str, kind: &str) -> Option<Record> {
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
    let (id, code, now) = (call.text("verificationId").to_owned(), call.text("code").to_owned(), call.now);
    let invalid = || Refusal::usual(400, "session.mfa.invalid_totp_code");
    if id.is_empty() {
        events::guard(call, Pool::Totp, (OF_USERS, &user), |call| {
            let mut factor = of_kind(call, &user, mfa::TOTP).ok_or_else(invalid)?;
            use_code(&mut factor.hidden, &code, now).ok_or_else(invalid)?;
            call.state.store.put(&MFA_VERIFICATIONS, factor);
            Ok(())
        })?;
        let record = record(call, &user, Kind::Totp, Some(true));
        return added(call, record);
    }
    let record = progress(call)?.record(&id, Kind::Totp)?;
    if record.text(OF_USERS) != user {
        return Err(missing());
    }
    if !totp::verify(text(&record.hidden, TOTP_SECRET), &code, now) {
        return Err(invalid());
    }
    record.verified = Some(true);
    Ok(verification(call, &id))
}

/// Marks the code of an authenticator app as used. Returns `None` if it is invalid, or not newer than the last one.
fn use_code(factor: &mut Fields, code: &str, now: i64) -> Option<()> {
    let step = totp::step_of(factor.text(TOTP_SECRET), code, now)?;
    if factor.get(LAST_STEP).and_then(Value::as_i64).is_some_and(|last| step <= last) {
        return None;
    }
    factor.insert(LAST_STEP.to_owned(), step.into());
    Some(())
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
    events::guard(call, Pool::BackupCode, (OF_USERS, &user), |call| {
        let mut factor = of_kind(call, &user, mfa::BACKUP).ok_or_else(invalid)?;
        mfa::use_code(&mut factor, &code, call.now).ok_or_else(invalid)?;
        call.state.store.put(&MFA_VERIFICATIONS, factor);
        Ok(())
    })?;
    let mut record = record(call, &user, Kind::BackupCode, None);
    record.shown.insert("code".to_owned(), code.into());
    added(call, record)
}

fn purpose(id: &str) -> Purpose {
    Purpose { usage: "MfaVerification".into(), session: id.to_owned() }
}

/// Sends a code to an address of the identified user.
fn send_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    // The status differs from that of other calls before the identification.
    let kind = call.text("identifierType").to_owned();
    if progress(call)?.user.is_none() {
        return Err(Refusal::new(400, "session.identifier_not_found", "User identifier not found."));
    }
    let identifier = Identifier::of_user(&kind, &known(call)?);
    if identifier.value.is_empty() {
        return Err(mfa::not_enabled("The user has no such address."));
    }
    let mut record = Verification::new(call.state.ids.id(21), identifier.factor_kind());
    let recipient = identifier.recipient();
    let delivery = Delivery::Sent(codes::variables(call, &recipient));
    events::send_code(call, &recipient, purpose(&record.id), delivery)?;
    record.verified = Some(false);
    record.identifier = Some(identifier);
    record.shown.insert("templateType".to_owned(), "MfaVerification".into());
    added(call, record)
}

fn verify_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (id, code) = (call.text("verificationId").to_owned(), call.text("code").to_owned());
    let kind = if call.text("identifierType") == "phone" { Kind::MfaPhoneCode } else { Kind::MfaEmailCode };
    let identifier = progress(call)?.record(&id, kind)?.identifier.clone().ok_or_else(missing)?;
    events::guard(call, Pool::FirstFactor, (&identifier.kind, &identifier.value), |call| {
        verification_codes::verify(call.state, call.now, &identifier.recipient(), &purpose(&id), &code)
    })?;
    progress(call)?.verification(&id)?.verified = Some(true);
    Ok(verification(call, &id))
}

/// Returns the error for a record that is not about a new factor. The record proves a factor that the user already has.
pub(super) fn nothing_new() -> Refusal {
    Refusal::new(400, "session.mfa.pending_info_not_found", "The record is not about a new factor.")
}
