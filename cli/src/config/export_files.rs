//! Writes the files of an export.

use std::fs;
use std::path::{Path, PathBuf};

use super::export::{Export, MARK};
use super::folder::{cannot, entries, yaml_stem};
use super::kinds::ALL;
use super::selection::Selection;
use crate::failure::{Failure, Result};
use crate::files;
use crate::interrupt::Interrupt;
use crate::output::counted;

/// Result of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Files of earlier exports whose entities no longer exist. They were deleted.
    pub removed: Vec<PathBuf>,
    /// The environment variables that replace secrets.
    pub variables: Vec<String>,
    /// Omitted entities and members, with the reason.
    pub warnings: Vec<String>,
    /// Number of files that an interrupted export has neither written nor deleted.
    pub left: usize,
}

/// An export that is not written yet.
pub struct PreparedExport {
    dir: PathBuf,
    export: Export,
    /// The YAML files of earlier exports.
    earlier: Vec<PathBuf>,
    secrets: bool,
}

impl std::fmt::Debug for PreparedExport {
    /// Leaves out the texts, which can contain secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreparedExport").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl PreparedExport {
    /// Fails if something is in the way that an export has not written.
    pub(super) fn new(dir: &Path, export: Export, selection: &Selection, secrets: bool) -> Result<Self> {
        let earlier = earlier(dir, selection)?;
        for path in export.files.keys().map(|path| dir.join(path)).filter(|path| path.exists()) {
            // Other files belong to the YAML beside them. Pipes and folders do not.
            let is_exported = earlier.contains(&path) || earlier.contains(&path.with_extension("yaml"));
            if !(is_exported && path.is_file()) {
                let problem = "already exists and was not written by an export; move it, or export to another folder";
                return Err(Failure::usage(format!("{} {problem}", path.display())));
            }
        }
        Ok(Self { dir: dir.to_owned(), export, earlier, secrets })
    }

    /// Returns the files whose content would be lost. They differ from the export, or it deletes them.
    #[must_use]
    pub fn lost(&self) -> Vec<PathBuf> {
        let texts = || self.export.files.iter().map(|(path, text)| (self.dir.join(path), text));
        let differs = |path: &Path, text: &str| fs::read(path).is_ok_and(|present| present != text.as_bytes());
        let replaced = texts().filter(|(path, text)| differs(path, text)).map(|(path, _)| path);
        let is_kept = |path: &Path| texts().any(|(kept, _)| kept == path);
        let deleted = self.earlier.iter().filter(|path| !is_kept(path));
        let deleted = deleted.flat_map(|path| [Some(path.clone()), beside(&self.dir, path)]).flatten();
        replaced.chain(deleted.filter(|path| !is_kept(path))).collect()
    }

    /// Writes the files. Replaces and deletes only what an export has written. Ends after a file when `interrupt` is set.
    ///
    /// # Errors
    /// Fails if a file cannot be written or deleted. The exit code is that of [`Failure::after_changes`] if other files were
    /// before.
    pub async fn write(mut self, interrupt: &Interrupt) -> Result<Exported> {
        let (variables, warnings) =
            (std::mem::take(&mut self.export.variables), std::mem::take(&mut self.export.warnings));
        let mut exported = Exported { variables, warnings, ..Exported::default() };
        match self.write_files(interrupt, &mut exported).await {
            Ok(()) => Ok(exported),
            Err(failure) => {
                let done = exported.files.len() + exported.removed.len();
                if done == 0 {
                    return Err(failure);
                }
                let all = counted(done + exported.left, "file");
                let message = format!("{}; {done} of {all} were done before", failure.message());
                Err(Failure::new(message).after_changes())
            }
        }
    }

    async fn write_files(self, interrupt: &Interrupt, exported: &mut Exported) -> Result<()> {
        let Self { dir, export, mut earlier, secrets } = self;
        let texts: Vec<(PathBuf, String)> =
            export.files.into_iter().map(|(path, text)| (dir.join(path), text)).collect();
        earlier.retain(|path| !texts.iter().any(|(kept, _)| kept == path));
        exported.left = texts.len() + earlier.len();
        for (path, text) in texts {
            if is_set(interrupt).await {
                return Ok(());
            }
            let folder = path.parent().unwrap_or(&dir);
            fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))?;
            files::replace(&path, &text, secrets).map_err(|error| cannot("write", &path, &error))?;
            exported.files.push(path);
            exported.left -= 1;
        }
        for path in earlier {
            if is_set(interrupt).await {
                return Ok(());
            }
            fs::remove_file(&path).map_err(|error| cannot("delete", &path, &error))?;
            exported.removed.push(path.clone());
            exported.left -= 1;
            if let Some(beside) = beside(&dir, &path).filter(|beside| !exported.files.contains(beside)) {
                fs::remove_file(&beside).map_err(|error| cannot("delete", &beside, &error))?;
                exported.removed.push(beside);
            }
        }
        Ok(())
    }
}

/// Returns the file that an export writes beside a YAML file, if it exists.
fn beside(dir: &Path, path: &Path) -> Option<PathBuf> {
    let step = path.strip_prefix(dir).ok()?.iter().next()?;
    let mut kinds = ALL.iter().filter(|kind| Path::new(kind.file).as_os_str() == step);
    Some(path.with_extension(kinds.find_map(|kind| kind.beside)?.1)).filter(|beside| beside.is_file())
}

/// Whether to stop. Files are written without a pause in which the program would notice Ctrl-C.
async fn is_set(interrupt: &Interrupt) -> bool {
    tokio::task::yield_now().await;
    interrupt.is_set()
}

/// Returns the files of earlier exports of the selected kinds.
fn earlier(dir: &Path, selection: &Selection) -> Result<Vec<PathBuf>> {
    let mut earlier = Vec::new();
    if !dir.exists() {
        return Ok(earlier);
    }
    let is_selected = |stem: &str| super::kinds::files().any(|file| file == stem && selection.has_file(file));
    for path in entries(dir)? {
        let paths = match path.file_name().and_then(|name| name.to_str()) {
            Some(name) if path.is_dir() && is_selected(name) => entries(&path)?,
            _ if yaml_stem(&path).is_some_and(is_selected) => vec![path],
            _ => continue,
        };
        for path in paths.into_iter().filter(|path| yaml_stem(path).is_some() && path.is_file()) {
            let text = fs::read(&path).map_err(|error| cannot("read", &path, &error))?;
            let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
            if text.starts_with(MARK.as_bytes()) {
                earlier.push(path);
            }
        }
    }
    Ok(earlier)
}
