//! Profiles from social providers.
//!
//! The emulator does not call providers. The data that a client passes on from the provider is the profile itself, in
//! the format of Logto's mock connector. It has `code`, `userId`, and optionally `email`, `phone`, `name` and `avatar`.

use logto_admin::serde_json::{Value, json};

use crate::collections::factory_of;
use crate::errors::{Outcome, Refusal};
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record, text};
use crate::state::State;

/// Returns the user's profile at the provider of a connector. It has at least an `id`.
pub(crate) fn profile(state: &mut State, connector: &Record, data: &Members) -> Outcome<Members> {
    check_social(connector)?;
    if text(data, "code").is_empty() {
        let message = "The connector's response is invalid.";
        let data = json!({ "message": Value::Object(data.clone()).to_string() });
        return Err(Refusal::new(400, "connector.invalid_response", message).with("data", data));
    }
    let given = text(data, "userId");
    let id = if given.is_empty() { format!("mock-social-sub-{}", state.ids.id(21)) } else { given.to_owned() };
    let mut profile = Members::from_iter([("id".to_owned(), Value::from(id))]);
    for name in ["email", "phone", "name", "avatar"] {
        if let Some(value) = data.get(name).filter(|value| value.is_string()) {
            profile.insert(name.to_owned(), value.clone());
        }
    }
    profile.insert("rawData".to_owned(), data.clone().into());
    Ok(profile)
}

/// Stores the tokens of the provider if the connector does that. Returns whether it does.
pub(crate) fn store_tokens(
    state: &mut State,
    now: i64,
    user: &str,
    connector: &Record,
    identity: &str,
    tokens: &Members,
) -> bool {
    if !connector.is_true("enableTokenStorage") {
        return false;
    }
    let target = connector.text("target");
    let described = [("connectorId", connector.id.as_str()), ("identityId", identity), ("target", target)];
    let described = described.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    token_sets::store(state, now, user, Of::Social(target), described, tokens);
    true
}

/// Rejects a connector for emails or text messages.
pub(crate) fn check_social(connector: &Record) -> Outcome<()> {
    if factory_of(connector).is_some_and(|factory| factory.text("type") == "Social") {
        return Ok(());
    }
    Err(unexpected_type("The connector is not a social connector."))
}

pub(crate) fn unexpected_type(message: &str) -> Refusal {
    Refusal::new(400, "connector.unexpected_type", message)
}
