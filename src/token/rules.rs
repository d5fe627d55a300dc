//! When a token is due for renewal, and when a failed renewal is tried again.

use std::time::Duration;

/// How long before its end a token is renewed, unless a tenth of its life is less.
const LEEWAY: Duration = Duration::from_secs(60);
/// Waits after failed renewals: doubled from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a cell goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// A leeway of the user's own.
    pub leeway: Option<Duration>,
    /// How long a renewal may take before another caller takes it over.
    pub lease: Duration,
    /// Whether the source can give another token.
    pub renewable: bool,
}

impl Rules {
    /// How long before its end a token that lives for `lifetime` is renewed. Never more than half of its life: a token
    /// that was due when it is new would be renewed without end.
    pub(super) fn leeway(&self, lifetime: Duration) -> Duration {
        let usual = LEEWAY.min(lifetime / 10);
        self.leeway.map_or(usual, |own| own.min(lifetime / 2))
    }
}

/// How long to leave the token endpoint alone after so many failures in a row, while the old token lives.
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
    fn the_leeway_is_a_minute_or_a_tenth_of_the_life_or_what_was_set() {
        for (own, lifetime, expected) in [
            (None, secs(3600), secs(60)),
            (None, secs(600), secs(60)),
            (None, secs(100), secs(10)),
            (None, secs(0), secs(0)),
            (Some(secs(300)), secs(3600), secs(300)),
            (Some(secs(300)), secs(60), secs(30)),
            (Some(secs(0)), secs(3600), secs(0)),
        ] {
            let rules = Rules { leeway: own, lease: secs(10), renewable: true };
            assert_eq!(rules.leeway(lifetime), expected, "{own:?} {lifetime:?}");
        }
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<u64> = [1, 2, 3, 6, 7, 8, 100].map(|failures| backoff(failures).as_secs()).to_vec();
        assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
    }
}
