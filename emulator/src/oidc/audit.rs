//! Logs where authorization requests begin and end their interactions with users.

use logto_admin::serde_json::{Value, json};

use super::Context;
use super::ungranted_scopes::{UngrantedScopes, ungranted_scopes};
use crate::record::Members;
use crate::state::logs::{Entry, MASK};
use crate::state::oidc::{Authorization, Interaction, Prompt, Session};

/// Credentials that an authorization request can carry. The log masks them, whether the request has them or not.
const CREDENTIALS: [&str; 2] = ["one_time_token", "google_one_tap_credential"];

/// Logs that a user is asked to sign in or to consent. The consent is to scopes that the user has not granted yet.
pub(super) fn created(context: &mut Context<'_>, id: &str) {
    let Some(interaction) = context.state.oidc.interactions.get(id).cloned() else { return };
    let session = interaction.session.as_deref().and_then(|id| context.state.oidc.sessions.get(id)).cloned();
    let mut payload = payload(context, &interaction);
    let prompt = match (interaction.prompt, &session) {
        (Prompt::Consent, Some(session)) => {
            let missing = ungranted_scopes(context.state, &interaction.authorization, session);
            consent(&interaction.authorization, &missing)
        }
        _ => login(&interaction),
    };
    payload.extend(session.map(|session| ("userId".to_owned(), session.user.into())));
    payload.insert("prompt".to_owned(), prompt);
    log(context, "Interaction.Create", payload);
}

fn login(interaction: &Interaction) -> Value {
    let (asked, known) = (interaction.authorization.prompts("login"), interaction.session.is_some());
    let reasons = [("login_prompt", asked), ("no_session", !known), ("max_age", known && !asked)];
    let details = ["max_age", "login_hint", "id_token_hint"].into_iter();
    let details = details.filter_map(|name| Some((name, interaction.authorization.parameter(name)?)));
    let details: Value = details.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Members>().into();
    json!({ "name": "login", "details": details, "reasons": those_that_apply(&reasons) })
}

fn consent(authorization: &Authorization, missing: &UngrantedScopes) -> Value {
    let UngrantedScopes { scopes, resources: of_resources } = missing;
    let reasons = [
        ("consent_prompt", authorization.prompts("consent")),
        ("native_client_prompt", authorization.client.kind == "Native"),
        ("op_scopes_missing", !scopes.is_empty()),
        ("rs_scopes_missing", !of_resources.is_empty()),
    ];
    let mut details = Members::new();
    if !scopes.is_empty() {
        details.insert("missingOIDCScope".to_owned(), scopes.as_slice().into());
    }
    if !of_resources.is_empty() {
        let resources = of_resources.iter().map(|(indicator, scopes)| (indicator.clone(), scopes.as_slice().into()));
        details.insert("missingResourceScopes".to_owned(), Members::from_iter(resources).into());
    }
    json!({ "name": "consent", "details": details, "reasons": those_that_apply(&reasons) })
}

fn those_that_apply(reasons: &[(&'static str, bool)]) -> Vec<&'static str> {
    reasons.iter().filter(|(_, applies)| *applies).map(|(reason, _)| *reason).collect()
}

/// Logs that a user has signed in or consented.
pub(super) fn ended(context: &mut Context<'_>, interaction: &Interaction) {
    let payload = payload(context, interaction);
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
fn payload(context: &mut Context<'_>, interaction: &Interaction) -> Members {
    let authorization = &interaction.authorization;
    let session = interaction.session.clone().unwrap_or_else(|| context.state.ids.token(43));
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
