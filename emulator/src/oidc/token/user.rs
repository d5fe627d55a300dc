//! Tokens for a user who has signed in.

use logto_admin::serde_json::Value;

use super::LIFETIME;
use super::issue::{self, Issued};
use super::recipient::Recipient;
use crate::collections::USERS;
use crate::errors::Outcome;
use crate::oidc::jwt::{self, Use};
use crate::oidc::scopes::{Holder, ORGANIZATIONS, common, unknown_resource};
use crate::oidc::{Context, claims, invalid_grant, refuse, third_party};
use crate::policies::application_access;
use crate::record::Members;
use crate::settings::ID_TOKEN;
use crate::state::oidc::{Authorized, Client, Grant, REFRESH};

/// Returns the response to a client that may have these tokens, without a refresh token.
pub(super) fn answer(context: &mut Context<'_>, client: &Client, authorized: &Authorized) -> Outcome<Members> {
    let user = context.state.store.get(&USERS, &authorized.user);
    user.filter(|user| !user.is_true("isSuspended")).ok_or_else(invalid_grant)?;
    if !application_access::permits(context.state, &client.id, &authorized.user) {
        return Err(refuse(400, "access_denied", "the user has no access to the application"));
    }
    let grant = context.state.oidc.grant(&authorized.grant).cloned().ok_or_else(invalid_grant)?;
    context.state.activity.record(&authorized.user, context.now);
    let mut response = access_token(context, client, authorized, &grant)?.response();
    if grant.scopes.iter().any(|scope| scope == "openid") {
        response.insert("id_token".to_owned(), id_token(context, client, authorized, &grant).into());
    }
    Ok(response)
}

fn access_token(context: &mut Context<'_>, client: &Client, authorized: &Authorized, grant: &Grant) -> Outcome<Issued> {
    let recipient = Recipient {
        session: authorized.session.as_deref(),
        ..Recipient::new(&client.id, Holder::user(&authorized.user))
    };
    let mut wanted: Vec<String> = match context.parameter("scope") {
        Some(scope) => scope.split(' ').map(str::to_owned).collect(),
        None => authorized.scopes.clone(),
    };
    let organization = context.parameter("organization_id").map(str::to_owned);
    if organization.is_some() && !grant.scopes.iter().any(|scope| scope == "urn:logto:scope:organizations") {
        let refusal = refuse(403, "insufficient_scope", "refresh token missing required scope");
        return Err(refusal.with("scope", "urn:logto:scope:organizations"));
    }
    if let Some(organization) = organization.as_ref().filter(|_| client.is_third_party) {
        let row = [organization, &authorized.user, &client.id].map(Clone::clone);
        if !context.state.store.links.has("application_consent_organizations", &row) {
            return Err(refuse(400, "access_denied", "organization access is not granted to the application"));
        }
    }
    match (context.parameter("resource").map(str::to_owned), organization) {
        (Some(resource), organization) => {
            if !authorized.resources.contains(&resource) {
                return Err(unknown_resource());
            }
            let wanted = common(wanted.iter().map(String::as_str), grant.of_resource(&resource));
            issue::for_resource(context, recipient, &resource, organization.as_deref(), &wanted)
        }
        (None, Some(organization)) => {
            third_party::retain(context.state, client, ORGANIZATIONS, &mut wanted);
            issue::for_organization(context, recipient, &organization, &wanted)
        }
        (None, None) => {
            let scope = common(wanted.iter().map(String::as_str), &grant.scopes);
            Ok(issue::for_account(context, recipient, &grant.id, authorized.session.clone(), scope))
        }
    }
}

fn id_token(context: &mut Context<'_>, client: &Client, authorized: &Authorized, grant: &Grant) -> String {
    let scopes: Vec<&str> = grant.scopes.iter().map(String::as_str).collect();
    let settings = context.state.settings.get(&ID_TOKEN);
    let enabled = settings.get("enabledExtendedClaims").and_then(Value::as_array);
    let extended = |claim: &str| enabled.is_some_and(|enabled| enabled.iter().any(|name| name == claim));
    let mut claims = claims::of(context.state, &authorized.user, &scopes, extended);
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    if let Some(time) = authorized.auth_time {
        set("auth_time", time.into());
    }
    if let Some(nonce) = &authorized.nonce {
        set("nonce", nonce.as_str().into());
    }
    if let Some(sid) = session_id(context, client, authorized) {
        set("sid", sid.into());
    }
    let lifetime = client.number("idTokenTtl").unwrap_or(LIFETIME);
    set("aud", client.id.as_str().into());
    set("exp", context.seconds().saturating_add(lifetime).into());
    set("iat", context.seconds().into());
    set("iss", context.issuer().into());
    jwt::issue(context.state, Use::Id, &claims.into())
}

/// Returns the id of the session for a client whose tokens name it.
fn session_id(context: &Context<'_>, client: &Client, authorized: &Authorized) -> Option<String> {
    let uid = authorized.session.as_ref().filter(|_| client.names_sessions())?;
    Some(context.state.oidc.sessions.of_uid(uid)?.application(&client.id)?.sid.clone())
}

/// Returns whether a client gets refresh tokens.
pub(super) fn refreshes(client: &Client, authorized: &Authorized) -> bool {
    let asked = authorized.scopes.iter().any(|scope| scope == "offline_access");
    client.may(REFRESH) && (asked || client.always_refreshes())
}
