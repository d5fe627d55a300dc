//! Pages of lists.

use std::ops::Deref;

use serde::Serialize;

use crate::transport::Headers;

/// Part of a list that was requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paged {
    pub(crate) page: Option<u32>,
    pub(crate) page_size: Option<u32>,
}

/// Logto's default page size.
const DEFAULT_PAGE_SIZE: u32 = 20;

impl Paged {
    /// Returns the part that the server returns if page and page size are not set.
    pub(crate) fn or_default(self) -> Self {
        Self { page: self.page.or(Some(1)), page_size: self.page_size.or(Some(DEFAULT_PAGE_SIZE)) }
    }
}

/// One page of a list. Dereferences to its items.
///
/// As JSON, it is an object with the members `items`, `total`, `totalIsCapped`, `page` and `pageSize`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Number of items on all pages, if the server sends it.
    pub total: Option<u64>,
    /// Whether the server stopped counting, as in audit logs with `enable_cap`. If so, there are at least `total`
    /// items.
    pub total_is_capped: bool,
    /// Page number, starting at 1. `None` if the server sent the whole list.
    pub page: Option<u32>,
    /// Maximum number of items on a page. `None` if the server sent the whole list.
    pub page_size: Option<u32>,
}

impl<T> Page<T> {
    /// Converts each item, and keeps the rest of the page.
    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, total, total_is_capped, page, page_size } = self;
        Page { items: items.into_iter().map(convert).collect(), total, total_is_capped, page, page_size }
    }

    /// Creates a page without items.
    pub(crate) fn new(headers: &Headers, paged: Paged) -> Self {
        let total = headers.get("total-number").and_then(|number| number.parse().ok());
        let total_is_capped = headers.get("total-number-is-capped") == Some("true");
        Self { items: Vec::new(), total, total_is_capped, page: paged.page, page_size: paged.page_size }
    }

    /// Returns how many items to expect: the rest of the total, at most the page size.
    pub(crate) fn expected(&self) -> usize {
        let size = u64::from(self.page_size.unwrap_or(0));
        let before = u64::from(self.page.unwrap_or(1).saturating_sub(1)) * size;
        let left = self.total.unwrap_or(0).saturating_sub(before);
        usize::try_from(left.min(size)).unwrap_or(0)
    }

    /// Returns the number of the last page, if the server sends the total.
    pub(crate) fn last_page(&self) -> Option<u32> {
        let total = self.total.filter(|_| !self.total_is_capped)?;
        u32::try_from(total.div_ceil(u64::from(self.page_size?.max(1)))).ok()
    }

    /// Whether there might be another page.
    ///
    /// This is so if this page is not empty, and neither the total nor an incomplete page shows that it is the last.
    #[must_use]
    pub fn has_next(&self) -> bool {
        let (Some(page), Some(size)) = (self.page, self.page_size) else { return false };
        match self.total {
            _ if self.items.is_empty() => false,
            Some(_) if self.total_is_capped => true,
            Some(total) => total > u64::from(page) * u64::from(size),
            // More items than requested: the server ignored the page.
            None => self.items.len() as u64 == u64::from(size),
        }
    }
}

impl<T> Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_total_is_expected_up_to_a_page() {
        for (total, page, size, expected) in
            [("25", 1, 20, 20), ("25", 2, 20, 5), ("25", 3, 20, 0), ("18446744073709551615", 1, 100, 100)]
        {
            let headers = [("total-number", total)].into_iter().collect();
            let paged = Paged { page: Some(page), page_size: Some(size) };
            assert_eq!(Page::<u8>::new(&headers, paged).expected(), expected);
        }
        assert_eq!(Page::<u8>::new(&Headers::new(), Paged::default()).expected(), 0);
    }
}
