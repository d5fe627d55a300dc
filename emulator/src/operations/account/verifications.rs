//! Verification records of the account API.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{no_record, user};
use crate::call::{Call, Handler};
use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::policies::email;
use crate::record::Record;
use crate::state::messages::{Channel, Recipient};
use crate::state::verification_codes::{self, Delivery, Purpose};
use crate::state::verification_records::Kind;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateVerificationByPassword", by_password),
    ("CreateVerificationByVerificationCode", send_code),
    ("VerifyVerificationByVerificationCode", verify_code),
];

/// Adds a record for the caller, or for nobody in particular. Returns its id and its expiry.
pub(super) fn add(call: &mut Call<'_>, is_of_caller: bool, kind: Kind) -> (String, String) {
    let user = is_of_caller.then(|| call.caller.clone());
    let (id, expires_at) = call.state.verifications.add(&mut call.state.ids, call.now, user, kind);
    (id, iso(expires_at))
}

fn by_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = user(call)?;
    let password = call.text("password").to_owned();
    if !call.state.jobs.verify(&user.hidden, &password)? {
        return Err(Refusal::usual(422, "session.invalid_credentials"));
    }
    let (id, expires_at) = add(call, true, Kind::Password);
    Ok(reply::json(201, &json!({ "verificationRecordId": id, "expiresAt": expires_at })))
}

/// Returns the address in the body.
fn identifier(call: &Call<'_>) -> Outcome<Recipient> {
    let text = |name: &str| call.body.get("identifier").and_then(|identifier| identifier.get(name)?.as_str());
    match (text("type"), text("value")) {
        (Some("email"), Some(address)) => Ok(Recipient::email(address)),
        (Some("phone"), Some(address)) => Ok(Recipient::phone(address)),
        _ => Err(no_record()),
    }
}

/// Returns whether this is an address that the user already has.
fn has_address(user: &Record, recipient: &Recipient) -> bool {
    match recipient.channel {
        Channel::Email => user.text("primaryEmail").eq_ignore_ascii_case(&recipient.address),
        Channel::Sms => user.text("primaryPhone") == recipient.address,
    }
}

/// Sends a code to an address of the user, which proves that the user is present, or to a new one.
fn send_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = identifier(call)?;
    let is_own = has_address(&user(call)?, &recipient);
    let usage = match call.text("templateType") {
        "BindMfa" => "BindMfa",
        "UserPermissionValidation" => "UserPermissionValidation",
        _ if is_own => "UserPermissionValidation",
        _ => "BindNewIdentifier",
    };
    if !is_own {
        email::check(call.state, &recipient)?;
    }
    let (id, expires_at) = add(call, is_own, Kind::Code { recipient: recipient.clone(), usage: usage.into() });
    let purpose = Purpose { usage: usage.into(), session: id.clone() };
    verification_codes::send(call.state, call.now, &recipient, purpose, Delivery::Sent)?;
    Ok(reply::json(201, &json!({ "verificationRecordId": id, "expiresAt": expires_at })))
}

fn verify_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = identifier(call)?;
    let (id, code) = (call.text("verificationId").to_owned(), call.text("code").to_owned());
    let record = call.state.verifications.get_mut(&id, call.now).ok_or_else(no_record)?;
    let Kind::Code { usage, .. } = &record.kind else { return Err(no_record()) };
    let purpose = Purpose { usage: usage.clone(), session: id.clone() };
    verification_codes::verify(call.state, call.now, &recipient, &purpose, &code)?;
    if let Some(record) = call.state.verifications.get_mut(&id, call.now) {
        record.is_verified = true;
    }
    Ok(reply::json(200, &json!({ "verificationRecordId": Value::from(id) })))
}
