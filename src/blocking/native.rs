//! Calls from code that is not async: one background runtime, owned by the client and shared by its clones.

use std::fmt;
use std::sync::OnceLock;

use futures_util::StreamExt;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorKind, Result};
use crate::operation::{ListOperation, Operation};
use crate::request::Request;
use crate::stream::ItemStream;

/// The runtime on which blocking calls run; made when the first one is.
#[derive(Debug, Default)]
pub(crate) struct Background(OnceLock<Owned>);

#[derive(Debug)]
struct Owned(Option<Runtime>);

impl Drop for Owned {
    /// Waiting for its threads, as a runtime does when it is dropped, is a panic where code is async.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Background {
    fn run<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        if Handle::try_current().is_ok() {
            return Err(Error::new(ErrorKind::Unsupported, INSIDE_ASYNC));
        }
        self.runtime()?.block_on(future)
    }

    fn runtime(&self) -> Result<&Runtime> {
        if self.0.get().is_none() {
            let made = Builder::new_multi_thread().worker_threads(1).enable_all().thread_name("logto-admin").build();
            let made = made.map_err(|error| Error::new(ErrorKind::Unsupported, NO_THREAD).with_source(error))?;
            // Another thread may have been faster; its runtime is then the one.
            self.0.get_or_init(|| Owned(Some(made)));
        }
        let owned = self.0.get().and_then(|owned| owned.0.as_ref());
        owned.ok_or_else(|| Error::new(ErrorKind::Unsupported, NO_THREAD))
    }
}

const INSIDE_ASYNC: &str = "a blocking call inside of an async runtime would stop it: await the request instead";
const NO_THREAD: &str = "the background runtime of blocking calls cannot be started";

impl<Op: Operation> Request<Op> {
    /// Makes the call and waits for its answer, in code that is not async.
    ///
    /// ```no_run
    /// # fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let status = client.operation("GetStatus")?.blocking()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the call, and being called from async code.
    pub fn blocking(self) -> Result<Op::Output> {
        let client = self.client().clone();
        client.background().run(self.into_future())
    }
}

impl<Op: ListOperation> Request<Op> {
    /// The items of all pages, one after the other, in code that is not async.
    pub fn blocking_iter(self) -> BlockingItems<Op::Item> {
        BlockingItems { client: self.client().clone(), items: Some(self.stream()) }
    }
}

/// The items of a list, fetched page by page as they are used up. It ends after the first error.
pub struct BlockingItems<T> {
    client: crate::Client,
    items: Option<ItemStream<T>>,
}

impl<T> Iterator for BlockingItems<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let items = self.items.as_mut()?;
        let next = self.client.background().run(async { Ok(items.next().await) });
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
