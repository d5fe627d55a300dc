//! The consent of users to applications. It is automatic for the tenant's own. A page asks for it for all others.

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpResponse, Method};

use super::authorization::redirect;
use super::flow::{consent, page_of};
use super::interactions;
use super::one_time_token;
use super::scopes::{self, Holder};
use super::ungranted_scopes::{UngrantedScopes, ungranted_scopes};
use crate::collections::{ORGANIZATION_SCOPES, ORGANIZATIONS, SCOPES, USERS, experience_of};
use crate::document::validate;
use crate::document::validation_issues::Issue;
use crate::errors::{Outcome, Refusal, require_membership, wrong_method};
use crate::http::reply;
use crate::http::request::Incoming;
use crate::policies::application_access;
use crate::record::Record;
use crate::state::State;
use crate::state::oidc::{Interaction, Prompt, Session};

/// The organizations that users let applications access.
const ORGANIZATIONS_OF: &str = "application_consent_organizations";

/// Returns the consent in progress and its session.
fn current(request: &Incoming, state: &mut State, now: i64) -> Outcome<(Interaction, Session)> {
    let id = interactions::id_of(request, state, now)?;
    let interaction = state.oidc.interactions.get_mut(&id).cloned();
    let interaction = interaction.filter(|interaction| interaction.prompt == Prompt::Consent);
    let missing = || Refusal::usual(400, "session.not_found");
    let interaction = interaction.ok_or_else(missing)?;
    let session = interaction.session.as_deref().and_then(|uid| state.oidc.sessions.of_uid(uid)).cloned();
    Ok((interaction, session.ok_or_else(missing)?))
}

/// Records the consent, and returns the URL that continues.
fn give(
    request: &Incoming,
    state: &mut State,
    (interaction, session): &(Interaction, Session),
    missing: UngrantedScopes,
    now: i64,
) -> String {
    let grant = consent(state, &interaction.authorization, session, missing, now);
    if let Some(interaction) = state.oidc.interactions.get_mut(&interaction.id) {
        interaction.grant = Some(grant);
    }
    format!("{}/oidc/{}/{}", request.origin, page_of(&interaction.authorization), interaction.id)
}

/// Returns whether the application gets the consent without a question.
fn gets_it(state: &State, (interaction, session): &(Interaction, Session)) -> bool {
    let client = &interaction.authorization.client;
    !client.is_third_party && application_access::permits(state, &client.id, &session.user)
}

/// `/consent`. Continues at once for an application of the tenant, and shows a page for another one.
pub(crate) fn page(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    let Ok(current) = current(request, state, now) else { return reply::page() };
    match one_time_token::detour(state, &current, now) {
        Ok(Some(response)) => response,
        Ok(None) if gets_it(state, &current) => {
            let missing = ungranted_scopes(state, &current.0.authorization, &current.1);
            redirect(302, &give(request, state, &current, missing, now))
        }
        Ok(None) => reply::page(),
        Err(refusal) => refusal.into_response(),
    }
}

/// `/api/interaction/consent`. Shows and records the consent to an application that is not the tenant's own.
pub(crate) fn interaction(request: &Incoming, state: &mut State, now: i64) -> Outcome<HttpResponse> {
    if !matches!(request.method, Method::Get | Method::Post) {
        return Err(wrong_method("POST, HEAD, GET"));
    }
    let current = current(request, state, now)?;
    let (client, user) = (&current.0.authorization.client, &current.1.user);
    if !application_access::permits(state, &client.id, user) {
        return Err(Refusal::usual(400, "oidc.access_denied"));
    }
    if request.method == Method::Get {
        return Ok(reply::json(200, &shown(state, &current)));
    }
    give_organizations(request, state, &current)?;
    let (granted, rejected) = granted(state, &current);
    let target = give(request, state, &current, granted, now);
    let grant = state.oidc.interactions.get(&current.0.id).and_then(|interaction| interaction.grant.clone());
    if let Some(mut grant) = grant.and_then(|grant| state.oidc.grant(&grant)).cloned() {
        grant.rejected.extend(rejected);
        state.oidc.put_grant(grant);
    }
    Ok(reply::json(200, &json!({ "redirectTo": target })))
}

/// Lets the application access the organizations that the user has chosen.
fn give_organizations(
    request: &Incoming,
    state: &mut State,
    (interaction, session): &(Interaction, Session),
) -> Outcome<()> {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids = match body.get("organizationIds") {
        None => Vec::new(),
        ids => {
            let list = ids.and_then(|ids| serde_json::from_value::<Vec<String>>(ids.clone()).ok());
            let issue = || Issue::wrong_type("array", ids, &vec!["organizationIds".into()]);
            list.ok_or_else(|| validate::refuse_body(vec![issue()]))?
        }
    };
    for id in &ids {
        if Holder::user(&session.user).check_membership(state, id).is_err() {
            return Err(require_membership());
        }
    }
    for id in ids {
        let row = [id, session.user.clone(), interaction.authorization.client.id.clone()];
        state.store.links.add(ORGANIZATIONS_OF, row.to_vec());
    }
    Ok(())
}

/// Returns the scopes that the user grants, and the rejected scopes of resources. Scopes of resources in organizations
/// depend on the organizations.
fn granted(
    state: &State,
    (interaction, session): &(Interaction, Session),
) -> (UngrantedScopes, Vec<(String, Vec<String>)>) {
    let (client, user) = (&interaction.authorization.client, &session.user);
    let missing = ungranted_scopes(state, &interaction.authorization, session);
    let given = [("applications", client.id.as_str()), ("users", user)];
    let organizations = state.store.links.ids(ORGANIZATIONS_OF, "organizations", &given);
    let places = std::iter::once(None).chain(organizations.map(Some));
    let resources = places.flat_map(|organization| missing.within(state, client, user, organization).resources);
    let resources: Vec<(String, Vec<String>)> = resources.collect();
    let is_granted = |indicator: &str, scope: &String| {
        resources.iter().any(|(known, scopes)| known == indicator && scopes.contains(scope))
    };
    // Without any scope to grant, the server rejects none, and asks again.
    let is_answered = |(indicator, _): &&(String, Vec<String>)| resources.iter().any(|(known, _)| known == indicator);
    let rejected = missing.resources.iter().filter(is_answered).map(|(indicator, scopes)| {
        let rejected = scopes.iter().filter(|scope| !is_granted(indicator, scope));
        (indicator.clone(), rejected.cloned().collect())
    });
    let rejected = rejected.filter(|(_, scopes): &(String, Vec<String>)| !scopes.is_empty()).collect();
    (UngrantedScopes { scopes: missing.scopes.clone(), resources }, rejected)
}

fn shown(state: &State, (interaction, session): &(Interaction, Session)) -> Value {
    let authorization = &interaction.authorization;
    let (client, user) = (&authorization.client, &session.user);
    let missing = ungranted_scopes(state, authorization, session);
    let about = state.store.get(&USERS, user).cloned().unwrap_or_default();
    let application = state.application(&client.id);
    let mut shown = application.as_deref().map(|application| application.part(&["id", "name"])).unwrap_or_default();
    let experience = application.as_deref().and_then(experience_of);
    if let (Some(shown), Some(experience)) = (shown.as_object_mut(), experience) {
        let names = ["branding", "displayName", "privacyPolicyUrl", "termsOfUseUrl"];
        shown.extend(names.iter().filter_map(|name| Some(((*name).to_owned(), experience.get(*name)?.clone()))));
    }
    let with_organizations = missing.scopes.iter().any(|scope| scope == "urn:logto:scope:organizations");
    let organizations = if with_organizations { Holder::user(user).organizations(state) } else { Vec::new() };
    let organizations = organizations.into_iter().filter_map(|id| {
        let mut shown = state.store.get(&ORGANIZATIONS, id)?.part(&["id", "name"]);
        let resources = of_resources(state, &missing.within(state, client, user, Some(id)));
        shown.as_object_mut()?.insert("missingResourceScopes".to_owned(), resources);
        Some(shown)
    });
    let is_shown = |scope: &&String| !matches!(scope.as_str(), "openid" | "offline_access");
    let mut shown = json!({
        "application": shown,
        "user": about.part(&["id", "name", "avatar", "username", "primaryEmail", "primaryPhone"]),
        "organizations": organizations.collect::<Value>(),
        "missingResourceScopes": of_resources(state, &missing.within(state, client, user, None)),
    });
    if let Some(members) = shown.as_object_mut() {
        let scopes = Some(missing.scopes).filter(|scopes| !scopes.is_empty());
        let scopes = scopes.map(|scopes| scopes.iter().filter(is_shown).cloned().collect::<Value>());
        // Devices have no such URI.
        let uri = Some(authorization.redirect_uri.as_str()).filter(|uri| !uri.is_empty()).map(Value::from);
        let more = [("missingOIDCScope", scopes), ("redirectUri", uri)];
        members.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    shown
}

/// Describes the scopes of resources.
fn of_resources(state: &State, missing: &UngrantedScopes) -> Value {
    let parts = ["id", "name", "description"];
    let resources = missing.resources.iter().filter_map(|(indicator, names)| {
        let named = |scope: &&Record| names.iter().any(|name| name == scope.text("name"));
        if indicator == scopes::ORGANIZATIONS {
            let resource = json!({ "id": indicator, "name": indicator, "indicator": indicator });
            let scopes = state.store.all(&ORGANIZATION_SCOPES).filter(named);
            let scopes: Value = scopes.map(|scope| scope.part(&parts)).collect();
            return Some(json!({ "resource": resource, "scopes": scopes }));
        }
        let resource = scopes::resource(state, indicator).ok()?;
        let scopes = state.store.all(&SCOPES).filter(|scope| scope.text("resourceId") == resource.id).filter(named);
        let scopes: Value = scopes.map(|scope| scope.part(&parts)).collect();
        Some(json!({ "resource": resource.part(&["id", "name", "indicator"]), "scopes": scopes }))
    });
    resources.collect()
}
