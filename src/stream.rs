//! Lists as streams.

use futures_util::stream::{self, BoxStream, FuturesOrdered, StreamExt, TryStreamExt};

use crate::call::LARGEST_PAGE_SIZE;
use crate::error::Result;
use crate::operation::ListOperation;
use crate::page::Page;
use crate::request::{Request, RequestFuture};

/// A stream of a list's items, over all its pages.
pub type ItemStream<T> = BoxStream<'static, Result<T>>;

/// A stream of a list's pages.
pub type PageStream<T> = BoxStream<'static, Result<Page<T>>>;

impl<Op: ListOperation> Request<Op> {
    /// The items of all pages, from the page that is set or the first, 100 a page unless another size is set.
    /// A page is asked for when the one before it is used up, unless [`prefetch`](Self::prefetch) says otherwise.
    /// The stream ends after the first error.
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
        self.pages().map_ok(|page| stream::iter(page.items.into_iter().map(Ok))).try_flatten().boxed()
    }

    /// The pages, from the one that is set or the first, 100 items each unless another size is set.
    /// Ends with the last page, or with an empty one, which is not given.
    #[must_use]
    pub fn pages(self) -> PageStream<Op::Item> {
        let walk = Walk::new(self.for_paging());
        stream::try_unfold(walk, |mut walk| async { Ok(walk.next().await?.map(|page| (page, walk))) }).boxed()
    }

    /// Lets streams ask for up to so many pages at once, where the server says how many there are. Order is kept.
    pub fn prefetch(self, pages: usize) -> Self {
        self.change(|call| call.options.prefetch = Some(pages))
    }

    /// The same with its page and page size set.
    fn for_paging(self) -> Self {
        self.change(|call| {
            call.paged.page.get_or_insert(1);
            call.paged.page_size.get_or_insert(LARGEST_PAGE_SIZE);
        })
    }
}

/// A walk through the pages of a list, by number.
struct Walk<Op: ListOperation> {
    /// The request for the next page; `None` when there is none.
    next: Option<Request<Op>>,
    /// The last page, as far as it is known.
    last: Option<u32>,
    in_flight: FuturesOrdered<RequestFuture<Page<Op::Item>>>,
}

impl<Op: ListOperation> Walk<Op> {
    fn new(first: Request<Op>) -> Self {
        Self { next: Some(first), last: None, in_flight: FuturesOrdered::new() }
    }

    async fn next(&mut self) -> Result<Option<Page<Op::Item>>> {
        self.ask();
        let Some(page) = self.in_flight.next().await.transpose()? else { return Ok(None) };
        if page.is_empty() || !page.has_next() {
            self.stop();
        }
        self.last = page.last_page().or(self.last);
        Ok(Some(page).filter(|page| !page.is_empty()))
    }

    /// Asks for the next page, and for those after it that are allowed to be on their way too.
    fn ask(&mut self) {
        while let Some(request) = self.next.take_if(|next| may_ask(next, self.last, self.in_flight.len())) {
            self.next = Some(request.following());
            self.in_flight.push_back(request.into_future());
        }
    }

    fn stop(&mut self) {
        self.next = None;
        self.in_flight.clear();
    }
}

/// Whether a page may be asked for while so many others are on their way.
fn may_ask<Op: ListOperation>(next: &Request<Op>, last: Option<u32>, in_flight: usize) -> bool {
    let call = next.call();
    let exists = last.zip(call.paged.page).is_some_and(|(last, page)| page <= last);
    in_flight == 0 || (exists && in_flight < call.options.prefetch.unwrap_or(1))
}
