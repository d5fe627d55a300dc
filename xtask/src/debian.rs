//! Programs and libraries from the system's package manager.

use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::command;

/// A system package that the tests need.
pub(crate) struct System {
    /// Name for error messages.
    pub(crate) name: &'static str,
    /// Returns whether it is installed.
    pub(crate) present: fn() -> bool,
    /// Names of the Debian packages that contain it.
    pub(crate) packages: &'static [&'static str],
}

/// Installs the package with apt-get if possible. Otherwise fails with an error that names the package to install.
pub(crate) fn ensure(system: &System) -> Result<()> {
    if (system.present)() {
        return Ok(());
    }
    let packages = system.packages.join(" ");
    if !can_install() {
        bail!("{} is missing: install it (on Debian, `apt-get install {packages}`)", system.name);
    }
    command::heading(&format!("Installing {}", system.name));
    update_index()?;
    // The system's own updates might hold the lock for a while.
    let options = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends"];
    let mut install = command::program("apt-get");
    install.args(options).args(system.packages).env("DEBIAN_FRONTEND", "noninteractive");
    command::run(&mut install)?;
    if !(system.present)() {
        bail!("{} is still missing after `apt-get install {packages}`", system.name);
    }
    Ok(())
}

/// Only root can install packages. Only Debian and its derivatives have these names.
fn can_install() -> bool {
    let user = command::output(command::program("id").arg("-u"));
    command::find("apt-get").is_some() && user.is_ok_and(|id| id.trim() == "0")
}

/// Updates the package index once per run.
///
/// The index is empty on a new machine, and an old index lists packages that no longer exist.
fn update_index() -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_none() {
        command::run(command::program("apt-get").args(["update", "-q"]))?;
        DONE.get_or_init(|| ());
    }
    Ok(())
}
