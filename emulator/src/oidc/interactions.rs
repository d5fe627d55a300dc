//! Starts and finds the sign-ins and consents that are in progress.

use super::{Context, cookies, refuse};
use crate::errors::{Outcome, Refusal};
use crate::http::request::Incoming;
use crate::state::State;
use crate::state::oidc::{Authorization, Interaction, Prompt};

/// Lifetime of an interaction, in seconds.
const LIFETIME: i64 = 3600;

/// Creates an interaction, and returns its id.
pub(super) fn start(
    context: &mut Context<'_>,
    authorization: Authorization,
    prompt: Prompt,
    answered: Vec<Prompt>,
    session: Option<String>,
) -> String {
    let id = context.state.ids.token(43);
    let expires_at = context.now.saturating_add(LIFETIME * 1000);
    let interaction = Interaction {
        id: id.clone(),
        authorization,
        prompt,
        answered,
        session,
        login: None,
        grant: None,
        progress: None,
        challenge: None,
        is_aborted: false,
        expires_at,
    };
    context.state.oidc.interactions.add(interaction);
    id
}

/// Returns the error for a request without a sign-in in progress.
pub(super) fn not_found(description: &'static str) -> Refusal {
    let refusal = Refusal::usual(400, "session.not_found");
    refusal.with("error", "invalid_request").with("error_description", description)
}

/// Returns the error for an interaction that does not exist.
pub(crate) fn missing() -> Refusal {
    not_found("interaction session not found")
}

/// Returns the id of the interaction in the cookie of a request. The application can be named. Its session must still
/// exist.
pub(crate) fn id_of(request: &Incoming, state: &State, now: i64) -> Outcome<String> {
    let cookie = request.cookie(cookies::INTERACTION).filter(|cookie| !cookie.is_empty()).ok_or_else(missing)?;
    let named = request.headers.get("logto-app-id").or_else(|| request.query.get("app_id"));
    let named = named.filter(|named| !named.is_empty());
    let id = cookies::interaction(cookie, named.unwrap_or_default()).unwrap_or_default();
    let found = state.oidc.interactions.get(&id).filter(|interaction| interaction.expires_at > now);
    let interaction = found.ok_or_else(missing)?;
    if named.is_some_and(|named| named != interaction.authorization.client.id) {
        return Err(refuse(400, "invalid_request", "interaction client_id mismatch"));
    }
    if interaction.session.as_ref().is_some_and(|uid| state.oidc.sessions.of_uid(uid).is_none()) {
        return Err(not_found("session not found"));
    }
    Ok(id)
}
