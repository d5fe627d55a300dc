//! Users that records of an import belong to.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Users of the records so far, by digests of their ids. Clones share them.
///
/// Digests need 8 bytes for each user, and two users have the same one in less than one of a million imports.
#[derive(Clone, Debug, Default)]
pub struct Matched(Arc<Mutex<HashSet<u64>>>);

impl Matched {
    /// Adds the user of a record. Returns whether it is the first record of this user.
    pub(super) fn add(&self, id: &str) -> bool {
        let mut digest = DefaultHasher::new();
        id.hash(&mut digest);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.finish())
    }
}
