//! The consent of users to applications. It is automatic for the tenant's own. A page asks for it for all others.

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpResponse, Method};

use super::authorization::redirect;
use super::flow::consent;
use super::interactions;
use super::missing::missing;
use super::scopes;
use crate::collections::{ORGANIZATIONS, SCOPES, USERS};
use crate::errors::{Outcome, Refusal, wrong_method};
use crate::http::reply;
use crate::http::request::Incoming;
use crate::oidc::scopes::Holder;
use crate::state::State;
use crate::state::oidc::{Interaction, Prompt, Session};

/// Returns the consent in progress and its session.
fn current(request: &Incoming, state: &mut State, now: i64) -> Outcome<(Interaction, Session)> {
    let id = interactions::id_of(request, state, now)?;
    let interaction = state.oidc.interactions.get_mut(&id).cloned();
    let interaction = interaction.filter(|interaction| interaction.prompt == Prompt::Consent);
    let missing = || Refusal::usual(400, "session.not_found");
    let interaction = interaction.ok_or_else(missing)?;
    let session = interaction.session.as_deref().and_then(|id| state.oidc.sessions.get(id)).cloned();
    Ok((interaction, session.ok_or_else(missing)?))
}

/// Records the consent, and returns the URL that continues.
fn give(request: &Incoming, state: &mut State, now: i64) -> Outcome<String> {
    let (interaction, session) = current(request, state, now)?;
    let grant = consent(state, &interaction.authorization, &session, now);
    if let Some(interaction) = state.oidc.interactions.get_mut(&interaction.id) {
        interaction.grant = Some(grant);
    }
    let page = if interaction.authorization.device_code.is_some() { "device" } else { "auth" };
    Ok(format!("{}/oidc/{page}/{}", request.origin, interaction.id))
}

/// `/consent`: continues at once for an application of the tenant, and shows a page for another one.
pub(crate) fn page(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    match current(request, state, now) {
        Ok((interaction, _)) if !interaction.authorization.client.is_third_party => {
            give(request, state, now).map_or_else(Refusal::into_response, |target| redirect(302, &target))
        }
        _ => reply::page(),
    }
}

/// `/api/interaction/consent`: shows and records the consent to an application that is not the tenant's own.
pub(crate) fn interaction(request: &Incoming, state: &mut State, now: i64) -> Outcome<HttpResponse> {
    match request.method {
        Method::Get => shown(request, state, now).map(|shown| reply::json(200, &shown)),
        Method::Post => {
            give_organizations(request, state, now)?;
            let target = give(request, state, now)?;
            Ok(reply::json(200, &json!({ "redirectTo": target })))
        }
        _ => Err(wrong_method("POST, HEAD, GET")),
    }
}

/// Lets the application access the organizations that the user has chosen.
fn give_organizations(request: &Incoming, state: &mut State, now: i64) -> Outcome<()> {
    let (interaction, session) = current(request, state, now)?;
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids = body.get("organizationIds").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for id in ids {
        Holder::user(&session.user).check_membership(state, id)?;
        let row = [id, &session.user, &interaction.authorization.client.id].map(str::to_owned);
        state.store.links.add("application_consent_organizations", row.to_vec());
    }
    Ok(())
}

fn shown(request: &Incoming, state: &mut State, now: i64) -> Outcome<Value> {
    let (interaction, session) = current(request, state, now)?;
    let authorization = &interaction.authorization;
    let missing = missing(state, authorization, &session);
    let user = state.store.get(&USERS, &session.user).cloned().unwrap_or_default();
    let application = state.store.get(&crate::collections::APPLICATIONS, &authorization.client.id);
    let application = application.map(|application| application.part(&["id", "name"])).unwrap_or_default();
    let resources = missing.resources.iter().filter_map(|(indicator, names)| {
        let resource = scopes::resource(state, indicator).ok()?;
        let of_resource = state.store.all(&SCOPES).filter(|scope| scope.text("resourceId") == resource.id);
        let named = of_resource.filter(|scope| names.iter().any(|name| name == scope.text("name")));
        let scopes: Value = named.map(|scope| scope.part(&["id", "name", "description"])).collect();
        Some(json!({ "resource": resource.part(&["id", "name", "indicator"]), "scopes": scopes }))
    });
    let resources: Value = resources.collect();
    let mut shown = json!({
        "application": application,
        "user": user.part(&["id", "name", "avatar", "username", "primaryEmail", "primaryPhone"]),
        "missingOIDCScope": missing.scopes.iter().filter(|scope| !matches!(scope.as_str(), "openid" | "offline_access")).collect::<Vec<_>>(),
        "missingResourceScopes": resources,
        "redirectUri": authorization.redirect_uri,
    });
    let for_organizations = authorization.scopes.iter().any(|scope| scope == "urn:logto:scope:organizations");
    if let Some(members) = shown.as_object_mut().filter(|_| for_organizations) {
        let organizations = Holder::user(&session.user).organizations(state);
        let organizations = organizations.into_iter().filter_map(|id| {
            let mut shown = state.store.get(&ORGANIZATIONS, id)?.part(&["id", "name"]);
            shown.as_object_mut()?.insert("missingResourceScopes".to_owned(), json!([]));
            Some(shown)
        });
        members.insert("organizations".to_owned(), organizations.collect());
    }
    Ok(shown)
}
