//! Tokens for a user who has signed in.

use logto_admin::serde_json::Value;

use super::issue::{self, Issued, LIFETIME};
use super::recipient::Recipient;
use crate::collections::USERS;
use crate::errors::Outcome;
use crate::oidc::jwt::{self, Use};
use crate::oidc::scopes::{Holder, common, default_resource, unknown_resource};
use crate::oidc::{Context, claims, invalid_grant, refuse};
use crate::policies::application_access;
use crate::record::Members;
use crate::settings::ID_TOKEN;
use crate::state::State;
use crate::state::oidc::{Authorized, Client, Grant, REFRESH};

/// The parameters that only the exchange of a refresh token has.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub scope: Option<String>,
    pub organization: Option<String>,
}

/// Returns the response to a client that may have these tokens. The response has no refresh token.
pub(super) fn answer(
    context: &mut Context<'_>,
    client: &Client,
    authorized: &Authorized,
    parameters: &Parameters,
) -> Outcome<Members> {
    context.state.store.get(&USERS, &authorized.user).ok_or_else(invalid_grant)?;
    if !application_access::permits(context.state, &client.id, &authorized.user) {
        return Err(refuse(400, "access_denied", "the user has no access to the application"));
    }
    let grant = context.state.oidc.grant(&authorized.grant).cloned().ok_or_else(invalid_grant)?;
    context.state.activity.record(&authorized.user, context.now);
    let wanted: Vec<String> = match &parameters.scope {
        Some(scope) => scope.split(' ').map(str::to_owned).collect(),
        None => authorized.scopes.clone(),
    };
    let mut response = access_token(context, client, authorized, &grant, (parameters, &wanted))?.response();
    if wanted.iter().any(|scope| scope == "openid") {
        let scopes = common(wanted.iter().map(String::as_str), &grant.scopes);
        response.insert("id_token".to_owned(), id_token(context, client, authorized, &scopes).into());
    }
    Ok(response)
}

fn access_token(
    context: &mut Context<'_>,
    client: &Client,
    authorized: &Authorized,
    grant: &Grant,
    (parameters, wanted): (&Parameters, &[String]),
) -> Outcome<Issued> {
    let holder = Holder::user(&authorized.user);
    let recipient = Recipient { session: authorized.session.as_deref(), ..Recipient::new(&client.id, holder) };
    let organization = parameters.organization.as_deref();
    if let Some(organization) = organization {
        check_organization(context.state, client, holder, organization)?;
        if !authorized.scopes.iter().any(|scope| scope == "urn:logto:scope:organizations") {
            let refusal = refuse(403, "insufficient_scope", "refresh token missing required scope");
            return Err(refusal.with("scope", "urn:logto:scope:organizations"));
        }
    }
    let resource = context.parameter("resource").map(str::to_owned);
    match (resource, organization) {
        (None, Some(organization)) => issue::for_organization(context, recipient, organization, wanted),
        (resource, organization) => match resource.or_else(|| implied(context, authorized, wanted)) {
            Some(resource) if !authorized.resources.contains(&resource) => Err(unknown_resource()),
            Some(resource) => {
                let wanted = common(wanted.iter().map(String::as_str), grant.of_resource(&resource));
                issue::for_resource(context, recipient, &resource, organization, &wanted)
            }
            None => {
                let scope = common(wanted.iter().map(String::as_str), &grant.scopes);
                Ok(issue::for_account(context, recipient, &grant.id, Some(authorized), scope))
            }
        },
    }
}

/// Returns the resource of a token if it is not for the account of the user. The scope `openid` means the account. The
/// resource is the one that was requested, or the default one of several.
fn implied(context: &Context<'_>, authorized: &Authorized, wanted: &[String]) -> Option<String> {
    if wanted.iter().any(|scope| scope == "openid") {
        return None;
    }
    match authorized.resources.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        _ => default_resource(context.state).map(str::to_owned),
    }
}

/// Rejects an organization that the user does not belong to. Also rejects one that requires a second factor.
/// Third-party applications need the consent of the user.
pub(super) fn check_organization(state: &State, client: &Client, user: Holder<'_>, organization: &str) -> Outcome<()> {
    user.check_membership(state, organization)?;
    let row = [organization, user.id, &client.id].map(str::to_owned);
    if client.is_third_party && !state.store.links.has("application_consent_organizations", &row) {
        return Err(refuse(403, "access_denied", "organization access is not granted to the application"));
    }
    user.check_access(state, organization)
}

fn id_token(context: &mut Context<'_>, client: &Client, authorized: &Authorized, scopes: &[String]) -> String {
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
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
    client.may(REFRESH) && (asked || (client.kind != "Native" && client.always_refreshes()))
}
