//! Records and errors, with their location in a file.

use std::fmt;
use std::sync::Arc;

/// Location of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Name of the file.
    pub file: Arc<str>,
    /// Number of the line, starting at 1.
    pub line: Option<u64>,
    /// Number of the element in a JSON array, starting at 1.
    pub element: Option<u64>,
}

/// A record with its location.
#[derive(Clone, PartialEq)]
pub struct Placed<T> {
    /// Location of the record.
    pub location: Location,
    /// The record.
    pub value: T,
    /// Whether a number in the text of the record has lost digits.
    pub has_lost_digits: bool,
}

/// A part of a file that is not a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Location of the error.
    pub location: Location,
    /// The message. It does not contain the data.
    pub message: String,
    /// Whether the rest of the file cannot be read.
    pub is_fatal: bool,
}

impl<T> fmt::Debug for Placed<T> {
    /// Shows the location only: records contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Placed").field(&self.location).finish()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        self.element.map_or(Ok(()), |element| write!(f, ": element {element}"))
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}

impl std::error::Error for InputError {}
