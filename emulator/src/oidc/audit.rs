//! Logs where authorization requests begin and end their interactions with users.

use logto_admin::serde_json::{Value, json};

use super::Context;
use super::ungranted_scopes::{UngrantedScopes, ungranted_scopes};
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::oidc::{Authorization, Interaction, Prompt, Session};

/// Credentials that an authorization request can carry. The log masks them, whether the request has them or not.
const CREDENTIALS: [&str; 2] = ["one_time_token", "google_one_tap_credential"];

/// Logs that a user is asked to sign in or to consent, for these reasons.
pub(super) fn created(context: &mut Context<'_>, id: &str, reasons: &[&str]) {
    let Some(interaction) = context.state.oidc.interactions.get(id).cloned() else { return };
    let session = interaction.session.as_deref().and_then(|uid| context.state.oidc.sessions.of_uid(uid)).cloned();
    let mut payload = payload(context, &interaction, interaction.session.as_deref());
    let (name, details) = match (interaction.prompt, &session) {
        (Prompt::Consent, Some(session)) => {
            let missing = ungranted_scopes(context.state, &interaction.authorization, session);
            ("consent", consent(missing))
        }
        _ => ("login", login(&interaction.authorization)),
    };
    payload.extend(session.map(|session| ("userId".to_owned(), session.user.into())));
    payload.insert("prompt".to_owned(), json!({ "name": name, "details": details, "reasons": reasons }));
    log(context, "Interaction.Create", payload);
}

fn login(authorization: &Authorization) -> Members {
    let details = ["max_age", "login_hint", "id_token_hint"].into_iter();
    let details = details.filter_map(|name| Some((name.to_owned(), authorization.parameter(name)?.into())));
    details.collect()
}

/// Describes the scopes that the user has not granted yet.
fn consent(missing: UngrantedScopes) -> Members {
    let UngrantedScopes { scopes, resources } = missing;
    let mut details = Members::new();
    if !scopes.is_empty() {
        details.insert("missingOIDCScope".to_owned(), scopes.into());
    }
    if !resources.is_empty() {
        let resources = resources.into_iter().map(|(indicator, scopes)| (indicator, scopes.into()));
        details.insert("missingResourceScopes".to_owned(), Members::from_iter(resources).into());
    }
    details
}

/// Logs that a user has signed in or consented.
pub(super) fn ended(context: &mut Context<'_>, interaction: &Interaction, session: Option<&str>) {
    let payload = payload(context, interaction, session);
    log(context, "Interaction.End", payload);
}

/// Logs that grants were revoked because a user has too many for an application.
pub(super) fn limited(context: &mut Context<'_>, authorization: &Authorization, session: &Session, grants: &[String]) {
    let members = [
        ("applicationId", Value::from(authorization.client.id.as_str())),
        ("sessionId", session.id.as_str().into()),
        ("userId", session.user.as_str().into()),
        ("params", parameters(authorization).into()),
        ("revokeGrantIds", grants.into()),
        ("reason", "maxAllowedGrants limit reached".into()),
    ];
    log(context, "RevokeGrants", members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
}

/// Returns the parameters of a request without secrets.
fn parameters(authorization: &Authorization) -> Members {
    let parameters = authorization.parameters.iter().filter(|(name, _)| *name != "client_secret");
    let mut parameters: Members = parameters.map(|(name, value)| (name.to_owned(), value.into())).collect();
    parameters.extend(CREDENTIALS.map(|name| (name.to_owned(), MASK.into())));
    parameters
}

/// Returns what the log has about an interaction. Before a sign-in, the server uses a session that only the log shows.
fn payload(context: &mut Context<'_>, interaction: &Interaction, session: Option<&str>) -> Members {
    let authorization = &interaction.authorization;
    let session = session.and_then(|uid| context.state.oidc.sessions.of_uid(uid)).map(|session| session.id.clone());
    let session = session.unwrap_or_else(|| context.state.ids.token(43));
    let members: [(&str, Value); 4] = [
        ("applicationId", authorization.client.id.clone().into()),
        ("interactionId", interaction.id.clone().into()),
        ("sessionId", session.into()),
        ("params", parameters(authorization).into()),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn log(context: &mut Context<'_>, key: &str, payload: Members) {
    let entry = Entry::new(key.to_owned(), None, payload).from(context.request);
    context.state.log(context.now, entry);
}
