use std::path::PathBuf;

use crate::command;

/// Returns the folder with the Markdown sources of the book.
pub(super) fn folder() -> PathBuf {
    command::root().join("docs/src")
}
