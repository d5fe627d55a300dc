//! Blocks the proofs for an identifier after too many failures.

use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;

/// The number of failures within an hour that block an identifier, unless the sign-in experience sets another one.
const ATTEMPTS: f64 = 100.0;
/// Minutes for which an identifier is blocked, unless the sign-in experience sets another duration.
const LOCKOUT: f64 = 60.0;

/// Makes an attempt to prove an identifier, unless it is blocked, and counts it if it fails.
pub(crate) fn guard<T>(
    call: &mut Call<'_>,
    identifier: &str,
    attempt: impl FnOnce(&mut Call<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let now = call.now;
    if call.state.sentinel.blocks(identifier, now) {
        let message = "There were too many failed attempts.";
        return Err(Refusal::new(400, "session.verification_blocked_too_many_attempts", message));
    }
    let outcome = attempt(call);
    if outcome.is_err() && !call.state.jobs.is_waiting() {
        let settings = call.state.settings.get(&SIGN_IN_EXPERIENCE);
        let policy = |name: &str| settings.get("sentinelPolicy").and_then(|policy| policy.get(name)?.as_f64());
        let (attempts, lockout) =
            (policy("maxAttempts").unwrap_or(ATTEMPTS), policy("lockoutDuration").unwrap_or(LOCKOUT));
        call.state.sentinel.count(identifier, now, attempts, (lockout * 60_000.0) as i64);
    }
    outcome
}
