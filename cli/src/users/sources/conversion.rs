use crate::users::diagnostic::Diagnostic;
use crate::users::record::ImportedUser;

/// A converted record.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    /// The user.
    pub user: ImportedUser,
    /// Data that Logto cannot keep, and data to check.
    pub warnings: Vec<Diagnostic>,
    /// Identifiers that Logto cannot use, and why. They are also in the warnings.
    pub set_aside: Vec<Diagnostic>,
    /// Reason why the record is not a user to import. Such records are skipped.
    pub skip: Option<&'static str>,
    /// Problems of members of the record, which are not in the user.
    pub(in crate::users) problems: Vec<Diagnostic>,
    /// Names of the members that were not read. Set if the user has nothing to sign in with.
    pub(in crate::users) unread: Vec<String>,
}
