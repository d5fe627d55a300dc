//! The expiration of passwords, by the sign-in experience.

use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::passwords::{EXPIRED, SET_AT};
use crate::record::Fields;
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;

const DAY: f64 = 86_400_000.0;

/// Returns the policy, if it is enabled.
pub(crate) fn policy(state: &State) -> Option<&Value> {
    let policy = state.settings.find(&SIGN_IN_EXPERIENCE)?.get("passwordExpiration")?;
    (policy.get("enabled") == Some(&Value::Bool(true))).then_some(policy)
}

/// Rejects a password that is marked as expired. Also rejects it if it is older than the policy permits.
pub(crate) fn check(state: &State, hidden: &Fields, now: i64) -> Outcome<()> {
    let Some(policy) = policy(state) else { return Ok(()) };
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let since = number(hidden.get(SET_AT)).or_else(|| number(policy.get("enabledAt")));
    let most = number(policy.get("validPeriodDays")).map(|days| days * DAY);
    let is_old = since.zip(most).is_some_and(|(since, most)| now as f64 - since > most);
    if is_old || hidden.get(EXPIRED) == Some(&Value::Bool(true)) {
        return Err(Refusal::new(422, "password.expired", "The password has expired. Reset it to sign in."));
    }
    Ok(())
}
