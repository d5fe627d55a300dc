//! Failed attempts to prove an identifier.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Milliseconds.
const HOUR: i64 = 3_600_000;

/// Attempts whose failures are counted together. Each second factor is blocked alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Pool {
    /// Passwords, codes and one-time tokens.
    FirstFactor,
    Totp,
    Passkey,
    BackupCode,
}

/// The failures that block, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Number of failures within an hour.
    pub attempts: f64,
    /// Milliseconds.
    pub lockout: i64,
}

/// The failures of an identifier.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Failures {
    /// Milliseconds since the epoch.
    times: Vec<i64>,
    blocked_until: i64,
}

/// The failures of all identifiers. Those that differ in case are different ones.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sentinel(HashMap<String, HashMap<Pool, Failures>>);

impl Sentinel {
    /// Counts an attempt. Returns whether the identifier is blocked.
    ///
    /// The failure that blocks is not counted again after the block. The earlier ones are, for an hour.
    pub(crate) fn report(&mut self, pool: Pool, identifier: &str, failed: bool, policy: Policy, now: i64) -> bool {
        let known = self.0.entry(identifier.to_owned()).or_default().entry(pool).or_default();
        if known.blocked_until > now {
            return true;
        }
        known.times.retain(|time| *time > now - HOUR);
        let failures = known.times.len() + usize::from(failed);
        if failures as f64 >= policy.attempts {
            known.blocked_until = now.saturating_add(policy.lockout);
            return true;
        }
        if failed {
            known.times.push(now);
        }
        false
    }

    /// Removes the failures of identifiers.
    pub(crate) fn forget(&mut self, identifiers: &[String]) {
        self.0.retain(|known, _| !identifiers.contains(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { attempts: 2.0, lockout: 60_000 };

    #[test]
    fn failures_before_a_block_count_after_it() {
        let mut sentinel = Sentinel::default();
        let mut fail = |now| sentinel.report(Pool::FirstFactor, "ada", true, POLICY, now);
        assert_eq!([fail(0), fail(1), fail(60_000)], [false, true, true]);
        assert!(!sentinel.report(Pool::FirstFactor, "ada", false, POLICY, 60_001), "the block has ended");
        let mut fail = |now| sentinel.report(Pool::FirstFactor, "ada", true, POLICY, now);
        assert_eq!([fail(60_002), fail(HOUR + 60_002)], [true, false]);
    }

    #[test]
    fn each_identifier_and_pool_is_blocked_alone() {
        let mut sentinel = Sentinel::default();
        let mut report = |pool, identifier: &str, failed| sentinel.report(pool, identifier, failed, POLICY, 0);
        assert!(!report(Pool::Totp, "ada", true) && report(Pool::Totp, "ada", true));
        assert!(report(Pool::Totp, "ada", false), "success does not end a block");
        assert!(!report(Pool::BackupCode, "ada", true) && !report(Pool::Totp, "Ada", true));
        sentinel.forget(&["ada".to_owned()]);
        assert!(!sentinel.report(Pool::Totp, "ada", true, POLICY, 0));
    }
}
