//! Search parameters of lists.

use super::Request;
use crate::operation::SearchOperation;
use crate::types::{QueryTarget, QueryValue, TextValue};

/// Search. `%` matches any text and `_` any character, unless another match mode is set.
impl<Op: SearchOperation> Request<Op> {
    /// Matches items by any of their searchable members. `None` and an empty pattern match all items.
    pub fn search(self, pattern: impl TextValue) -> Self {
        self.query("search", NotEmpty(pattern))
    }

    /// Matches items by one member, such as [`UserSearchMember::Username`]. With [`MatchMode::Exact`], this can be repeated
    /// for one member: items match that have any of the values. The server refuses that in the other modes.
    pub fn search_member(self, member: impl Into<Op::Member>, pattern: impl TextValue) -> Self {
        self.query(&format!("search.{}", member.into()), pattern)
    }

    /// Sets how all members are compared. Defaults to [`MatchMode::Like`].
    pub fn match_mode(self, mode: impl Into<Option<MatchMode>>) -> Self {
        self.query("mode", mode.into())
    }

    /// Sets how one member is compared.
    pub fn member_match_mode(self, member: impl Into<Op::Member>, mode: impl Into<Option<MatchMode>>) -> Self {
        self.query(&format!("mode.{}", member.into()), mode.into())
    }

    /// Sets whether items must match all patterns or one of them. Defaults to [`Joint::Or`].
    pub fn joint(self, joint: impl Into<Option<Joint>>) -> Self {
        self.query("joint", joint.into())
    }

    /// Sets whether the search is case-sensitive. Defaults to false.
    pub fn case_sensitive(self, case_sensitive: impl Into<Option<bool>>) -> Self {
        self.query("isCaseSensitive", case_sensitive.into())
    }
}

/// A pattern that is only sent if it is not empty. The server refuses an empty one.
struct NotEmpty<T>(T);

impl<T: QueryValue> QueryValue for NotEmpty<T> {
    fn append(&self, name: &str, target: &mut dyn QueryTarget) {
        self.0.append(name, &mut NotEmpty(target));
    }
}

impl QueryTarget for NotEmpty<&mut dyn QueryTarget> {
    fn pair(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.pair(name, value);
        }
    }
}

crate::types::string_enum! {
    /// The members by which users can be searched.
    pub enum UserSearchMember {
        /// Id.
        Id = "id",
        /// Username.
        Username = "username",
        /// Email address.
        PrimaryEmail = "primaryEmail",
        /// Phone number.
        PrimaryPhone = "primaryPhone",
        /// Name.
        Name = "name",
    }
}

crate::types::string_enum! {
    /// The members by which applications, roles and scopes can be searched.
    pub enum SearchMember {
        /// Id.
        Id = "id",
        /// Name.
        Name = "name",
        /// Description.
        Description = "description",
    }
}

crate::types::string_enum! {
    /// How a search compares.
    pub enum MatchMode {
        /// Pattern with the wildcards `%` and `_`.
        Like = "like",
        /// Exact text.
        Exact = "exact",
        /// SQL `SIMILAR TO` pattern. The server requires [`case_sensitive`](Request::case_sensitive) with it.
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
