//! Remembers what recent requests found. Further pages then need not search again.

use std::cell::RefCell;
use std::sync::Arc;

/// Number of results that are remembered.
const KEPT: usize = 8;
/// Only results from large tables are remembered.
const LARGE: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct SearchResults<T>(RefCell<Vec<(String, u64, Arc<T>)>>);

impl<T> SearchResults<T> {
    /// Returns what was found at this version, or searches.
    pub(super) fn get(&self, key: &str, version: u64, size: usize, search: impl FnOnce() -> T) -> Arc<T> {
        if size < LARGE {
            return search().into();
        }
        let mut known = self.0.borrow_mut();
        known.retain(|(_, of, _)| *of == version);
        if let Some((_, _, found)) = known.iter().find(|(known, _, _)| known == key) {
            return Arc::clone(found);
        }
        let found = Arc::new(search());
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push((key.to_owned(), version, Arc::clone(&found)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_from_large_tables_are_remembered_until_something_changes() {
        let (found, searches) = (SearchResults::default(), RefCell::new(0));
        let get = |key: &str, version, size| {
            found.get(key, version, size, || {
                *searches.borrow_mut() += 1;
            });
            *searches.borrow()
        };
        let counts =
            [get("a", 1, LARGE), get("a", 1, LARGE), get("b", 1, LARGE), get("a", 1, LARGE), get("a", 2, LARGE)];
        assert_eq!(counts, [1, 1, 2, 2, 3]);
        assert_eq!([get("c", 2, LARGE - 1), get("c", 2, LARGE - 1)], [4, 5]);
    }
}
