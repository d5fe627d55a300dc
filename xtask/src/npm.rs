//! npm projects in the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::command;

/// Returns whether a folder of the workspace has an npm project.
pub(crate) fn exists(folder: &str) -> bool {
    command::root().join(folder).join("package.json").exists()
}

/// Installs the packages of the project's package-lock.json. Does nothing if they are installed already.
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
    // Not `npm ci`: it requires the packages of every platform in the lock file, and registries do not have them all.
    command::run(npm(folder).args(["install", "--no-audit", "--no-fund", "--no-save"]))
}

/// An npm command that runs in a folder of the workspace.
pub(crate) fn npm(folder: &str) -> Command {
    let mut npm = command::program("npm");
    npm.current_dir(command::root().join(folder));
    npm
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// npm writes its own lock file last. If that file is older than package-lock.json, the packages are out of date.
fn is_current(wanted: Option<SystemTime>, present: Option<SystemTime>) -> bool {
    matches!((wanted, present), (Some(wanted), Some(present)) if wanted <= present)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packages_are_current_if_installed_after_the_lock_file_changed() {
        let earlier = Some(SystemTime::UNIX_EPOCH);
        let later = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
        assert!(is_current(earlier, later));
        assert!(!is_current(later, earlier));
        assert!(!is_current(earlier, None));
        assert!(!is_current(None, later));
    }
}
