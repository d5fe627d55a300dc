use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{PERSONAL_ACCESS_TOKENS, USERS};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::collection_operations::{self, Verb, keep, show};
use crate::passwords;
use crate::policies::password_expiration;
use crate::record::{Members, Record};
use crate::rules::Shape;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListUserCustomData", |call| member(call, "customData")),
    ("UpdateUserCustomData", |call| merge(call, "customData")),
    ("UpdateUserProfile", |call| merge(call, "profile")),
    ("UpdateUserPassword", set_password),
    ("VerifyUserPassword", verify_password),
    ("GetUserHasPassword", has_password),
    ("UpdateUserPasswordExpiration", expire_password),
    ("UpdateUserIsSuspended", suspend),
    ("ListUserLogtoConfigs", |call| Ok(reply::json(call.success(), &configs(&user(call)?)))),
    ("UpdateUserLogtoConfigs", update_configs),
    ("UpdatePersonalAccessTokenName", |call| {
        let names = if call.body.contains_key("currentName") { "currentName" } else { "name" };
        token_of_body(call, names, Verb::Update)
    }),
    ("DeletePersonalAccessTokenPost", |call| token_of_body(call, "name", Verb::Delete)),
];

pub(super) fn user(call: &Call<'_>) -> Outcome<Record> {
    call.record(&USERS, call.parameter(0)).cloned()
}

/// Stores the user and responds with it.
pub(super) fn changed(call: &mut Call<'_>, mut user: Record) -> Outcome<HttpResponse> {
    keep(call, &USERS, &mut user);
    Ok(reply::json(call.success(), &show(call, &USERS, &user, Shape::Changed)))
}

fn member(call: &Call<'_>, name: &str) -> Outcome<HttpResponse> {
    Ok(reply::json(call.success(), user(call)?.members.get(name).unwrap_or(&json!({}))))
}

/// Merges the sent members into an object and responds with the whole object.
fn merge(call: &mut Call<'_>, name: &str) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let merged = merged(&user, name, call.sent().get(name));
    user.members.insert(name.to_owned(), merged.clone());
    keep(call, &USERS, &mut user);
    Ok(reply::json(call.success(), &merged))
}

/// Returns an object of a record, merged with the sent members.
pub(super) fn merged(record: &Record, name: &str, sent: Option<&Value>) -> Value {
    let members = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut merged: Members = members(record.members.get(name));
    merged.extend(members(sent));
    merged.into()
}

fn set_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let password = call.text("password").to_owned();
    passwords::set(&mut user.hidden, &password, &mut call.state.ids, call.now);
    changed(call, user)
}

fn verify_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let wrong = || Refusal::usual(422, "session.invalid_credentials");
    let (mut user, password) = (user(call)?, call.text("password").to_owned());
    if !call.state.jobs.verify(&user.hidden, &password)? {
        return Err(wrong());
    }
    if passwords::upgrade(&mut user.hidden, &password, &mut call.state.ids) {
        keep(call, &USERS, &mut user);
    }
    Ok(reply::nothing(call.success()))
}

fn has_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let has = user(call)?.hidden.contains_key(passwords::DIGEST);
    Ok(reply::json(call.success(), &json!({ "hasPassword": has })))
}

fn expire_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let expired = call.body.get("isExpired") == Some(&Value::Bool(true));
    if expired && password_expiration::policy(call.state).is_none() {
        let message = "Password expiration policy is not enabled. Enable it in the sign-in experience settings before expiring passwords.";
        return Err(Refusal::new(400, "sign_in_experiences.password_expiration_not_enabled", message));
    }
    passwords::set_expired(&mut user.hidden, expired);
    changed(call, user)
}

fn suspend(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let suspended = call.body.get("isSuspended").cloned().unwrap_or_default();
    if suspended == Value::Bool(true) {
        call.state.oidc.forget_user(&user.id);
    }
    user.members.insert("isSuspended".to_owned(), suspended);
    changed(call, user)
}

/// The hidden member of a user that holds the settings.
const CONFIGS: &str = "logtoConfig";

/// Returns the settings of a user for second factors and passkeys.
pub(crate) fn configs(user: &Record) -> Value {
    let flag = |path: &str| user.hidden.get(CONFIGS).and_then(|configs| configs.pointer(path)).cloned();
    let or_false = |path| flag(path).unwrap_or_else(|| false.into());
    let mut mfa = json!({ "skipped": or_false("/mfa/skipped"), "skipMfaOnSignIn": or_false("/mfa/skipMfaOnSignIn") });
    if let (Some(enabled), Some(members)) = (flag("/mfa/enabled"), mfa.as_object_mut()) {
        members.insert("enabled".to_owned(), enabled);
    }
    json!({ "mfa": mfa, "passkeySignIn": { "skipped": or_false("/passkeySignIn/skipped") } })
}

/// Returns a setting of a user that is on or off, unless it was never set.
pub(crate) fn config(user: &Record, path: &str) -> Option<bool> {
    user.hidden.get(CONFIGS)?.pointer(path)?.as_bool()
}

/// Merges the sent settings of a user.
pub(crate) fn merge_configs(user: &mut Record, sent: &Members) {
    let mut configs = user.hidden.get(CONFIGS).and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, sent) in sent {
        let members = configs.entry(name.clone()).or_insert_with(|| json!({})).as_object_mut();
        if let (Some(members), Some(sent)) = (members, sent.as_object()) {
            members.extend(sent.clone());
        }
    }
    user.hidden.insert(CONFIGS.to_owned(), configs.into());
}

fn update_configs(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    merge_configs(&mut user, &call.body);
    keep(call, &USERS, &mut user);
    Ok(reply::json(call.success(), &configs(&user)))
}

/// Runs an operation that names a personal access token in the body. Names can contain characters that paths cannot.
fn token_of_body(call: &mut Call<'_>, member: &str, verb: Verb) -> Outcome<HttpResponse> {
    let name = call.text(member).to_owned();
    call.parameters.push(name);
    collection_operations::run(call, &PERSONAL_ACCESS_TOKENS, verb)
}
