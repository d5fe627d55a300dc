use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::Stream;

use super::{Overload, Tasks};

/// The results of tasks, in the order of the items.
#[must_use = "tasks do nothing unless the stream is polled"]
#[derive(Debug)]
pub struct InOrder<'a, I, T> {
    tasks: Tasks<'a, I, T>,
    /// Results of later items, by the number of the item.
    waiting: BTreeMap<u64, T>,
    /// The number of the next item.
    next: u64,
}

impl<'a, I, T> Tasks<'a, I, T> {
    /// Returns the results in the order of the items.
    ///
    /// A result waits until those of all earlier items are returned. If as many results wait as tasks may run, no
    /// further task starts.
    pub fn in_order(self) -> InOrder<'a, I, T> {
        InOrder { tasks: self, waiting: BTreeMap::new(), next: 0 }
    }
}

impl<I: 'static, T: Overload + Send + 'static> Stream for InOrder<'_, I, T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        loop {
            if let Some(result) = this.waiting.remove(&this.next) {
                this.next += 1;
                return Poll::Ready(Some(result));
            }
            let may_start = this.waiting.len() < this.tasks.window.size();
            match this.tasks.poll_numbered(context, may_start) {
                Poll::Ready(Some((number, result))) => drop(this.waiting.insert(number, result)),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
