//! Operations of the host as futures.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::host;
use crate::slab::Slab;

/// What the host says of an operation that has ended.
#[derive(Default)]
pub(crate) struct Outcome {
    pub number: f64,
    pub text: String,
    pub body: String,
    /// Seconds; below 0 or NaN where nothing is said.
    pub retry_after: f64,
}

#[derive(Default)]
struct Pending {
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

thread_local! {
    static OPERATIONS: RefCell<Slab<Pending>> = const { RefCell::new(Slab::new()) };
}

/// An operation under way; dropping it cancels it.
pub(crate) struct Operation(u32);

impl Operation {
    /// Begins one: `start` tells the host its number. If the host cannot, its outcome has the number -1.
    pub(crate) fn start(start: impl FnOnce(u32) -> bool) -> Self {
        let operation = OPERATIONS.with_borrow_mut(|operations| operations.insert(Pending::default()));
        if !start(operation) {
            settle(operation, Outcome { number: -1.0, ..Outcome::default() });
        }
        Self(operation)
    }
}

/// Ends an operation, and wakes the task that waits for it.
pub(crate) fn settle(operation: u32, outcome: Outcome) {
    let waker = OPERATIONS.with_borrow_mut(|operations| {
        let pending = operations.get_mut(operation)?;
        pending.outcome = Some(outcome);
        pending.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Operation {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        OPERATIONS.with_borrow_mut(|operations| {
            let Some(pending) = operations.get_mut(self.0) else { return Poll::Pending };
            match pending.outcome.take() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    pending.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        let pending = OPERATIONS.with_borrow_mut(|operations| operations.remove(self.0));
        // One that has ended was forgotten by the host, which ignores this then.
        if pending.is_some_and(|pending| pending.waker.is_some()) {
            host::cancel(self.0);
        }
    }
}
