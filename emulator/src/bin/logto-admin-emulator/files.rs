//! The seed file and the state file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use logto_admin::serde_json::Value;
use logto_admin_emulator::Emulator;
use tempfile::NamedTempFile;

/// Creates the entities that a YAML or JSON file describes. JSON is YAML too.
pub(crate) fn import(emulator: &Emulator, path: &Path) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
    let data: Value = yaml_serde::from_str(&text).map_err(|error| failed(&error))?;
    // An empty file is null.
    let data = if data.is_null() { Value::Object(Default::default()) } else { data };
    emulator.import(&data).map_err(|error| failed(&error))
}

/// Restores a saved state, if the file exists.
pub(crate) fn restore(emulator: &Emulator, path: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    match File::open(path) {
        Ok(file) => emulator.restore(file).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Fail now rather than at the end.
            let folder = folder(path);
            NamedTempFile::new_in(&folder).map(drop).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Saves the state. The file is replaced as a whole, so that it is never half written.
pub(crate) fn save(emulator: &Emulator, path: &Path) -> Result<(), String> {
    let write = || {
        // Only the owner can read a temporary file.
        let mut file = NamedTempFile::new_in(folder(path))?;
        emulator.save(&mut file)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(|error: io::Error| format!("{}: {error}", path.display()))
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
