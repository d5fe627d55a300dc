use std::sync::OnceLock;

use logto_admin::serde_json::{self, Value};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::CUSTOM_PHRASES;
use crate::document::validate::refuse_body;
use crate::document::validation_issues::{Issue, Path};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::policies::languages::{self, phrases_in};
use crate::record::Members;

pub(super) const ALL: &[(&str, Handler)] =
    &[("ReplaceCustomPhrase", replace), ("GetSignInExperiencePhrases", translation)];

/// Returns the keys of all phrases. The leaves are null.
fn keys() -> &'static Value {
    static KEYS: OnceLock<Value> = OnceLock::new();
    KEYS.get_or_init(|| serde_json::from_str(include_str!("../phrases.json")).unwrap_or_default())
}

fn replace(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let issues: Vec<Issue> =
        call.body.iter().filter_map(|(name, value)| mistyped(value, &vec![name.as_str().into()])).collect();
    if !issues.is_empty() {
        return Err(refuse_body(issues));
    }
    let translation = Value::Object(without_empty(&call.body));
    if !is_part_of(&translation, keys()) {
        let message = "Invalid data schemas. Please check your input and try again.";
        return Err(Refusal::new(422, "localization.invalid_translation_structure", message));
    }
    let language = call.parameter(0).to_owned();
    let mut phrases = match phrases_in(call.state, &language) {
        Some(phrases) => phrases,
        None => {
            let given = Members::from_iter([("languageTag".to_owned(), language.into())]);
            call.state.blank(&CUSTOM_PHRASES, given, call.now)
        }
    };
    phrases.members.insert("translation".to_owned(), translation);
    call.state.store.put(&CUSTOM_PHRASES, phrases.clone());
    Ok(reply::json(call.success(), &phrases.members.to_value()))
}

/// Returns the issue of a value that is neither text nor an object of such values.
fn mistyped(value: &Value, path: &Path) -> Option<Issue> {
    let nested = match value {
        Value::String(_) => return None,
        Value::Object(members) => {
            let below = |name: &str| path.iter().cloned().chain([name.into()]).collect();
            let mut issues = members.iter().filter_map(|(name, value)| mistyped(value, &below(name)));
            vec![issues.next()?]
        }
        other => vec![Issue::wrong_type("object", Some(other), path)],
    };
    let text = vec![Issue::wrong_type("string", Some(value), path)];
    Some(Issue::no_branch(vec![text, nested], path))
}

/// Drops empty phrases, so that the built-in ones apply.
fn without_empty(translation: &Members) -> Members {
    let kept = translation.iter().filter_map(|(name, value)| match value {
        Value::String(text) if text.is_empty() => None,
        Value::Object(members) => {
            let members = without_empty(members);
            (!members.is_empty()).then(|| (name.clone(), Value::Object(members)))
        }
        value => Some((name.clone(), value.clone())),
    });
    kept.collect()
}

/// Returns whether all keys of a translation exist, at the same depth.
fn is_part_of(translation: &Value, keys: &Value) -> bool {
    match (translation, keys) {
        (Value::Object(members), Value::Object(known)) => {
            members.iter().all(|(name, value)| known.get(name).is_some_and(|known| is_part_of(value, known)))
        }
        (value, keys) => value.is_string() && keys.is_null(),
    }
}

/// Returns all phrases: the custom ones of the language, and made-up English ones.
fn translation(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let language = languages::of_request(call.state, call.request, call.request.query.get("lng"));
    let mut members = phrases_in(call.state, &language).map(|phrases| phrases.members.to_object()).unwrap_or_default();
    let translation = phrased("", keys(), members.get("translation"));
    members.insert("translation".to_owned(), translation);
    Ok(reply::json(call.success(), &Value::Object(members)).header("content-language", language))
}

/// Returns a phrase or a group of phrases.
fn phrased(name: &str, keys: &Value, custom: Option<&Value>) -> Value {
    match keys {
        Value::Object(known) => {
            let below = |name: &String| custom.and_then(|custom| custom.get(name));
            Value::Object(known.iter().map(|(name, keys)| (name.clone(), phrased(name, keys, below(name)))).collect())
        }
        _ => custom.cloned().unwrap_or_else(|| readable(name).into()),
    }
}

/// Turns a key, such as `sign_in`, into text.
fn readable(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|letter| if letter == '_' { ' ' } else { letter }).collect()
}
