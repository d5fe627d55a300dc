//! What an operation of the API is: the [`Operation`] trait, and the table that describes every one.

use std::fmt;

use crate::response::Answer;
use crate::transport::Method;

pub use crate::api::table::TABLE;

/// What is known of an operation: everything but its types.
#[derive(Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// Logto's operationId, such as `ListUsers`.
    pub id: &'static str,
    /// The group it belongs to, as its module, accessor and feature are called: `users`.
    pub group: &'static str,
    /// The method's name in its group: `list`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces: `/api/users/{userId}`.
    pub path: &'static str,
    /// The names of the path's parameters, in order.
    pub path_parameters: &'static [&'static str],
    /// The query's parameters.
    pub query_parameters: &'static [QueryParameter],
    /// What the request carries.
    pub body: BodyKind,
    /// What a success carries.
    pub answer: AnswerKind,
    /// The statuses of a success, as far as they are documented.
    pub success: &'static [u16],
    /// Whether the answer comes in pages.
    pub paging: Paging,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: bool,
    /// Who may call it.
    pub authentication: Authentication,
    /// Whether Logto advises against it.
    pub deprecated: bool,
    /// What it does, in a line.
    pub summary: &'static str,
}

/// A parameter of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub kind: ParameterKind,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Several values: the name is repeated.
    List,
    /// Free members for a search: `search`, `search.{member}`, `mode.{member}` and so on.
    Search,
    /// JSON.
    Json,
}

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// Nothing.
    None,
    /// JSON.
    Json {
        /// Whether it must be there.
        required: bool,
    },
    /// `application/x-www-form-urlencoded`.
    Form {
        /// Whether it must be there.
        required: bool,
    },
    /// `multipart/form-data`.
    Multipart {
        /// Whether it must be there.
        required: bool,
    },
}

/// What a success carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// Nothing.
    None,
    /// JSON.
    Json,
    /// JSON, or nothing.
    OptionalJson,
    /// Plain text.
    Text,
    /// XML.
    Xml,
    /// HTML.
    Html,
    /// A redirect, whose target is the answer.
    Redirect,
}

/// Whether a list comes in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// It does not.
    None,
    /// Always: 20 items unless asked for more.
    Always,
    /// When a page or a page size is asked for; everything at once otherwise.
    OnRequest,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authentication {
    /// A holder of an access token for the Management API, such as a machine-to-machine application.
    Management,
    /// A user, by his own access token.
    User,
    /// A sign-in in progress, told apart by its cookies.
    Session,
    /// Anyone.
    None,
    /// Whatever the client has: of a request that the table does not know.
    Any,
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Management => "an access token for the Management API",
            Self::User => "a user's own access token",
            Self::Session => "the cookies of a sign-in in progress",
            Self::None | Self::Any => "no authentication",
        })
    }
}

/// An operation of the API, as a type: [`crate::Request`] is generic over it.
pub trait Operation: Send + Sync + 'static {
    /// What awaiting the request gives.
    type Output: Send + 'static;
    /// How the answer is read.
    type Answer: Answer<Output = Self::Output>;
    /// What is known of it.
    const INFO: &'static OperationInfo;
}

/// An operation whose answer comes in pages.
pub trait ListOperation: Operation<Output = crate::Page<Self::Item>> {
    /// What the list holds.
    type Item: Send + 'static;
    /// The member that holds the items, where the answer is not the bare list.
    const ITEMS_AT: Option<&'static str> = None;
}

/// A list that can be searched.
pub trait SearchOperation: Operation {}

/// Looks an operation up by its operationId.
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
