//! Blocks the proofs for an identifier after too many failures.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;

/// The number of failures within an hour that block an identifier, unless the sign-in experience sets another one.
const ATTEMPTS: f64 = 100.0;
/// Minutes for which an identifier is blocked, unless the sign-in experience sets another duration.
const LOCKOUT: f64 = 60.0;
const HOUR: i64 = 3_600_000;

/// The failures of an identifier.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Failures {
    /// Milliseconds since the epoch.
    times: Vec<i64>,
    blocked_until: i64,
}

/// The failures of all identifiers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sentinel(HashMap<String, Failures>);

impl Sentinel {
    /// Removes the failures of identifiers.
    pub(crate) fn forget(&mut self, identifiers: &[String]) {
        self.0.retain(|known, _| !identifiers.contains(known));
    }
}

/// Makes an attempt to prove an identifier, unless it is blocked, and counts it if it fails.
pub(crate) fn guard<T>(
    call: &mut Call<'_>,
    identifier: &str,
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let now = call.now;
    if call.state.sentinel.0.get(identifier).is_some_and(|known| known.blocked_until > now) {
        let message = "There were too many failed attempts.";
        return Err(Refusal::new(400, "session.verification_blocked_too_many_attempts", message));
    }
    let outcome = attempt(call);
    if outcome.is_err() && !call.state.jobs.is_waiting() {
        let settings = call.state.settings.get(&SIGN_IN_EXPERIENCE);
        let policy = |name: &str| settings.get("sentinelPolicy").and_then(|policy| policy.get(name)?.as_f64());
        let (attempts, lockout) =
            (policy("maxAttempts").unwrap_or(ATTEMPTS), policy("lockoutDuration").unwrap_or(LOCKOUT));
        let known = call.state.sentinel.0.entry(identifier.to_owned()).or_default();
        known.times.retain(|time| *time > now - HOUR);
        known.times.push(now);
        if known.times.len() as f64 >= attempts {
            known.times.clear();
            known.blocked_until = now.saturating_add((lockout * 60_000.0) as i64);
        }
    }
    outcome
}
