//! The webhooks that interactions trigger.

use logto_admin::serde_json::{Value, json};

use super::{interaction, progress};
use crate::call::Call;
use crate::errors::Outcome;
use crate::http::sign_in_context;
use crate::policies::sentinel;
use crate::record::{Members, Record};
use crate::state::messages::{self, Recipient};
use crate::state::progress::{Event, Progress};
use crate::state::sentinel::Pool;
use crate::state::verification_codes::{self, Delivery, Purpose};
use crate::webhooks::{about_application, announce};

/// Announces a user who has registered.
pub(super) fn created(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    changed(call, progress, "User.Created", json!({ "data": user.members.to_value() }))
}

/// Announces a change of a user.
pub(super) fn updated(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    changed(call, progress, "User.Data.Updated", json!({ "data": user.members.to_value() }))
}

/// Announces a change of data.
pub(super) fn changed(call: &mut Call<'_>, progress: &Progress, event: &str, about: Value) -> Outcome<()> {
    let mut members = of_data(call, progress)?;
    members.extend(about.as_object().cloned().unwrap_or_default());
    announce(call.state, call.now, event, &members);
    Ok(())
}

/// Announces the end of an interaction.
pub(super) fn submitted(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    let event = match progress.event {
        Event::SignIn => "PostSignIn",
        Event::Register => "PostRegister",
        Event::ForgotPassword => "PostResetPassword",
    };
    of_user(call, progress, user, (event, Members::new()))
}

/// Announces that an unusual sign-in requires a second factor.
pub(super) fn unusual(call: &mut Call<'_>, progress: &Progress, user: &Record, assessment: Value) -> Outcome<()> {
    let about = Members::from_iter([("adaptiveMfaResult".to_owned(), assessment)]);
    of_user(call, progress, user, ("PostSignInAdaptiveMfaTriggered", about))
}

fn of_user(
    call: &mut Call<'_>,
    progress: &Progress,
    user: &Record,
    (event, mut members): (&str, Members),
) -> Outcome<()> {
    members.extend(described(call, progress)?);
    members.insert("userIp".to_owned(), call.request.ip().into());
    members.extend(call.request.agent().map(|agent| ("userAgent".to_owned(), agent.into())));
    members.insert("userId".to_owned(), user.id.clone().into());
    members.insert("user".to_owned(), user.members.to_value());
    announce(call.state, call.now, event, &members);
    Ok(())
}

/// Makes an attempt to prove an identifier, unless it is blocked. Announces each attempt that a block rejects.
pub(super) fn guard<T>(
    call: &mut Call<'_>,
    pool: Pool,
    (kind, value): (&str, &str),
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let outcome = sentinel::guard(call, pool, value, attempt);
    if sentinel::is_block(&outcome) {
        let progress = progress(call)?.clone();
        changed(call, &progress, "Identifier.Lockout", json!({ "type": kind, "value": value }))?;
    }
    outcome
}

/// Sends a code. Announces a recipient that gets too many.
pub(super) fn send_code(
    call: &mut Call<'_>,
    recipient: &Recipient,
    purpose: Purpose,
    delivery: Delivery,
) -> Outcome<()> {
    let outcome = verification_codes::send(call.state, call.now, recipient, purpose, delivery);
    if messages::is_rate_limited(&outcome) {
        let progress = progress(call)?.clone();
        changed(call, &progress, "Message.RateLimited", messages::about_limit(recipient))?;
    }
    outcome
}

/// Returns what events about data and failures have in common.
fn of_data(call: &mut Call<'_>, progress: &Progress) -> Outcome<Members> {
    let client = interaction(call)?.authorization.client.id.clone();
    let mut members = described(call, progress)?;
    members.insert("applicationId".to_owned(), client.into());
    members.extend(sign_in_context::client(call.request));
    Ok(members)
}

fn described(call: &mut Call<'_>, progress: &Progress) -> Outcome<Members> {
    let client = interaction(call)?.authorization.client.id.clone();
    let members: [(&str, Value); 2] =
        [("interactionEvent", progress.event.name().into()), ("sessionId", call.caller.clone().into())];
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
    Ok(members.chain(about_application(call.state, &client)).collect())
}
