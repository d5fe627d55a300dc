//! Places in the data, and the errors there.

use std::fmt;

use logto_admin::serde_json::Value;

use crate::record::Members;

/// Error in imported data: the place of the fault, and its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    place: String,
    message: String,
}

impl ImportError {
    /// Returns the place of the fault, such as `users[2].username`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.place, self.message) }
    }
}

impl std::error::Error for ImportError {}

pub(super) type Imported<T> = Result<T, ImportError>;

/// A place in the data.
#[derive(Clone, Debug, Default)]
pub(super) struct Place(String);

impl Place {
    pub(super) fn member(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{name}", self.0))
    }

    pub(super) fn element(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// Returns the name of the member.
    pub(super) fn name(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or_default()
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ImportError {
        ImportError { place: self.0.clone(), message: message.into() }
    }

    pub(super) fn object<'v>(&self, value: &'v Value) -> Imported<&'v Members> {
        value.as_object().ok_or_else(|| self.error("expected an object"))
    }

    pub(super) fn list<'v>(&self, value: &'v Value) -> Imported<&'v Vec<Value>> {
        value.as_array().ok_or_else(|| self.error("expected a list"))
    }

    pub(super) fn text<'v>(&self, value: &'v Value) -> Imported<&'v str> {
        value.as_str().ok_or_else(|| self.error("expected a string"))
    }
}
