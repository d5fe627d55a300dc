//! Remembers what recent searches found, so that further pages need not search again.

use std::cell::RefCell;
use std::sync::Arc;

/// Number of searches that are remembered.
const KEPT: usize = 8;
/// Only searches in large tables are remembered.
const LARGE: usize = 1000;

/// The places that a search found, in the order of the list.
pub(crate) type Found = Arc<Vec<u64>>;

#[derive(Debug, Default)]
pub(super) struct Searches(RefCell<Vec<(String, u64, Found)>>);

impl Searches {
    /// Returns what the search found at this version of the store, or searches.
    pub(super) fn get(&self, key: &str, version: u64, size: usize, search: impl FnOnce() -> Vec<u64>) -> Found {
        if size < LARGE {
            return search().into();
        }
        let mut known = self.0.borrow_mut();
        known.retain(|(_, of, _)| *of == version);
        if let Some((_, _, found)) = known.iter().find(|(known, _, _)| known == key) {
            return Found::clone(found);
        }
        let found: Found = search().into();
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push((key.to_owned(), version, Found::clone(&found)));
        found
    }
}
