//! Proofs by a code that was sent to an email address or a phone number.

use logto_admin::transport::HttpResponse;

use super::{added, events, guards, people, progress, verification};
use crate::call::{Call, Handler};
use crate::errors::Outcome;
use crate::http::page_context;
use crate::policies::template_variables::{self, Entity};
use crate::record::Members;
use crate::state::messages::Recipient;
use crate::state::progress::{Event, Identifier, Progress, Verification};
use crate::state::sentinel::Pool;
use crate::state::verification_codes::{self, Delivery, Purpose};

pub(super) const ALL: &[(&str, Handler)] =
    &[("CreateAndSendVerificationCode", send), ("VerifyVerificationCodeVerification", verify)];

pub(super) fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (id, identifier) = (call.text("verificationId").to_owned(), Identifier::of(&call.body));
    let purpose = purpose(progress(call)?.record(&id, identifier.code_kind())?);
    let code = call.text("code").to_owned();
    events::guard(call, Pool::FirstFactor, (&identifier.kind, &identifier.value), |call| {
        verification_codes::verify(call.state, call.now, &identifier.recipient(), &purpose, &code)
    })?;
    progress(call)?.verification(&id)?.verified = Some(true);
    Ok(verification(call, &id))
}

pub(super) fn send(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let identifier = Identifier::of(&call.body);
    let event = Event::named(call.text("interactionEvent")).unwrap_or(Event::SignIn);
    let current = progress(call)?.clone();
    if current.user.is_none() {
        guards::captcha(call.state, &current)?;
    }
    let mut record = Verification::new(call.state.ids.id(21), identifier.code_kind());
    let usage = if adds_factor(call, &current, &identifier) { "BindMfa" } else { event.name() };
    record.verified = Some(false);
    record.shown.insert("templateType".to_owned(), usage.into());
    let recipient = identifier.recipient();
    record.identifier = Some(identifier);
    if event == Event::Register {
        guards::new_email(call.state, &record)?;
    }
    let delivery = match can_use(call, &current, &record, event) {
        true => Delivery::Sent(variables(call, &recipient)),
        false => Delivery::Suppressed,
    };
    events::send_code(call, &recipient, purpose(&record), delivery)?;
    added(call, record)
}

/// Returns the variables of the message. They are about the sign-in that the page shows, and never about the user.
pub(super) fn variables(call: &Call<'_>, recipient: &Recipient) -> Members {
    let context = page_context::of(call.request);
    let id = |name: &str| context.get(name).map(String::as_str).unwrap_or_default();
    let shown = [(Entity::Application, id("appId")), (Entity::Organization, id("organizationId"))];
    template_variables::of_code(call.state, call.request, recipient, &shown)
}

/// Codes belong to their record.
fn purpose(record: &Verification) -> Purpose {
    Purpose { usage: record.text("templateType").to_owned().into(), session: record.id.clone() }
}

/// Returns whether a known user adds the address as a second factor. Users do not register with such addresses.
fn adds_factor(call: &Call<'_>, current: &Progress, identifier: &Identifier) -> bool {
    let registers = guards::sign_up(&guards::experience(call.state)).concat();
    current.user.is_some() && !registers.contains(&identifier.kind)
}

/// Returns whether a code could be of use. Strangers must not learn which addresses are known, and get no such messages.
fn can_use(call: &Call<'_>, current: &Progress, record: &Verification, event: Event) -> bool {
    let needs_user = match event {
        Event::ForgotPassword => true,
        Event::SignIn => current.user.is_none() && guards::event(call.state, Event::Register, false).is_err(),
        Event::Register => false,
    };
    !needs_user || record.identifier.as_ref().is_some_and(|identifier| people::find(call.state, identifier).is_some())
}
