//! Identities of users at social and enterprise providers.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::connectors::invalid_connector;
use super::users::{changed, user};
use crate::call::Call;
use crate::collections::{CONNECTORS, USER_SSO_IDENTITIES, USERS};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::collection_operations::keep;
use crate::providers::social;
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record, text};
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetUserIdentity", identity),
    ("ReplaceUserIdentity", replace_identity),
    ("DeleteUserIdentity", delete_identity),
    ("ListUserAllIdentities", all_identities),
    ("GetUserSsoIdentity", sso_identity),
    ("CreateUserIdentity", create_identity),
];

pub(super) fn no_identity() -> Refusal {
    Refusal::usual(404, "user.identity_not_exist")
}

pub(super) fn identities(user: &mut Record) -> Option<&mut Members> {
    user.members.get_mut("identities").and_then(Value::as_object_mut)
}

/// Returns the id of a user at a social provider.
pub(crate) fn identity_of<'u>(user: &'u Record, target: &str) -> Option<&'u str> {
    user.members.get("identities")?.get(target)?.get("userId")?.as_str()
}

/// Rejects an identity that another user has.
pub(crate) fn check_free(state: &State, target: &str, identity: &str, user: &str) -> Outcome<()> {
    if state.store.all(&USERS).any(|other| other.id != user && identity_of(other, target) == Some(identity)) {
        return Err(Refusal::usual(422, "user.identity_already_in_use"));
    }
    Ok(())
}

fn identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let target = call.last_parameter();
    let identity = identities(&mut user).and_then(|identities| identities.remove(target)).ok_or_else(no_identity)?;
    let shown = with_tokens(call, &user.id, Of::Social(target), ("identity", identity));
    Ok(reply::json(call.success(), &shown.into()))
}

fn replace_identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let target = call.last_parameter().to_owned();
    check_free(call.state, &target, call.text("userId"), &user.id)?;
    let sent = call.body.iter().filter(|(name, _)| matches!(name.as_str(), "userId" | "details"));
    let sent = Value::Object(sent.map(|(name, value)| (name.clone(), value.clone())).collect());
    let Some(identities) = identities(&mut user) else { return Err(no_identity()) };
    let replaced = identities.insert(target, sent).is_some();
    let all = Value::Object(identities.clone());
    keep(call, &USERS, &mut user);
    Ok(reply::json(if replaced { 200 } else { 201 }, &all))
}

fn delete_identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let target = call.last_parameter().to_owned();
    remove_identity(call.state, &mut user, &target)?;
    changed(call, user)
}

/// Removes the identity of a user at a social provider. Also removes the provider's tokens.
pub(super) fn remove_identity(state: &mut State, user: &mut Record, target: &str) -> Outcome<()> {
    identities(user).and_then(|identities| identities.remove(target)).ok_or_else(no_identity)?;
    token_sets::remove(state, &user.id, Of::Social(target));
    Ok(())
}

fn all_identities(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let social = identities(&mut user).map(std::mem::take).unwrap_or_default();
    let social = social.into_iter().map(|(target, identity)| {
        let shown = with_tokens(call, &user.id, Of::Social(&target), ("identity", identity));
        Value::Object(with(shown, "target", target.into()))
    });
    let enterprise = call.state.store.all(&USER_SSO_IDENTITIES).filter(|identity| identity.text("userId") == user.id);
    let enterprise = enterprise.map(|identity| {
        let connector = identity.text("ssoConnectorId");
        let shown = identity.members.to_value();
        let shown = with_tokens(call, &user.id, Of::Enterprise(connector), ("ssoIdentity", shown));
        Value::Object(with(shown, "ssoConnectorId", connector.into()))
    });
    let all = json!({ "socialIdentities": social.collect::<Value>(), "ssoIdentities": enterprise.collect::<Value>() });
    Ok(reply::json(call.success(), &all))
}

fn sso_identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (user, connector) = (user(call)?.id, call.parameter(1));
    let mut all = call.state.store.all(&USER_SSO_IDENTITIES);
    let found = all.find(|one| one.text("userId") == user && one.text("ssoConnectorId") == connector);
    let identity = found.ok_or_else(|| {
        let message = "The user does not have an enterprise identity linked to the specified SSO connector ID: {{ ssoConnectorId }}.";
        Refusal::new(404, "user.enterprise_sso_identity_not_exists", message)
    })?;
    let shown = identity.members.to_value();
    let shown = with_tokens(call, &user, Of::Enterprise(connector), ("ssoIdentity", shown));
    Ok(reply::json(call.success(), &shown.into()))
}

/// Returns an identity. It has its token set if the query asks for it.
fn with_tokens(call: &Call<'_>, user: &str, of: Of<'_>, identity: (&str, Value)) -> Members {
    let shown = with(Members::new(), identity.0, identity.1);
    match token_sets::find(call.state, user, of).filter(|_| call.request.query.is_true("includeTokenSecret")) {
        Some(tokens) => with(shown, "tokenSecret", tokens.members.to_value()),
        None => shown,
    }
}

fn with(mut members: Members, name: &str, value: Value) -> Members {
    members.insert(name.to_owned(), value);
    members
}

/// Adds the identity that the data of a social connector describes.
fn create_identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let connector = call.record(&CONNECTORS, call.text("connectorId"))?.clone();
    social::check_social(&connector).map_err(|_| invalid_connector(&connector.id))?;
    let data = call.object("connectorData");
    let profile = social::profile(call.state, &connector, &data)?;
    let (target, id) = (connector.text("target"), text(&profile, "id").to_owned());
    check_free(call.state, target, &id, &user.id)?;
    let Some(identities) = identities(&mut user) else { return Err(no_identity()) };
    identities.insert(target.to_owned(), json!({ "userId": id, "details": profile }));
    let all = Value::Object(identities.clone());
    keep(call, &USERS, &mut user);
    Ok(reply::json(call.success(), &all))
}
