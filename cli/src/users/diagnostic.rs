//! Problems of records, and data that an import cannot carry over.

use std::fmt;

use super::record::cut;

/// How the message about an unknown member begins.
pub(super) const UNKNOWN: &str = "unknown member";

/// How the message about a record begins whose members are all unknown.
pub(super) const UNREAD: &str = "the import reads none of these members";

/// A note about one member of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Path of the member, such as `primaryEmail`. Empty for the whole record.
    pub member: String,
    /// The value, unless it is secret.
    pub value: Option<String>,
    /// The message. It is the same for all records with the same diagnostic, so reports can count by it.
    pub message: String,
}

impl Diagnostic {
    /// Creates a diagnostic without the value.
    pub fn new(member: impl Into<String>, message: impl Into<String>) -> Self {
        Self { member: member.into(), value: None, message: message.into() }
    }

    /// Whether the record has a member that no record has.
    pub(crate) fn is_unknown_member(&self) -> bool {
        self.message.starts_with(UNKNOWN)
    }

    /// Whether the source has none of the members of the record.
    pub(crate) fn is_unread_record(&self) -> bool {
        self.message.starts_with(UNREAD)
    }

    /// Creates a diagnostic with a value that is not secret.
    pub fn with_value(member: impl Into<String>, value: impl Into<String>, message: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..Self::new(member, message) }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.member)?;
        if let Some(value) = &self.value {
            write!(f, " {:?}", cut(value))?;
        }
        if !self.member.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// A record that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// File and line.
    pub location: String,
    /// Name of the user for a person. Empty if the record cannot be read.
    pub user: String,
    /// The problems.
    pub problems: Vec<Diagnostic>,
}
