//! Proofs by a code that was sent to an email address or a phone number.

use logto_admin::transport::HttpResponse;

use super::{added, events, progress, verification};
use crate::call::{Call, Handler};
use crate::errors::Outcome;
use crate::state::progress::{Event, Identifier, Kind, Verification};
use crate::state::verification_codes::{self, Purpose};

pub(super) const ALL: &[(&str, Handler)] =
    &[("CreateAndSendVerificationCode", send), ("VerifyVerificationCodeVerification", verify)];

pub(super) fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (id, identifier) = (call.text("verificationId").to_owned(), Identifier::of(&call.body));
    let record = progress(call)?.verification(&id)?;
    if !matches!(record.kind, Kind::EmailCode | Kind::PhoneCode) || record.identifier.as_ref() != Some(&identifier) {
        return Err(crate::state::progress::missing());
    }
    let event = Event::named(record.text("templateType")).unwrap_or(Event::SignIn);
    check(call, &identifier, event)?;
    progress(call)?.verification(&id)?.verified = Some(true);
    Ok(verification(call, &id))
}

pub(super) fn send(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let identifier = Identifier::of(&call.body);
    let event = Event::named(call.text("interactionEvent")).unwrap_or(Event::SignIn);
    progress(call)?;
    let purpose = purpose(call, event);
    verification_codes::send(call.state, call.now, &identifier.recipient(), purpose)?;
    let mut record = Verification::new(call.state.ids.id(21), identifier.code_kind());
    record.verified = Some(false);
    record.identifier = Some(identifier);
    record.shown.insert("templateType".to_owned(), event.name().into());
    added(call, record)
}

/// Codes belong to the interaction that asked for them.
fn purpose(call: &Call<'_>, event: Event) -> Purpose {
    Purpose { usage: event.name().into(), session: call.caller.clone() }
}

fn check(call: &mut Call<'_>, identifier: &Identifier, event: Event) -> Outcome<()> {
    let (code, purpose) = (call.text("code").to_owned(), purpose(call, event));
    events::guard(call, (&identifier.kind, &identifier.value), |call| {
        verification_codes::verify(call.state, call.now, &identifier.recipient(), &purpose, &code)
    })
}
