//! The folder of a configuration: which files belong to it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::kinds;
use super::selection::Selection;
use super::yaml::Node;
use crate::failure::{Failure, Result};
use crate::files;
use crate::suggestion::suggestion;
use crate::terminal::shown;

const NOT_YAML: &str = "its name does not end with .yaml or .yml";
const ROUNDED: &str = "the integer has more than 64 bits; write it in quotes";

/// A file of the configuration.
pub(super) struct Document {
    /// The name of the kinds that it contains.
    pub file: &'static str,
    pub path: PathBuf,
    pub root: Node,
}

/// The files of a configuration that belong to a selection.
#[derive(Default)]
pub(super) struct Folder {
    pub documents: Vec<Document>,
    pub problems: Vec<String>,
    /// The files and lines of integers that were rounded.
    pub rounded: Vec<(PathBuf, u64)>,
    /// Files and folders that are not read, and why.
    pub ignored: Vec<(PathBuf, String)>,
}

/// Reads the files that belong to the selection.
///
/// # Errors
/// Fails if the folder or a file cannot be read. Files that are not valid YAML are problems.
pub(super) fn read(dir: &Path, selection: &Selection) -> Result<Folder> {
    let mut folder = Folder::default();
    if !dir.is_dir() {
        return Err(Failure::usage(format!("{} is not a folder", dir.display())));
    }
    for entry in visible(dir)? {
        let name = if entry.is_dir() { entry.file_name() } else { entry.file_stem().filter(|_| is_yaml(&entry)) };
        let Some(stem) = name.map(|name| name.to_string_lossy().into_owned()) else {
            let kind = entry.file_stem().and_then(|stem| kinds::files().find(|file| stem == *file));
            match kind {
                Some(file) if selection.has_file(file) => folder.add_entry(file, entry)?,
                Some(_) => {}
                None => folder.ignore(entry, NOT_YAML),
            }
            continue;
        };
        match kinds::files().find(|file| *file == stem) {
            Some(file) if selection.has_file(file) => {
                let paths = if entry.is_dir() { visible(&entry)? } else { vec![entry] };
                for path in paths {
                    folder.add_entry(file, path)?;
                }
            }
            Some(_) => {}
            None => folder.note_unknown(&entry, &stem),
        }
    }
    if folder.documents.is_empty() && folder.problems.is_empty() {
        let message = format!("{} has no files of the selected kinds", dir.display());
        let warnings: String = folder.warnings().map(|warning| format!("\n{warning}")).collect();
        return Err(Failure::usage(message + &warnings));
    }
    Ok(folder)
}

impl Folder {
    /// Adds a file of a kind. What looks like one and cannot be read is a problem: its entities must not count as absent.
    fn add_entry(&mut self, file: &'static str, path: PathBuf) -> Result<()> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let mut beside = kinds::in_file(file).filter_map(|kind| kind.beside);
        let why = match extension.as_deref() {
            _ if path.is_dir() => "is a folder: move its files up",
            _ if is_yaml(&path) => return self.add(file, path),
            Some("yaml" | "yml") => "must end with .yaml or .yml in lower case",
            extension => {
                match beside.find(|(_, beside)| extension == Some(*beside)) {
                    Some((member, _)) => self.ignore(path, &format!("no `{member}File` names it")),
                    None => self.ignore(path, NOT_YAML),
                }
                return Ok(());
            }
        };
        self.problems.push(format!("{} {why}", path.display()));
        Ok(())
    }

    fn ignore(&mut self, path: PathBuf, why: &str) {
        self.ignored.push((path, why.to_owned()));
    }

    /// Returns all problems. The message about a wrong type has what to write there, so it replaces that about an integer.
    pub(super) fn take_problems(&mut self, mistyped: &HashSet<(PathBuf, u64)>) -> Vec<String> {
        let rounded = self.rounded.iter().filter(|place| !mistyped.contains(place));
        self.problems.extend(rounded.map(|(path, line)| format!("{}:{line}: {ROUNDED}", path.display())));
        std::mem::take(&mut self.problems)
    }

    /// Returns a line for each file and folder that is not read.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        self.ignored.iter().map(|(path, why)| format!("{} is ignored: {why}", path.display()))
    }

    fn add(&mut self, file: &'static str, path: PathBuf) -> Result<()> {
        let text = files::regular_text(&path).map_err(|error| cannot("read", &path, &error))?;
        match Node::parse(&text) {
            Ok(root) if root.is_null() => {
                let path = path.display();
                self.problems.push(format!("{path}: the file is empty; write `[]` for an empty list"));
            }
            Ok(root) => {
                let rounded = root.rounded_integers(&text).into_iter();
                self.rounded.extend(rounded.map(|line| (path.clone(), line)));
                self.documents.push(Document { file, path, root });
            }
            Err((line, message)) => {
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                self.problems.push(format!("{}{line}: {}", path.display(), shown(&message)));
            }
        }
        Ok(())
    }

    /// Files with similar names are probably misspelt. All others might belong to something else.
    fn note_unknown(&mut self, path: &Path, stem: &str) {
        let names: Vec<&str> = kinds::files().collect();
        match suggestion(stem, &names) {
            Some(hint) => self.problems.push(format!("{}: unknown kind `{}`{hint}", path.display(), shown(stem))),
            None => self.ignore(path.to_owned(), &format!("`{}` is not a kind", shown(stem))),
        }
    }
}

/// Returns the entries of a folder that can be part of a configuration. They are neither hidden nor texts for people.
fn visible(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = entries(dir)?;
    paths.retain(|path| {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_text = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
        !(is_hidden || is_text)
    });
    Ok(paths)
}

/// Returns the entries of a folder, in the order of their names.
pub(super) fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let read = fs::read_dir(dir).map_err(|error| cannot("read", dir, &error))?;
    let paths = read.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>();
    let mut paths = paths.map_err(|error| cannot("read", dir, &error))?;
    paths.sort();
    Ok(paths)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Returns the name of a YAML file without extension.
pub(super) fn yaml_stem(path: &Path) -> Option<&str> {
    path.file_stem().filter(|_| is_yaml(path))?.to_str()
}

/// Returns the failure for a file. A file that cannot be read is an invalid argument.
pub(super) fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("cannot {verb} {}: {error}", path.display());
    if verb == "read" { Failure::usage(message) } else { Failure::new(message) }
}
