//! Lists as streams.

use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::call::LARGEST_PAGE_SIZE;
use crate::error::Result;
use crate::operation::ListOperation;
use crate::page::Page;
use crate::request::Request;

/// A stream of a list's items, over all its pages.
pub type ItemStream<T> = BoxStream<'static, Result<T>>;

/// A stream of a list's pages.
pub type PageStream<T> = BoxStream<'static, Result<Page<T>>>;

impl<Op: ListOperation> Request<Op> {
    /// The items of all pages, from the page that is set or the first, 100 a page unless another size is set.
    /// A page is asked for when the one before it is used up.
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
        let first = self.for_paging();
        stream::try_unfold(Some(first), |next| async {
            let Some(request) = next else { return Ok(None) };
            let following = request.following();
            let page = request.await?;
            Ok(match () {
                () if page.is_empty() => None,
                () if page.has_next() => Some((page, Some(following))),
                () => Some((page, None)),
            })
        })
        .boxed()
    }

    /// The request for the page after this one.
    fn following(&self) -> Self {
        Self::from_call(self.client(), self.call().following_page())
    }

    /// The same with its page and page size set.
    fn for_paging(self) -> Self {
        self.change(|call| {
            call.paged.page.get_or_insert(1);
            call.paged.page_size.get_or_insert(LARGEST_PAGE_SIZE);
        })
    }
}
