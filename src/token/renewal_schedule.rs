//! Times when a token is due for renewal, and when a failed renewal is retried.

use std::time::Duration;

/// Time between the renewal of a token and its expiry. A tenth of its lifetime if that is less.
const LEEWAY: Duration = Duration::from_secs(60);
/// Waits after failed renewals, doubled from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The rules of a token's renewal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RenewalSchedule {
    /// The leeway that the user has set.
    pub leeway: Option<Duration>,
    /// Longest duration of a renewal before another caller starts one instead.
    pub lease: Duration,
    /// Whether the source can issue another token.
    pub renewable: bool,
}

impl RenewalSchedule {
    /// Returns how long before its expiry a token with this lifetime is renewed. At most half of the lifetime: a token
    /// that is due when it is new would be renewed endlessly.
    pub(crate) fn leeway(&self, lifetime: Duration) -> Duration {
        let usual = LEEWAY.min(lifetime / 10);
        self.leeway.map_or(usual, |own| own.min(lifetime / 2))
    }
}

/// Returns how long to wait after this many failures in a row.
pub(super) fn backoff(failures: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_leeway_defaults_to_a_minute_or_a_tenth_of_the_lifetime() {
        for (own, lifetime, expected) in [
            (None, secs(3600), secs(60)),
            (None, secs(600), secs(60)),
            (None, secs(100), secs(10)),
            (None, secs(0), secs(0)),
            (Some(secs(300)), secs(3600), secs(300)),
            (Some(secs(300)), secs(60), secs(30)),
            (Some(secs(0)), secs(3600), secs(0)),
        ] {
            let schedule = RenewalSchedule { leeway: own, lease: secs(10), renewable: true };
            assert_eq!(schedule.leeway(lifetime), expected, "{own:?} {lifetime:?}");
        }
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<u64> = [1, 2, 3, 6, 7, 8, 100].map(|failures| backoff(failures).as_secs()).to_vec();
        assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
    }
}
