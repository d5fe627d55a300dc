//! Lists and reads the files of the project.

use std::fs;
use std::path::{Path, PathBuf};

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

/// Writes a file in the workspace.
pub(crate) fn write(path: &str, text: &str) -> Result<()> {
    fs::write(command::root().join(path), text).with_context(|| format!("cannot write {path}"))
}

/// Returns all files below a folder, sorted.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { files.extend(below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}

/// Whether a file has this extension.
pub(crate) fn is_a(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// Reads a file.
pub(crate) fn text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
