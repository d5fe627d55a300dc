//! Blocks the proofs for an identifier after too many failures.

use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::sentinel::{Policy, Pool};

/// The default number of failures within an hour that block an identifier. The sign-in experience can override it.
const ATTEMPTS: f64 = 100.0;
/// The default number of minutes for which an identifier is blocked. The sign-in experience can override it.
const LOCKOUT: f64 = 60.0;
const BLOCKED: &str = "session.verification_blocked_too_many_attempts";

/// Makes an attempt to prove an identifier, and counts it. The attempt of a blocked identifier is made, too, but fails.
pub(crate) fn guard<T>(
    call: &mut Call<'_>,
    pool: Pool,
    identifier: &str,
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let outcome = attempt(call);
    if call.state.jobs.is_waiting() {
        return outcome;
    }
    let settings = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let number = |name: &str| settings.get("sentinelPolicy").and_then(|policy| policy.get(name)?.as_f64());
    let policy = Policy {
        attempts: number("maxAttempts").unwrap_or(ATTEMPTS),
        lockout: (number("lockoutDuration").unwrap_or(LOCKOUT) * 60_000.0) as i64,
    };
    if call.state.sentinel.report(pool, identifier, outcome.is_err(), policy, call.now) {
        return Err(Refusal::new(400, BLOCKED, "There were too many failed attempts."));
    }
    outcome
}

/// Returns whether an attempt failed because the identifier is blocked.
pub(crate) fn is_block<T>(outcome: &Outcome<T>) -> bool {
    outcome.as_ref().is_err_and(|refusal| refusal.code() == Some(BLOCKED))
}
