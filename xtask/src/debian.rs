//! Programs and libraries that come with the system.

use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::command;

/// Something of the system's that tests need.
pub(crate) struct System {
    /// What it is, for the message when it is missing.
    pub(crate) name: &'static str,
    /// Whether it is there.
    pub(crate) present: fn() -> bool,
    /// The packages of Debian that have it.
    pub(crate) packages: &'static [&'static str],
}

/// Installs it with apt-get where that is possible, and otherwise says what to install.
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
    // The lock may be held by the system's own updates for a while.
    let options = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends"];
    let mut install = command::program("apt-get");
    install.args(options).args(system.packages).env("DEBIAN_FRONTEND", "noninteractive");
    command::run(&mut install)?;
    if !(system.present)() {
        bail!("{} is still missing after `apt-get install {packages}`", system.name);
    }
    Ok(())
}

/// Only root may install, and only Debian and its kin know these names.
fn can_install() -> bool {
    let user = command::output(command::program("id").arg("-u"));
    command::find("apt-get").is_some() && user.is_ok_and(|id| id.trim() == "0")
}

/// Once a run: a new machine's index is empty, an old one's names packages that are gone.
fn update_index() -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_none() {
        command::run(command::program("apt-get").args(["update", "-q"]))?;
        DONE.get_or_init(|| ());
    }
    Ok(())
}
