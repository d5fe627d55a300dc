//! The seed file and the state file.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use logto_admin::serde_json::{self, Value};
use tempfile::NamedTempFile;

use crate::Emulator;

/// Creates the entities that a YAML or JSON file describes. JSON is YAML too.
pub(super) fn import(emulator: &Emulator, path: &Path) -> io::Result<()> {
    let text = fs::read_to_string(path).map_err(|error| invalid(path, error))?;
    // Its mappings have each key once.
    let data: yaml_serde::Value = yaml_serde::from_str(&text).map_err(|error| invalid(path, error))?;
    let data = serde_json::to_value(data).map_err(|error| invalid(path, error))?;
    // An empty file is null.
    let data = if data.is_null() { Value::Object(Default::default()) } else { data };
    emulator.import(&data).map_err(|error| invalid(path, error))
}

/// Restores a saved state. Returns whether the file exists.
pub(super) fn restore(emulator: &Emulator, path: &Path) -> io::Result<bool> {
    let restored = match File::open(path) {
        Ok(file) => emulator.restore(file).map(|()| true),
        // Fail now rather than at the end.
        Err(error) if error.kind() == io::ErrorKind::NotFound => NamedTempFile::new_in(folder(path)).map(|_| false),
        Err(error) => Err(error),
    };
    restored.map_err(|error| invalid(path, format!("{}: {error}", problem(&error))))
}

/// Returns why a state cannot be restored.
fn problem(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => "not a state that the emulator has saved",
        _ => "cannot read or write the state",
    }
}

/// Saves the state. The file is replaced as a whole, so that it is never half written.
pub(super) fn save(emulator: &Emulator, path: &Path) -> io::Result<()> {
    let write = || {
        // Only the owner can read a temporary file.
        let mut file = NamedTempFile::new_in(folder(path))?;
        emulator.save(&mut file)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| failed(io::ErrorKind::Other, path, error))
}

fn invalid(path: &Path, error: impl fmt::Display) -> io::Error {
    failed(io::ErrorKind::InvalidInput, path, error)
}

fn failed(kind: io::ErrorKind, path: &Path, error: impl fmt::Display) -> io::Error {
    io::Error::new(kind, format!("{}: {error}", path.display()))
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
