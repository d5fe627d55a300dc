//! The language of pages and messages.

use crate::collections::CUSTOM_PHRASES;
use crate::http::request::Incoming;
use crate::record::{Members, Record};
use crate::state::State;

/// The languages that the server has phrases for. The first match counts.
const BUILT_IN: [&str; 20] = [
    "ar", "cs", "de", "en", "es", "fa-IR", "fr", "it", "ja", "ko", "pl-PL", "pt-PT", "pt-BR", "ru", "th", "tr-TR",
    "uk-UA", "zh-CN", "zh-HK", "zh-TW",
];

/// Returns the custom phrases in a language.
pub(crate) fn phrases_in(state: &State, language: &str) -> Option<Record> {
    state.store.all(&CUSTOM_PHRASES).find(|phrases| phrases.text("languageTag") == language).cloned()
}

/// Returns whether there are phrases in a language.
pub(crate) fn has_phrases(state: &State, language: &str) -> bool {
    BUILT_IN.contains(&language) || phrases_in(state, language).is_some()
}

/// Returns the language of the response to a request. `wanted` has languages that come before those of the browser.
pub(crate) fn of_request(state: &State, request: &Incoming, wanted: Option<&str>) -> String {
    let detects = state.settings.language("autoDetect") == Some(true.into());
    let of_browser = if detects { accepted(request) } else { Vec::new() };
    let default = state.settings.default_language();
    let candidates = wanted.unwrap_or_default().split_whitespace().chain(of_browser).chain([default.as_str()]);
    let mut known = candidates.filter_map(|language| matching(state, language));
    known.next().unwrap_or_else(|| "en".to_owned())
}

/// Returns the variables about languages of a message that a request causes.
pub(crate) fn of_message(state: &State, request: &Incoming, wanted: Option<&str>) -> Members {
    let wanted = wanted.filter(|wanted| !wanted.is_empty());
    let mut members = Members::from_iter([("locale".to_owned(), of_request(state, request, wanted).into())]);
    members.extend(wanted.map(|wanted| ("uiLocales".to_owned(), wanted.into())));
    members
}

/// Returns the languages that a browser accepts, best first.
fn accepted(request: &Incoming) -> Vec<&str> {
    let header = request.headers.get("accept-language").unwrap_or_default();
    let mut languages: Vec<(&str, f64)> = header.split(',').map(weighted).collect();
    languages.sort_by(|one, other| other.1.total_cmp(&one.1));
    request.query.all("locale").chain(languages.into_iter().map(|(language, _)| language)).collect()
}

/// Splits an element such as `de;q=0.5`.
fn weighted(element: &str) -> (&str, f64) {
    let (language, more) = element.split_once(';').unwrap_or((element, ""));
    let weight = more.split(';').find_map(|parameter| parameter.strip_prefix("q=")?.parse().ok());
    (language, weight.unwrap_or(1.0))
}

/// Returns the language with phrases that is meant. Others of the same base, such as `de` for `de-AT`, come second.
fn matching(state: &State, wanted: &str) -> Option<String> {
    let wanted = canonical(wanted)?;
    let mut custom: Vec<&str> = state.store.all(&CUSTOM_PHRASES).map(|phrases| phrases.text("languageTag")).collect();
    custom.sort_unstable();
    let find = |tags: &[&str], compared: fn(&str) -> &str| {
        let found = tags.iter().find(|tag| canonical(tag).is_some_and(|tag| compared(&tag) == compared(&wanted)));
        found.map(|tag| (*tag).to_owned())
    };
    let exact = find(&custom, |tag| tag).or_else(|| find(&BUILT_IN, |tag| tag));
    exact.or_else(|| find(&BUILT_IN, base)).or_else(|| find(&custom, base))
}

/// Returns the form of a language tag in which tags are compared, if it is valid.
fn canonical(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    let is_valid = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (base(&tag).len() > 1 && tag.split('-').all(is_valid)).then_some(tag)
}

fn base(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}
