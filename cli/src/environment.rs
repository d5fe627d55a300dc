//! Environment variables.

use std::env::{VarError, var};

use crate::failure::{Failure, Result};

/// Reads an environment variable. Returns none if it is not set.
pub type Variables<'a> = &'a dyn Fn(&str) -> Result<Option<String>>;

/// Returns the value of an environment variable.
///
/// # Errors
/// Fails if the value is not valid UTF-8.
pub fn variable(name: &str) -> Result<Option<String>> {
    match var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("the value of the environment variable {name} is not valid UTF-8")))
        }
    }
}
