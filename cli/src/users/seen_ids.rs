//! The ids of users that an export or an import has seen.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A set of ids, as hashes. A million ids take about 20 MB.
#[derive(Clone, Debug, Default)]
pub struct SeenIds(HashSet<u64>);

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl SeenIds {
    /// Adds an id. Returns whether it is new.
    pub fn add(&mut self, id: &str) -> bool {
        self.0.insert(hash(id))
    }

    /// Whether an id was added.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains(&hash(id))
    }

    /// Returns the number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
