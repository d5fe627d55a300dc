//! A copy of the crate in `target/mutants`, which cargo-mutants changes and tests.
//!
//! The copy has no tests that need the emulator: to compile it again for each mutant would take longer than all else.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use super::outcome::Outcome;
use super::pass::Pass;
use crate::{command, files};

/// Files that the selected tests read.
const COPIED: [&str; 5] = ["Cargo.lock", "src", "tests/fixtures/cases.json", "tests/native", "tests/support"];
/// The settings of cargo-mutants.
const SETTINGS: &str = ".cargo/mutants.toml";
/// The only dependency in the workspace that the selected integration tests have. It depends on the crate.
const SUPPORT: &str = "logto-admin-test-support";

pub(super) struct Tree {
    folder: PathBuf,
    output: PathBuf,
}

impl Tree {
    /// Copies the crate. Leaves the files of an earlier copy that have not changed, so that they are not compiled again.
    pub(super) fn copy() -> Result<Self> {
        let folder = command::target().join("mutants/crate");
        let sources = [folder.join("src"), folder.join("tests")];
        let mut outdated = Vec::new();
        for source in sources.iter().filter(|source| source.exists()) {
            outdated.extend(files::below(source)?);
        }
        for path in files::list()?.iter().filter(|path| is_copied(path)) {
            let copy = folder.join(path);
            outdated.retain(|file| *file != copy);
            write_changed(&copy, &fs::read(command::root().join(path))?)?;
        }
        for file in outdated {
            fs::remove_file(file)?;
        }
        let tree = Self { output: command::target().join("mutants"), folder };
        if tree.lists().exists() {
            fs::remove_dir_all(tree.lists()).context("cannot remove the lists of the last run")?;
        }
        Ok(tree)
    }

    /// Tests the mutants that no earlier pass has caught.
    pub(super) fn test(&self, pass: &Pass, globs: &[String]) -> Result<Outcome> {
        let manifest = manifest(&files::read("Cargo.toml")?.text, pass.targets)?;
        write_changed(&self.folder.join("Cargo.toml"), manifest.as_bytes())?;
        let mut cargo = self.command(pass);
        cargo.args(globs.iter().flat_map(|glob| ["--file", glob])).args(["--", "--"]).args(pass.filter);
        run(&mut cargo)?;
        let outcome = Outcome::read(&self.lists())?;
        self.skip_timed_out()?;
        Ok(outcome)
    }

    /// Adds what hangs to the mutants that the next pass does not test again.
    fn skip_timed_out(&self) -> Result<()> {
        let timed_out = fs::read(self.lists().join("timeout.txt"))?;
        let mut skipped =
            OpenOptions::new().append(true).create(true).open(self.lists().join("previously_caught.txt"))?;
        skipped.write_all(&timed_out).context("cannot write the mutants to skip")
    }

    /// The folder with the lists of cargo-mutants.
    fn lists(&self) -> PathBuf {
        self.output.join("mutants.out")
    }

    fn command(&self, pass: &Pass) -> Command {
        let mut cargo = command::program("cargo");
        cargo.args(["mutants", "--in-place", "--iterate", "--no-default-features"]);
        cargo.arg("--dir").arg(&self.folder).arg("--output").arg(&self.output);
        cargo.arg("--config").arg(command::root().join(SETTINGS));
        cargo.args(["--features", pass.features, "--timeout", pass.timeout]);
        if pass.targets.is_empty() {
            cargo.arg("--cargo-arg=--lib");
        }
        cargo.args(pass.targets.iter().map(|target| format!("--cargo-arg=--test={target}")));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "1").env("RUST_BACKTRACE", "0");
        cargo
    }
}

fn is_copied(path: &str) -> bool {
    COPIED.iter().any(|copied| Path::new(path).starts_with(copied))
}

/// Runs cargo-mutants. Missed mutants and timeouts are not failures of it.
fn run(cargo: &mut Command) -> Result<()> {
    const MISSED: i32 = 2;
    const TIMED_OUT: i32 = 3;
    let line = command::line(cargo);
    println!("$ {line}");
    let status = cargo.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(matches!(status.code(), Some(0 | MISSED | TIMED_OUT)), "`{line}` failed: {status}");
    Ok(())
}

fn write_changed(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|present| present == content) {
        return Ok(());
    }
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

/// Returns the manifest of the copy. It has the selected integration tests, and what they need.
fn manifest(original: &str, targets: &[&str]) -> Result<String> {
    let mut manifest: Table = toml::from_str(original).context("invalid Cargo.toml")?;
    let members: &[&str] = if targets.is_empty() { &["."] } else { &[".", "tests/support"] };
    let workspace = table(&mut manifest, "workspace")?;
    workspace.insert("members".to_owned(), members.to_vec().into());
    workspace.remove("default-members");
    let is_needed = |name: &str| !name.starts_with("logto-admin-") || (name == SUPPORT && !targets.is_empty());
    table(&mut manifest, "dev-dependencies")?.retain(|name, _| is_needed(name));
    manifest.remove("example");
    let is_selected =
        |test: &Value| test.get("name").and_then(Value::as_str).is_some_and(|name| targets.contains(&name));
    if let Some(Value::Array(tests)) = manifest.get_mut("test") {
        tests.retain(is_selected);
    }
    toml::to_string(&manifest).context("cannot write the manifest of the copy")
}

fn table<'a>(manifest: &'a mut Table, name: &str) -> Result<&'a mut Table> {
    manifest.get_mut(name).and_then(Value::as_table_mut).with_context(|| format!("Cargo.toml has no table `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        [workspace]
        members = [".", "cli", "tests/support"]
        default-members = ["."]
        [package]
        name = "logto-admin"
        [dev-dependencies]
        axum = "1"
        logto-admin-emulator = { path = "emulator" }
        logto-admin-test-support = { path = "tests/support" }
        [[example]]
        name = "quickstart"
        [[test]]
        name = "token"
        [[test]]
        name = "cookbook"
    "#;

    fn copied(targets: &[&str]) -> Table {
        toml::from_str(&manifest(MANIFEST, targets).unwrap()).unwrap()
    }

    fn expected(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn unit_tests_need_no_other_crate_of_the_workspace() {
        let text =
            "test = []\n[workspace]\nmembers = ['.']\n[package]\nname = 'logto-admin'\n[dev-dependencies]\naxum = '1'";
        assert_eq!(copied(&[]), expected(text));
    }

    #[test]
    fn integration_tests_need_their_support_and_no_emulator() {
        let copied = copied(&["token"]);
        let names: Vec<_> = copied["dev-dependencies"].as_table().unwrap().keys().collect();
        assert_eq!(names, ["axum", SUPPORT]);
        assert_eq!(copied["workspace"], expected("workspace.members = ['.', 'tests/support']")["workspace"]);
        assert_eq!(copied["test"], expected("test = [{ name = 'token' }]")["test"]);
    }

    #[test]
    fn folders_are_copied_with_their_files() {
        assert!(is_copied("src/lib.rs") && is_copied("tests/support/Cargo.toml") && is_copied("Cargo.lock"));
        assert!(!is_copied("src2/lib.rs") && !is_copied("tests/server/Cargo.toml") && !is_copied("Cargo.toml"));
    }
}
