//! Users that received tokens, by day.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::dates;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Activity(BTreeSet<(i64, String)>);

impl Activity {
    /// Records that a user received a token.
    pub(crate) fn record(&mut self, user: &str, now: i64) {
        self.0.insert((dates::day(now), user.to_owned()));
    }

    /// Returns the number of users who were active between two days.
    pub(crate) fn count(&self, first: i64, last: i64) -> usize {
        let active = self.0.range((first, String::new())..(last.saturating_add(1), String::new()));
        active.map(|(_, user)| user).collect::<HashSet<_>>().len()
    }
}
