//! npm projects inside the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::command;

/// Whether there is an npm project in a folder of the workspace.
pub(crate) fn exists(folder: &str) -> bool {
    command::root().join(folder).join("package.json").exists()
}

/// Installs what the project's package-lock.json names, unless that has been done.
pub(crate) fn ensure(folder: &str) -> Result<()> {
    if !exists(folder) {
        return Ok(());
    }
    if command::find("npm").is_none() {
        bail!("npm is missing: install Node.js, version 20 or later");
    }
    let project = command::root().join(folder);
    let wanted = modified(&project.join("package-lock.json"));
    let present = modified(&project.join("node_modules/.package-lock.json"));
    if is_current(wanted, present) {
        return Ok(());
    }
    command::heading(&format!("Installing the npm packages of {folder}"));
    // Not `npm ci`: it wants the packages of every platform in the lock, and registries do not have them all.
    command::run(npm(folder).args(["install", "--no-audit", "--no-fund", "--no-save"]))
}

/// npm in a folder of the workspace.
pub(crate) fn npm(folder: &str) -> Command {
    let mut npm = command::program("npm");
    npm.current_dir(command::root().join(folder));
    npm
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// npm writes its record last, so a record older than the wish is of another wish.
fn is_current(wanted: Option<SystemTime>, present: Option<SystemTime>) -> bool {
    matches!((wanted, present), (Some(wanted), Some(present)) if wanted <= present)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packages_are_current_when_installed_after_the_lock_was_written() {
        let earlier = Some(SystemTime::UNIX_EPOCH);
        let later = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
        assert!(is_current(earlier, later));
        assert!(!is_current(later, earlier));
        assert!(!is_current(earlier, None));
        assert!(!is_current(None, later));
    }
}
