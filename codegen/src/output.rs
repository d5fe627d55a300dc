//! Writes generated files, or compares them with those that are there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Directories that hold generated files and nothing else.
const GENERATED: [&str; 3] = ["src/api", "src/models", "bindings/js/lib/api"];

/// Rewrites the generated files; what is no longer generated goes.
pub fn write(root: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    for stale in strangers(root, files)? {
        std::fs::remove_file(&stale).map_err(|error| failure(&stale, &error))?;
    }
    for (name, text) in files {
        let path = root.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| failure(parent, &error))?;
        }
        if std::fs::read_to_string(&path).ok().as_ref() != Some(text) {
            std::fs::write(&path, text).map_err(|error| failure(&path, &error))?;
        }
    }
    Ok(())
}

/// Fails if the files that are there differ from those that would be generated.
pub fn check(root: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    let mut problems: Vec<String> =
        strangers(root, files)?.iter().map(|path| format!("  {} is not generated", path.display())).collect();
    for (name, text) in files {
        match std::fs::read_to_string(root.join(name)) {
            Ok(there) if there == *text => {}
            Ok(there) => problems.push(difference(name, &there, text)),
            Err(_) => problems.push(format!("  {name} is missing")),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Stale(problems)) }
}

/// Files in the generated directories that are not generated.
fn strangers(root: &Path, files: &BTreeMap<String, String>) -> Result<Vec<PathBuf>> {
    let mut strangers = Vec::new();
    for directory in GENERATED {
        let Ok(entries) = std::fs::read_dir(root.join(directory)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| failure(Path::new(directory), &error))?;
            let name = format!("{directory}/{}", entry.file_name().to_string_lossy());
            if !files.contains_key(&name) {
                strangers.push(entry.path());
            }
        }
    }
    strangers.sort();
    Ok(strangers)
}

/// The first line that differs.
fn difference(name: &str, there: &str, wanted: &str) -> String {
    let (mut there, mut wanted) = (there.lines(), wanted.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (there.next(), wanted.next()) {
            (Some(there), Some(wanted)) if there == wanted => {}
            (there, wanted) => {
                return format!(
                    "  {name}:{line}\n    - {}\n    + {}",
                    there.unwrap_or_default(),
                    wanted.unwrap_or_default()
                );
            }
        }
    }
}

fn failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::File { path: path.display().to_string(), problem: error.to_string() }
}
