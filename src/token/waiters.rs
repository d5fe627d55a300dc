//! Whom to wake when a renewal has ended.

use std::collections::HashMap;
use std::task::Waker;

/// The wakers of those that wait, each under a number of its own.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    wakers: HashMap<u64, Waker>,
    next: u64,
}

impl Waiters {
    /// Remembers how to wake a waiter. `number` is its own, and given to it here the first time.
    /// Gives the waker that it replaces: dropping one may run anything, and is not for within the lock.
    #[must_use]
    pub(super) fn register(&mut self, number: &mut Option<u64>, waker: &Waker) -> Option<Waker> {
        let number = *number.get_or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.wakers.insert(number, waker.clone())
    }

    #[must_use]
    pub(super) fn forget(&mut self, number: u64) -> Option<Waker> {
        self.wakers.remove(&number)
    }

    /// All of them. They are woken when the lock is free again.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.wakers).into_values()
    }
}
