//! Many calls at the same time, as many as the server handles well.

mod concurrency;
mod in_order;
mod window;

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};

pub use self::concurrency::Concurrency;
pub use self::in_order::InOrder;
use self::window::{Start, Window};
use super::Client;
use crate::error::{Error, Result};

/// Whether a task shows that the server is overloaded.
pub trait Overload {
    /// Whether the server was overloaded.
    fn is_overload(&self) -> bool;
}

impl<T> Overload for Result<T> {
    /// A rate limit, a server error, a timeout, or no connection.
    fn is_overload(&self) -> bool {
        self.as_ref().is_err_and(is_overload)
    }
}

/// A result with a key, such as the id that was read.
impl<K, T: Overload> Overload for (K, T) {
    fn is_overload(&self) -> bool {
        self.1.is_overload()
    }
}

/// Whether an error shows that the server is overloaded. Such errors are a rate limit, a server error, a timeout, or no
/// connection.
#[must_use]
pub fn is_overload(error: &Error) -> bool {
    error.is_rate_limited() || error.is_server_error() || error.is_timeout() || error.is_connect()
}

impl Client {
    /// Runs a task for each item concurrently, and returns the results as they come.
    ///
    /// Reads items only when a task can start, so memory does not grow with the number of items. Dropping the stream
    /// cancels the tasks. The rate limit of the client applies. A task that fails does not stop the others.
    ///
    /// [`in_order`](Tasks::in_order) returns the results in the order of the items:
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use logto_admin::bulk::Concurrency;
    ///
    /// # async fn run(client: logto_admin::Client, ids: Vec<String>) {
    /// let users = client.clone();
    /// let get = move |id: String| users.users().get(id);
    /// let mut found = client.for_each(stream::iter(ids), Concurrency::default(), get).in_order();
    /// while let Some(user) = found.next().await {
    ///     println!("{:?}", user.map(|user| user.name));
    /// }
    /// # }
    /// ```
    ///
    /// A task can also return its item, or a part of it, with the result:
    ///
    /// ```
    /// # use std::collections::HashMap;
    /// # use futures_util::{StreamExt, stream};
    /// # use logto_admin::{Result, bulk::Concurrency, models::User};
    /// # async fn run(client: logto_admin::Client, ids: Vec<String>) {
    /// let users = client.clone();
    /// let get = move |id: String| {
    ///     let user = users.users().get(&id);
    ///     async move { (id, user.await) }
    /// };
    /// let found: HashMap<String, Result<User>> =
    ///     client.for_each(stream::iter(ids), Concurrency::default(), get).collect().await;
    /// # }
    /// ```
    pub fn for_each<I, T, F, S, W>(&self, items: S, concurrency: Concurrency, work: W) -> Tasks<'_, I, T>
    where
        S: Stream<Item = I> + Send + 'static,
        W: FnMut(I) -> F + Send + 'static,
        F: IntoFuture<Output = T>,
        F::IntoFuture: Send + 'static,
        I: Send + 'static,
        T: Overload + Send + 'static,
    {
        let mut work = work;
        Tasks {
            client: self,
            items: items.fuse().boxed(),
            work: Box::new(move |item| Box::pin(work(item).into_future())),
            running: FuturesUnordered::new(),
            started: 0,
            window: Window::new(concurrency),
        }
    }
}

/// The results of tasks, in the order in which they end.
#[must_use = "tasks do nothing unless the stream is polled"]
pub struct Tasks<'a, I, T> {
    client: &'a Client,
    items: futures_util::stream::BoxStream<'static, I>,
    work: Box<dyn FnMut(I) -> BoxFuture<'static, T> + Send>,
    running: FuturesUnordered<BoxFuture<'static, (u64, T, Start)>>,
    /// Number of tasks that have started.
    started: u64,
    window: Window,
}

impl<I, T> std::fmt::Debug for Tasks<'_, I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tasks").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

impl<I, T> Tasks<'_, I, T> {
    fn now(&self) -> Duration {
        self.client.context.shared.sender.runtime.monotonic()
    }
}

impl<I, T: Overload> Tasks<'_, I, T> {
    /// Returns the next result with the number of its item. Starts tasks if `may_start`.
    fn poll_numbered(&mut self, context: &mut Context<'_>, may_start: bool) -> Poll<Option<(u64, T)>>
    where
        T: Send + 'static,
    {
        let mut is_over = false;
        while may_start && self.running.len() < self.window.size() {
            match self.items.poll_next_unpin(context) {
                Poll::Ready(Some(item)) => {
                    let (number, start) = (self.started, self.window.start(self.now()));
                    self.started += 1;
                    let task = (self.work)(item);
                    self.running.push(Box::pin(async move { (number, task.await, start) }));
                }
                Poll::Ready(None) => {
                    is_over = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        match self.running.poll_next_unpin(context) {
            Poll::Ready(Some((number, result, start))) => {
                let now = self.now();
                self.window.end(start, now, result.is_overload());
                Poll::Ready(Some((number, result)))
            }
            Poll::Ready(None) if is_over => Poll::Ready(None),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl<I: 'static, T: Overload + Send + 'static> Stream for Tasks<'_, I, T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_numbered(context, true).map(|next| next.map(|(_, result)| result))
    }
}
