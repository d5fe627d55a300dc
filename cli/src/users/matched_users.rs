//! Users that records of an import belong to.

use std::sync::{Arc, Mutex, PoisonError};

use super::journal::{Journal, Standing};
use super::seen_ids::SeenIds;

/// The users of the records so far. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MatchedUsers(Arc<Mutex<Users>>);

#[derive(Debug, Default)]
struct Users {
    /// Users of the records of this run.
    of_run: SeenIds,
    /// Users that earlier runs created or changed.
    ///
    /// Each by its id, and by pairs of its id and the key of a record.
    of_journal: SeenIds,
}

/// Returns a user and the key of a record as one text. Email addresses are the same in any case.
fn pair(id: &str, key: &str) -> String {
    format!("{id} {}", key.to_lowercase())
}

impl MatchedUsers {
    /// Adds the users of earlier runs. A user that was left alone can belong to another record.
    pub(super) fn add_journal(&self, journal: &Journal) {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, standing) in journal.users() {
            if let Standing::Created { id, .. } | Standing::Done { id, skipped: false, .. } = standing {
                users.of_journal.add(id);
                users.of_journal.add(&pair(id, key));
            }
        }
    }

    /// Adds the user of a record. Returns whether it is the first record of this user. The record of an earlier run with one
    /// of these keys is the same record.
    pub(super) fn add(&self, id: &str, keys: impl IntoIterator<Item = String>) -> bool {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_own = !users.of_journal.has(id) || keys.into_iter().any(|key| users.of_journal.has(&pair(id, &key)));
        is_own && users.of_run.add(id)
    }
}
