//! Whom to wake when a renewal has ended.

use std::task::Waker;

/// The wakers of those that wait, each under a number of its own.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    /// In the order of their numbers.
    wakers: Vec<(u64, Waker)>,
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
        match self.find(number) {
            Ok(at) => self.wakers.get_mut(at).map(|(_, old)| std::mem::replace(old, waker.clone())),
            Err(at) => {
                self.wakers.insert(at, (number, waker.clone()));
                None
            }
        }
    }

    #[must_use]
    pub(super) fn forget(&mut self, number: u64) -> Option<Waker> {
        self.find(number).ok().map(|at| self.wakers.remove(at).1)
    }

    fn find(&self, number: u64) -> Result<usize, usize> {
        self.wakers.binary_search_by_key(&number, |(number, _)| *number)
    }

    /// All of them. They are woken when the lock is free again.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.wakers).into_iter().map(|(_, waker)| waker)
    }
}
