//! Variables of the templates of messages, besides the code or link.

use logto_admin::serde_json::Value;

use super::languages;
use crate::collections::{ORGANIZATIONS, USERS, experience_of};
use crate::http::page_context;
use crate::http::request::Incoming;
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::messages::{Channel, Recipient};

/// The entities that templates can show.
#[derive(Clone, Copy)]
pub(crate) enum Entity {
    Application,
    Organization,
    User,
    Inviter,
}

impl Entity {
    /// Returns the name of the variable.
    const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Organization => "organization",
            Self::User => "user",
            Self::Inviter => "inviter",
        }
    }

    fn shown(self, state: &State, id: &str) -> Option<Value> {
        let of_users = ["id", "avatar", "name", "primaryEmail", "primaryPhone", "username", "profile"];
        match self {
            Self::Application => application(state, id),
            Self::Organization => Some(state.store.get(&ORGANIZATIONS, id)?.part(&["id", "name", "branding"])),
            Self::User | Self::Inviter => Some(state.store.get(&USERS, id)?.part(&of_users)),
        }
    }
}

fn application(state: &State, id: &str) -> Option<Value> {
    let application = state.application(id)?;
    let Value::Object(mut shown) = application.part(&["id", "name"]) else { return None };
    if let Some(experience) = experience_of(&application) {
        shown.extend(experience.get("branding").map(|branding| ("branding".to_owned(), branding.clone())));
        let name = text(experience, "displayName");
        shown.extend((!name.is_empty()).then(|| ("displayName".to_owned(), name.into())));
    }
    Some(shown.into())
}

/// Returns the entities that have an id. An unknown one drops all of them.
fn of_entities(state: &State, entities: &[(Entity, &str)]) -> Members {
    let given = entities.iter().filter(|(_, id)| !id.is_empty());
    let shown = given.map(|(entity, id)| Some((entity.name().to_owned(), entity.shown(state, id)?)));
    shown.collect::<Option<Members>>().unwrap_or_default()
}

/// Returns the variables of a message with a code that a browser asks for. Only emails show entities.
pub(crate) fn of_code(
    state: &State,
    request: &Incoming,
    recipient: &Recipient,
    entities: &[(Entity, &str)],
) -> Members {
    let context = page_context::of(request);
    let mut variables = languages::of_message(state, request, context.get("uiLocales").map(String::as_str));
    if recipient.channel == Channel::Email {
        variables.extend(of_entities(state, entities));
    }
    variables
}

/// Returns the variables of the email about an invitation. Those of the caller replace others.
pub(crate) fn of_invitation(state: &State, invitation: &Record, given: Members) -> Members {
    let ids = [(Entity::Organization, "organizationId"), (Entity::Inviter, "inviterId")];
    let mut variables = of_entities(state, &ids.map(|(entity, member)| (entity, invitation.text(member))));
    variables.extend(given);
    variables
}
