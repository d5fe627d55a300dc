//! Logs where authorization requests begin and end their interactions with users.

use logto_admin::serde_json::{Value, json};

use super::Context;
use crate::record::Members;
use crate::state::logs::Entry;
use crate::state::oidc::{Interaction, Prompt};

/// Logs that a user is asked to sign in or to consent.
pub(super) fn created(context: &mut Context<'_>, id: &str) {
    let Some(interaction) = context.state.oidc.interactions.get(id) else { return };
    let mut payload = payload(context, interaction);
    let name = match interaction.prompt {
        Prompt::Login => "login",
        Prompt::Consent => "consent",
    };
    payload.insert("prompt".to_owned(), json!({ "name": name, "details": {}, "reasons": [format!("{name}_prompt")] }));
    log(context, "Interaction.Create", payload);
}

/// Logs that a user has signed in or consented.
pub(super) fn ended(context: &mut Context<'_>, interaction: &Interaction) {
    let payload = payload(context, interaction);
    log(context, "Interaction.End", payload);
}

fn payload(context: &Context<'_>, interaction: &Interaction) -> Members {
    let authorization = &interaction.authorization;
    let parameters = authorization.parameters.iter().filter(|(name, _)| *name != "client_secret");
    let parameters: Members = parameters.map(|(name, value)| (name.to_owned(), value.into())).collect();
    let session = interaction.session.as_deref().and_then(|id| context.state.oidc.sessions.get(id));
    let members: [(&str, Option<Value>); 4] = [
        ("applicationId", Some(authorization.client.id.clone().into())),
        ("interactionId", Some(interaction.id.clone().into())),
        ("params", Some(parameters.into())),
        ("userId", session.map(|session| session.user.clone().into())),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn log(context: &mut Context<'_>, key: &str, payload: Members) {
    let entry = Entry::new(key.to_owned(), None, payload).from(context.request);
    context.state.log(context.now, entry);
}
