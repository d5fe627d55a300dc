//! Many calls at the same time, as many as the server handles well.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};

use super::Client;
use crate::error::{Error, Result};

/// How many tasks run at the same time.
///
/// The number grows with each success and is halved when the server is overloaded or becomes slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concurrency {
    /// Number of tasks at the start; at least one.
    pub initial: usize,
    /// Maximum number of tasks; at least one.
    pub maximum: usize,
}

impl Default for Concurrency {
    /// Starts with 4 tasks; at most 32.
    fn default() -> Self {
        Self { initial: 4, maximum: 32 }
    }
}

impl Concurrency {
    /// Sets the maximum number of tasks.
    #[must_use]
    pub const fn at_most(mut self, tasks: usize) -> Self {
        self.maximum = tasks;
        self
    }

    /// Always this number of tasks, unless the server is overloaded.
    #[must_use]
    pub const fn up_to(tasks: usize) -> Self {
        Self { initial: tasks, maximum: tasks }
    }
}

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

/// Whether an error shows that the server is overloaded: a rate limit, a server error, a timeout, or no connection.
#[must_use]
pub fn is_overload(error: &Error) -> bool {
    error.is_rate_limited() || error.is_server_error() || error.is_timeout() || error.is_connect()
}

impl Client {
    /// Runs a task for each item, several at the same time, and returns the results as they come.
    ///
    /// Reads items only when a task can start, so memory does not grow with the number of items. Dropping the stream
    /// cancels the tasks. The rate limit of the client applies.
    ///
    /// ```no_run
    /// use futures_util::{StreamExt, stream};
    /// use logto_admin::bulk::Concurrency;
    ///
    /// # async fn run(client: logto_admin::Client, ids: Vec<String>) {
    /// let mut users = client.for_each(stream::iter(ids), Concurrency::default(), {
    ///     let client = client.clone();
    ///     move |id: String| {
    ///         let client = client.clone();
    ///         async move { client.users().get(&id).await }
    ///     }
    /// });
    /// while let Some(user) = users.next().await {
    ///     println!("{:?}", user.map(|user| user.name));
    /// }
    /// # }
    /// ```
    pub fn for_each<I, T, F, S, W>(&self, items: S, concurrency: Concurrency, work: W) -> Tasks<'_, I, T>
    where
        S: Stream<Item = I> + Send + 'static,
        W: FnMut(I) -> F + Send + 'static,
        F: Future<Output = T> + Send + 'static,
        I: Send + 'static,
        T: Overload + Send + 'static,
    {
        let mut work = work;
        Tasks {
            client: self,
            items: items.fuse().boxed(),
            work: Box::new(move |item| Box::pin(work(item))),
            running: FuturesUnordered::new(),
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
    running: FuturesUnordered<BoxFuture<'static, (T, Start)>>,
    window: Window,
}

impl<I, T> std::fmt::Debug for Tasks<'_, I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tasks").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

impl<I, T> Tasks<'_, I, T> {
    fn now(&self) -> Duration {
        self.client.channel.sender().runtime.monotonic()
    }
}

impl<I: 'static, T: Overload + Send + 'static> Stream for Tasks<'_, I, T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let mut is_over = false;
        while this.running.len() < this.window.size() {
            match this.items.poll_next_unpin(context) {
                Poll::Ready(Some(item)) => {
                    let start = this.window.start(this.now());
                    let task = (this.work)(item);
                    this.running.push(Box::pin(async move { (task.await, start) }));
                }
                Poll::Ready(None) => {
                    is_over = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        match this.running.poll_next_unpin(context) {
            Poll::Ready(Some((result, start))) => {
                let now = this.now();
                this.window.end(start, now, result.is_overload());
                Poll::Ready(Some(result))
            }
            Poll::Ready(None) if is_over => Poll::Ready(None),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// When a task started.
#[derive(Clone, Copy, Debug)]
struct Start {
    at: Duration,
    /// How often the window had been cut.
    cuts: u32,
}

/// Decides how many tasks run. Grows by one per round of successes, and is halved at most once per round.
#[derive(Debug)]
struct Window {
    size: f64,
    maximum: f64,
    cuts: u32,
    /// Durations of the last successes.
    recent: VecDeque<Duration>,
    /// The shortest average of recent durations.
    usual: Option<Duration>,
}

/// How many durations are averaged.
const RECENT: usize = 16;
/// How many times as long as usual is slow.
const SLOW: u32 = 8;
/// Shorter averages are never slow: their ratios are noise.
const FAST: Duration = Duration::from_millis(50);

impl Window {
    fn new(concurrency: Concurrency) -> Self {
        let maximum = concurrency.maximum.max(1) as f64;
        let size = (concurrency.initial.max(1) as f64).min(maximum);
        Self { size, maximum, cuts: 0, recent: VecDeque::new(), usual: None }
    }

    fn size(&self) -> usize {
        self.size as usize
    }

    const fn start(&self, at: Duration) -> Start {
        Start { at, cuts: self.cuts }
    }

    fn end(&mut self, start: Start, now: Duration, is_overload: bool) {
        if is_overload || self.is_slow(now.saturating_sub(start.at)) {
            // Tasks that started before the last cut say nothing about the smaller window.
            if start.cuts == self.cuts {
                self.size = (self.size / 2.0).max(1.0);
                self.cuts += 1;
                self.recent.clear();
            }
        } else {
            self.size = (self.size + 1.0 / self.size).min(self.maximum);
        }
    }

    /// Notes the duration of a task. Returns whether tasks have become slow.
    fn is_slow(&mut self, duration: Duration) -> bool {
        self.recent.push_back(duration);
        if self.recent.len() < RECENT {
            return false;
        }
        let average = self.recent.iter().sum::<Duration>() / RECENT as u32;
        self.recent.pop_front();
        let usual = self.usual.map_or(average, |usual| usual.min(average));
        self.usual = Some(usual);
        average > usual * SLOW && average > FAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn round(window: &mut Window, duration: Duration, is_overload: bool) {
        let starts: Vec<Start> = (0..window.size()).map(|_| window.start(Duration::ZERO)).collect();
        for start in starts {
            window.end(start, duration, is_overload);
        }
    }

    #[test]
    fn successes_widen_the_window_up_to_its_maximum() {
        let mut window = Window::new(Concurrency { initial: 2, maximum: 5 });
        let sizes: Vec<usize> = (0..6)
            .map(|_| {
                round(&mut window, MS, false);
                window.size()
            })
            .collect();
        assert!(sizes.is_sorted() && sizes.last() == Some(&5), "{sizes:?}");
    }

    #[test]
    fn a_burst_of_failures_halves_the_window_once() {
        let mut window = Window::new(Concurrency::up_to(16));
        round(&mut window, MS, true);
        assert_eq!(window.size(), 8);
        for _ in 0..10 {
            round(&mut window, MS, true);
        }
        assert_eq!(window.size(), 1, "one task always runs");
    }

    #[test]
    fn a_server_that_becomes_slow_gets_fewer_tasks() {
        let mut window = Window::new(Concurrency::up_to(16));
        (0..3).for_each(|_| round(&mut window, 20 * MS, false));
        (0..3).for_each(|_| round(&mut window, 100 * MS, false));
        assert_eq!(window.size(), 16, "five times as long is usual under load");
        (0..4).for_each(|_| round(&mut window, 1000 * MS, false));
        assert!(window.size() < 16, "{window:?}");
    }
}
