//! Metadata of an operation.

use std::fmt;

use super::release::Release;
use crate::transport::Method;

/// Metadata of an operation: everything except its types.
#[derive(Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// The operation id, such as `ListUsers`.
    pub id: &'static str,
    /// The group, which names module, accessor and feature: `users`.
    pub group: &'static str,
    /// The name of the method in its group: `list`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces: `/api/users/{userId}`.
    pub path: &'static str,
    /// The names of the path parameters, in order.
    pub path_parameters: &'static [&'static str],
    /// The query parameters.
    pub query_parameters: &'static [QueryParameter],
    /// The kind of the request body.
    pub body: BodyKind,
    /// The kind of the answer of a success.
    pub answer: AnswerKind,
    /// The documented statuses of a success.
    pub success: &'static [u16],
    /// Whether the answer comes in pages.
    pub paging: Paging,
    /// The member that holds the items of a list. `None` if the answer is the bare list.
    pub items_at: Option<&'static str>,
    /// Whether the operation is idempotent.
    pub idempotent: bool,
    /// The authentication that the operation requires.
    pub authentication: Authentication,
    /// Whether Logto has deprecated the operation.
    pub deprecated: bool,
    /// The first release with the operation. [`Release::OLDEST`] if it is older than that.
    pub since: Release,
    /// The last release with the operation, if it was removed.
    pub until: Option<Release>,
    /// A one-line summary.
    pub summary: &'static str,
}

impl OperationInfo {
    /// Whether this release of Logto has the operation.
    #[must_use]
    pub fn is_in(&self, release: Release) -> bool {
        self.since <= release && self.until.is_none_or(|until| release <= until)
    }
}

/// A query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryParameter {
    /// The name.
    pub name: &'static str,
    /// Whether the parameter is required.
    pub required: bool,
    /// The kind of its value.
    pub kind: ParameterKind,
}

/// The kind of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Several values. The name is repeated.
    List,
    /// Search parameters: `search`, `search.{member}`, `mode.{member}` and others.
    Search,
    /// JSON.
    Json,
}

/// The kind of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// No body.
    None,
    /// JSON.
    Json {
        /// Whether the body is required.
        required: bool,
    },
    /// `application/x-www-form-urlencoded`.
    Form {
        /// Whether the body is required.
        required: bool,
    },
    /// `multipart/form-data`.
    Multipart {
        /// Whether the body is required.
        required: bool,
    },
}

/// The kind of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// An empty body.
    None,
    /// JSON.
    Json,
    /// JSON, or an empty body, or the text of an older server.
    OptionalJson,
    /// Plain text.
    Text,
    /// XML.
    Xml,
    /// HTML.
    Html,
    /// A redirect. Its target is the answer.
    Redirect,
}

/// Whether a list comes in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Never.
    None,
    /// Always, with 20 items by default.
    Always,
    /// If the page or the page size is set. Otherwise the answer is the whole list.
    OnRequest,
}

/// The authentication that an operation requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authentication {
    /// An access token for the Management API, such as that of an application.
    Management,
    /// A user access token.
    User,
    /// The cookies of a sign-in in progress.
    Session,
    /// No authentication.
    None,
    /// The authentication of the client. For requests that the table does not list.
    Any,
}

impl Authentication {
    /// Whether the client sends its access token.
    pub(crate) const fn uses_token(self) -> bool {
        matches!(self, Self::Management | Self::User | Self::Any)
    }
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Management => "an access token for the Management API",
            Self::User => "a user access token",
            Self::Session => "the cookies of a sign-in in progress",
            Self::None | Self::Any => "no authentication",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authentication_is_displayed_as_the_end_of_a_sentence() {
        for (authentication, expected) in [
            (Authentication::Management, "requires an access token for the Management API"),
            (Authentication::User, "requires a user access token"),
            (Authentication::Session, "requires the cookies of a sign-in in progress"),
            (Authentication::None, "requires no authentication"),
            (Authentication::Any, "requires no authentication"),
        ] {
            assert_eq!(format!("requires {authentication}"), expected);
        }
    }
}
