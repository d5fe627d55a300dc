//! Unsupported parts of a document. They are errors, or for the document of a user's own server warnings.

use std::cell::RefCell;

use crate::failure::{Failure, Result};

/// Policy for unsupported parts.
#[derive(Default)]
pub struct Unsupported {
    /// The warnings so far. Without this list, an unsupported part is an error.
    warnings: Option<RefCell<Vec<String>>>,
}

impl Unsupported {
    /// Every unsupported part is an error.
    pub fn refused() -> Self {
        Self { warnings: None }
    }

    /// Every unsupported part is a warning.
    pub fn reported() -> Self {
        Self { warnings: Some(RefCell::default()) }
    }

    /// Returns the value of a part. If it is unsupported, returns `None`, and the warning ends with what becomes of it.
    pub fn settle<T>(&self, part: Result<T>, consequence: &str) -> Result<Option<T>> {
        match (part, &self.warnings) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(failure), Some(warnings)) => {
                let text = match failure {
                    Failure::Unsupported { place, problem } => format!("{place}: {problem}"),
                    Failure::Dropped { pointer, problem } => format!("unsupported part at {pointer}: {problem}"),
                    failure @ Failure::TooLarge(_) => failure.to_string(),
                    Failure::Merge { type_name, problem } => format!("type {type_name}: {problem}"),
                    other => return Err(other),
                };
                warnings.borrow_mut().push(format!("{text}; {consequence}"));
                Ok(None)
            }
            (Err(failure), None) => Err(failure),
        }
    }

    /// Whether unsupported parts are errors.
    pub fn is_refused(&self) -> bool {
        self.warnings.is_none()
    }

    /// Returns the warnings.
    pub fn into_warnings(self) -> Vec<String> {
        self.warnings.map(RefCell::into_inner).unwrap_or_default()
    }
}
