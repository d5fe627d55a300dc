//! The webhooks that interactions trigger.

use logto_admin::serde_json::Value;

use super::{interaction, progress};
use crate::call::Call;
use crate::collections::APPLICATIONS;
use crate::errors::Outcome;
use crate::policies::sentinel;
use crate::record::{Members, Record};
use crate::state::progress::{Event, Progress};
use crate::webhooks::announce;

/// Announces a user who has registered.
pub(super) fn created(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    let mut members = described(call, progress)?;
    members.insert("ip".to_owned(), "127.0.0.1".into());
    members.insert("data".to_owned(), user.members.to_value());
    announce(call.state, call.now, "User.Created", &members);
    Ok(())
}

/// Announces the end of an interaction.
pub(super) fn submitted(call: &mut Call<'_>, progress: &Progress, user: &Record) -> Outcome<()> {
    let event = match progress.event {
        Event::SignIn => "PostSignIn",
        Event::Register => "PostRegister",
        Event::ForgotPassword => "PostResetPassword",
    };
    let mut members = described(call, progress)?;
    members.insert("userIp".to_owned(), "127.0.0.1".into());
    members.insert("userId".to_owned(), user.id.clone().into());
    members.insert("user".to_owned(), user.members.to_value());
    announce(call.state, call.now, event, &members);
    Ok(())
}

/// Makes an attempt to prove an identifier, unless it is blocked. Announces that a failure has blocked it.
pub(super) fn guard<T>(
    call: &mut Call<'_>,
    (kind, value): (&str, &str),
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let was_blocked = call.state.sentinel.blocks(value, call.now);
    let outcome = sentinel::guard(call, value, attempt);
    if !was_blocked && call.state.sentinel.blocks(value, call.now) {
        let progress = progress(call)?.clone();
        let mut members = described(call, &progress)?;
        let about = [("ip", "127.0.0.1"), ("type", kind), ("value", value)];
        members.extend(about.map(|(name, value)| (name.to_owned(), value.into())));
        announce(call.state, call.now, "Identifier.Lockout", &members);
    }
    outcome
}

fn described(call: &mut Call<'_>, progress: &Progress) -> Outcome<Members> {
    let client = interaction(call)?.authorization.client.id.clone();
    let application = call.state.store.get(&APPLICATIONS, &client);
    let application = application.map(|application| application.part(&["id", "type", "name", "description"]));
    let agent = call.request.headers.get("user-agent").unwrap_or_default();
    let members: [(&str, Value); 4] = [
        ("interactionEvent", progress.event.name().into()),
        ("sessionId", call.caller.clone().into()),
        ("userAgent", agent.into()),
        ("application", application.unwrap_or_default()),
    ];
    Ok(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
