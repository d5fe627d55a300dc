//! Search parameters of lists.

use super::Request;
use crate::operation::SearchOperation;

/// Search. `%` matches any text and `_` any character, unless another match mode is set.
impl<Op: SearchOperation> Request<Op> {
    /// Matches items by any of their searchable members.
    pub fn search(self, pattern: &str) -> Self {
        self.query("search", pattern)
    }

    /// Matches items by one member, such as `username` or `primaryEmail`.
    pub fn search_member(self, member: &str, pattern: &str) -> Self {
        self.query(&format!("search.{member}"), pattern)
    }

    /// Sets how one member is compared, or all members if `member` is `None`.
    pub fn match_mode(self, member: Option<&str>, mode: MatchMode) -> Self {
        let name = member.map_or_else(|| "mode".to_owned(), |member| format!("mode.{member}"));
        self.query(&name, mode.as_str())
    }

    /// Sets whether items must match all patterns or one of them.
    pub fn joint(self, joint: Joint) -> Self {
        self.query("joint", joint.as_str())
    }

    /// Sets whether the search is case-sensitive.
    pub fn case_sensitive(self, case_sensitive: bool) -> Self {
        self.query("isCaseSensitive", case_sensitive)
    }
}

crate::types::string_enum! {
    /// How a search compares.
    pub enum MatchMode {
        /// Pattern with the wildcards `%` and `_`.
        Like = "like",
        /// Exact text.
        Exact = "exact",
        /// SQL `SIMILAR TO` pattern.
        SimilarTo = "similar_to",
        /// POSIX regular expression.
        Posix = "posix",
    }
}

crate::types::string_enum! {
    /// How several patterns of a search are combined.
    pub enum Joint {
        /// One of them must match.
        Or = "or",
        /// All of them must match.
        And = "and",
    }
}
