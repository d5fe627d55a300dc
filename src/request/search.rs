//! Search parameters of lists.

use super::Request;
use crate::operation::SearchOperation;
use crate::types::TextValue;

/// Search. `%` matches any text and `_` any character, unless another match mode is set.
impl<Op: SearchOperation> Request<Op> {
    /// Matches items by any of their searchable members. `None` matches all items.
    pub fn search(self, pattern: impl TextValue) -> Self {
        self.query("search", pattern)
    }

    /// Matches items by one member, such as [`UserSearchMember::Username`]. Repeated for one member, items match that have
    /// any of the values.
    pub fn search_member(self, member: impl Into<Op::Member>, pattern: impl TextValue) -> Self {
        self.query(&format!("search.{}", member.into()), pattern)
    }

    /// Sets how all members are compared. Defaults to [`MatchMode::Like`].
    pub fn match_mode(self, mode: MatchMode) -> Self {
        self.query("mode", mode)
    }

    /// Sets how one member is compared.
    pub fn member_match_mode(self, member: impl Into<Op::Member>, mode: MatchMode) -> Self {
        self.query(&format!("mode.{}", member.into()), mode)
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
    /// The members by which users can be searched.
    pub enum UserSearchMember {
        /// ID.
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
        /// ID.
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
