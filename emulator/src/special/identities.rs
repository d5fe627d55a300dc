//! Identities of users at social and enterprise providers.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::users::{changed, user};
use crate::call::Call;
use crate::collections::USERS;
use crate::entities::keep;
use crate::errors::{Outcome, Refusal};
use crate::reply;
use crate::state::State;
use crate::store::{Members, Record};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetUserIdentity", identity),
    ("ReplaceUserIdentity", replace_identity),
    ("DeleteUserIdentity", delete_identity),
    ("ListUserAllIdentities", all_identities),
    ("GetUserSsoIdentity", sso_identity),
];

fn no_identity() -> Refusal {
    Refusal::new(404, "user.identity_not_exist", "The user has no such identity.")
}

fn identities(user: &mut Record) -> Option<&mut Members> {
    user.members.get_mut("identities").and_then(Value::as_object_mut)
}

/// Rejects an identity that another user has.
pub(crate) fn check_free(state: &State, target: &str, identity: &str, user: &str) -> Outcome<()> {
    let has = |other: &Record| {
        let known = other.members.get("identities").and_then(|identities| identities.get(target)?.get("userId"));
        known.and_then(Value::as_str) == Some(identity)
    };
    if state.store.all(&USERS).any(|other| other.id != user && has(other)) {
        let message = "Another user has this identity.";
        return Err(Refusal::new(422, "user.identity_already_in_use", message));
    }
    Ok(())
}

fn identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let identity = identities(&mut user).and_then(|identities| identities.remove(call.last_parameter()));
    Ok(reply::json(call.success(), &json!({ "identity": identity.ok_or_else(no_identity)? })))
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
    identities(&mut user).and_then(|identities| identities.remove(call.last_parameter())).ok_or_else(no_identity)?;
    changed(call, user)
}

/// Users of the emulator have no enterprise identities.
fn all_identities(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let social = identities(&mut user).map(std::mem::take).unwrap_or_default();
    let social: Value =
        social.into_iter().map(|(target, identity)| json!({ "target": target, "identity": identity })).collect();
    Ok(reply::json(call.success(), &json!({ "socialIdentities": social, "ssoIdentities": [] })))
}

fn sso_identity(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    user(call)?;
    let message = "The user has no identity at this provider.";
    Err(Refusal::new(404, "user.enterprise_sso_identity_not_exists", message))
}
