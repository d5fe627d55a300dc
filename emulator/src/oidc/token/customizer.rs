//! The script that adds claims to access tokens.

use logto_admin::serde_json::{Value, json};

use crate::errors::Outcome;
use crate::record::{Members, text};
use crate::scripts::Failure;
use crate::settings::{CUSTOMIZER, OF_TOKENS};
use crate::state::State;

/// Returns the claims that the script for tokens of this kind adds.
///
/// `input` returns the token and the context that the script receives. Without a script, it is not called.
///
/// # Errors
///
/// Fails if the script denies the token, or if the script itself fails and `blockIssuanceOnError` is set.
pub(super) fn claims(
    state: &mut State,
    kind: &str,
    input: impl FnOnce(&State) -> (Value, Value),
) -> Outcome<Result<Members, Failure>> {
    let stored = OF_TOKENS.iter().find(|(name, _)| *name == kind).and_then(|(_, script)| state.settings.find(script));
    let Some(stored) = stored.cloned() else { return Ok(Ok(Members::new())) };
    let variables = stored.get("environmentVariables").cloned().unwrap_or_else(|| json!({}));
    let (token, context) = input(state);
    let payload = json!({ "token": token, "context": context, "environmentVariables": variables });
    let blocks = stored.get("blockIssuanceOnError") == Some(&Value::Bool(true));
    Ok(match state.jobs.returned(text(&stored, "script"), CUSTOMIZER, payload)? {
        Ok(Some(Value::Object(claims))) => Ok(claims),
        Err(failure) if blocks || matches!(failure, Failure::Denied(_)) => Err(failure),
        Ok(_) | Err(_) => Ok(Members::new()),
    })
}
