//! Keeps second factors for the submission of an interaction.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::factors::{admit, nothing_new, of_kind};
use super::{known, passkeys, policy, profile, progress};
use crate::call::{Call, Handler};
use crate::collections::{BACKUP_CODES, TOTP_SECRET};
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::mfa;
use crate::state::progress::{Identifier, Kind, Progress, Verification};

pub(super) const ALL: &[(&str, Handler)] = &[("BindMfaVerification", bind)];

/// Adds a record for a proven address that becomes a second factor. The user need not prove it again.
fn add_address(current: &mut Progress, id: String, identifier: Identifier) {
    let mut record = Verification::new(id, identifier.factor_kind());
    record.verified = Some(true);
    record.identifier = Some(identifier);
    record.shown.insert("templateType".to_owned(), "MfaVerification".into());
    current.add(record);
}

/// Keeps a verified factor for the submission.
pub(super) fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    admit(call)?;
    let (kind, id) = (call.text("type").to_owned(), call.text("verificationId").to_owned());
    match kind.as_str() {
        mfa::TOTP => bind_totp(call, &id)?,
        mfa::PASSKEY => passkeys::keep(call, &id)?,
        mfa::BACKUP => bind_codes(call, &id)?,
        kind => {
            let kind = if kind == "PhoneVerificationCode" { "phone" } else { "email" };
            let identifier = profile::add_address(call, kind, &id)?;
            let id = call.state.ids.id(21);
            add_address(progress(call)?, id, identifier);
        }
    }
    progress(call)?.factors.enabled = true;
    Ok(reply::nothing(call.success()))
}

fn bind_totp(call: &mut Call<'_>, id: &str) -> Outcome<()> {
    let record = progress(call)?.record(id, Kind::Totp)?.clone();
    if !record.is_valid() {
        return Err(super::unverified());
    }
    let secret = record.hidden.get(TOTP_SECRET).and_then(Value::as_str).ok_or_else(nothing_new)?.to_owned();
    mfa::check_enabled(call.state, mfa::TOTP)?;
    let user = known(call)?.id;
    if of_kind(call, &user, mfa::TOTP).is_some() {
        return Err(mfa::totp_exists());
    }
    progress(call)?.factors.totp = Some(secret);
    Ok(())
}

fn bind_codes(call: &mut Call<'_>, id: &str) -> Outcome<()> {
    let record = progress(call)?.record(id, Kind::BackupCode)?.clone();
    mfa::check_enabled(call.state, mfa::BACKUP)?;
    let (user, current) = (known(call)?, progress(call)?.clone());
    if policy::factors(call.state, &current, &user).iter().all(|factor| *factor == mfa::BACKUP) {
        return Err(mfa::codes_alone());
    }
    keep_codes(call, &record)
}

/// Keeps the backup codes of a record for the submission.
pub(super) fn keep_codes(call: &mut Call<'_>, record: &Verification) -> Outcome<()> {
    let codes = record.hidden.get(BACKUP_CODES).and_then(Value::as_array).ok_or_else(nothing_new)?.iter();
    progress(call)?.factors.codes = Some(codes.filter_map(Value::as_str).map(str::to_owned).collect());
    Ok(())
}
