//! Lists: pages and streams.

use std::future::IntoFuture;

use super::MAX_PAGE_SIZE;
use super::Request;
use crate::operation::ListOperation;
use crate::response::{ItemStream, PageStream, Pages};

/// Lists.
impl<Op: ListOperation> Request<Op> {
    /// Sets the page number, starting at 1. `None` keeps the default.
    pub fn page(self, page: impl Into<Option<u32>>) -> Self {
        self.change(|parts| page.into().into_iter().for_each(|page| parts.page(page)))
    }

    /// Sets the page size, from 1 to 100. Defaults to 20; streams default to 100. `None` keeps the default.
    pub fn page_size(self, page_size: impl Into<Option<u32>>) -> Self {
        self.change(|parts| page_size.into().into_iter().for_each(|page_size| parts.page_size(page_size)))
    }

    /// Returns a stream of the items of all pages.
    ///
    /// The stream starts at the page that is set, or else at the first page. It requests 100 items per page unless
    /// another size is set. It requests a page when the page before is used up, unless [`prefetch`](Self::prefetch) is
    /// set. It ends after the first error.
    ///
    /// Pages are numbered. If you delete items that match while you read, later items move to pages that were already
    /// read, and the stream skips them. Collect the items first, or read the first page until it is empty.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let mut users = client.users().list().stream();
    /// while let Some(user) = users.try_next().await? {
    ///     println!("{}", user.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn stream(self) -> ItemStream<Op::Item> {
        self.walk().into_items()
    }

    /// Returns a stream of the pages.
    ///
    /// The stream starts at the page that is set, or else at the first page. It requests 100 items per page unless
    /// another size is set. It ends with the last page, or before an empty one. Like [`stream`](Self::stream), it skips
    /// items if you delete items while you read.
    #[must_use]
    pub fn pages(self) -> PageStream<Op::Item> {
        self.walk().into_pages()
    }

    /// Lets streams request up to this many pages concurrently. Keeps their order. Applies only if the server sends the
    /// total.
    pub fn prefetch(self, pages: usize) -> Self {
        self.change(|parts| parts.options.prefetch = Some(pages))
    }

    fn walk(self) -> Pages<Op::Item> {
        let mut request = self.change(|parts| {
            parts.paged.page_size.get_or_insert(MAX_PAGE_SIZE);
        });
        let (first, prefetch) = (request.parts.paged.page.unwrap_or(1), request.parts.options.prefetch.unwrap_or(1));
        Pages::new(first, prefetch, move |number| request.at_page(number).into_future())
    }

    /// Returns the request for a page. An invalid argument fails the first page.
    fn at_page(&mut self, number: u32) -> Self {
        Self::from_parts(&self.context, self.parts.at_page(number))
    }
}
