//! Verification records of the account API.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{no_record, user};
use crate::call::{Call, Handler};
use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::{reply, sign_in_context};
use crate::policies::template_variables::{self, Entity};
use crate::policies::{email, sentinel};
use crate::record::Record;
use crate::state::messages::{self, Channel, Recipient};
use crate::state::sentinel::Pool;
use crate::state::verification_codes::{self, Delivery, Purpose};
use crate::state::verification_records::Kind;
use crate::webhooks::announce;

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

/// Makes an attempt to prove an identifier, unless it is blocked. Announces each attempt that a block rejects.
fn guard<T>(
    call: &mut Call<'_>,
    (kind, value): (&str, &str),
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let outcome = sentinel::guard(call, Pool::FirstFactor, value, attempt);
    if sentinel::is_block(&outcome) {
        announce_failure(call, "Identifier.Lockout", &json!({ "type": kind, "value": value }));
    }
    outcome
}

fn announce_failure(call: &mut Call<'_>, event: &str, about: &Value) {
    let mut members = sign_in_context::client(call.request);
    members.extend(about.as_object().cloned().unwrap_or_default());
    announce(call.state, call.now, event, &members);
}

fn by_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (user, password) = (user(call)?, call.text("password").to_owned());
    guard(call, ("userId", &user.id), |call| {
        if !call.state.jobs.verify(&user.hidden, &password)? {
            return Err(Refusal::usual(422, "session.invalid_credentials"));
        }
        if user.is_true("isSuspended") {
            return Err(Refusal::new(401, "user.suspended", "The account is suspended."));
        }
        Ok(())
    })?;
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
        Channel::Email => user.text("primaryEmail") == recipient.address,
        Channel::Sms => user.text("primaryPhone") == recipient.address,
    }
}

/// Sends a code to an address of the user or to a new one. The former proves that the user is present.
fn send_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = identifier(call)?;
    let is_own = has_address(&user(call)?, &recipient);
    let usage = match call.text("templateType") {
        _ if !is_own => "BindNewIdentifier",
        "BindMfa" => "BindMfa",
        _ => "UserPermissionValidation",
    };
    if !is_own {
        email::check(call.state, &recipient)?;
    }
    let (id, expires_at) = add(call, is_own, Kind::Code { recipient: recipient.clone(), usage: usage.into() });
    let purpose = Purpose { usage: usage.into(), session: id.clone() };
    let client = call.access_token().map(|token| token.client.clone()).unwrap_or_default();
    let shown = [(Entity::User, call.caller.as_str()), (Entity::Application, client.as_str())];
    let variables = template_variables::of_code(call.state, call.request, &recipient, &shown);
    let sent = verification_codes::send(call.state, call.now, &recipient, purpose, Delivery::Sent(variables));
    if messages::is_rate_limited(&sent) {
        announce_failure(call, "Message.RateLimited", &messages::about_limit(&recipient));
    }
    sent?;
    Ok(reply::json(201, &json!({ "verificationRecordId": id, "expiresAt": expires_at })))
}

fn verify_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = identifier(call)?;
    let (id, code) = (call.text("verificationId").to_owned(), call.text("code").to_owned());
    let record = call.state.verifications.get_mut(&id, call.now).ok_or_else(no_record)?;
    let usage = match &record.kind {
        Kind::Code { usage, recipient: of } if of.channel == recipient.channel => usage.clone(),
        _ => return Err(no_record()),
    };
    let purpose = Purpose { usage, session: id.clone() };
    let kind = if recipient.channel == Channel::Email { "email" } else { "phone" };
    guard(call, (kind, &recipient.address), |call| {
        verification_codes::verify(call.state, call.now, &recipient, &purpose, &code)
    })?;
    if let Some(record) = call.state.verifications.get_mut(&id, call.now) {
        record.is_verified = true;
    }
    Ok(reply::json(200, &json!({ "verificationRecordId": Value::from(id) })))
}
