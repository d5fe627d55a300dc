//! Failed attempts to prove an identifier.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Milliseconds.
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
    /// Returns whether an identifier is blocked.
    pub(crate) fn blocks(&self, identifier: &str, now: i64) -> bool {
        self.0.get(identifier).is_some_and(|known| known.blocked_until > now)
    }

    /// Counts a failure. Blocks the identifier for `lockout` milliseconds after too many failures within an hour.
    pub(crate) fn count(&mut self, identifier: &str, now: i64, attempts: f64, lockout: i64) {
        let known = self.0.entry(identifier.to_owned()).or_default();
        known.times.retain(|time| *time > now - HOUR);
        known.times.push(now);
        if known.times.len() as f64 >= attempts {
            known.times.clear();
            known.blocked_until = now.saturating_add(lockout);
        }
    }

    /// Removes the failures of identifiers.
    pub(crate) fn forget(&mut self, identifiers: &[String]) {
        self.0.retain(|known, _| !identifiers.contains(known));
    }
}
