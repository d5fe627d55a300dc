use std::fmt;

use futures_util::StreamExt;

use crate::error::Result;
use crate::operation::{ListOperation, Operation};
use crate::request::{ClientContext, Request};
use crate::response::ItemStream;

impl<Op: Operation> Request<Op> {
    /// Makes the call and blocks until the response arrives.
    ///
    /// ```no_run
    /// # fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let status = client.operation("GetStatus")?.blocking()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails like the call, and with [`Unsupported`](crate::ErrorKind::Unsupported) in async code.
    pub fn blocking(self) -> Result<Op::Output> {
        let context = self.context().clone();
        context.shared.background.run(self.into_future())
    }
}

impl<Op: ListOperation> Request<Op> {
    /// Returns an iterator over the items of all pages. Each page blocks until its response arrives.
    pub fn blocking_iter(self) -> BlockingItems<Op::Item> {
        BlockingItems { context: self.context().clone(), items: Some(self.stream()) }
    }
}

/// An iterator over the items of a list. Fetches a page when the page before is used up, and ends after the first
/// error.
pub struct BlockingItems<T> {
    context: ClientContext,
    items: Option<ItemStream<T>>,
}

impl<T: Send> Iterator for BlockingItems<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let items = self.items.as_mut()?;
        let next = self.context.shared.background.run(async { Ok(items.next().await) });
        let next = next.unwrap_or_else(|error| Some(Err(error)));
        if !matches!(next, Some(Ok(_))) {
            self.items = None;
        }
        next
    }
}

impl<T> fmt::Debug for BlockingItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingItems").finish_non_exhaustive()
    }
}
