//! Operations of the API: the [`Operation`] trait, and the table of all operations.

mod allowed;
pub(crate) mod release;
pub(crate) mod table;

use std::fmt;

use crate::error::{Error, Result};
use crate::response::{Answer, Page};
use crate::transport::Method;

pub(crate) use self::allowed::AllowedOperations;
pub use self::release::{InvalidRelease, Release};
pub use self::table::TABLE;

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

/// Returns a path with `{}` in place of each parameter. The names of parameters differ between releases.
#[doc(hidden)]
#[must_use]
pub fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
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

/// An operation of the API, as a type: [`crate::Request`] is generic over it.
pub trait Operation: Send + Sync + 'static {
    /// The value that the awaited request returns.
    type Output: Send + 'static;
    /// How the answer is decoded.
    type Answer: Answer<Output = Self::Output>;
    /// The metadata.
    const INFO: &'static OperationInfo;
}

/// An operation whose answer comes in pages.
pub trait ListOperation: Operation<Output = Page<Self::Item>> {
    /// The item of the list.
    type Item: Send + 'static;
}

/// A list with search parameters.
pub trait SearchOperation: Operation {
    /// The members by which its items can be searched.
    type Member: fmt::Display + for<'a> From<&'a str>;
}

/// Returns the operation with this id.
///
/// ```
/// let operation = logto_admin::operation::find("ListUsers").ok_or("no such operation")?;
/// assert_eq!(operation.path, "/api/users");
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static OperationInfo> {
    TABLE.binary_search_by(|info| info.id.cmp(id)).ok().and_then(|at| TABLE.get(at).copied())
}

/// Returns the operation with this id.
///
/// # Errors
/// Fails if no operation has it. The error names the operation whose id differs in case only.
pub(crate) fn known(id: &str) -> Result<&'static OperationInfo> {
    find(id).ok_or_else(|| Error::input(format!("unknown operation `{id}`{}", similar(id))))
}

fn similar(id: &str) -> String {
    let found = TABLE.iter().find(|info| info.id.eq_ignore_ascii_case(id));
    found.map(|info| format!("; did you mean `{}`?", info.id)).unwrap_or_default()
}
