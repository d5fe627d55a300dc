//! Searches in lists.

use crate::operation::SearchOperation;
use crate::request::Request;

/// Searches. `%` stands for any text and `_` for any character, unless the match mode says otherwise.
impl<Op: SearchOperation> Request<Op> {
    /// Items that match the pattern in any of their searchable members.
    pub fn search(self, pattern: &str) -> Self {
        self.query("search", pattern)
    }

    /// Items that match the pattern in one member, such as `username` or `primaryEmail`.
    pub fn search_member(self, member: &str, pattern: &str) -> Self {
        self.query(&format!("search.{member}"), pattern)
    }

    /// How a member, or without one every member, is compared.
    pub fn match_mode(self, member: Option<&str>, mode: MatchMode) -> Self {
        let name = member.map_or_else(|| "mode".to_owned(), |member| format!("mode.{member}"));
        self.query(&name, mode.as_str())
    }

    /// Whether items have to match all patterns or one of them.
    pub fn joint(self, joint: Joint) -> Self {
        self.query("joint", joint.as_str())
    }

    /// Whether upper and lower case differ.
    pub fn case_sensitive(self, case_sensitive: bool) -> Self {
        self.query("isCaseSensitive", case_sensitive)
    }
}

crate::types::string_enum! {
    /// How a search compares.
    pub enum MatchMode {
        /// With `%` and `_` as wildcards.
        Like = "like",
        /// To the letter.
        Exact = "exact",
        /// With a regular expression of POSIX.
        SimilarTo = "similar_to",
        /// With a regular expression.
        Posix = "posix",
    }
}

crate::types::string_enum! {
    /// How several patterns of a search are joined.
    pub enum Joint {
        /// One of them has to match.
        Or = "or",
        /// All of them have to match.
        And = "and",
    }
}
