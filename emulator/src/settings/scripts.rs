//! Scripts that customize tokens and sign-ins. Each has a fixed key.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{Setting, sent};
use crate::call::Call;
use crate::errors::{Outcome, Refusal, not_exists_with_id, not_found};
use crate::reply;
use crate::special::Handler;
use crate::store::Members;

/// Scripts of one kind: the path parameters and their keys, in the order of lists.
type Kind = [(&'static str, Setting); 2];

const fn script(name: &'static str) -> Setting {
    Setting { name, ..Setting::DEFAULT }
}

/// Scripts that add claims to access tokens.
static OF_TOKENS: Kind =
    [("access-token", script("jwt.accessToken")), ("client-credentials", script("jwt.clientCredentials"))];

static ACTIONS: Kind = [
    ("action.postFirstFactorVerification", script("action.postFirstFactorVerification")),
    ("action.postSignIn", script("action.postSignIn")),
];

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListJwtCustomizers", |call| list(call, &OF_TOKENS)),
    ("GetJwtCustomizer", |call| get(call, &OF_TOKENS)),
    ("UpsertJwtCustomizer", |call| put(call, &OF_TOKENS)),
    ("UpdateJwtCustomizer", |call| update(call, &OF_TOKENS)),
    ("DeleteJwtCustomizer", |call| delete(call, &OF_TOKENS)),
    ("ListActions", |call| list(call, &ACTIONS)),
    ("GetAction", |call| get(call, &ACTIONS)),
    ("UpsertAction", |call| put(call, &ACTIONS)),
    ("UpdateAction", |call| update(call, &ACTIONS)),
    ("DeleteAction", |call| delete(call, &ACTIONS)),
];

fn named<'k>(call: &Call<'_>, kind: &'k Kind) -> Outcome<&'k Setting> {
    let wanted = call.last_parameter();
    kind.iter().find(|(name, _)| *name == wanted).map(|(_, script)| script).ok_or_else(not_found)
}

/// Returns the stored script.
fn stored(call: &Call<'_>, script: &Setting) -> Outcome<Members> {
    let missing = || not_exists_with_id("logto_config", script.name);
    call.state.settings.find(script).cloned().ok_or_else(missing)
}

fn list(call: &Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let found = kind.iter().filter_map(|(_, script)| {
        let value = Value::Object(call.state.settings.find(script)?.clone());
        Some(json!({ "key": script.name, "value": value }))
    });
    Ok(reply::json(200, &found.collect()))
}

fn get(call: &Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    Ok(reply::json(200, &stored(call, named(call, kind)?)?.into()))
}

fn put(call: &mut Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let script = named(call, kind)?;
    let status = if call.state.settings.find(script).is_some() { 200 } else { 201 };
    let document = sent(call);
    call.state.settings.put(script, document.clone());
    Ok(reply::json(status, &document.into()))
}

fn update(call: &mut Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let script = named(call, kind)?;
    let mut document = stored(call, script)?;
    document.extend(sent(call));
    call.state.settings.put(script, document.clone());
    Ok(reply::json(200, &document.into()))
}

fn delete(call: &mut Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let script = named(call, kind)?;
    let removed = call.state.settings.remove(script);
    removed.map(|_| reply::nothing(204)).ok_or_else(|| -> Refusal { not_found() })
}
