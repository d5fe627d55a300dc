//! Lists as streams.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, FuturesOrdered, StreamExt, TryStreamExt};

use super::Page;
use crate::error::Result;

/// A stream of a list's items, over all its pages.
pub type ItemStream<T> = BoxStream<'static, Result<T>>;

/// A stream of a list's pages.
pub type PageStream<T> = BoxStream<'static, Result<Page<T>>>;

type FetchPage<T> = dyn FnMut(u32) -> BoxFuture<'static, Result<Page<T>>> + Send;

/// A walk through the pages of a list, by number.
pub(crate) struct Pages<T> {
    fetch: Box<FetchPage<T>>,
    /// The number of the next page; `None` after the last page.
    next: Option<u32>,
    /// The number of the last page, if it is known.
    last: Option<u32>,
    /// Maximum number of pages that are fetched concurrently.
    prefetch: usize,
    in_flight: FuturesOrdered<BoxFuture<'static, Result<Page<T>>>>,
}

impl<T: Send + 'static> Pages<T> {
    /// Starts at the page `first`. `fetch` requests a page by its number.
    pub(crate) fn new(
        first: u32,
        prefetch: usize,
        fetch: impl FnMut(u32) -> BoxFuture<'static, Result<Page<T>>> + Send + 'static,
    ) -> Self {
        Self { fetch: Box::new(fetch), next: Some(first), last: None, prefetch, in_flight: FuturesOrdered::new() }
    }

    /// Returns the pages. Ends with the last page, or before an empty one.
    pub(crate) fn into_pages(self) -> PageStream<T> {
        stream::try_unfold(self, |mut pages| async { Ok(pages.next().await?.map(|page| (page, pages))) }).boxed()
    }

    /// Returns the items of all pages.
    pub(crate) fn into_items(self) -> ItemStream<T> {
        self.into_pages().map_ok(|page| stream::iter(page.items.into_iter().map(Ok))).try_flatten().boxed()
    }

    async fn next(&mut self) -> Result<Option<Page<T>>> {
        self.request();
        let Some(page) = self.in_flight.next().await.transpose()? else { return Ok(None) };
        if page.is_empty() || !page.has_next() {
            self.stop();
        }
        self.last = page.last_page().or(self.last);
        Ok(Some(page).filter(|page| !page.is_empty()))
    }

    /// Requests the next page, and further pages that may be fetched concurrently.
    fn request(&mut self) {
        while let Some(number) = self.next.filter(|number| self.may_request(*number)) {
            self.next = number.checked_add(1);
            self.in_flight.push_back((self.fetch)(number));
        }
    }

    fn may_request(&self, number: u32) -> bool {
        let exists = self.last.is_some_and(|last| number <= last);
        self.in_flight.is_empty() || (exists && self.in_flight.len() < self.prefetch)
    }

    fn stop(&mut self) {
        self.next = None;
        self.in_flight.clear();
    }
}
