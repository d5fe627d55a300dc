//! Users that records of an import belong to.

use std::sync::{Arc, Mutex, PoisonError};

use super::seen_ids::SeenIds;

/// The users of the records so far. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Matched(Arc<Mutex<SeenIds>>);

impl Matched {
    /// Adds the user of a record. Returns whether it is the first record of this user.
    pub(super) fn add(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(id)
    }
}
