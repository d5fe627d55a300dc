//! Operations of the API: the [`Operation`] trait, and the table of all operations.

mod allowed;
mod info;
pub(crate) mod release;
pub(crate) mod table;

use std::fmt;

use crate::error::{Error, Result};
use crate::response::{Answer, Page};

pub(crate) use self::allowed::AllowedOperations;
pub use self::info::{AnswerKind, Authentication, BodyKind, OperationInfo, Paging, ParameterKind, QueryParameter};
pub use self::release::{InvalidRelease, Release};
pub use self::table::TABLE;

/// Returns a path with `{}` in place of each parameter. The names of parameters differ between releases.
#[doc(hidden)]
#[must_use]
pub fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
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
