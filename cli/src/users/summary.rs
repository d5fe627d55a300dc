//! Totals of an import.

use logto_admin::serde_json::{Value, json};

use super::record_result::Outcome;

/// The totals of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Users that were created.
    pub created: u64,
    /// Users that exist after a creation without a clear answer. They might be somebody else's.
    pub unclear: u64,
    /// Users that were changed.
    pub updated: u64,
    /// Records whose user exists.
    pub skipped: u64,
    /// Records that an earlier run was done with.
    pub journaled: u64,
    /// Records that changed since an earlier run, whose users were left alone.
    pub outdated: u64,
    /// Records that failed.
    pub failed: u64,
    /// Records that failed after a change, or left it unclear whether there was one. Also such records that were left.
    pub partial: u64,
    /// Whether the import ended before its last record.
    pub is_incomplete: bool,
    /// Whether that is because the server cannot be reached.
    pub is_unreachable: bool,
}

impl Summary {
    /// Counts a record.
    pub const fn count(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Unclear => &mut self.unclear,
            Outcome::Updated => &mut self.updated,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Journaled => &mut self.journaled,
            Outcome::Outdated => &mut self.outdated,
            Outcome::Failed => &mut self.failed,
        };
        *counter += 1;
    }

    /// Returns the number of records.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.created + self.unclear + self.updated + self.skipped + self.journaled + self.outdated + self.failed
    }

    /// Whether a record is done, or might have changed a user.
    #[must_use]
    pub const fn has_done_something(&self) -> bool {
        self.records() + self.partial > self.failed
    }

    /// Returns the totals as data.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({
            "created": self.created,
            "unclear": self.unclear,
            "updated": self.updated,
            "skipped": self.skipped,
            "journaled": self.journaled,
            "outdated": self.outdated,
            "failed": self.failed,
            "complete": !self.is_incomplete,
        })
    }
}
