//! The callers to wake when a renewal has ended.

use std::task::Waker;

/// The wakers of waiting callers by number, in ascending order.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    wakers: Vec<(u64, Waker)>,
    last: u64,
}

impl Waiters {
    /// Stores the waker of a caller. Sets `number` to the caller's number.
    ///
    /// Returns the waker that it replaces: dropping a waker can run any code, so it must not happen under the lock.
    #[must_use]
    pub(super) fn register(&mut self, number: &mut Option<u64>, waker: &Waker) -> Option<Waker> {
        if let Some((_, known)) = number.and_then(|number| self.find(number)).and_then(|at| self.wakers.get_mut(at)) {
            return Some(std::mem::replace(known, waker.clone()));
        }
        self.last += 1;
        self.wakers.push((self.last, waker.clone()));
        *number = Some(self.last);
        None
    }

    #[must_use]
    pub(super) fn forget(&mut self, number: u64) -> Option<Waker> {
        self.find(number).map(|at| self.wakers.remove(at).1)
    }

    /// Removes all wakers. They must be woken after the lock is released.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.wakers).into_iter().map(|(_, waker)| waker)
    }

    fn find(&self, number: u64) -> Option<usize> {
        self.wakers.binary_search_by_key(&number, |(number, _)| *number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiter_is_registered_once_until_it_is_forgotten() {
        let (mut waiters, mut first, mut second) = (Waiters::default(), None, None);
        assert!(waiters.register(&mut first, Waker::noop()).is_none());
        assert!(waiters.register(&mut second, Waker::noop()).is_none());
        assert!(waiters.register(&mut first, Waker::noop()).is_some());
        assert!(waiters.forget(second.unwrap()).is_some());
        assert_eq!(waiters.take().count(), 1);
        assert!(waiters.forget(first.unwrap()).is_none());
    }

    #[test]
    fn a_waiter_that_was_woken_can_register_again() {
        let (mut waiters, mut first, mut second) = (Waiters::default(), None, None);
        drop(waiters.register(&mut first, Waker::noop()));
        drop(waiters.take());
        drop(waiters.register(&mut second, Waker::noop()));
        drop(waiters.register(&mut first, Waker::noop()));
        assert_eq!(waiters.take().count(), 2);
    }
}
