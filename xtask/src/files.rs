//! Lists and reads the files of the project.

use std::fs;

use anyhow::{Context, Result};

use crate::command;

/// A text file. The path is relative to the root of the workspace and uses `/`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Returns the paths of all files that are tracked by git, or new and not ignored.
pub(crate) fn list() -> Result<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = command::output(command::program("git").args(arguments))?;
    let mut paths: Vec<_> = output.split_terminator('\0').map(str::to_owned).collect();
    // Git also lists files that were deleted since the last commit.
    paths.retain(|path| command::root().join(path).is_file());
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Reads a file in the workspace.
pub(crate) fn read(path: &str) -> Result<Source> {
    let text = fs::read_to_string(command::root().join(path)).with_context(|| format!("cannot read {path}"))?;
    Ok(Source { path: path.to_owned(), text })
}
