use logto_admin::serde_json::Value;

use crate::exchange::Exchange;
use crate::names::looks_like_id;

/// Returns whether a stateless operation can also respond like this. It can with a success, or an access, input or page
/// error.
fn is_general(exchange: &Exchange) -> bool {
    let code = exchange.response_body["code"].as_str().unwrap_or_default();
    exchange.is_success() || ["auth.", "guard.", "session.not_found"].iter().any(|general| code.starts_with(general))
}

/// Returns how a response differs from the recorded one, if it does.
pub(crate) fn difference(exchange: &Exchange, status: u16, ours: &Value, kept: bool) -> Option<String> {
    let code = |body: &Value| body["code"].as_str().map(str::to_owned);
    let both = exchange.is_success() && (200..300).contains(&status);
    if !kept && (both || !is_general(exchange)) {
        return None;
    }
    if exchange.status != status {
        return Some(format!(
            "{} {:?}, recorded {} {:?}",
            status,
            code(ours),
            exchange.status,
            code(&exchange.response_body)
        ));
    }
    let recorded = &exchange.response_body;
    if code(recorded) != code(ours) {
        return Some(format!("{status}: {:?}, recorded {:?}", code(ours), code(recorded)));
    }
    if exchange.is_token_request() && recorded["scope"] != ours["scope"] {
        return Some(format!("scope {}, recorded {}", ours["scope"], recorded["scope"]));
    }
    if !exchange.is_success() {
        return issues(recorded, ours)
            .or_else(|| wording(exchange, ours))
            .or_else(|| unlike("", recorded, ours))
            .or_else(|| data(recorded, ours));
    }
    // SSO connectors are in the order of their ids, which differ, so a page has others.
    let other_page = exchange.operation_id.as_deref() == Some("ListSsoConnectors") && !exchange.query.is_empty();
    let compared = kept && exchange.method != "HEAD" && !exchange.is_response_cut && !other_page;
    compared.then(|| unlike("", recorded, ours)).flatten()
}

/// Codes whose message or data contain the message of another program.
const OF_OTHERS: [&str; 3] =
    ["hook.send_test_payload_failed", "jwt_customizer.general", "session.mfa.webauthn_verification_failed"];

fn is_of_others(recorded: &Value) -> bool {
    recorded["code"].as_str().is_some_and(|code| OF_OTHERS.contains(&code))
}

/// Compares the messages of errors. The emulator does not translate them.
fn wording(exchange: &Exchange, ours: &Value) -> Option<String> {
    let recorded = &exchange.response_body;
    let is_english = exchange.request_headers["accept-language"].as_str().is_none_or(|tag| tag.starts_with("en"));
    let code = recorded["code"].as_str().unwrap_or_default();
    let has_drawn = recorded["message"]
        .as_str()
        .unwrap_or_default()
        .split(|it: char| !it.is_ascii_alphanumeric())
        .any(looks_like_id);
    if !is_english || has_drawn || is_of_others(recorded) || recorded["message"] == ours["message"] {
        return None;
    }
    Some(format!("{code}: message {}, recorded {}", ours["message"], recorded["message"]))
}

/// Compares what errors say besides their message, unless it contains ids.
fn data(recorded: &Value, ours: &Value) -> Option<String> {
    if is_of_others(recorded) {
        return None;
    }
    let (recorded, ours) = (&recorded["data"], &ours["data"]);
    let has_drawn = recorded.to_string().split(|it: char| !it.is_ascii_alphanumeric()).any(looks_like_id);
    (!has_drawn && recorded != ours).then(|| format!("data {ours}, recorded {recorded}"))
}

/// Compares the issues of a validation error, in order, and the text about them.
fn issues(recorded: &Value, ours: &Value) -> Option<String> {
    let told = |body: &Value| (body["data"]["issues"].clone(), body["details"].clone());
    let (recorded, ours) = (told(recorded), told(ours));
    (recorded != ours).then(|| format!("{ours:?}, recorded {recorded:?}"))
}

/// Objects whose members are not compared. They are free-form ones, descriptions and payloads of logs. The emulator
/// does not translate descriptions, and the replay makes other requests than the recorder.
const FREE: [&str; 6] = ["customData", "customClientMetadata", "identities", "profile", "description", "payload"];

/// Returns the first place where the members of two values differ. Compares names and types.
fn unlike(place: &str, recorded: &Value, ours: &Value) -> Option<String> {
    match (recorded, ours) {
        (Value::Object(one), Value::Object(other)) => {
            if FREE.iter().any(|free| place.ends_with(free)) {
                return None;
            }
            let missing = one.keys().find(|name| !other.contains_key(*name));
            let more = other.keys().find(|name| !one.contains_key(*name));
            missing
                .map(|name| format!("{place}/{name} is missing"))
                .or_else(|| more.map(|name| format!("{place}/{name} is unexpected")))
                .or_else(|| {
                    one.iter().find_map(|(name, value)| unlike(&format!("{place}/{name}"), value, &other[name]))
                })
        }
        (Value::Array(one), Value::Array(other)) => {
            // The order can depend on ids, so any element can be like the first recorded one.
            let first = one.first()?;
            let differences: Vec<_> = other.iter().map(|other| unlike(&format!("{place}/0"), first, other)).collect();
            if differences.iter().any(Option::is_none) { None } else { differences.into_iter().next()? }
        }
        // A null does not reveal the type.
        (Value::Null, Value::String(_) | Value::Number(_)) | (Value::String(_) | Value::Number(_), Value::Null) => None,
        (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => None,
        (one, other) => Some(format!("{place} is {other}, recorded {one}")),
    }
}
