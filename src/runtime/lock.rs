//! The lock of state that many calls share.

#[cfg(not(test))]
pub(crate) use std::sync::Mutex;

#[cfg(test)]
pub(crate) use in_tests::Mutex;

#[cfg(test)]
mod in_tests {
    use std::sync::{LockResult, MutexGuard};

    use crate::runtime::model;

    /// A lock whose acquisition is a point where a model can let another thread run.
    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            model::point();
            self.0.lock()
        }
    }
}
