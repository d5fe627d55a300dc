//! Second factors of users.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET, USERS, unused_codes};
use crate::crypto::webauthn::Credential;
use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::ids::Ids;
use crate::record::Record;
use crate::settings::{ACCOUNT_CENTER, SIGN_IN_EXPERIENCE};
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] = &[("CreateUserMfaVerification", create)];

pub(crate) const TOTP: &str = "Totp";
pub(crate) const BACKUP: &str = "BackupCode";
pub(crate) const PASSKEY: &str = "WebAuthn";
/// The hidden member of a passkey that holds its credential.
const CREDENTIAL: &str = "credential";
const BACKUP_CODE_COUNT: usize = 10;
const BACKUP_CODE_LENGTH: usize = 10;
/// The QR code of a secret. It is a single white pixel: the emulator draws no images.
pub(crate) const QR_CODE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=";

/// Returns whether a factor is switched on in the sign-in experience.
pub(crate) fn is_on(state: &State, factor: &str) -> bool {
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let factors = experience.get("mfa").and_then(|mfa| mfa.get("factors")?.as_array());
    factors.is_some_and(|factors| factors.iter().any(|on| on == factor))
}

/// Rejects a new factor that is switched off. Passkeys can also replace passwords.
pub(crate) fn check_enabled(state: &State, factor: &str) -> Outcome<()> {
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let signs_in = experience.get("passkeySignIn").and_then(|settings| settings.get("enabled"));
    if is_on(state, factor) || (factor == PASSKEY && signs_in == Some(&Value::Bool(true))) {
        return Ok(());
    }
    Err(not_enabled("The factor is not enabled."))
}

pub(crate) fn not_enabled(message: &str) -> Refusal {
    Refusal::new(400, "session.mfa.mfa_factor_not_enabled", message)
}

fn create(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = call.record(&USERS, call.parameter(0))?.id.clone();
    let kind = call.text("type").to_owned();
    match kind.as_str() {
        TOTP if call.state.second_factors(&user).any(|factor| factor.text("type") == TOTP) => Err(totp_exists()),
        TOTP => add_totp(call, &user),
        _ => add_backup_codes(call, &user),
    }
}

fn add_totp(call: &mut Call<'_>, user: &str) -> Outcome<HttpResponse> {
    let secret = match call.text("secret") {
        "" => call.state.ids.base32(32),
        secret if is_totp_secret(secret) => secret.to_owned(),
        _ => return Err(refuse("user.totp_secret_invalid", "Invalid TOTP secret supplied.")),
    };
    add(call, user, TOTP, TOTP_SECRET, secret.clone().into());
    Ok(reply::json(call.success(), &json!({ "type": TOTP, "secret": secret, "secretQrCode": QR_CODE })))
}

pub(crate) fn totp_exists() -> Refusal {
    refuse("user.totp_already_in_use", "TOTP is already in use.")
}

pub(crate) fn codes_alone() -> Refusal {
    refuse("session.mfa.backup_code_can_not_be_alone", "Backup code can not be the only MFA.")
}

pub(crate) fn is_totp_secret(secret: &str) -> bool {
    let padded = data_encoding::BASE32.decode(secret.as_bytes()).is_ok();
    (16..=32).contains(&secret.len()) && padded
}

fn add_backup_codes(call: &mut Call<'_>, user: &str) -> Outcome<HttpResponse> {
    refuse_codes(call.state, user)?;
    let codes = if call.body.contains_key("codes") { call.texts("codes") } else { new_codes(&mut call.state.ids) };
    check_codes(&codes)?;
    add_codes(call, user, &codes);
    Ok(reply::json(call.success(), &json!({ "type": BACKUP, "codes": codes })))
}

/// Rejects backup codes for a user who has unused ones, or has no other factor.
pub(crate) fn refuse_codes(state: &State, user: &str) -> Outcome<()> {
    if state.second_factors(user).any(|factor| unused_codes(factor) > 0) {
        return Err(refuse("user.backup_code_already_in_use", "The user already has backup codes."));
    }
    if state.second_factors(user).all(|factor| factor.text("type") == BACKUP) {
        return Err(codes_alone());
    }
    Ok(())
}

/// Adds backup codes. Each can be used once.
pub(crate) fn add_codes(call: &mut Call<'_>, user: &str, codes: &[String]) {
    let codes = codes.iter().map(|code| json!({ "code": code })).collect();
    add(call, user, BACKUP, BACKUP_CODES, codes);
}

/// Marks a backup code as used. Returns `None` if the code is unknown or was used before.
pub(crate) fn use_code(factor: &mut Record, code: &str, now: i64) -> Option<()> {
    let mut codes = factor.hidden.get_mut(BACKUP_CODES)?.as_array_mut()?.iter_mut();
    let known = codes.find(|known| known.get("code").is_some_and(|known| known == code))?.as_object_mut()?;
    known.insert("usedAt".to_owned(), iso(now).into()).is_none().then_some(())
}

/// Returns a new set of backup codes.
pub(crate) fn new_codes(ids: &mut Ids) -> Vec<String> {
    (0..BACKUP_CODE_COUNT).map(|_| ids.hexadecimal(BACKUP_CODE_LENGTH)).collect()
}

/// Rejects backup codes that the server could not have generated.
pub(crate) fn check_codes(codes: &[String]) -> Outcome<()> {
    let fits = |code: &String| code.len() == BACKUP_CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_hexdigit());
    if codes.len() != BACKUP_CODE_COUNT || !codes.iter().all(fits) {
        return Err(refuse("user.wrong_backup_code_format", "Backup code format is invalid."));
    }
    Ok(())
}

/// Returns the passkeys of a user.
pub(crate) fn passkeys(state: &State, user: &str) -> Vec<Credential> {
    state.second_factors(user).filter_map(credential).collect()
}

/// Returns the other origins whose pages can register passkeys.
pub(crate) fn related_origins(state: &State) -> Vec<String> {
    let settings = state.settings.get(&ACCOUNT_CENTER);
    let origins = settings.get("webauthnRelatedOrigins").and_then(Value::as_array).into_iter().flatten();
    origins.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the credential of a passkey.
pub(crate) fn credential(factor: &Record) -> Option<Credential> {
    logto_admin::serde_json::from_value(factor.hidden.get(CREDENTIAL)?.clone()).ok()
}

pub(crate) fn set_credential(factor: &mut Record, credential: &Credential) {
    factor.hidden.insert(CREDENTIAL.to_owned(), json!(credential));
}

pub(crate) fn add_passkey(call: &mut Call<'_>, user: &str, credential: &Credential, name: Option<&str>) {
    let described = [("agent", Some(credential.agent.as_str())), ("name", name)];
    let described = described.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    let mut factor = blank(call, user, PASSKEY);
    factor.members.extend(described);
    set_credential(&mut factor, credential);
    call.state.store.put(&MFA_VERIFICATIONS, factor);
}

/// Adds a second factor with a hidden member.
pub(crate) fn add(call: &mut Call<'_>, user: &str, kind: &str, member: &str, value: Value) {
    let mut factor = blank(call, user, kind);
    factor.hidden.insert(member.to_owned(), value);
    call.state.store.put(&MFA_VERIFICATIONS, factor);
}

fn blank(call: &mut Call<'_>, user: &str, kind: &str) -> Record {
    let given = [("userId", user.to_owned()), ("type", kind.to_owned()), ("createdAt", iso(call.now))];
    let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    call.state.blank(&MFA_VERIFICATIONS, given, call.now)
}

fn refuse(code: &str, message: &str) -> Refusal {
    Refusal::new(422, code, message)
}
