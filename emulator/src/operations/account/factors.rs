//! Second factors and their settings.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::rules::{field_of, require_editable};
use super::{no_record, save, user};
use crate::call::{Call, Handler};
use crate::collections::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET};
use crate::crypto::totp;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::collection_operations::show;
use crate::operations::mfa::{self, BACKUP, PASSKEY, TOTP};
use crate::operations::users;
use crate::record::{Members, Record};
use crate::rules::Shape;
use crate::state::verification_records::Kind;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetMfaVerifications", |call| Ok(list(call))),
    ("AddMfaVerification", add),
    ("CreateOrReplaceTotpMfaVerification", replace_totp),
    ("GenerateTotpSecret", |call| Ok(reply::json(200, &json!({ "secret": totp::secret(&mut call.state.ids) })))),
    ("GenerateMyAccountBackupCodes", |call| {
        Ok(reply::json(200, &json!({ "codes": mfa::new_codes(&mut call.state.ids) })))
    }),
    ("GetBackupCodes", backup_codes),
    ("UpdateMfaVerificationName", rename),
    ("DeleteMfaVerification", delete),
    ("GetMfaSettings", |call| settings(call)),
    ("UpdateMfaSettings", update_settings),
    ("GetLogtoConfig", |call| Ok(reply::json(200, &users::configs(&user(call)?)))),
    ("UpdateLogtoConfig", |call| {
        let sent = call.body.clone();
        Ok(reply::json(200, &merge(call, &sent)?))
    }),
];

fn list(call: &Call<'_>) -> HttpResponse {
    let factors = call.state.second_factors(&call.caller);
    reply::json(200, &factors.map(|factor| show(call, &MFA_VERIFICATIONS, factor, Shape::Listed)).collect())
}

/// Returns the user's factor of a type.
fn factor<'c>(call: &'c Call<'_>, kind: &str) -> Option<&'c Record> {
    call.state.second_factors(&call.caller).find(|factor| factor.text("type") == kind)
}

/// Returns the user's factor with the id in the path.
fn named(call: &Call<'_>) -> Outcome<Record> {
    let id = call.parameter(0);
    call.state.second_factors(&call.caller).find(|factor| factor.id == id).cloned().ok_or_else(no_record)
}

/// Adds a factor, and turns on multi-factor authentication for the user.
fn insert(call: &mut Call<'_>, kind: &str, member: &str, value: Value) -> Outcome<HttpResponse> {
    let user = call.caller.clone();
    mfa::add(call, &user, kind, member, value);
    enable(call)
}

/// Turns on multi-factor authentication for the user.
fn enable(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    merge(call, &Members::from_iter([("mfa".to_owned(), json!({ "enabled": true }))]))?;
    Ok(reply::nothing(204))
}

fn add(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    mfa::check_enabled(call.state, call.text("type"))?;
    match call.text("type") {
        TOTP => {
            if factor(call, TOTP).is_some() {
                return Err(mfa::totp_exists());
            }
            check_totp(call)?;
            let secret = call.text("secret").into();
            insert(call, TOTP, TOTP_SECRET, secret)
        }
        BACKUP => {
            let (codes, user) = (call.texts("codes"), call.caller.clone());
            mfa::refuse_codes(call.state, &user)?;
            mfa::check_codes(&codes)?;
            mfa::add_codes(call, &user, &codes);
            enable(call)
        }
        _ => add_passkey(call),
    }
}

fn add_passkey(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let record = call.state.verifications.verified(call.text("newIdentifierVerificationRecordId"), call.now);
    let record = record.ok_or_else(no_record)?;
    let Kind::Passkey { credential: Some(credential), .. } = &record.kind else { return Err(no_record()) };
    let (user, credential, name) = (call.caller.clone(), credential.clone(), call.text("name").to_owned());
    mfa::add_passkey(call, &user, &credential, Some(name.as_str()).filter(|name| !name.is_empty()));
    // A passkey that only replaces the password does not count.
    if mfa::is_on(call.state, PASSKEY) { enable(call) } else { Ok(reply::nothing(204)) }
}

fn check_totp(call: &Call<'_>) -> Outcome<()> {
    if !mfa::is_totp_secret(call.text("secret")) {
        return Err(Refusal::usual(400, "user.totp_secret_invalid"));
    }
    // A new factor does not need a code, and an empty one counts as none. A replacement does.
    let is_checked = call.info.id == "CreateOrReplaceTotpMfaVerification" || !call.text("code").is_empty();
    if is_checked && !totp::verify(call.text("secret"), call.text("code"), call.now) {
        return Err(Refusal::usual(400, "session.mfa.invalid_totp_code"));
    }
    Ok(())
}

fn replace_totp(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    mfa::check_enabled(call.state, TOTP)?;
    check_totp(call)?;
    if let Some(id) = factor(call, TOTP).map(|factor| factor.id.clone()) {
        call.state.store.remove(&MFA_VERIFICATIONS, &id);
    }
    let secret = call.text("secret").into();
    insert(call, TOTP, TOTP_SECRET, secret)
}

fn backup_codes(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let missing = || Refusal::usual(404, "verification_record.not_found");
    let codes = factor(call, BACKUP).and_then(|factor| factor.hidden.get(BACKUP_CODES)).ok_or_else(missing)?;
    Ok(reply::json(200, &json!({ "codes": codes })))
}

/// Only passkeys have names.
fn rename(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut passkey = named(call)?;
    if passkey.text("type") != PASSKEY {
        return Err(no_record());
    }
    passkey.members.insert("name".to_owned(), call.text("name").into());
    call.state.store.put(&MFA_VERIFICATIONS, passkey);
    Ok(reply::word(200))
}

fn delete(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let factor = named(call)?;
    require_editable(call, field_of(factor.text("type")))?;
    call.state.store.remove(&MFA_VERIFICATIONS, &factor.id);
    Ok(reply::nothing(204))
}

/// Merges settings of the user and returns all of them.
fn merge(call: &mut Call<'_>, sent: &Members) -> Outcome<Value> {
    let mut user = user(call)?;
    users::merge_configs(&mut user, sent);
    let configs = users::configs(&user);
    save(call, user);
    Ok(configs)
}

fn settings(call: &Call<'_>) -> Outcome<HttpResponse> {
    let configs = users::configs(&user(call)?);
    Ok(reply::json(200, &json!({ "skipMfaOnSignIn": configs.pointer("/mfa/skipMfaOnSignIn") })))
}

fn update_settings(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let skips = json!({ "skipMfaOnSignIn": call.body.get("skipMfaOnSignIn") });
    merge(call, &Members::from_iter([("mfa".to_owned(), skips)]))?;
    settings(call)
}
