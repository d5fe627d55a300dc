//! Stores and tests the scripts that customize tokens and sign-ins.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::errors::{Outcome, Refusal, not_exists_with_id, not_found};
use crate::http::reply;
use crate::record::Members;
use crate::scripts::Failure;
use crate::settings::{ACTIONS, CUSTOMIZER, Kind, OF_TOKENS, Setting};

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
    ("TestJwtCustomizer", test_customizer),
    ("TestAction", test_action),
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
    let document = call.sent();
    call.state.settings.put(script, document.clone());
    Ok(reply::json(status, &document.into()))
}

fn update(call: &mut Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let script = named(call, kind)?;
    let mut document = stored(call, script)?;
    document.extend(call.sent());
    call.state.settings.put(script, document.clone());
    Ok(reply::json(200, &document.into()))
}

fn delete(call: &mut Call<'_>, kind: &Kind) -> Outcome<HttpResponse> {
    let script = named(call, kind)?;
    let removed = call.state.settings.remove(script);
    removed.map(|_| reply::nothing(204)).ok_or_else(|| -> Refusal { not_found() })
}

/// Returns the members of the body with these names.
fn part(call: &Call<'_>, names: &[&str]) -> Value {
    let members = names.iter().filter_map(|name| Some(((*name).to_owned(), call.body.get(*name)?.clone())));
    Value::Object(members.collect())
}

/// Calls a function of the script in the body. It returns nothing if no scripts run.
fn run(call: &mut Call<'_>, function: &'static str, payload: Value) -> Outcome<Result<Option<Value>, Failure>> {
    let script = call.text("script").to_owned();
    let returned = call.state.jobs.returned(&script, function, payload)?;
    Ok(if returned == Err(Failure::NotRun) { Ok(None) } else { returned })
}

fn test_customizer(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let payload = part(call, &["token", "context", "environmentVariables"]);
    match run(call, CUSTOMIZER, payload)? {
        Ok(claims) => {
            let claims = claims.filter(|claims| !claims.is_null());
            Ok(reply::json(200, &claims.unwrap_or_else(|| json!({}))))
        }
        Err(failure) => Err(refuse("jwt_customizer.general", failure)),
    }
}

fn test_action(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let payload = part(call, &["event", "environmentVariables"]);
    match run(call, "runAction", payload)? {
        Ok(Some(result)) => Ok(reply::json(200, &result)),
        Ok(None) => Ok(reply::nothing(204)),
        Err(failure) => Err(refuse("action.general", failure)),
    }
}

fn refuse(code: &str, failure: Failure) -> Refusal {
    let message = match code {
        "action.general" => "The script has no result.",
        _ => "An error occurred while customizing the token claims. Please try again later.",
    };
    match failure {
        Failure::Denied(reason) => {
            let error = json!({ "code": "AccessDenied", "message": reason });
            Refusal::new(403, code, message).with("data", json!({ "message": reason, "error": error }))
        }
        Failure::Failed(reason) => Refusal::new(422, code, message).with("data", json!({ "message": reason })),
        Failure::NotRun => Refusal::new(422, code, message),
    }
}
