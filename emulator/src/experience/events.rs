//! The webhooks that interactions trigger.

use logto_admin::serde_json::Value;

use super::interaction;
use crate::call::Call;
use crate::collections::APPLICATIONS;
use crate::errors::Outcome;
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
